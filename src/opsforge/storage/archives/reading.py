"""Reading archives in bounded memory, forwards only; in a thread, since it computes and waits."""

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from stat import S_IFDIR, S_IFMT, S_IFREG
from typing import IO, BinaryIO, cast

from backports import zstd

from opsforge.storage.archives.errors import (
    ArchiveDamaged,
    ArchiveEncrypted,
    ArchiveHasLinks,
    ArchiveTooLarge,
)

BLOCK_BYTES = 1024 * 1024
HEADER_MAX_BYTES = 8 * 1024**2
"""Nothing that describes files is longer: a tar's extended header, a zip's whole directory."""

RATIO_FLOOR_BYTES = 64 * 1024**2
"""Small archives may unpack to this, whatever their ratio: logs are full of repetitions."""

DAMAGED = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    gzip.BadGzipFile,
    zstd.ZstdError,
    EOFError,
    NotImplementedError,
    struct.error,
    ValueError,
)
SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.zst", ".tzst")


def is_archive(name: str) -> bool:
    """Whether a file of this name can be unpacked."""
    return name.lower().endswith(SUFFIXES)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one archive may unpack to."""

    max_bytes: int
    ratio: int
    """Times its own size, beyond `RATIO_FLOOR_BYTES`."""
    max_members: int


Member = tuple[str, IO[bytes]]


class Archive:
    """An archive that is being unpacked."""

    def __init__(self, file: Path, *, name: str, limits: Limits) -> None:
        self._file = file
        self._name = name
        self._limits = limits
        in_proportion = max(RATIO_FLOOR_BYTES, limits.ratio * file.stat().st_size)
        self._max_bytes = min(limits.max_bytes, in_proportion)
        self._unpacked_bytes = 0

    def read_members(self) -> Iterator[Member]:
        """Name and content of each file; each to be read before the next.

        Raises:
            ArchiveDamaged: It can't be read.
            ArchiveHasLinks: Something in it is neither a file nor a folder.
            ArchiveEncrypted: It asks for a password.
            ArchiveTooLarge: It has too many members.
        """
        reader = self._read_zip if self._name.lower().endswith(".zip") else self._read_tar
        try:
            with ExitStack() as stack:
                for number, member in enumerate(reader(stack)):
                    if number == self._limits.max_members:
                        raise self._too_large()
                    if member is not None:
                        yield member
        except DAMAGED:
            raise ArchiveDamaged(path=self._name) from None

    def read_block(self, content: IO[bytes]) -> bytes:
        """The next bytes of a member.

        Raises:
            ArchiveDamaged: They can't be read.
            ArchiveTooLarge: The archive unpacks to more than it may.
        """
        try:
            block = content.read(BLOCK_BYTES)
        except DAMAGED:
            raise ArchiveDamaged(path=self._name) from None
        self._spend(len(block))
        return block

    def _spend(self, size_bytes: int) -> None:
        self._unpacked_bytes += size_bytes
        if self._unpacked_bytes > self._max_bytes:
            raise self._too_large()

    def _too_large(self) -> ArchiveTooLarge:
        return ArchiveTooLarge(path=self._name, limit_bytes=self._max_bytes)

    def _read_zip(self, stack: ExitStack) -> Iterator[Member | None]:
        raw = stack.enter_context(self._file.open("rb"))
        archive = stack.enter_context(zipfile.ZipFile(cast("IO[bytes]", _Bounded(raw))))
        for info in archive.infolist():
            kind = S_IFMT(info.external_attr >> 16)
            if kind not in {0, S_IFREG, S_IFDIR}:
                raise ArchiveHasLinks(path=self._name, member=info.filename)
            if info.flag_bits & 1:
                raise ArchiveEncrypted(path=self._name)
            # The other methods unpack without a bound on what one call gives.
            if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise ArchiveDamaged(path=self._name)
            if info.is_dir():
                yield None
                continue
            with archive.open(info) as content:
                yield _zip_name(info), content

    def _read_tar(self, stack: ExitStack) -> Iterator[Member | None]:
        raw = stack.enter_context(self._file.open("rb"))
        unpacked = stack.enter_context(cast("BinaryIO", _decompressor(self._name)(raw)))
        # What only describes files counts as well: it has to be unpacked, too.
        stream = _Forward(unpacked)
        archive = stack.enter_context(
            tarfile.TarFile(fileobj=cast("IO[bytes]", stream), mode="r", encoding="utf-8")
        )
        while (info := archive.next()) is not None:
            if stream.position > self._max_bytes + HEADER_MAX_BYTES:
                raise self._too_large()
            archive.members.clear()  # type: ignore[attr-defined]  # It would remember them all.
            if info.isdir():
                yield None
                continue
            content = archive.extractfile(info) if info.isreg() else None
            if content is None:
                raise ArchiveHasLinks(path=self._name, member=info.name)
            yield info.name.removeprefix("./"), content
        if stream.last_block.strip(b"\0"):
            raise ArchiveDamaged(path=self._name)  # It ended where no header could be read.


class _Bounded:
    """A file of which nobody reads a lot at once."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.tell = file.tell
        self.seek = file.seek
        self.seekable = file.seekable
        self.close = file.close

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(HEADER_MAX_BYTES + 1 if size < 0 else size)
        if max(size, len(content)) > HEADER_MAX_BYTES:
            raise ValueError("a header is too long")
        return content


class _Forward:
    """A stream as tarfile wants a file: it seeks, forwards, and one byte back."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._last = b""
        self._is_one_back = False
        self.position = 0
        self.last_block = b""
        """What was read last in the size of a header."""

    def tell(self) -> int:
        return self.position - self._is_one_back

    def seek(self, position: int) -> int:
        self._is_one_back = position == self.position - 1
        if position < self.position - 1:
            raise ValueError("the archive leads backwards")
        while self.position < position:
            if not self._take(min(BLOCK_BYTES, position - self.position)):
                break
        return self.tell()

    def read(self, size: int) -> bytes:
        if size > HEADER_MAX_BYTES:
            raise ValueError("a header is too long")
        content = self._last if self._is_one_back and size else b""
        self._is_one_back = False
        while len(content) < size and (more := self._take(size - len(content))):
            content += more
        if size == tarfile.BLOCKSIZE:
            self.last_block = content
        return content

    def close(self) -> None:
        self._stream.close()

    def _take(self, size: int) -> bytes:
        content = self._stream.read(size)
        self.position += len(content)
        self._last = content[-1:] or self._last
        return content


def _decompressor(name: str) -> Callable[[BinaryIO], object]:
    if name.lower().endswith((".tar.gz", ".tgz")):
        return lambda raw: gzip.GzipFile(fileobj=raw)
    if name.lower().endswith((".tar.zst", ".tzst")):
        return zstd.ZstdFile
    return lambda raw: io.BufferedReader(cast("io.RawIOBase", raw))


def _zip_name(info: zipfile.ZipInfo) -> str:
    """The name as its packer meant it: old ones write their own code page and don't say which."""
    if info.flag_bits & 0x800:
        return info.orig_filename
    raw = info.orig_filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.orig_filename
