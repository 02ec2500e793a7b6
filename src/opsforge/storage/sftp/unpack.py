"""On the host: modules whose sources came over the channel are imported as usual."""

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Mapping, Sequence
from types import ModuleType


class Parcel(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds and loads modules by their sources."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = sources

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The module, if it is in the parcel."""
        del path, target
        if fullname not in self._sources:
            return None
        return importlib.machinery.ModuleSpec(
            fullname, self, is_package=self.is_package(fullname), origin=fullname
        )

    def is_package(self, fullname: str) -> bool:
        """Whether other modules are in it."""
        return any(name.startswith(f"{fullname}.") for name in self._sources)

    def get_source(self, fullname: str) -> str:
        """What was sent."""
        return self._sources[fullname]


def unpack(sources: Mapping[str, str]) -> None:
    """Let the modules be imported."""
    sys.meta_path.insert(0, Parcel(sources))
