"""What the projects room takes and gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from opsforge.datasets.schemas import LinkedDataset, OriginView
from opsforge.kit.batches import BatchItem
from opsforge.kit.flags import Flag
from opsforge.kit.names import DirectoryName, PlainText
from opsforge.kit.paging import MAX_ID, SearchQuery
from opsforge.notebooks.schemas import BusyKernel, ServiceState
from opsforge.projects.models import Project, PublicProject
from opsforge.storage.clashes import OnClash

MAX_LINKS = 100
DatasetIds = Annotated[list[Annotated[int, Field(ge=1, le=MAX_ID)]], Field(max_length=MAX_LINKS)]

ProjectSort = Literal["updated", "-updated", "name", "-name"]
PublicSort = Literal["updated", "-updated", "name", "-name", "forks", "-forks"]
SORT_TEXT = "A column; with a `-` the latest, the most or the last first."


@dataclass(frozen=True, kw_only=True)
class Lineage:
    """What rows of projects say of public ones."""

    checksums: Mapping[int, str]
    """Of origins, by id."""
    publics: Mapping[int, tuple[int, str]]
    """Id and name of the public one, by the id of the project that it was made of."""


class ProjectCreate(BaseModel):
    """A new project (D1)."""

    name: DirectoryName
    description: PlainText = Field(default="", max_length=2000)
    starter: str = Field(default="blank", max_length=100, description="See `list_starters`.")
    dataset_ids: DatasetIds = Field(
        default_factory=list,
        description="Own data sets, and public ones, which are copied to the input by links.",
    )
    link_example: bool = Field(
        default=True,
        description="Whether the example data set that comes with the starter is linked as well.",
    )


class ProjectView(BaseModel):
    """A project of a user."""

    id: int
    name: str
    description: str
    share_flag: Flag = Field(description="0: private; 1: shared.")
    starter: str
    created_at: datetime
    updated_at: datetime
    datasets: list[LinkedDataset]
    owner: str = Field(description="Username.")
    notebook: str = Field(description="The project's notebook, in its directory.")
    path: str = Field(description="The directory, relative to the service's home.")
    public_id: int | None = Field(description="Of the public project made of it.")
    is_moved: bool = Field(
        description="Shared without a working copy, or another user's: the path is a public one."
    )
    origin: OriginView | None = Field(description="Of a fork: where it came from.")

    @classmethod
    def of(
        cls, project: Project, datasets: list[LinkedDataset], lineage: "Lineage"
    ) -> "ProjectView":
        """Show a row with what it links."""
        public_id, public_name = lineage.publics.get(project.id, (None, project.name))
        name = public_name if project.is_moved else project.name
        return cls(
            id=project.id,
            name=project.name,
            description=project.description,
            share_flag=1 if project.share_flag else 0,
            starter=project.starter,
            created_at=project.created_at,
            updated_at=project.updated_at,
            datasets=datasets,
            owner=project.owner_name,
            notebook=f"{name}.ipynb",
            path=f"public/work/{name}" if project.is_moved else f"work/{name}",
            public_id=public_id,
            is_moved=project.is_moved,
            origin=OriginView.of(project, lineage.checksums),
        )

    @classmethod
    def of_public(cls, public: "PublicProjectView", *, project_id: int) -> "ProjectView":
        """Another user's project, of which only what is public is shown."""
        return cls(
            id=project_id,
            name=public.name,
            description=public.description,
            share_flag=1,
            starter="",
            created_at=public.created_at,
            updated_at=public.updated_at,
            datasets=public.datasets,
            owner=public.owner,
            notebook=public.notebook,
            path=public.path,
            public_id=public.id,
            is_moved=True,
            origin=public.origin,
        )


class ProjectFilesForm(BaseModel):
    """The field of an upload to a project (D1); its files follow."""

    when_there: OnClash = Field(
        default="refuse", description="What to do with a file whose path is taken."
    )
    unpack: bool = Field(
        default=False,
        description="Unpack what is a .zip, .tar, .tar.gz or .tar.zst, into its folder.",
    )


class ProjectFileView(BaseModel):
    """A file that was uploaded to a project."""

    path: str = Field(description="Relative to the project.")
    size_bytes: int


class AddressView(BaseModel):
    """Where something of a project opens in a service."""

    url: str
    service_state: ServiceState = Field(description="The address answers when it is running.")


class ProjectUpdate(BaseModel):
    """What shall change (D6); what is left out stays."""

    name: DirectoryName | None = Field(
        default=None, description="Directory and notebook are renamed with it."
    )
    description: PlainText | None = Field(default=None, max_length=2000)
    dataset_ids: DatasetIds | None = Field(
        default=None,
        description="All that shall be linked. Copies of public ones that no project links any "
        "more are removed; own data sets never are.",
    )
    drop_deleted: bool = Field(
        default=False,
        description="With dataset_ids: unlink as well what its owner has deleted (id null).",
    )
    share_flag: Flag = Field(
        default=0,
        description="0: the public project, if there is one, stays as it is; 1: publish the "
        "files, fields and data sets as they are then.",
    )


class ProjectShare(BaseModel):
    """How a project is shared (D16)."""

    name: DirectoryName | None = Field(
        default=None, description="Of the public project; by default the project's own."
    )
    keep_working_copy: bool = Field(
        default=True,
        description="False: the files are moved, and the project leads to the public ones.",
    )


class ProjectFilter(BaseModel):
    """Which users' projects (D2, D3)."""

    share_flag: Flag | None = Field(default=None, description="0: private; 1: shared.")
    scope: Literal["mine", "all"] = Field(
        default="mine",
        description="all: of every user, as far as shared; administrators see all.",
    )
    query: SearchQuery = ""
    sort: ProjectSort = Field(default="-updated", description=SORT_TEXT)


class ProjectFork(BaseModel):
    """A project of one's own from a public one (D18)."""

    name: DirectoryName | None = Field(default=None, description="By default the origin's.")


class PublicFilter(BaseModel):
    """Which public projects, in which order (D17)."""

    query: SearchQuery = ""
    owner: PlainText | None = Field(default=None, max_length=32, description="Username.")
    sort: PublicSort = Field(default="-updated", description=SORT_TEXT)


class PublicProjectUpdate(BaseModel):
    """What shall change (D7); what is left out stays."""

    description: PlainText | None = Field(default=None, max_length=2000)
    dataset_ids: DatasetIds | None = Field(
        default=None, description="All public data sets that shall be associated."
    )


class PublicProjectView(BaseModel):
    """A public project."""

    id: int
    name: str
    description: str
    owner: str = Field(description="Username of who shared it.")
    created_at: datetime
    updated_at: datetime
    datasets: list[LinkedDataset]
    notebook: str = Field(description="The project's notebook, in its directory.")
    path: str = Field(description="The directory, relative to the service's home; read-only.")
    checksum: str = Field(description="Of the files.")
    fork_count: int = Field(description="Forks that were made of it.")
    origin: OriginView | None = Field(description="Of a fork that was shared: where it came from.")
    may_change: bool = Field(description="Whether the caller may change and delete it.")

    @classmethod
    def of(
        cls,
        public: PublicProject,
        datasets: list[LinkedDataset],
        lineage: Lineage,
        *,
        may_change: bool,
    ) -> "PublicProjectView":
        """Show a row with what it links."""
        return cls(
            id=public.id,
            name=public.name,
            description=public.description,
            owner=public.owner_name,
            created_at=public.created_at,
            updated_at=public.updated_at,
            datasets=datasets,
            notebook=f"{public.name}.ipynb",
            path=f"public/work/{public.name}",
            checksum=public.checksum,
            fork_count=public.fork_count,
            origin=OriginView.of(public, lineage.checksums),
            may_change=may_change,
        )


class ProjectDeletion(BatchItem):
    """What happened to one project (D8, D9)."""

    name: str | None = None
    in_use: list[BusyKernel] = Field(
        default_factory=list, description="What computed in it, in the caller's service."
    )


class ProjectDeletions(BaseModel):
    """What happened to each project, in the order of the request."""

    items: list[ProjectDeletion]
