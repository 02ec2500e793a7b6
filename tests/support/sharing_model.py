"""What sharing should do, in plain Python: two users' directories, the public ones, their rows."""

from dataclasses import dataclass, field

Files = dict[str, str]
"""Contents by path."""


class Refused(Exception):  # noqa: N818 - an expected outcome, no error.
    """The platform must refuse this, and nothing may change."""


@dataclass(eq=False)
class ModelDataset:
    """A data set."""

    id: int
    owner: str
    name: str
    is_public: bool
    files: Files
    shared_from: "ModelDataset | None" = None


@dataclass(eq=False)
class ModelCopy:
    """A user's copy of a public data set."""

    owner: str
    name: str
    files: Files
    of: ModelDataset | None


Link = ModelDataset | ModelCopy


@dataclass(eq=False)
class ModelProject:
    """A user's project."""

    id: int
    owner: str
    name: str
    text: str
    links: list[Link]
    is_moved: bool = False


@dataclass(eq=False)
class ModelPublic:
    """A public project."""

    id: int
    owner: str
    name: str
    text: str
    links: set[ModelDataset]
    project: ModelProject | None
    fork_count: int = 0


@dataclass
class Model:
    """Everything."""

    datasets: list[ModelDataset] = field(default_factory=list)
    copies: list[ModelCopy] = field(default_factory=list)
    projects: list[ModelProject] = field(default_factory=list)
    publics: list[ModelPublic] = field(default_factory=list)

    # Names ------------------------------------------------------------------------------------

    def input_named(self, owner: str | None, name: str) -> Link | None:
        """What in a user's input, or in the public one, has a name."""
        links: list[Link] = [*self.datasets, *self.copies]
        for one in links:
            is_public = isinstance(one, ModelDataset) and one.is_public
            if (None if is_public else one.owner) == owner and _same(one.name, name):
                return one
        return None

    def require_free_input(self, owner: str | None, name: str, *, but: Link | None = None) -> None:
        """Refuse a name that is in use."""
        if self.input_named(owner, name) not in {None, but}:
            raise Refused

    def require_free_work(self, owner: str, name: str, *, but: ModelProject | None = None) -> None:
        """Refuse a name that one of the user's projects has, unless its files were moved away."""
        for one in self.projects:
            if one is not but and one.owner == owner and _same(one.name, name):
                raise Refused

    def require_free_public(self, name: str, *, but: ModelPublic | None = None) -> None:
        """Refuse a name that a public project has."""
        if any(one is not but and _same(one.name, name) for one in self.publics):
            raise Refused

    def public_of(self, project: ModelProject) -> ModelPublic | None:
        """The public project that was made of a user's."""
        return next((one for one in self.publics if one.project is project), None)

    # Data sets --------------------------------------------------------------------------------

    def bring_in(self, owner: str, dataset: ModelDataset) -> Link:
        """What in a user's input is a data set, copied if need be."""
        if not dataset.is_public:
            return dataset
        for copy in self.copies:
            if copy.owner == owner and copy.of is dataset:
                return copy
        there = self.input_named(owner, dataset.name)
        if there is None:
            made = ModelCopy(owner, dataset.name, dict(dataset.files), dataset)
            self.copies.append(made)
            return made
        is_source = isinstance(there, ModelDataset) and dataset.shared_from is there
        if there.name == dataset.name and (there.files == dataset.files or is_source):
            return there
        raise Refused

    def publish(self, links: list[Link]) -> list[ModelDataset | tuple[Link, bool]]:
        """What each link is in public; a pair for what has to be made (True: replaced)."""
        return [self._publish(link) for link in links]

    def _publish(self, link: Link) -> ModelDataset | tuple[Link, bool]:
        if isinstance(link, ModelCopy) and link.of is not None:
            return link.of
        for one in self.datasets:
            if one.is_public and one.shared_from is link and one.name == link.name:
                return one if one.files == link.files else (link, True)
        there = self.input_named(None, link.name)
        if there is None:
            return (link, False)
        if there.name == link.name and there.files == link.files:
            assert isinstance(there, ModelDataset)
            return there
        raise Refused

    def delete_dataset(self, dataset: ModelDataset) -> None:
        """The data set goes; copies stay, links to it don't."""
        self.datasets.remove(dataset)
        for copy in self.copies:
            copy.of = None if copy.of is dataset else copy.of
        for one in self.datasets:
            one.shared_from = None if one.shared_from is dataset else one.shared_from
        for project in self.projects:
            project.links = [link for link in project.links if link is not dataset]
        for public in self.publics:
            public.links.discard(dataset)

    def drop_unlinked_copies(self, candidates: list[Link]) -> None:
        """Copies that were unlinked go when no other project links them."""
        linked = [link for project in self.projects for link in project.links]
        self.copies = [one for one in self.copies if one not in candidates or one in linked]

    # What is there then -----------------------------------------------------------------------

    def trees(self) -> dict[str, str]:
        """All files by path, with their contents."""
        found: dict[str, str] = {}
        links: list[Link] = [*self.datasets, *self.copies]
        for one in links:
            is_public = isinstance(one, ModelDataset) and one.is_public
            top = "public" if is_public else f"users/{one.owner}"
            found |= {f"{top}/input/{one.name}/{path}": text for path, text in one.files.items()}
        for project in self.projects:
            if not project.is_moved:
                found |= _project(f"users/{project.owner}/work", project.name, project.text)
        for public in self.publics:
            found |= _project("public/work", public.name, public.text)
        return found


def _project(top: str, name: str, text: str) -> dict[str, str]:
    return {f"{top}/{name}/{name}.ipynb": "", f"{top}/{name}/main.py": text}


def _same(one: str, other: str) -> bool:
    return one.lower() == other.lower()
