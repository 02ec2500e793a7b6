"""Starting and stopping notebook services: at once, at log-in and log-out, from the queue."""

import asyncio
from datetime import timedelta
from typing import Literal

from structlog import get_logger

from opsforge.auth.actor import Actor
from opsforge.engine.port import EngineAway, EngineRefused, EngineState
from opsforge.kit.problems import Problem
from opsforge.notebooks import repository
from opsforge.notebooks.errors import FlavourTaken, ServiceBusy
from opsforge.notebooks.looks import STOPPED, ServiceLooks
from opsforge.notebooks.models import Service
from opsforge.notebooks.queue import Waiting
from opsforge.notebooks.schemas import BusyKernel, ServiceView, WhenBusy

log = get_logger()

IDLE_CHECK = timedelta(seconds=15)
QUEUE_CHECK = timedelta(seconds=2)


class ServiceRuns(ServiceLooks):
    """What starts and stops, and when."""

    async def start_service(
        self, actor: Actor, name: str, *, flavour: str | None = None, waits: bool = False
    ) -> ServiceView:
        """Start a service if it does not run (C5).

        Args:
            actor: Who asks.
            name: Of the service.
            flavour: None: the one chosen last.
            waits: When nothing of the flavour is free, wait for it behind those who wait already.

        Raises:
            NotFound: Absent, or another user's.
            UnknownFlavour: The settings have none of this name.
            FlavourTaken: Nothing of it is free, or others wait for it, and ``waits`` is not set.
            EngineRefused: The engine said no; the service shows why.
        """
        service = await self._visible(actor, name)
        try:
            await self._start(service.user_id, name, flavour=flavour)
        except FlavourTaken as taken:
            if not waits:
                raise
            self._queue.join(Waiting(name=name, user_id=service.user_id, flavour=taken.flavour))
            await self._record(name, flavour=taken.flavour, failure=None)
        await self._note_alone(actor, "service.start", service)
        return await self.get_service(actor, name)

    async def start_at_login(self, *, user_id: int, name: str) -> ServiceView:
        """Start the service of a user who signs in (A1, C5); what fails shows in its state.

        While the engine is away the service waits for it, and starts when it is back.
        """
        try:
            await self._start(user_id, name, flavour=None)
            status = await self._engine.get_status(name)
        except Problem as problem:
            log.warning("service.start_failed", name=name, code=problem.code)
            await self._record(name, failure=str(problem))
            status = STOPPED
            if isinstance(problem, EngineAway):
                await self._wait_for_engine(user_id, name)
        service = await self._find(name)
        if service is None:  # Not even its row could be made; the account works all the same.
            return self._view(
                Service(id=0, user_id=user_id, name=name, flavour=self._flavours.default), STOPPED
            )
        return self._view(service, status)

    async def _wait_for_engine(self, user_id: int, name: str) -> None:
        service = await self._find(name)
        if service is not None:
            flavour = self._flavours.current(service.flavour)
            self._queue.join(Waiting(name=name, user_id=user_id, flavour=flavour))

    async def stop_service(self, actor: Actor, name: str) -> ServiceView:
        """Stop a service if it runs (C6).

        Raises:
            NotFound: Absent, or another user's.
        """
        service = await self._visible(actor, name)
        await self._stop(service.name)
        await self._note_alone(actor, "service.stop", service)
        return await self.get_service(actor, name)

    async def stop_at_logout(
        self, actor: Actor, *, when_busy: WhenBusy
    ) -> tuple[ServiceView | None, list[BusyKernel]]:
        """Stop the caller's service and end what opens it (B5, C6).

        Args:
            actor: Who signs out.
            when_busy: What to do when kernels compute: stop them, keep the service until they are
                idle, or refuse.

        Returns:
            The service, None if there is none, and the kernels that were computing.

        Raises:
            ServiceBusy: Kernels compute and ``when_busy`` is ``refuse``; nothing changed.
        """
        name = actor.username
        service = await self._find(name)
        if service is None:
            return None, []
        busy = [
            BusyKernel(kernel_id=kernel.kernel_id, path=kernel.path)
            for kernel in await self._engine.list_busy_kernels(name)
        ]
        if busy and when_busy == "refuse":
            raise ServiceBusy(busy_kernels=[kernel.model_dump() for kernel in busy])
        await self.revoke_access(user_id=service.user_id, name=name)
        if busy and when_busy == "keep":
            await self._record(name, stop_when_idle=True)
        else:
            await self._stop(name)
        service = await self._find(name)
        status = await self._engine.get_status(name)
        return (self._view(service, status) if service else None), busy

    async def stop_idle_services(self) -> None:
        """Stop each service that a log-out kept and whose kernels are idle now."""
        async with self._db.reading() as session:
            names = await repository.list_kept_until_idle(session)
        for name in names:
            if not await self._engine.list_busy_kernels(name):
                await self._stop(name)

    async def start_waiting_services(self) -> None:
        """Start who is first for a flavour of which something is free now, and so on."""
        for flavour in self._queue.list_flavours():
            while waiting := self._queue.first_of(flavour):
                try:
                    await self._start(waiting.user_id, waiting.name, flavour=flavour)
                except (FlavourTaken, EngineAway):
                    break
                except Problem as problem:
                    self._queue.leave(waiting.name)
                    await self._record(waiting.name, failure=str(problem))
                    await self._tell(waiting.name)

    async def end_user(self, *, user_id: int, name: str) -> None:
        """Stop the service and end what opens it, for an account that is deactivated."""
        await self.revoke_access(user_id=user_id, name=name)
        await self._stop(name)

    async def revoke_access(self, *, user_id: int, name: str) -> None:
        """End every token that opens the service, those in browsers' cookies too.

        A browser that is still signed in gets a new one when it asks again.
        """
        await self._tokens.forget(user_id)
        await self._engine.revoke_access(name)

    async def run_idle_watch(self) -> None:
        """Stop the services that a log-out kept, once their kernels are idle. Runs for ever."""
        while True:
            await asyncio.sleep(IDLE_CHECK.total_seconds())
            try:
                await self.stop_idle_services()
            except Exception:
                log.exception("service.idle_watch_failed")

    async def run_start_queue(self) -> None:
        """Start services that wait for a place, as places become free. Runs for ever."""
        while True:
            await asyncio.sleep(QUEUE_CHECK.total_seconds())
            try:
                await self.start_waiting_services()
            except Exception:
                log.exception("service.queue_failed")

    async def _start(self, user_id: int, name: str, *, flavour: str | None) -> None:
        if flavour is not None:
            self._flavours.get(flavour)
        async with self._lock(name):
            service = await self._creator.ensure(
                user_id=user_id, name=name, flavour=self._flavours.default
            )
            await self._record(name, stop_when_idle=False)
            status = await self._engine.get_status(name)
            if status.state in {EngineState.STARTING, EngineState.RUNNING}:
                self._queue.leave(name)
                return
            if status.state is EngineState.ABSENT:  # A hub with a new database, or a lost answer.
                await self._engine.create_service(name)
            await self._until_followed(name)
            chosen = flavour or self._flavours.current(service.flavour)
            async with self._starts:  # What is free must still be free when the engine is asked.
                await self._require_free(chosen, name)
                self._queue.leave(name)
                await self._record(name, flavour=chosen, failure=None, was_started=True)
                try:
                    await self._engine.start_service(name, flavour=chosen)
                except EngineRefused as refusal:
                    await self._record(name, failure=refusal.reason)
                    raise
            self._follows[name] = asyncio.create_task(self._follow_start(name))
        await self._tell(name)

    async def _stop(self, name: str) -> None:
        async with self._lock(name):
            was_starting = name in self._follows
            self._queue.leave(name)
            await self._engine.stop_service(name)
            await self.credentials.forget(name)
            await self._record(name, stop_when_idle=False)
            if was_starting:  # A start that was broken off did not fail.
                await self._until_followed(name)
                await self._record(name, failure=None)
        await self._tell(name)

    async def _require_free(self, flavour: str, name: str) -> None:
        if self._queue.is_others_turn(name, flavour):
            raise FlavourTaken(flavour=flavour)
        for view in await self.list_flavours():
            if view.name == flavour and view.free < 1:
                raise FlavourTaken(flavour=flavour)

    async def _follow_start(self, name: str) -> None:
        """Record why a start failed, for whoever looks later."""
        try:
            async for step in self._engine.watch_start(name):
                if step.is_failed:
                    await self._record(name, failure=step.message)
        except Problem as problem:
            log.warning("service.watch_failed", name=name, code=problem.code)
        finally:
            if self._follows.get(name) is asyncio.current_task():
                del self._follows[name]

    async def _tell(self, name: str) -> None:
        for callback in self.on_changed:
            await callback(name)

    async def _note_alone(
        self, actor: Actor, action: Literal["service.start", "service.stop"], service: Service
    ) -> None:
        async with self._db.writing() as session:
            self._note(session, actor, action, service)
