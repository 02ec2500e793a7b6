"""Every query of the public projects."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from opsforge.db.lists import Columns, ListOf, Rows, list_rows
from opsforge.projects.models import PublicProject, PublicProjectDataset

SORTS: Columns = {
    "updated": PublicProject.updated_at,
    "forks": PublicProject.fork_count,
    "name": PublicProject.name_key,
}


async def find_public(session: AsyncSession, public_id: int) -> PublicProject | None:
    """The public project with this id."""
    rows = select(PublicProject).where(PublicProject.id == public_id)
    return (await session.scalars(rows)).one_or_none()


async def find_public_of(session: AsyncSession, project_id: int) -> PublicProject | None:
    """The public project that was made of a user's."""
    rows = select(PublicProject).where(PublicProject.project_id == project_id)
    return (await session.scalars(rows)).one_or_none()


async def list_public(
    session: AsyncSession, wanted: ListOf, *, owner: str | None
) -> Rows[PublicProject]:
    """A page of the public projects, of all or of one owner."""
    which = true() if owner is None else PublicProject.owner_name == owner
    return await list_rows(session, PublicProject, [which], wanted, columns=SORTS)


async def public_names_taken(session: AsyncSession, *, prefix_key: str) -> set[str]:
    """The keys of the public projects that begin with ``prefix_key``."""
    rows = select(PublicProject.name_key).where(
        PublicProject.name_key.startswith(prefix_key, autoescape=True)
    )
    return set((await session.scalars(rows)).all())


async def list_public_links(
    session: AsyncSession, public_ids: Collection[int]
) -> dict[int, list[int]]:
    """The data sets that public projects link, by the project's id."""
    rows = (
        select(PublicProjectDataset)
        .where(PublicProjectDataset.public_project_id.in_(public_ids))
        .order_by(PublicProjectDataset.dataset_id)
    )
    found: dict[int, list[int]] = {public_id: [] for public_id in public_ids}
    for row in await session.scalars(rows):
        found[row.public_project_id].append(row.dataset_id)
    return found


async def set_public_links(
    session: AsyncSession, public_id: int, dataset_ids: Collection[int]
) -> None:
    """Let a public project link exactly these."""
    links = PublicProjectDataset
    await session.execute(delete(links).where(links.public_project_id == public_id))
    for dataset_id in set(dataset_ids):
        session.add(links(public_project_id=public_id, dataset_id=dataset_id))
    await session.flush()


async def count_fork(session: AsyncSession, public_id: int) -> None:
    """Count one more fork."""
    await session.execute(
        update(PublicProject)
        .where(PublicProject.id == public_id)
        .values(fork_count=PublicProject.fork_count + 1)
    )


async def delete_public(session: AsyncSession, public_id: int) -> None:
    """Remove a public project with its links."""
    public = await session.get(PublicProject, public_id)
    if public is not None:
        await session.delete(public)
        await session.flush()


async def list_names_of(session: AsyncSession, user_id: int) -> Sequence[str]:
    """The names of a user's public projects."""
    rows = select(PublicProject.name).where(PublicProject.user_id == user_id)
    return (await session.scalars(rows)).all()
