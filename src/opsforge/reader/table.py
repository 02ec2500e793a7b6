"""A bounded sample of a table: CSV, TSV, JSON lines or Parquet, as Arrow has it."""

import codecs
import io
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from opsforge.reader.unreadable import Unreadable

SAMPLE_BYTES = 8 * 1024**2
SAMPLE_ROWS = 100_000
BATCH_ROWS = 4096
MAX_COLUMNS = 2000
ENCODINGS = ("utf-8-sig", "gb18030")
for _name in (*ENCODINGS, "utf-16"):
    codecs.lookup(_name)  # A job may not be allowed to read their modules.
DELIMITERS = ",;\t|"
MOMENTS = [pyarrow.csv.ISO8601, "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d"]
NOTHING = ["", "#N/A", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"]
THRIFT_STRING_BYTES = 64 * 1024**2
THRIFT_CONTAINER_ITEMS = 500_000
PARQUET_MAGIC = b"PAR1"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """How a table begins."""

    table: pa.Table
    row_count: int | None
    """Of the whole table; None when only reading all of it would tell."""
    skipped_rows: int = 0
    """Rows of the sample that do not fit the others."""


def read_csv(file: int, *, delimiter: str | None) -> Sample:
    """The beginning of a text with columns.

    Args:
        file: Open for reading.
        delimiter: None to look for it in the first line.
    """
    text, is_whole = _read_text(file)
    if not text.strip():
        return Sample(table=pa.table({}), row_count=0)
    first_line = text.split("\n", 1)[0]
    delimiter = delimiter or max(DELIMITERS, key=_outside_quotes(first_line).count)
    require_columns(_outside_quotes(first_line).count(delimiter) + 1)
    table, skipped = _parse_csv(text.encode(), delimiter)
    row_count = table.num_rows if is_whole else None
    return Sample(table=table, row_count=row_count, skipped_rows=skipped)


def read_json_lines(file: int) -> Sample:
    """The beginning of a text with an object on each line."""
    text, is_whole = _read_text(file)
    rows: list[Mapping[str, Any]] = []
    skipped = 0
    lines = [line for line in text.split("\n") if line.strip()]
    for line in lines[:SAMPLE_ROWS]:
        row = _parse_object(line)
        if row is None:
            skipped += 1
        else:
            rows.append(row)
    if skipped > len(rows):
        raise Unreadable("broken", f"{skipped} of {skipped + len(rows)} lines are no JSON object")
    names = list(dict.fromkeys(name for row in rows for name in row))
    require_columns(len(names))
    columns = {name: _column([row.get(name) for row in rows]) for name in names}
    is_all = is_whole and len(lines) <= SAMPLE_ROWS
    return Sample(
        table=pa.table(columns),
        row_count=len(rows) if is_all else None,
        skipped_rows=skipped,
    )


def read_parquet(file: int) -> Sample:
    """The first rows of a Parquet file; how many there are is in its footer."""
    size_bytes = os.fstat(file).st_size
    magic = os.pread(file, 4, max(0, size_bytes - 4))
    if magic != PARQUET_MAGIC or os.pread(file, 4, 0) != PARQUET_MAGIC:
        raise Unreadable("broken", "no Parquet file")
    source = pyarrow.parquet.ParquetFile(
        io.FileIO(os.dup(file)),
        thrift_string_size_limit=THRIFT_STRING_BYTES,
        thrift_container_size_limit=THRIFT_CONTAINER_ITEMS,
    )
    require_columns(source.metadata.num_columns)
    batches: list[pa.RecordBatch] = []
    rows, size = 0, 0
    for batch in source.iter_batches(batch_size=BATCH_ROWS, use_threads=False):
        batches.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= SAMPLE_ROWS or size >= SAMPLE_BYTES:
            break
    table = pa.Table.from_batches(batches, schema=source.schema_arrow)
    return Sample(table=table, row_count=source.metadata.num_rows)


def require_columns(count: int) -> None:
    """Refuse a table that no page can show.

    Raises:
        Unreadable: It has too many columns.
    """
    if count > MAX_COLUMNS:
        raise Unreadable("broken", f"{count} columns; at most {MAX_COLUMNS} are shown")


def _read_text(file: int) -> tuple[str, bool]:
    """How the file begins, up to the end of a line, and whether that is all of it."""
    content = bytearray()
    while len(content) <= SAMPLE_BYTES and (piece := os.pread(file, 1024**2, len(content))):
        content += piece
    is_whole = len(content) <= SAMPLE_BYTES
    if not is_whole:
        end = content.rfind(b"\n", 0, SAMPLE_BYTES) + 1
        if not end:
            raise Unreadable("broken", f"no line ends in the first {SAMPLE_BYTES >> 20} MiB")
        del content[end:]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) and is_whole:
        return content.decode("utf-16", errors="replace"), is_whole
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text.replace("\r\n", "\n"), is_whole
    raise Unreadable("broken", "the text is neither UTF-8 nor GB18030")


def _outside_quotes(line: str) -> str:
    return re.sub(r'"[^"]*"', "", line)


def _parse_csv(content: bytes, delimiter: str) -> tuple[pa.Table, int]:
    skipped = 0

    def skip(row: object) -> str:
        nonlocal skipped
        del row
        skipped += 1
        return "skip"

    for may_have_newlines in (True, False):
        skipped = 0
        try:
            table = pyarrow.csv.read_csv(
                pa.BufferReader(content),
                # One block: types are those that fit all of it.
                read_options=pyarrow.csv.ReadOptions(
                    use_threads=False, block_size=len(content) + 1
                ),
                parse_options=pyarrow.csv.ParseOptions(
                    delimiter=delimiter,
                    newlines_in_values=may_have_newlines,
                    invalid_row_handler=skip,
                ),
                convert_options=pyarrow.csv.ConvertOptions(
                    null_values=NOTHING, strings_can_be_null=True, timestamp_parsers=MOMENTS
                ),
            )
        except pa.ArrowInvalid as error:
            reason = str(error)
        else:
            return table.slice(0, SAMPLE_ROWS), skipped
    raise Unreadable("broken", reason.split("\n", maxsplit=1)[0][:200])


def _parse_object(line: str) -> Mapping[str, Any] | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _column(values: list[Any]) -> pa.Array:
    """Of one type where there is one, else of texts."""
    if not any(isinstance(value, dict | list) for value in values):
        try:
            return pa.array(values)
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
            pass
    texts = [
        None
        if value is None
        else value
        if isinstance(value, str)
        else json.dumps(value, ensure_ascii=False)
        for value in values
    ]
    return pa.array(
        [text and text.encode("utf-8", "replace").decode() for text in texts], pa.string()
    )
