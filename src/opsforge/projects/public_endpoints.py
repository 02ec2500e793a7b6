"""Routes of the public projects."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request

from opsforge.auth.dependencies import CurrentActor
from opsforge.datasets.errors import DatasetAbsent, InputNameTaken
from opsforge.datasets.file_schemas import DatasetTree
from opsforge.engine.port import EngineAway
from opsforge.kit.batches import IdBatch
from opsforge.kit.paging import Page, PageCursor, PageLimit, RowId
from opsforge.kit.problems import (
    Forbidden,
    NotFound,
    Unauthenticated,
    language_of,
    problems,
)
from opsforge.projects.endpoints import Projects, ServiceName
from opsforge.projects.errors import ProjectNameTaken
from opsforge.projects.schemas import (
    AddressView,
    ProjectDeletion,
    ProjectDeletions,
    ProjectFork,
    ProjectView,
    PublicFilter,
    PublicProjectUpdate,
    PublicProjectView,
)
from opsforge.storage.journal.errors import StorageBusy, StorageFull
from opsforge.storage.quotas import QUOTA_PROBLEMS

router = APIRouter(
    prefix="/public/projects", tags=["public projects"], responses=problems(Unauthenticated)
)


@router.get("", openapi_extra={"x-requirements": ["D17"]})
async def list_public_projects(
    projects: Projects,
    actor: CurrentActor,
    wanted: Annotated[PublicFilter, Query()],
    cursor: PageCursor = None,
    limit: PageLimit = 50,
) -> Page[PublicProjectView]:
    """List, sort and search the public projects."""
    return await projects.public.list_public(actor, wanted, cursor=cursor, limit=limit)


@router.get("/{public_id}", responses=problems(NotFound), openapi_extra={"x-requirements": ["D5"]})
async def get_public_project(
    projects: Projects, actor: CurrentActor, public_id: RowId
) -> PublicProjectView:
    """Details of a public project."""
    return await projects.public.get_public(actor, public_id)


@router.patch(
    "/{public_id}",
    responses=problems(NotFound, Forbidden, DatasetAbsent, StorageBusy),
    openapi_extra={"x-requirements": ["D7"]},
)
async def update_public_project(
    projects: Projects, actor: CurrentActor, public_id: RowId, changes: PublicProjectUpdate
) -> PublicProjectView:
    """Change a public project's description and associations; its files stay."""
    return await projects.public.update_public(actor, public_id, changes)


@router.post(
    "/{public_id}/fork",
    status_code=HTTPStatus.CREATED,
    responses=problems(
        NotFound, ProjectNameTaken, InputNameTaken, StorageBusy, StorageFull, *QUOTA_PROBLEMS
    ),
    openapi_extra={"x-requirements": ["D18"]},
)
async def fork_project(
    projects: Projects, actor: CurrentActor, public_id: RowId, fork: ProjectFork
) -> ProjectView:
    """Make a private project of a public one, with copies of its files and data sets."""
    return await projects.forks.fork_project(actor, public_id, fork)


@router.get(
    "/{public_id}/datasets",
    responses=problems(NotFound),
    openapi_extra={"x-requirements": ["D15"]},
)
async def list_public_project_datasets(
    projects: Projects, actor: CurrentActor, public_id: RowId
) -> list[DatasetTree]:
    """The data sets of a public project, with their files as trees."""
    del actor
    return await projects.public.list_datasets_of_public(public_id)


@router.post("/delete", openapi_extra={"x-requirements": ["D9"]})
async def delete_public_projects(
    projects: Projects, actor: CurrentActor, batch: IdBatch, request: Request
) -> ProjectDeletions:
    """Delete several public projects; says of each what happened and what was in use."""
    items = await projects.deletions.delete_public_projects(
        actor, batch.ids, language=language_of(request)
    )
    return ProjectDeletions(items=items)


@router.delete(
    "/{public_id}",
    responses=problems(NotFound, Forbidden, StorageBusy),
    openapi_extra={"x-requirements": ["D9"]},
)
async def delete_public_project(
    projects: Projects, actor: CurrentActor, public_id: RowId
) -> ProjectDeletion:
    """Delete a public project with its files; says what was in use."""
    return await projects.deletions.delete_public(actor, public_id)


@router.get(
    "/{public_id}/runtime-address",
    responses=problems(NotFound, EngineAway),
    openapi_extra={"x-requirements": ["D11"]},
)
async def get_public_runtime_address(
    projects: Projects, actor: CurrentActor, public_id: RowId, service_name: ServiceName
) -> AddressView:
    """Where the public project's notebook opens in JupyterLab, to be read."""
    return await projects.public.get_runtime_address(actor, public_id, service_name=service_name)


@router.get(
    "/{public_id}/content-address",
    responses=problems(NotFound, EngineAway),
    openapi_extra={"x-requirements": ["D13"]},
)
async def get_public_content_address(
    projects: Projects, actor: CurrentActor, public_id: RowId, service_name: ServiceName
) -> AddressView:
    """Where the running service gives the content of the public project's notebook."""
    return await projects.public.get_content_address(actor, public_id, service_name=service_name)
