"""Archives that are unpacked where they arrive: .zip, .tar, .tar.gz, .tar.zst.

An archive is a source of files like any other (`opsforge.storage.uploads.FileSource`): its files
go through the same limits, quotas and clashes, block by block, and nothing is ever written to a
path that an archive names. What only archives can do is refused here: links, devices, passwords,
sizes out of proportion, headers made to fill the memory.
"""
