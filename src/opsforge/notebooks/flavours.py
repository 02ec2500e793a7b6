"""Flavours and what is free of each."""

import math
import os
from collections import Counter
from collections.abc import Iterable

import psutil

from opsforge.notebooks.errors import UnknownFlavour
from opsforge.notebooks.schemas import FlavourView
from opsforge.settings import FlavourSettings, Settings

CORE_OVERCOMMIT = 16
"""Services share cores: a notebook waits for its reader most of the time."""
MEMORY_OVERCOMMIT = 4
"""A flavour's memory is a limit that few services come near; an idle one takes some 40 MiB."""


class FlavourBook:
    """The flavours of the settings, and what running services leave free of them."""

    def __init__(self, settings: Settings) -> None:
        self._flavours = {flavour.name: flavour for flavour in settings.flavours}
        default = settings.spawner.default_flavour
        self.default = default if default in self._flavours else settings.flavours[0].name
        capacity = settings.capacity
        self._cpu = capacity.cpu or CORE_OVERCOMMIT * (os.cpu_count() or 1)
        self._memory_bytes = int(
            capacity.memory or MEMORY_OVERCOMMIT * psutil.virtual_memory().total
        )
        self._gpus = capacity.gpus

    def get(self, name: str) -> FlavourSettings:
        """The flavour of this name.

        Raises:
            UnknownFlavour: There is none.
        """
        try:
            return self._flavours[name]
        except KeyError:
            raise UnknownFlavour(flavour=name, known=", ".join(self._flavours)) from None

    def current(self, chosen: str) -> str:
        """``chosen``, or the default if the settings no longer have it."""
        return chosen if chosen in self._flavours else self.default

    def views(self, running: Iterable[str | None]) -> list[FlavourView]:
        """The flavours with what is free of each.

        Args:
            running: The flavour of each running or starting service.
        """
        used = Counter(name for name in running if name in self._flavours)
        return [
            FlavourView(
                name=flavour.name,
                label_en=flavour.label_en or flavour.name,
                label_zh=flavour.label_zh or flavour.name,
                cpu=flavour.cpu,
                memory_bytes=int(flavour.memory),
                gpu_count=flavour.gpu_count,
                gpu_kind=flavour.gpu_kind,
                free=self._free(flavour, used),
                is_default=flavour.name == self.default,
            )
            for flavour in self._flavours.values()
        ]

    def _free(self, flavour: FlavourSettings, used: Counter[str]) -> int:
        taken = [(self._flavours[name], count) for name, count in used.items()]
        cpu = self._cpu - sum(other.cpu * count for other, count in taken)
        memory = self._memory_bytes - sum(int(other.memory) * count for other, count in taken)
        free = [math.floor(cpu / flavour.cpu + 1e-9), memory // int(flavour.memory)]
        if flavour.gpu_count:
            gpus = len(self._gpus.get(flavour.gpu_kind, ())) - sum(
                other.gpu_count * count
                for other, count in taken
                if other.gpu_kind == flavour.gpu_kind
            )
            free.append(gpus // flavour.gpu_count)
        return max(0, min(free))
