"""Every query of the projects room."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from opsforge.auth.actor import Actor
from opsforge.datasets.service import DatasetUses, UsingProject, copies_of
from opsforge.db.lists import Columns, ListOf, Rows, fetch_rows, list_keys
from opsforge.projects import public_repository
from opsforge.projects.models import (
    Project,
    ProjectDataset,
    PublicProject,
    PublicProjectDataset,
)
from opsforge.projects.schemas import Lineage, ProjectFilter

SORTS: Columns = {"updated": Project.updated_at, "name": Project.name_key}
USES_SHOWN = 100


def visible_to(actor: Actor) -> Select[Project]:
    """The caller's own projects."""
    return select(Project).where(Project.user_id == actor.user_id)


def listed_for(actor: Actor, wanted: ProjectFilter) -> list[ColumnElement[bool]]:
    """Whose rows a list shows: the caller's, and to administrators everybody's.

    The conditions exclude each other, each with an index of its own.
    """
    if wanted.scope == "all" and actor.is_admin:
        flags = [0, 1] if wanted.share_flag is None else [wanted.share_flag]
        return [Project.share_flag == flag for flag in flags]
    own = Project.user_id == actor.user_id
    return [own if wanted.share_flag is None else own & (Project.share_flag == wanted.share_flag)]


async def find_visible(session: AsyncSession, actor: Actor, project_id: int) -> Project | None:
    """The project with this id if it is the caller's."""
    rows = visible_to(actor).where(Project.id == project_id)
    return (await session.scalars(rows)).one_or_none()


async def list_projects(
    session: AsyncSession, actor: Actor, which: ProjectFilter, wanted: ListOf
) -> tuple[Rows[Project], Mapping[int, PublicProject]]:
    """A page of projects, and the public ones that stand there for other users', by their ids.

    What others shared is searched, sorted and shown by what its public row says: their own row
    may know more than they have published.
    """
    branches = listed_for(actor, which)
    keys = await list_keys(session, Project, branches, wanted, columns=SORTS)
    if which.scope == "mine" or which.share_flag == 0 or actor.is_admin:
        return await fetch_rows(session, Project, keys, wanted, columns=SORTS), {}
    shared = PublicProject.project_id
    others = shared.is_not(None) & (PublicProject.user_id != actor.user_id)
    keys += await list_keys(
        session,
        PublicProject,
        [others],
        wanted,
        columns=public_repository.SORTS,
        known_by=shared,
    )
    page = await fetch_rows(session, Project, keys, wanted, columns=SORTS)
    of_others = [row.id for row in page.rows if row.user_id != actor.user_id]
    publics = await session.scalars(select(PublicProject).where(shared.in_(of_others)))
    return page, {public.project_id or 0: public for public in publics}


async def count_projects(session: AsyncSession) -> tuple[int, int]:
    """How many projects users have, and how many public ones there are."""
    own = await session.scalar(select(func.count()).select_from(Project))
    public = await session.scalar(select(func.count()).select_from(PublicProject))
    return own or 0, public or 0


async def names_taken(session: AsyncSession, actor: Actor, *, prefix_key: str) -> set[str]:
    """The keys of the caller's projects that begin with ``prefix_key``."""
    rows = select(Project.name_key).where(
        Project.user_id == actor.user_id, Project.name_key.startswith(prefix_key, autoescape=True)
    )
    return set((await session.scalars(rows)).all())


async def list_links(
    session: AsyncSession, project_ids: Collection[int]
) -> Sequence[ProjectDataset]:
    """The links of projects, in the order in which they were made."""
    rows = (
        select(ProjectDataset)
        .where(ProjectDataset.project_id.in_(project_ids))
        .order_by(ProjectDataset.id)
    )
    return (await session.scalars(rows)).all()


async def list_copies_only_of(session: AsyncSession, project_id: int) -> Sequence[int]:
    """The copies of public data sets that this project links and no other one does."""
    other = aliased(ProjectDataset)
    # Correlated: each copy is looked up in the index, however many links there are of others.
    others = select(other.id).where(
        other.copy_id == ProjectDataset.copy_id, other.project_id != project_id
    )
    rows = select(ProjectDataset.copy_id).where(
        ProjectDataset.project_id == project_id,
        ProjectDataset.copy_id.is_not(None),
        ~others.exists(),
    )
    return [copy_id for copy_id in await session.scalars(rows) if copy_id is not None]


async def touch(session: AsyncSession, project_id: int, *, at: datetime) -> None:
    """Note that the project changed."""
    await session.execute(update(Project).where(Project.id == project_id).values(updated_at=at))


async def delete_project(session: AsyncSession, project_id: int) -> None:
    """Remove a project with its links."""
    project = await session.get(Project, project_id)
    if project is not None:
        await session.delete(project)
        await session.flush()


async def set_fields(session: AsyncSession, project_id: int, fields: Mapping[str, Any]) -> None:
    """Change a project's row."""
    project = await session.get(Project, project_id)
    for field, value in fields.items():
        setattr(project, field, value)
    await session.flush()


async def find_project(session: AsyncSession, project_id: int | None) -> Project | None:
    """Anybody's project: what it is for is decided by what led to it."""
    rows = select(Project).where(Project.id == project_id)
    return (await session.scalars(rows)).one_or_none()


async def delete_links(session: AsyncSession, link_ids: Collection[int]) -> None:
    """Remove links to data sets."""
    await session.execute(delete(ProjectDataset).where(ProjectDataset.id.in_(link_ids)))


async def find_lineage(
    session: AsyncSession, rows: Sequence[Project] | Sequence[PublicProject]
) -> Lineage:
    """What public projects have to say about these: as origins, and as what was made of them."""
    origins = [row.origin_id for row in rows if row.origin_id is not None]
    shared = [row.id for row in rows if isinstance(row, Project)]
    checksums = select(PublicProject.id, PublicProject.checksum).where(
        PublicProject.id.in_(origins)
    )
    publics = select(PublicProject.project_id, PublicProject.id, PublicProject.name).where(
        PublicProject.project_id.in_(shared)
    )
    return Lineage(
        checksums=dict((await session.execute(checksums)).all()),
        publics={
            project_id: (public_id, name)
            for project_id, public_id, name in await session.execute(publics)
            if project_id is not None
        },
    )


async def end_sharing(session: AsyncSession, project_id: int | None) -> None:
    """Let a user's project be private again; one whose files were moved is gone with them."""
    project = await find_project(session, project_id)
    if project is not None and project.is_moved:
        await session.delete(project)
    elif project is not None:
        project.share_flag = 0
    await session.flush()


def _own_uses(actor: Actor, dataset_ids: Collection[int]) -> CompoundSelect[int | None, int]:
    """Data set and project, for each of the caller's that links one or their copy of it."""
    direct = select(ProjectDataset.dataset_id, ProjectDataset.project_id).where(
        ProjectDataset.dataset_id.in_(dataset_ids),
        ProjectDataset.project_id.in_(visible_to(actor).with_only_columns(Project.id)),
    )
    copies = copies_of(actor, dataset_ids).subquery()
    through = select(copies.c.dataset_id, ProjectDataset.project_id).join(
        ProjectDataset, ProjectDataset.copy_id == copies.c.id
    )
    return direct.union(through)


async def count_uses(
    session: AsyncSession, actor: Actor, dataset_ids: Collection[int]
) -> Mapping[int, int]:
    """How many of the projects that `find_uses` finds use each of the data sets of a page."""
    own = _own_uses(actor, dataset_ids).subquery()
    publics = select(PublicProjectDataset.dataset_id).where(
        PublicProjectDataset.dataset_id.in_(dataset_ids)
    )
    uses = select(own.c.dataset_id).union_all(publics).subquery()
    counts = select(uses.c.dataset_id, func.count()).group_by(uses.c.dataset_id)
    return dict((await session.execute(counts)).all())


async def find_uses(session: AsyncSession, actor: Actor, dataset_id: int) -> DatasetUses:
    """The caller's projects that link a data set or their copy of it, and the public ones."""
    own = _own_uses(actor, [dataset_id]).subquery()
    projects = (
        visible_to(actor)
        .where(Project.id.in_(select(own.c.project_id)))
        .order_by(Project.name)
        .with_only_columns(Project.id, Project.name, Project.owner_name.label("owner"))
    )
    links = PublicProjectDataset.dataset_id == dataset_id
    publics = (
        select(PublicProject.id, PublicProject.name, PublicProject.owner_name.label("owner"))
        .join(PublicProjectDataset, PublicProjectDataset.public_project_id == PublicProject.id)
        .where(links)
        .order_by(PublicProject.name)
        .limit(USES_SHOWN)
    )
    return DatasetUses(
        projects=[UsingProject.model_validate(row) for row in await session.execute(projects)],
        public_projects=[
            UsingProject.model_validate(row) for row in await session.execute(publics)
        ],
        public_count=await session.scalar(select(func.count()).where(links)) or 0,
    )
