"""What can be said of a table's columns from a sample of its rows."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds

from opsforge.reader.table import Sample, read_csv, read_json_lines, read_parquet
from opsforge.reader.unreadable import Unreadable

ROWS = 20
CELL_CHARACTERS = 200
BINS = 20
POINTS = 60
TOP = 5
PROFILED_COLUMNS = 200
MICROSECONDS = 1_000_000


def profile_table(file: int, options: Mapping[str, Any]) -> bytes:
    """The profile as JSON, as `opsforge.reader.schemas.TableProfile` has it.

    Args:
        file: The table, open.
        options: Its ``format``: csv, tsv, jsonl or parquet.
    """
    try:
        sample = _read(file, options["format"])
        profile = _profile(sample)
    except (MemoryError, Unreadable):
        raise
    except Exception as error:  # Arrow has many, and OSError for a broken file.
        said = str(error).split("\n", maxsplit=1)[0][:200]
        raise Unreadable("broken", said or type(error).__name__) from error
    return json.dumps(profile | {"format": options["format"]}, allow_nan=False).encode()


def _read(file: int, kind: str) -> Sample:
    match kind:
        case "csv":
            return read_csv(file, delimiter=None)
        case "tsv":
            return read_csv(file, delimiter="\t")
        case "jsonl":
            return read_json_lines(file)
    return read_parquet(file)


def _profile(sample: Sample) -> dict[str, Any]:
    table = sample.table
    shown = _without_zones(table.select(list(range(min(table.num_columns, PROFILED_COLUMNS)))))
    return {
        "row_count": sample.row_count,
        "sampled_rows": table.num_rows,
        "skipped_rows": sample.skipped_rows,
        "column_count": table.num_columns,
        "columns": [
            {"name": str(name)[:CELL_CHARACTERS], **_describe(column.combine_chunks())}
            for name, column in zip(shown.column_names, shown.columns, strict=True)
        ],
        "rows": _rows(shown.slice(0, ROWS)),
    }


def _without_zones(table: pa.Table) -> pa.Table:
    """Moments in UTC: what a zone is would have to be looked up in files."""
    fields = [
        pa.field(field.name, pa.timestamp(field.type.unit))
        if kinds.is_timestamp(field.type)
        else field
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))


def _rows(table: pa.Table) -> list[list[str | None]]:
    columns = [[_cell(value) for value in column] for column in table.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def _cell(value: pa.Scalar) -> str | None:
    if not value.is_valid:
        return None
    try:
        shown = value.as_py()
    except (ValueError, OverflowError):  # A moment that Python's calendar does not have.
        shown = value.cast(pa.string()).as_py()
    text = shown.hex() if isinstance(shown, bytes) else str(shown)
    return text[:CELL_CHARACTERS]


def _describe(column: Any) -> dict[str, Any]:  # noqa: ANN401 - an array of any type.
    if kinds.is_dictionary(column.type):
        column = column.dictionary_decode()
    found: dict[str, Any] = {"type": _kind_of(column.type), "null_count": column.null_count}
    valid = column.drop_null()
    if found["type"] == "other":
        return found
    if kinds.is_null(column.type):
        return found
    found["distinct"] = pc.count_distinct(valid).as_py()
    match found["type"]:
        case "integer" | "number":
            numbers = valid.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
            found |= _describe_numbers(numbers)
            if found["type"] == "integer" and len(valid):
                limits = pc.min_max(valid)
                found |= {"min": limits["min"].as_py(), "max": limits["max"].as_py()}
        case "time":
            found |= _describe_moments(valid)
        case _:
            found["top"] = _top(valid)
    return found


def _kind_of(kind: Any) -> str:  # noqa: ANN401 - any type of Arrow's.
    if kinds.is_integer(kind):
        return "integer"
    if kinds.is_floating(kind) or kinds.is_decimal(kind):
        return "number"
    if kinds.is_boolean(kind):
        return "boolean"
    if kinds.is_timestamp(kind) or kinds.is_date(kind):
        return "time"
    if kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_null(kind):
        return "text"
    return "other"


def _describe_numbers(numbers: Any) -> dict[str, Any]:  # noqa: ANN401 - an array of numbers.
    finite = numbers[np.isfinite(numbers)]
    if not len(finite):
        return {}
    with np.errstate(all="ignore"):
        mean = float(finite.mean())
        found: dict[str, Any] = {
            "min": float(finite.min()),
            "max": float(finite.max()),
            "mean": mean if np.isfinite(mean) else None,
            "spark": _spark(finite),
        }
        try:
            counts, edges = np.histogram(finite, bins=BINS)
        except ValueError:  # The range is wider than a number can be.
            return found
    if np.isfinite(edges).all():
        found["histogram"] = {"edges": edges.tolist(), "counts": counts.tolist()}
    return found


def _spark(numbers: Any) -> list[float]:  # noqa: ANN401 - an array of numbers.
    """The course of the values: a mean for each of some pieces, in the order of the rows."""
    pieces = np.array_split(numbers, min(POINTS, len(numbers)))
    points = [float(piece.mean()) for piece in pieces]
    return points if np.isfinite(points).all() else []


def _describe_moments(moments: Any) -> dict[str, Any]:  # noqa: ANN401 - an array of moments.
    if not len(moments):
        return {}
    seconds = moments.cast(pa.timestamp("us"), safe=False).cast(pa.int64()).to_numpy() / (
        MICROSECONDS
    )
    counts, edges = np.histogram(seconds, bins=BINS)
    texts = [_moment(edge) for edge in edges.tolist()]
    return {
        "min": _moment(float(seconds.min())),
        "max": _moment(float(seconds.max())),
        "histogram": {"edges": texts, "counts": counts.tolist()},
    }


def _moment(seconds: float) -> str:
    """As ISO 8601 has it, without a zone: as it is in the table."""
    try:
        return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat(" ")
    except (OverflowError, ValueError, OSError):
        return f"{seconds:.0f}"


def _top(values: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - an array of texts.
    counted = pc.value_counts(values)
    counts = counted.field("counts").to_numpy()
    best = np.argsort(-counts, kind="stable")[:TOP]
    return [
        {"value": _cell(counted.field("values")[int(at)]), "count": int(counts[at])} for at in best
    ]
