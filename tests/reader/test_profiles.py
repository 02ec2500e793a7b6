"""What is said of tables (E6), right ones and hostile ones."""

import gzip
import io
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.support.people import ApiClient
from tests.support.problems import assert_problem
from tests.support.uploads import parts

ROWS = [
    {"t": f"2026-01-{day:02} 00:00:00", "cpu": day / 2, "n": day, "主机": f"h{day % 3}", "up": True}
    for day in range(1, 31)
]


def csv_of(rows: list[dict[str, Any]], delimiter: str = ",") -> str:
    lines = [delimiter.join(rows[0])]
    lines += [delimiter.join(str(value).lower() for value in row.values()) for row in rows]
    return "\n".join(lines) + "\n"


def parquet_of(table: pa.Table, **how: Any) -> bytes:  # noqa: ANN401 - passed on.
    target = io.BytesIO()
    pq.write_table(table, target, **how)
    return target.getvalue()


def moments_parquet() -> bytes:
    rows = [row | {"t": datetime.fromisoformat(str(row["t"]))} for row in ROWS]
    return parquet_of(pa.Table.from_pylist(rows))


class Profiler:
    """Uploads a file and asks for its profile."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client
        self._count = 0

    async def ask(self, name: str, content: bytes) -> Any:  # noqa: ANN401 - the answer.
        self._count += 1
        answer = await self._client.post(
            "/datasets",
            data={"name": f"d{self._count}"},
            files=parts(name, content=content),
        )
        assert answer.status_code == 201, answer.text
        dataset = answer.json()
        path = f"/datasets/{dataset['id']}/files/{dataset['files'][0]['id']}/profile"
        return await self._client.get(path)

    async def profile(self, name: str, content: bytes) -> dict[str, Any]:
        answer = await self.ask(name, content)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture
def profiler(as_alice: ApiClient) -> Profiler:
    return Profiler(as_alice)


KINDS = {
    "a.csv": csv_of(ROWS).encode(),
    "semicolons.CSV": csv_of(ROWS, ";").encode(),
    "gb18030.csv": csv_of(ROWS).encode("gb18030"),
    "marked.csv": csv_of(ROWS).encode("utf-8-sig"),
    "windows.csv": csv_of(ROWS).replace("\n", "\r\n").encode(),
    "slashes.csv": csv_of(ROWS).replace("2026-01-", "2026/01/").encode(),
    "a.tsv": csv_of(ROWS, "\t").encode(),
    "a.parquet": moments_parquet(),
}


async def test_e6_every_kind_of_table_has_columns_types_and_a_spread(
    profiler: Profiler, subtests: pytest.Subtests
) -> None:
    for name, content in KINDS.items():
        with subtests.test(name):
            found = await profiler.profile(name, content)
            assert (found["row_count"], found["sampled_rows"]) == (30, 30)
            columns = {column["name"]: column for column in found["columns"]}
            types = {name: column["type"] for name, column in columns.items()}
            assert types == {
                "t": "time",
                "cpu": "number",
                "n": "integer",
                "主机": "text",
                "up": "boolean",
            }
            assert (columns["t"]["min"], columns["t"]["max"]) == (
                "2026-01-01 00:00:00",
                "2026-01-30 00:00:00",
            )
            assert sum(columns["t"]["histogram"]["counts"]) == 30
            cpu = columns["cpu"]
            assert (cpu["min"], cpu["max"], cpu["mean"]) == (0.5, 15.0, 7.75)
            assert cpu["histogram"]["edges"][0] == 0.5
            assert len(cpu["histogram"]["edges"]) == len(cpu["histogram"]["counts"]) + 1
            assert cpu["spark"] == [day / 2 for day in range(1, 31)]
            assert (columns["n"]["min"], columns["n"]["max"]) == (1, 30)
            assert columns["主机"]["distinct"] == 3
            assert columns["主机"]["top"][0]["count"] == 10
            assert columns["up"]["distinct"] == 1
            assert found["rows"][0][1:4] == ["0.5", "1", "h1"]
            assert len(found["rows"]) == 20


async def test_e6_json_lines_with_nulls_nesting_and_mixed_types(profiler: Profiler) -> None:
    lines = [
        {"a": 1, "b": None, "c": {"d": [1, 2]}, "m": 1},
        {"a": 2.5, "b": "x", "m": "two"},
        {"a": None, "b": "x", "late": True},
    ]
    text = "\n".join(json.dumps(line) for line in lines) + "\nno json\n"
    found = await profiler.profile("a.jsonl", text.encode())
    columns = {column["name"]: column for column in found["columns"]}
    assert {name: column["type"] for name, column in columns.items()} == {
        "a": "number",
        "b": "text",
        "c": "text",
        "m": "text",
        "late": "boolean",
    }
    assert columns["a"]["null_count"] == 1
    assert columns["b"]["top"] == [{"value": "x", "count": 2}]
    assert found["rows"][0][2] == '{"d": [1, 2]}'
    assert (found["row_count"], found["skipped_rows"]) == (3, 1)


async def test_e6_a_large_table_is_known_by_its_beginning(profiler: Profiler) -> None:
    text = "n,text\n" + "".join(f"{number},{'x' * 90}\n" for number in range(120_000))
    found = await profiler.profile("a.csv", text.encode())
    assert found["row_count"] is None
    assert 50_000 < found["sampled_rows"] <= 100_000
    assert len(found["columns"][0]["spark"]) == 60
    parquet = parquet_of(pa.table({"n": list(range(300_000))}))
    found = await profiler.profile("a.parquet", parquet)
    assert found["row_count"] == 300_000
    assert found["sampled_rows"] < 110_000


async def test_e6_rows_that_do_not_fit_are_left_out_and_counted(profiler: Profiler) -> None:
    found = await profiler.profile("a.csv", b"a,b\n1,2\n1,2,3\n4\n5,6\n")
    assert (found["sampled_rows"], found["skipped_rows"]) == (2, 2)
    assert found["columns"][1]["max"] == 6


async def test_e6_odd_numbers_are_no_fault(profiler: Profiler) -> None:
    values = [float("nan"), float("inf"), 1.7e308, -1.7e308, 5e-324, None]
    table = pa.table(
        {
            "n": pa.array(values, pa.float64()),
            "big": pa.array([2**63, 2**64 - 1, None, 0, 1, 2], pa.uint64()),
            "bytes": pa.array([b"\xff"] * 6),
            "list": pa.array([[1]] * 6),
            "far": pa.array([2**62] * 6, pa.timestamp("us")),
            "zone": pa.array([0] * 6, pa.timestamp("ms", "Asia/Shanghai")),
            "empty": pa.nulls(6),
        }
    )
    found = await profiler.profile("a.parquet", parquet_of(table))
    columns = {column["name"]: column for column in found["columns"]}
    assert columns["n"]["max"] == 1.7e308
    assert columns["big"]["max"] == 2**64 - 1
    assert (columns["bytes"]["type"], columns["list"]["type"]) == ("other", "other")
    assert columns["empty"]["null_count"] == 6
    assert columns["zone"]["max"] == "1970-01-01 00:00:00"
    assert len(found["rows"]) == 6


async def test_e6_an_empty_table_has_no_columns(profiler: Profiler) -> None:
    for name in ("a.csv", "a.tsv", "a.jsonl"):
        found = await profiler.profile(name, b"")
        assert (found["row_count"], found["columns"], found["rows"]) == (0, [], [])


def parquet_bomb() -> bytes:
    """A gigabyte of nothing in some kilobytes, on one page."""
    value = "x" * 1024**2
    return parquet_of(
        pa.table({"a": pa.array([value] * 1024)}),
        compression="zstd",
        use_dictionary=False,
        write_statistics=False,
        data_page_size=2 * 1024**3,
    )


HOSTILE: dict[str, tuple[str, bytes | Callable[[], bytes], set[str]]] = {
    "one endless line": ("a.csv", b"x" * (9 * 1024**2), {"reader.broken"}),
    "a million columns": ("a.csv", b"," * 1_000_000 + b"\n", {"reader.broken"}),
    "a million names": (
        "a.jsonl",
        json.dumps({f"k{n}": n for n in range(100_000)}).encode(),
        {"reader.broken"},
    ),
    "binary": ("a.csv", b"\x89PNG\r\n\x1a\n\0\xff" * 99, {"reader.broken"}),
    "compressed": ("a.csv", gzip.compress(csv_of(ROWS).encode()), {"reader.broken"}),
    "no json": ("a.jsonl", b"a\nb\nc\n", {"reader.broken"}),
    "deep json": ("a.jsonl", b'{"a":' * 200_000 + b"\n", {"reader.broken"}),
    "no parquet": ("a.parquet", b"PAR1 not really PAR1", {"reader.broken"}),
    "a text as parquet": ("a.parquet", csv_of(ROWS).encode(), {"reader.broken"}),
    "a cut parquet": ("a.parquet", moments_parquet()[:-20] + b"PAR1", {"reader.broken"}),
    "a torn parquet": (
        "a.parquet",
        moments_parquet()[:4] + b"\xff" * 400 + moments_parquet()[404:],
        {"reader.broken", "reader.gave_up"},
    ),
    "a parquet bomb": ("a.parquet", parquet_bomb, {"reader.gave_up"}),
}


async def test_e6_hostile_tables_are_refused_and_say_why(
    profiler: Profiler, subtests: pytest.Subtests
) -> None:
    for kind, (name, content, codes) in HOSTILE.items():
        with subtests.test(kind):
            made = content if isinstance(content, bytes) else content()
            document = assert_problem(await profiler.ask(name, made), 422)
            assert document["code"] in codes, document


async def test_e6_what_is_no_table_says_so(profiler: Profiler) -> None:
    assert_problem(await profiler.ask("a.txt", b"x"), 422, "reader.no_table")


async def test_e6_a_state_of_a_file_is_looked_into_once(
    profiler: Profiler, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await profiler.profile("a.csv", KINDS["a.csv"])

    async def fail(*arguments: object, **options: object) -> bytes:
        raise AssertionError((arguments, options))

    monkeypatch.setattr("opsforge.reader.pool.ReaderPool.run", fail)
    assert await profiler.profile("other.csv", KINDS["a.csv"]) == first
