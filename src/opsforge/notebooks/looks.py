"""Looking at notebook services: their states, what they use, what they do next."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from opsforge.auth.actor import Actor
from opsforge.engine.port import EngineAway, EngineState, EngineStatus, KernelActivity
from opsforge.kit.paging import Page, decode_cursor, encode_cursor
from opsforge.notebooks import repository
from opsforge.notebooks.common import ServicePart
from opsforge.notebooks.models import Service
from opsforge.notebooks.schemas import (
    BusyKernel,
    FlavourView,
    Observed,
    ObservedService,
    RunningService,
    ServiceEvent,
    ServiceLoad,
    ServiceState,
    ServiceView,
    StartProgress,
)
from opsforge.notebooks.usage import Measured

STOPPED = EngineStatus(state=EngineState.STOPPED)
SETTLE_CHECK = timedelta(milliseconds=300)


def as_views(kernels: Sequence[KernelActivity]) -> list[BusyKernel]:
    """Busy kernels as users see them."""
    return [BusyKernel(kernel_id=kernel.kernel_id, path=kernel.path) for kernel in kernels]


class ServiceLooks(ServicePart):
    """What runs, and what it uses."""

    async def get_service(self, actor: Actor, name: str) -> ServiceView:
        """A service by its name (C4).

        Raises:
            NotFound: Absent, or another user's.
            EngineAway: Its state can't be told now.
        """
        await self._visible(actor, name)
        status = await self._engine.get_status(name)
        if status.state is EngineState.STOPPED:
            await self._until_followed(name)  # It may just have failed: then the row says why.
        return self._view(await self._visible(actor, name), status)

    async def list_services(
        self, *, only_active: bool, cursor: str | None, limit: int
    ) -> Page[RunningService]:
        """All services by name, or those not at rest, for administrators."""
        key = decode_cursor(cursor)
        statuses = await self._engine.list_active()
        async with self._db.reading() as session:
            services = await repository.list_services(
                session,
                after=str(key[0]) if key else None,
                limit=limit + 1,
                names=statuses.keys() if only_active else None,
            )
        observed = await self._observe(services[:limit], statuses)
        items = [RunningService(**dict(one.service), load=one.load) for one in observed.values()]
        more = encode_cursor(items[-1].name) if len(services) > limit else None
        return Page(items=items, next_cursor=more)

    async def observe(self, names: Collection[str]) -> Observed:
        """These services, what they use, and what is free; costs the same for one and for many.

        Raises:
            EngineAway: Their states can't be told now.
        """
        statuses = await self._engine.list_active()
        async with self._db.reading() as session:
            services = await repository.list_named(session, names)
        return Observed(
            services=await self._observe(services, statuses), flavours=self._free(statuses)
        )

    async def count_active(self) -> int:
        """How many services are not at rest.

        Raises:
            EngineAway: That can't be told now.
        """
        return len(await self._engine.list_active())

    async def list_flavours(self) -> list[FlavourView]:
        """The flavours with what is free of each."""
        return self._free(await self._engine.list_active())

    def _free(self, statuses: Mapping[str, EngineStatus]) -> list[FlavourView]:
        return self._flavours.views(
            status.flavour or self._flavours.default
            for status in statuses.values()
            if status.state in {EngineState.STARTING, EngineState.RUNNING}
        )

    async def watch_service(self, actor: Actor, name: str) -> AsyncGenerator[ServiceEvent]:
        """The service now and at each step, until nothing is under way.

        Raises:
            NotFound: Absent, or another user's.
        """
        view = await self.get_service(actor, name)
        yield ServiceEvent(service=view)
        while not view.state.is_settled:
            if view.state is ServiceState.STARTING:
                async for step in self._engine.watch_start(name):
                    progress = StartProgress(
                        step=step.step, percent=step.percent, message=step.message
                    )
                    yield ServiceEvent(service=view, progress=progress)
                view = await self.get_service(actor, name)
            if not view.state.is_settled:
                await asyncio.sleep(SETTLE_CHECK.total_seconds())
                view = await self.get_service(actor, name)
        yield ServiceEvent(service=view)

    async def list_busy_kernels(self, name: str) -> list[BusyKernel]:
        """What computes in a service now; nothing when that can't be told."""
        try:
            kernels = await self._engine.list_busy_kernels(name)
        except EngineAway:
            return []
        return as_views(kernels or [])

    async def _observe(
        self, services: Sequence[Service], statuses: Mapping[str, EngineStatus]
    ) -> dict[str, ObservedService]:
        views = {
            service.name: self._view(service, statuses.get(service.name, STOPPED))
            for service in services
        }
        running = [name for name, view in views.items() if view.state is ServiceState.RUNNING]
        measured = await self._meter.measure(running)
        return {
            name: ObservedService(
                service=view,
                load=self._load(view, measured.get(name)) if name in running else None,
            )
            for name, view in views.items()
        }

    def _load(self, view: ServiceView, measured: Measured | None) -> ServiceLoad:
        flavour = self._flavours.get(self._flavours.current(view.flavour))
        cores = measured.cpu_cores if measured else None
        return ServiceLoad(
            cpu_fraction=None if cores is None else round(cores / flavour.cpu, 3),
            cpu_limit=flavour.cpu,
            memory_bytes=measured.memory_bytes if measured else None,
            memory_limit_bytes=int(flavour.memory),
            idle_seconds_left=self._idle_seconds_left(view.last_activity_at),
        )

    def _idle_seconds_left(self, last_activity_at: datetime | None) -> int | None:
        if self._idle_timeout is None or last_activity_at is None:
            return None
        left = last_activity_at + self._idle_timeout - self._clock()
        # What a service tells is not trusted: never more than the whole time.
        return max(0, int(min(left, self._idle_timeout).total_seconds()))
