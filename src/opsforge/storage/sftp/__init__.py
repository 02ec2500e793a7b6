"""Volumes on a host that is reached by SSH.

The bytes of uploads travel by SFTP. What has to be done with trees is done on the host, by the very
code that does it here (`opsforge.storage.volumes`): it is sent over another channel of the same
connection to an interpreter on the host, and called over that channel. So trees that users can
write are walked by descriptors there as well, copies never leave the host, and nothing has to be
installed on it but Python. See docs/decisions/0013-sftp.md.

On the host: `agent`, `agents`, `codec`, `unpack`, with what `opsforge.storage.places` lists;
nothing of it needs more than Python's own library. Here: `parcel`, `link`, `host`.
"""
