"""One checksum for a tree: two trees with the same files at the same paths have the same one."""

import hashlib
from collections.abc import Iterable

from opsforge.storage.places import FileEntry


def tree_checksum(files: Iterable[tuple[str, bytes]]) -> str:
    """SHA-256 over the paths and the digests of the files, in hexadecimal; folders don't count.

    Args:
        files: Path, in normal form C, and SHA-256 of each, in any order.
    """
    whole = hashlib.sha256()
    for path, digest in sorted(files):
        whole.update(path.encode("utf-8", "surrogateescape") + b"\0" + digest)
    return whole.hexdigest()


def checksum_of(entries: Iterable[FileEntry]) -> str:
    """The checksum of entries that carry their digests."""
    return tree_checksum((str(entry.path), entry.sha256 or b"") for entry in entries)
