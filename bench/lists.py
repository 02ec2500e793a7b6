"""Lists and searches of a million projects, beside hand-written SQL that does only that.

    make setup && PYTHONPATH=. .venv/bin/python bench/lists.py

BENCH_ROWS (default 1,000,000) projects are made on SQLite and on a PostgreSQL server of our own,
then each list is asked for as the web service does it, and as the shortest keyset query does it.
"""

import asyncio
import json
import os
import random
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from sqlalchemy import insert, text, true
from sqlalchemy.ext.asyncio import AsyncSession

from opsforge.db.database import Database
from opsforge.db.lists import ListOf, list_rows
from opsforge.db.migrate import upgrade
from opsforge.db.search import grams_of_text, index_tokens, search_text
from opsforge.kit.names import name_key
from opsforge.projects.models import PublicProject
from opsforge.projects.public_repository import SORTS
from opsforge.users.models import User
from tests.support.servers import PostgresCluster

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
PAGE = 20
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "15"))
START = datetime(2026, 1, 1, tzinfo=UTC)
CHUNK = 10_000
OWNERS = 500
RESULTS = Path(__file__).parent / "results"

ENGLISH = [
    "anomaly",
    "metric",
    "latency",
    "kubernetes",
    "checkout",
    "forecast",
    "incident",
    "rootcause",
    "cluster",
    "alert",
    "log",
    "trace",
    "network",
    "disk",
    "memory",
    "gateway",
    "payment",
    "baseline",
    "seasonal",
    "capacity",
    "queue",
    "kafka",
    "redis",
    "postgres",
    "timeout",
    "retry",
    "budget",
    "replica",
    "shard",
    "ingest",
]
CHINESE = [
    "异常",
    "检测",
    "指标",
    "日志",
    "告警",
    "根因",
    "分析",
    "预测",
    "容量",
    "磁盘",
    "内存",
    "网络",
    "延迟",
    "支付",
    "网关",
    "集群",
    "容器",
    "基线",
    "周期",
    "服务",
    "数据库",
    "消息",
    "队列",
    "超时",
    "重试",
    "链路",
    "追踪",
    "故障",
    "自愈",
    "巡检",
]
RARE = "雷暴"
"""In one row of ten thousand."""


@dataclass(frozen=True)
class Question:
    """One list that is asked for."""

    name: str
    wanted: ListOf
    sql: str | None
    """The peer, for both databases."""
    bind: dict[str, Any]


@dataclass(frozen=True)
class Figure:
    """How long it took, in milliseconds."""

    database: str
    question: str
    ours_p50: float
    ours_p95: float
    peer_p50: float | None
    peer_p95: float | None
    rows: int


def project(number: int) -> dict[str, Any]:
    """A project of which words, in two languages, are as common as words are."""
    dice = random.Random(number)  # noqa: S311 - the same data in each run.
    english = [ENGLISH[int(len(ENGLISH) * dice.random() ** 2)] for _ in range(3)]
    chinese = [CHINESE[int(len(CHINESE) * dice.random() ** 2)] for _ in range(4)]
    if number % 10_000 == 0:
        chinese.append(RARE)
    name = f"{chinese[0]}{chinese[1]}-{english[0]}-{number}"
    description = f"{''.join(chinese[2:])} {' '.join(english)}"
    owner = f"user{dice.randrange(OWNERS)}"
    return {
        "id": number + 1,
        "user_id": 1,
        "owner_name": owner,
        "name": name,
        "name_key": name_key(name),
        "description": description,
        "search_text": search_text(name=name, description=description, owner=owner),
        "checksum": "",
        "fork_count": int(0.5 / (dice.random() + 1e-3)),
        "created_at": START,
        "updated_at": START + timedelta(seconds=dice.randrange(10**8), microseconds=number),
    }


async def fill(db: Database) -> float:
    """Store the projects, index and all; returns seconds."""
    begin = perf_counter()
    async with db.writing() as session:
        session.add(User(id=1, username="bench", password_hash="", created_at=START))
    for first in range(0, ROWS, CHUNK):
        rows = [project(number) for number in range(first, min(ROWS, first + CHUNK))]
        async with db.writing() as session:
            await session.execute(insert(PublicProject), rows)
            if db.is_sqlite:
                await session.execute(
                    text("INSERT INTO search_public_projects (rowid, grams) VALUES (:id, :grams)"),
                    [
                        {"id": row["id"], "grams": index_tokens(grams_of_text(row["search_text"]))}
                        for row in rows
                    ],
                )
        if first % (ROWS // 10 or 1) == 0:
            print(f"  {first:,} rows after {perf_counter() - begin:.0f} s", flush=True)
    return perf_counter() - begin


async def settle(db: Database, *, is_before: bool) -> None:
    """Let PostgreSQL make the index at once, as a restored database does, and count its values."""
    if db.is_sqlite:
        return
    async with db.engine.connect() as connection:
        plain = await connection.execution_options(isolation_level="AUTOCOMMIT")
        if is_before:
            await plain.execute(text("DROP INDEX ix_search_public_projects"))
            return
        await plain.execute(text("SET maintenance_work_mem = '512MB'"))
        await plain.execute(
            text(
                "CREATE INDEX ix_search_public_projects ON public_projects "
                "USING gin (opsforge_grams(search_text)) WITH (fastupdate = off)"
            )
        )
        await plain.execute(text("VACUUM ANALYZE public_projects"))


COLUMNS = "id, name, description, owner_name, fork_count, updated_at"


async def questions(session: AsyncSession) -> list[Question]:
    """Page 1, page 50,000 (the last of a million) and searches, with the peer of each."""

    async def cursor(column: str, pages: int) -> tuple[str, Any, int]:
        from opsforge.kit.paging import sorted_cursor  # noqa: PLC0415 - only here.

        sql = (
            f"SELECT {column}, id FROM public_projects "  # noqa: S608 - a constant.
            f"ORDER BY {column} DESC, id DESC LIMIT 1 OFFSET :skipped"
        )
        skipped = min(ROWS - PAGE, pages * PAGE) - 1
        value, row_id = (await session.execute(text(sql), {"skipped": skipped})).one()
        attribute = next(one for one in SORTS.values() if one.key == column)
        made = datetime.fromisoformat(value) if isinstance(value, str) else value
        if isinstance(made, datetime) and made.tzinfo is None:
            made = made.replace(tzinfo=UTC)
        return sorted_cursor(attribute, made, row_id), value, row_id

    asked = []
    for sort, column in (("-updated", "updated_at"), ("-forks", "fork_count")):
        order = f"ORDER BY {column} DESC, id DESC LIMIT {PAGE + 1}"
        first = f"SELECT {COLUMNS} FROM public_projects {order}"  # noqa: S608 - constants.
        asked.append(Question(f"page 1, {sort}", ListOf(sort=sort, limit=PAGE), first, {}))
        made, value, row_id = await cursor(column, ROWS // PAGE - 1)
        later = (
            f"SELECT {COLUMNS} FROM public_projects "  # noqa: S608 - constants.
            f"WHERE ({column}, id) < (:value, :row_id) {order}"
        )
        asked.append(
            Question(
                f"page {ROWS // PAGE:,}, {sort}",
                ListOf(sort=sort, cursor=made, limit=PAGE),
                later,
                {"value": value, "row_id": row_id},
            )
        )
    for what, query in {
        "English, common": "anomaly",
        "English, two words": "kafka replica",
        "English, a part of a word": "ubernete",
        "English, one number": str(ROWS // 2 + 3),
        "1 Chinese character, common": "异",
        "1 Chinese character, rare": RARE[0],
        "2 Chinese characters, common": "异常",
        "2 Chinese characters, rare": RARE,
        "4 Chinese characters": "异常检测",
        "4 Chinese characters, rare": f"检测{RARE}",
        "nothing": "不存在的词",
    }.items():
        asked.append(
            Question(
                f"search: {what} ({query})",
                ListOf(query=query, sort="-updated", limit=PAGE),
                f"SELECT {COLUMNS} FROM public_projects "  # noqa: S608 - constants.
                f"WHERE search_text LIKE :pattern ORDER BY updated_at DESC, id DESC "
                f"LIMIT {PAGE + 1}"
                if " " not in query
                else None,
                {"pattern": f"%{query}%"},
            )
        )
    return asked


async def measure(db: Database, name: str) -> list[Figure]:
    """Ask each question many times, ours and the peer's in turn."""
    figures = []
    async with db.reading() as session:
        asked = await questions(session)
    for question in asked:

        async def ours(question: Question = question) -> int:
            async with db.reading() as session:
                page = await list_rows(
                    session, PublicProject, [true()], question.wanted, columns=SORTS
                )
            return len(page.rows)

        async def peer(question: Question = question) -> int:
            async with db.reading() as session:
                return len((await session.execute(text(question.sql or ""), question.bind)).all())

        own, count = await timed(ours)
        other = (await timed(peer))[0] if question.sql else None
        figure = Figure(name, question.name, *spread(own), *(spread(other or [])), count)
        print(json.dumps(asdict(figure), ensure_ascii=False), flush=True)
        figures.append(figure)
    return figures


async def timed(ask: Callable[[], Awaitable[int]]) -> tuple[list[float], int]:
    """Milliseconds of each round, and how many rows there were; slow ones are asked less often."""
    took: list[float] = []
    count = await ask()
    begin = perf_counter()
    while len(took) < ROUNDS and (len(took) < 3 or perf_counter() - begin < 20):  # noqa: PLR2004
        start = perf_counter()
        count = await ask()
        took.append((perf_counter() - start) * 1000)
    return took, count


def spread(took: list[float]) -> tuple[float, float] | tuple[None, None]:
    """Median and the 95th of a hundred."""
    if not took:
        return None, None
    return round(median(took), 2), round(quantiles(took, n=20, method="inclusive")[-1], 2)


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """An empty database of each kind."""
    with tempfile.TemporaryDirectory(prefix="bench-lists-") as folder:
        Path(folder).chmod(0o755)
        found = {"SQLite": f"sqlite+aiosqlite:///{folder}/opsforge.db"}
        if not PostgresCluster.is_installed():
            yield found
            return
        (place := Path(folder) / "postgres").mkdir()
        cluster = PostgresCluster(place)
        cluster.start()
        try:
            url = cluster.url("postgres").replace("postgresql://", "postgresql+asyncpg://", 1)
            yield found | {"PostgreSQL": url}
        finally:
            cluster.stop()


async def run(url: str, name: str) -> list[Figure]:
    """Fill one database and measure."""
    db = Database(url, pool_size=2)
    print(f"{name}: {ROWS:,} projects", flush=True)
    await settle(db, is_before=True)
    seconds = await fill(db)
    await settle(db, is_before=False)
    print(f"  filled in {seconds:.0f} s", flush=True)
    figures = await measure(db, name)
    await db.close()
    return figures


def main() -> None:
    """Measure both databases and write the results."""
    only = sys.argv[1:]
    figures: list[Figure] = []
    with databases() as urls:
        for name, url in urls.items():
            if not only or name in only:
                upgrade(url)
                figures += asyncio.run(run(url, name))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "lists.json").write_text(
        json.dumps([asdict(figure) for figure in figures], ensure_ascii=False, indent=1) + "\n"
    )


if __name__ == "__main__":
    main()
