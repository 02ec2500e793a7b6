"""What the reader gives."""

from typing import Literal

from pydantic import BaseModel, Field

TableFormat = Literal["csv", "tsv", "jsonl", "parquet"]
ColumnType = Literal["integer", "number", "boolean", "time", "text", "other"]
Edge = int | float | str


class Histogram(BaseModel):
    """How values spread: a count between each two edges."""

    edges: list[Edge] = Field(description="One more than counts; of moments, as texts.")
    counts: list[int]


class TopValue(BaseModel):
    """A value that is there often."""

    value: str
    count: int


class ColumnProfile(BaseModel):
    """What can be said of a column from the sample."""

    name: str
    type: ColumnType
    null_count: int
    distinct: int | None = Field(default=None, description="Different values in the sample.")
    min: Edge | None = Field(default=None, description="Of numbers, and of moments as text.")
    max: Edge | None = None
    mean: float | None = None
    histogram: Histogram | None = Field(default=None, description="Of numbers and moments.")
    top: list[TopValue] | None = Field(default=None, description="Of texts and truth values.")
    spark: list[float] | None = Field(
        default=None, description="Of numbers: their course over the sample's rows."
    )


class TableProfile(BaseModel):
    """A table by a bounded sample of its first rows."""

    format: TableFormat
    row_count: int | None = Field(description="Null when only reading all of it would tell.")
    sampled_rows: int
    skipped_rows: int = Field(description="Rows of the sample that do not fit the others.")
    column_count: int
    columns: list[ColumnProfile] = Field(description="The first ones.")
    rows: list[list[str | None]] = Field(description="The first rows, long values cut.")
