"""How a file begins and what it takes on the disk (E6), without reading the rest."""

import codecs
import unicodedata
from pathlib import PurePosixPath

from opsforge.auth.actor import Actor
from opsforge.datasets import repository
from opsforge.datasets.common import DatasetPart, place_of
from opsforge.datasets.file_schemas import FilePreview
from opsforge.datasets.schemas import DatasetFileView
from opsforge.kit.problems import NotFound

HEAD_LINES = 10
HEAD_BYTES = 64 * 1024
"""Ten lines may be endless; no more than this is read."""

HEX_COLUMNS = 16
_TEXT_CONTROLS = set("\t\n\r\f\v\b\x1b\x85")
ENCODINGS = ("utf-8", "gb18030")


class FilePreviews(DatasetPart):
    """Looking into files."""

    async def preview_file(self, actor: Actor, dataset_id: int, file_id: int) -> FilePreview:
        """Details of a file, its size on disk (``du``) and its first lines (``head -n 10``).

        Raises:
            NotFound: Absent, another user's private one, or a file of another data set.
        """
        dataset = await self._get_visible(actor, dataset_id)
        async with self._db.reading() as session:
            file = await repository.find_file(session, dataset_id, file_id)
        if file is None:
            raise NotFound
        try:
            head = await self._storage.read_head(
                place_of(dataset), PurePosixPath(file.path), max_bytes=HEAD_BYTES
            )
        except FileNotFoundError:  # Deleted meanwhile.
            raise NotFound from None
        is_whole = len(head.content) >= head.size_bytes
        encoding, lines = show_head(head.content, is_whole=is_whole)
        return FilePreview(
            **dict(DatasetFileView.of(file)),
            disk_bytes=head.disk_bytes,
            encoding=encoding,
            first_lines=lines,
            is_cut=not is_whole and len(lines) < HEAD_LINES,
        )


def show_head(content: bytes, *, is_whole: bool) -> tuple[str | None, list[str]]:
    """The first lines of a text with its encoding, or of a hexadecimal dump without one.

    Args:
        content: How a file begins.
        is_whole: Whether that is all of it; else its last character may be cut.
    """
    lines = content.split(b"\n", HEAD_LINES)
    has_all_lines = len(lines) > HEAD_LINES
    head = b"\n".join(lines[:HEAD_LINES]) if has_all_lines else content
    for encoding in ENCODINGS:
        text = _decode(head, encoding, is_whole=is_whole or has_all_lines)
        if text is not None:
            shown = text.removeprefix("\ufeff").split("\n")
            return encoding, shown if shown[-1] or has_all_lines else shown[:-1]
    rows = range(0, min(len(content), HEX_COLUMNS * HEAD_LINES), HEX_COLUMNS)
    return None, [_hex_row(content[start : start + HEX_COLUMNS], start) for start in rows]


def _decode(head: bytes, encoding: str, *, is_whole: bool) -> str | None:
    """The text; None when these bytes are not one in this encoding."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head, final=is_whole)
    except UnicodeDecodeError:
        return None
    odd = {c for c in text if unicodedata.category(c) in {"Cc", "Co", "Cn"}} - _TEXT_CONTROLS
    return None if odd else text


def _hex_row(row: bytes, start: int) -> str:
    """As ``hexdump -C`` writes it."""
    pairs = row.hex(" ")
    printable = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in row)  # noqa: PLR2004 - ASCII.
    return f"{start:08x}  {pairs:<{3 * HEX_COLUMNS - 1}}  |{printable}|"
