"""Which projects use data sets: the projects room knows, and tells this one."""

from collections.abc import Collection, Mapping
from typing import Protocol

from opsforge.auth.actor import Actor
from opsforge.datasets.schemas import DatasetUses


class WhoUses(Protocol):
    """Knows the links of projects."""

    async def find_uses(self, actor: Actor, dataset_id: int) -> DatasetUses:
        """Who uses a data set, as far as the caller may know."""
        ...

    async def count_uses(self, actor: Actor, dataset_ids: Collection[int]) -> Mapping[int, int]:
        """How many projects of those use each data set, by its id; what none uses may be absent."""
        ...


class Nobody:
    """Uses nothing."""

    async def find_uses(self, actor: Actor, dataset_id: int) -> DatasetUses:
        """No project."""
        del actor, dataset_id
        return DatasetUses()

    async def count_uses(self, actor: Actor, dataset_ids: Collection[int]) -> Mapping[int, int]:
        """No project."""
        del actor, dataset_ids
        return {}


class Uses:
    """Held by every part of the room."""

    def __init__(self) -> None:
        self.by: WhoUses = Nobody()
        """The projects room puts itself here."""
