"""Every query of the data sets room."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, TypeVar

from sqlalchemy import Select, delete, func, or_, select, union, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from opsforge.auth.actor import Actor
from opsforge.datasets.models import Content, Dataset, DatasetCopy, DatasetFile, FileVersion
from opsforge.datasets.schemas import DatasetFilter, Lineage
from opsforge.db.lists import Columns, ListOf, Rows, list_rows
from opsforge.storage.checksums import tree_checksum

Value = TypeVar("Value", str, int)
VALUES_IN_STATEMENT = 500
"""Databases limit the parameters of one statement."""

SORTS: Columns = {
    "updated": Dataset.updated_at,
    "forks": Dataset.fork_count,
    "name": Dataset.name_key,
}


def in_chunks(values: Collection[Value]) -> Iterator[list[Value]]:
    """Values in order, as many at once as a statement takes."""
    ordered = sorted(values)
    for start in range(0, len(ordered), VALUES_IN_STATEMENT):
        yield ordered[start : start + VALUES_IN_STATEMENT]


def visible_to(actor: Actor) -> Select[Dataset]:
    """The data sets that the caller may read: their own and the public ones."""
    return select(Dataset).where(or_(Dataset.owner_id == actor.user_id, Dataset.is_public))


async def find_visible(session: AsyncSession, actor: Actor, dataset_id: int) -> Dataset | None:
    """The data set with this id if the caller may read it."""
    rows = visible_to(actor).where(Dataset.id == dataset_id)
    return (await session.scalars(rows)).one_or_none()


async def list_visible(
    session: AsyncSession, actor: Actor, dataset_ids: Collection[int]
) -> dict[int, Dataset]:
    """Those of the data sets that the caller may read, by id."""
    rows = visible_to(actor).where(Dataset.id.in_(dataset_ids))
    return {dataset.id: dataset for dataset in await session.scalars(rows)}


async def list_datasets(
    session: AsyncSession, actor: Actor, which: DatasetFilter, wanted: ListOf
) -> Rows[Dataset]:
    """A page of the caller's private ones, of all public ones, or of all of the caller's own."""
    flags = [False, True] if which.is_public is None else [bool(which.is_public)]
    branches = [Dataset.is_public == flag for flag in flags]
    if which.is_public != 1:
        branches = [(Dataset.owner_id == actor.user_id) & branch for branch in branches]
    if which.owner is not None:
        branches = [(Dataset.owner_name == which.owner) & branch for branch in branches]
    return await list_rows(session, Dataset, branches, wanted, columns=SORTS)


async def count_datasets(session: AsyncSession) -> tuple[int, int]:
    """How many data sets users have of their own, and how many are public."""
    rows = select(func.count()).select_from(Dataset)
    public = await session.scalar(rows.where(Dataset.is_public)) or 0
    return (await session.scalar(rows) or 0) - public, public


async def list_files(
    session: AsyncSession, dataset_ids: Collection[int], *, limit: int
) -> dict[int, list[DatasetFile]]:
    """The first ``limit`` files of each data set by path, by the data set's id."""
    rank = func.row_number().over(partition_by=DatasetFile.dataset_id, order_by=DatasetFile.path)
    ranked = (
        select(DatasetFile, rank.label("rank"))
        .where(DatasetFile.dataset_id.in_(dataset_ids))
        .subquery()
    )
    file = aliased(DatasetFile, ranked)
    rows = select(file).where(ranked.c.rank <= limit).order_by(file.dataset_id, file.path)
    found: dict[int, list[DatasetFile]] = {dataset_id: [] for dataset_id in dataset_ids}
    for row in await session.scalars(rows):
        found[row.dataset_id].append(row)
    return found


async def list_paths(session: AsyncSession, dataset_id: int) -> set[str]:
    """The paths of all files of a data set."""
    rows = select(DatasetFile.path).where(DatasetFile.dataset_id == dataset_id)
    return set((await session.scalars(rows)).all())


async def find_first_csv(session: AsyncSession, dataset_id: int) -> str | None:
    """The path of the first CSV file."""
    rows = (
        select(DatasetFile.path)
        .where(
            DatasetFile.dataset_id == dataset_id,
            func.lower(DatasetFile.path).endswith(".csv", autoescape=True),
        )
        .order_by(DatasetFile.path)
        .limit(1)
    )
    return await session.scalar(rows)


async def names_taken(session: AsyncSession, *, user_id: int | None, prefix_key: str) -> set[str]:
    """The keys in use in a user's input, or in the public one, that begin with ``prefix_key``."""
    keys = select(Dataset.name_key).where(Dataset.name_key.startswith(prefix_key, autoescape=True))
    if user_id is None:
        return set((await session.scalars(keys.where(Dataset.is_public))).all())
    own = keys.where(Dataset.owner_id == user_id, Dataset.is_public.is_(False))
    copies = select(DatasetCopy.name_key).where(
        DatasetCopy.user_id == user_id,
        DatasetCopy.name_key.startswith(prefix_key, autoescape=True),
    )
    return set((await session.scalars(own.union_all(copies))).all())


async def delete_dataset(session: AsyncSession, dataset_id: int) -> None:
    """Remove a data set with its files' rows and the associations of its owner's projects."""
    dataset = await session.get(Dataset, dataset_id)
    if dataset is not None:
        await session.delete(dataset)
        await session.flush()


async def find_copy(session: AsyncSession, *, user_id: int, dataset_id: int) -> DatasetCopy | None:
    """The user's copy of a public data set."""
    rows = select(DatasetCopy).where(
        DatasetCopy.user_id == user_id, DatasetCopy.dataset_id == dataset_id
    )
    return (await session.scalars(rows)).one_or_none()


async def list_copies(
    session: AsyncSession, *, user_id: int, copy_ids: Collection[int]
) -> Sequence[DatasetCopy]:
    """Those of the copies that are the user's."""
    rows = select(DatasetCopy).where(DatasetCopy.user_id == user_id, DatasetCopy.id.in_(copy_ids))
    return (await session.scalars(rows)).all()


async def find_checksums(session: AsyncSession, dataset_ids: Collection[int]) -> dict[int, str]:
    """The present checksums of data sets, by id."""
    rows = select(Dataset.id, Dataset.checksum).where(Dataset.id.in_(dataset_ids))
    return dict((await session.execute(rows)).all())


async def set_copied_again(session: AsyncSession, user_id: int, dataset: Dataset) -> None:
    """Note that a user's copy has the present files of the public data set."""
    await session.execute(
        update(DatasetCopy)
        .where(DatasetCopy.user_id == user_id, DatasetCopy.dataset_id == dataset.id)
        .values(checksum=dataset.checksum)
    )


async def delete_copies(session: AsyncSession, copy_ids: Collection[int]) -> None:
    """Forget copies."""
    await session.execute(delete(DatasetCopy).where(DatasetCopy.id.in_(copy_ids)))


async def list_linked(
    session: AsyncSession, *, dataset_ids: Collection[int], copy_ids: Collection[int]
) -> tuple[dict[int, Dataset], dict[int, DatasetCopy]]:
    """Own data sets and copies by id, whoever's they are: the caller knows that from its links."""
    own = select(Dataset).where(Dataset.id.in_(dataset_ids))
    copies = select(DatasetCopy).where(DatasetCopy.id.in_(copy_ids))
    return (
        {dataset.id: dataset for dataset in await session.scalars(own)},
        {copy.id: copy for copy in await session.scalars(copies)},
    )


async def find_lineage(session: AsyncSession, datasets: Sequence[Dataset]) -> Lineage:
    """What other rows have to say about these."""
    origins = [dataset.origin_id for dataset in datasets if dataset.origin_id is not None]
    checksums = select(Dataset.id, Dataset.checksum).where(Dataset.id.in_(origins))
    shared = select(Dataset.shared_from_id, Dataset.id).where(
        Dataset.shared_from_id.in_([dataset.id for dataset in datasets])
    )
    return Lineage(
        checksums=dict((await session.execute(checksums)).all()),
        shared_as={key: row_id for key, row_id in await session.execute(shared) if key is not None},
    )


async def list_all_files(session: AsyncSession, dataset_id: int) -> Sequence[DatasetFile]:
    """All files of a data set by path."""
    rows = (
        select(DatasetFile).where(DatasetFile.dataset_id == dataset_id).order_by(DatasetFile.path)
    )
    return (await session.scalars(rows)).all()


async def list_files_at(
    session: AsyncSession, dataset_id: int, paths: Collection[str]
) -> list[DatasetFile]:
    """Those of the files of a data set that are at these paths."""
    found: list[DatasetFile] = []
    for chunk in in_chunks(paths):
        rows = select(DatasetFile).where(
            DatasetFile.dataset_id == dataset_id, DatasetFile.path.in_(chunk)
        )
        found += await session.scalars(rows)
    return found


async def find_file(session: AsyncSession, dataset_id: int, file_id: int) -> DatasetFile | None:
    """A file of a data set."""
    rows = select(DatasetFile).where(
        DatasetFile.dataset_id == dataset_id, DatasetFile.id == file_id
    )
    return (await session.scalars(rows)).one_or_none()


async def find_file_ids(
    session: AsyncSession, dataset_id: int, paths: Collection[str]
) -> dict[str, int]:
    """Ids of files of a data set by path; the paths are a page's."""
    rows = select(DatasetFile.path, DatasetFile.id).where(
        DatasetFile.dataset_id == dataset_id, DatasetFile.path.in_(paths)
    )
    return dict((await session.execute(rows)).all())


async def sum_folders(
    session: AsyncSession, dataset_id: int, parent: PurePosixPath, names: Collection[str]
) -> dict[str, tuple[int, int]]:
    """Bytes and files below folders of ``parent``, by their names; these are a page's."""
    prefix = "".join(f"{part}/" for part in parent.parts)
    rest = func.substr(DatasetFile.path, len(prefix) + 1)
    is_postgres = session.get_bind().dialect.name == "postgresql"
    slash = func.strpos(rest, "/") if is_postgres else func.instr(rest, "/")
    below = (
        select(func.substr(rest, 1, slash - 1).label("name"), DatasetFile.size_bytes)
        .where(
            DatasetFile.dataset_id == dataset_id,
            DatasetFile.path.startswith(prefix, autoescape=True),
            slash > 0,
        )
        .subquery()
    )
    rows = (
        select(below.c.name, func.sum(below.c.size_bytes), func.count())
        .where(below.c.name.in_(names))
        .group_by(below.c.name)
    )
    return {name: (int(size), count) for name, size, count in await session.execute(rows)}


async def find_named(session: AsyncSession, *, key: str, owner_id: int | None) -> Dataset | None:
    """The data set of a name: a user's private one, or the public one for no user."""
    rows = select(Dataset).where(Dataset.name_key == key)
    if owner_id is None:
        rows = rows.where(Dataset.is_public)
    else:
        rows = rows.where(Dataset.is_public.is_(False), Dataset.owner_id == owner_id)
    return (await session.scalars(rows)).one_or_none()


async def find_shared(session: AsyncSession, dataset_id: int) -> Dataset | None:
    """The public data set that was shared from this one."""
    rows = select(Dataset).where(Dataset.shared_from_id == dataset_id)
    return (await session.scalars(rows)).one_or_none()


async def find_copy_named(session: AsyncSession, *, user_id: int, key: str) -> DatasetCopy | None:
    """The user's copy of this name."""
    rows = select(DatasetCopy).where(DatasetCopy.user_id == user_id, DatasetCopy.name_key == key)
    return (await session.scalars(rows)).one_or_none()


async def set_fields(session: AsyncSession, dataset_id: int, fields: Mapping[str, Any]) -> None:
    """Change a data set's row."""
    dataset = await session.get(Dataset, dataset_id)
    for field, value in fields.items():
        setattr(dataset, field, value)
    await session.flush()


async def count_fork(session: AsyncSession, dataset_id: int) -> None:
    """Count one more fork."""
    await session.execute(
        update(Dataset).where(Dataset.id == dataset_id).values(fork_count=Dataset.fork_count + 1)
    )


async def delete_files(session: AsyncSession, dataset_id: int, paths: Collection[str]) -> None:
    """Remove the rows of files, some hundred in a statement."""
    for chunk in in_chunks(paths):
        await session.execute(
            delete(DatasetFile).where(
                DatasetFile.dataset_id == dataset_id, DatasetFile.path.in_(chunk)
            )
        )


async def recount(session: AsyncSession, dataset_id: int, *, at: datetime) -> None:
    """Bring size, number of files and checksum up to date with the files' rows."""
    # Columns, not objects: this is done for each file of a folder that comes one by one.
    columns = select(DatasetFile.path, DatasetFile.sha256, DatasetFile.size_bytes).where(
        DatasetFile.dataset_id == dataset_id
    )
    files = (await session.execute(columns)).all()
    fields = {
        "size_bytes": sum(size_bytes for _, _, size_bytes in files),
        "file_count": len(files),
        "checksum": tree_checksum((path, sha256) for path, sha256, _ in files),
        "updated_at": at,
    }
    await set_fields(session, dataset_id, fields)


async def measure_owned(session: AsyncSession, user_id: int) -> tuple[int, int]:
    """Bytes and number of the different files of a user's data sets, forks' links left out.

    A data set and the public one that was made of it share their files, which count once. A fork's
    file counts from when its origin has let go of it. What files were before counts as files do.
    """
    tables = (DatasetFile, FileVersion)
    owned = union(*[_owned_contents(user_id, table, tables) for table in tables]).subquery()
    sums = select(func.coalesce(func.sum(owned.c.size_bytes), 0), func.count()).select_from(owned)
    size_bytes, file_count = (await session.execute(sums)).one()
    return int(size_bytes), file_count


def _owned_contents(
    user_id: int, table: type[Content], origins: Sequence[type[Content]]
) -> Select[bytes, int]:
    rows = (
        select(table.sha256, table.size_bytes)
        .join(Dataset, Dataset.id == table.dataset_id)
        .where(Dataset.owner_id == user_id)
    )
    for origin in origins:
        there = aliased(origin)
        linked = select(there.id).where(
            there.dataset_id == Dataset.origin_id,
            there.path == table.path,
            there.sha256 == table.sha256,
        )
        rows = rows.where(~linked.exists())
    return rows


async def forget_shared(session: AsyncSession, dataset_id: int) -> None:
    """Let the public data set that was shared from this one stand alone."""
    await session.execute(
        update(Dataset).where(Dataset.shared_from_id == dataset_id).values(shared_from_id=None)
    )


def copies_of(actor: Actor, dataset_ids: Collection[int]) -> Select[int, int | None]:
    """The caller's copies of public data sets, each with what it is a copy of."""
    return select(DatasetCopy.id, DatasetCopy.dataset_id).where(
        DatasetCopy.user_id == actor.user_id, DatasetCopy.dataset_id.in_(dataset_ids)
    )
