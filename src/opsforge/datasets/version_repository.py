"""Every query about what files of data sets were before."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from opsforge.datasets.models import DatasetFile, FileVersion
from opsforge.datasets.repository import in_chunks
from opsforge.kit.paging import newest_first


async def list_earlier(
    session: AsyncSession, dataset_id: int, paths: Collection[str]
) -> list[FileVersion]:
    """The earlier versions of files, of each the latest first."""
    found: list[FileVersion] = []
    for chunk in in_chunks(paths):
        rows = (
            select(FileVersion)
            .where(FileVersion.dataset_id == dataset_id, FileVersion.path.in_(chunk))
            .order_by(FileVersion.path, FileVersion.number.desc())
        )
        found += await session.scalars(rows)
    return found


async def find_last_numbers(
    session: AsyncSession, dataset_id: int, paths: Collection[str]
) -> dict[str, int]:
    """The highest number that each path has had, by path."""
    found: dict[str, int] = {}
    for table in (DatasetFile, FileVersion):
        for chunk in in_chunks(paths):
            rows = (
                select(table.path, func.max(table.number))
                .where(table.dataset_id == dataset_id, table.path.in_(chunk))
                .group_by(table.path)
            )
            for path, number in await session.execute(rows):
                found[path] = max(found.get(path, 0), number)
    return found


async def find_version(
    session: AsyncSession, dataset_id: int, version_id: int
) -> FileVersion | None:
    """An earlier version of a file of a data set."""
    rows = select(FileVersion).where(
        FileVersion.dataset_id == dataset_id, FileVersion.id == version_id
    )
    return (await session.scalars(rows)).one_or_none()


async def list_deleted(
    session: AsyncSession, dataset_id: int, *, cursor: str | None, limit: int
) -> Sequence[FileVersion]:
    """The last versions of files that are no more, last deleted first, and one row more."""
    later = aliased(FileVersion)
    is_there = select(DatasetFile.id).where(
        DatasetFile.dataset_id == dataset_id, DatasetFile.path == FileVersion.path
    )
    has_later = select(later.id).where(
        later.dataset_id == dataset_id,
        later.path == FileVersion.path,
        later.number > FileVersion.number,
    )
    rows = select(FileVersion).where(
        FileVersion.dataset_id == dataset_id, ~is_there.exists(), ~has_later.exists()
    )
    page = newest_first(
        rows, moment=FileVersion.ended_at, row_id=FileVersion.id, cursor=cursor, limit=limit
    )
    return (await session.scalars(page)).all()


async def record_versions(
    session: AsyncSession, new: Iterable[FileVersion], *, gone: Collection[int]
) -> None:
    """Add rows of versions, and delete others."""
    session.add_all(new)
    for chunk in in_chunks(gone):
        await session.execute(delete(FileVersion).where(FileVersion.id.in_(chunk)))
    await session.flush()
