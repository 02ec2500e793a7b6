"""Starting and stopping notebook services: at once, at log-in and log-out, from the queue."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from structlog import get_logger

from opsforge.auth.actor import Actor
from opsforge.engine.port import EngineAway, EngineRefused, EngineState
from opsforge.kit.problems import NotFound, Problem
from opsforge.notebooks import repository
from opsforge.notebooks.errors import FlavourTaken, ServiceBusy, ServiceSilent
from opsforge.notebooks.failures import recorded
from opsforge.notebooks.looks import STOPPED, ServiceLooks, as_views
from opsforge.notebooks.models import Service
from opsforge.notebooks.queue import Waiting
from opsforge.notebooks.schemas import BusyKernel, ServiceView, WhenBusy

log = get_logger()

IDLE_CHECK = timedelta(seconds=15)
QUEUE_CHECK = timedelta(seconds=2)


@dataclass(frozen=True, kw_only=True)
class LogoutPlan:
    """What a log-out does to the service."""

    busy: list[BusyKernel]
    """Kernels that are computing."""
    keeps: bool
    """Whether it is stopped only once they are idle."""


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
            await self._wait_for_place(service.user_id, name, taken.flavour)
        await self._note_alone(actor, "service.start", service)
        return await self.get_service(actor, name)

    async def start_at_login(self, *, user_id: int, name: str) -> ServiceView:
        """Start the service of a user who signs in (A1, C5); what fails shows in its state.

        While the engine is away, or nothing of the flavour is free, the service waits for it.
        """
        status = STOPPED
        try:
            await self._start(user_id, name, flavour=None)
            status = await self._engine.get_status(name)
        except FlavourTaken as taken:
            await self._wait_for_place(user_id, name, taken.flavour)
        except Problem as problem:
            log.warning("service.start_failed", name=name, code=problem.code)
            await self._record(name, failure=recorded(problem))
            if isinstance(problem, EngineAway):
                await self._wait_for_engine(user_id, name)
        service = await self._find(name)
        if service is None:  # Not even its row could be made; the account works all the same.
            return self._view(
                Service(id=0, user_id=user_id, name=name, flavour=self._flavours.default), STOPPED
            )
        return self._view(service, status)

    async def _wait_for_place(self, user_id: int, name: str, flavour: str) -> None:
        self._queue.join(Waiting(name=name, user_id=user_id, flavour=flavour))
        await self._record(name, flavour=flavour, failure=None)

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

    async def plan_logout(self, actor: Actor, *, when_busy: WhenBusy) -> LogoutPlan:
        """Look what computes in the caller's service, before anything ends (B5).

        Args:
            actor: Who signs out.
            when_busy: What to do when kernels compute, or may: stop them, keep the service until
                they are idle, or refuse.

        Raises:
            ServiceBusy: Kernels compute and ``when_busy`` is ``refuse``.
            ServiceSilent: The service does not say, and ``when_busy`` is ``refuse``.
        """
        try:
            kernels = await self._engine.list_busy_kernels(actor.username)
        except (EngineAway, EngineRefused):
            # Nobody has to stay signed in for that; what may compute is not cut off unasked.
            return LogoutPlan(busy=[], keeps=when_busy != "stop")
        if when_busy == "refuse":
            if kernels is None:
                raise ServiceSilent
            if kernels:
                busy = as_views(kernels)
                raise ServiceBusy(busy_kernels=[kernel.model_dump() for kernel in busy])
        return LogoutPlan(busy=as_views(kernels or []), keeps=kernels != [] and when_busy == "keep")

    async def stop_at_logout(self, actor: Actor, plan: LogoutPlan) -> ServiceView | None:
        """End what opens the caller's service and stop it, or have it stopped once idle (B5, C6).

        What the engine can't do now, it is asked again until it has.

        Returns:
            The service; None if there is none, or its state can't be told.
        """
        name = actor.username
        if await self._find(name) is None:
            return None
        await self.end_user(user_id=actor.user_id, name=name, keeps=plan.keeps)
        try:
            return await self.get_service(actor, name)
        except (NotFound, EngineAway, EngineRefused):
            return None

    async def finish_due_services(self) -> None:
        """Do what log-outs have left: revoke access, stop, also those whose kernels are idle now.

        That is what the engine could not do at the time, or what the platform died over.
        """
        async with self._db.reading() as session:
            services = await repository.list_due(session)
        for service in services:
            try:
                await self._finish(service)
            except (EngineAway, EngineRefused) as problem:
                log.info("service.still_due", name=service.name, code=problem.code)

    async def _finish(self, service: Service) -> None:
        name = service.name
        if service.revocation_due:
            await self.end_access(user_id=service.user_id, name=name)
        if service.stop_due or (
            service.stop_when_idle and await self._engine.list_busy_kernels(name) == []
        ):
            await self._stop(name, if_due=True)

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
                    await self._record(waiting.name, failure=recorded(problem))
                    await self._tell(waiting.name)

    async def end_user(self, *, user_id: int, name: str, keeps: bool = False) -> None:
        """End what opens the service, and stop it: now, or with ``keeps`` once it is idle.

        For whoever signs out or is deactivated. What the engine can't do now is done later.
        """
        await self._record(name, stop_when_idle=keeps, stop_due=not keeps)
        await self.end_access(user_id=user_id, name=name)
        if keeps:
            return
        try:
            await self._stop(name)
        except (EngineAway, EngineRefused) as problem:
            log.warning("service.stop_due", name=name, code=problem.code)

    async def end_access(self, *, user_id: int, name: str) -> None:
        """End every token that opens the service, and what they opened; if need be later."""
        try:
            await self.revoke_access(user_id=user_id, name=name)
        except (EngineAway, EngineRefused) as problem:
            # The hub asks about the session itself before it opens anything anew.
            log.warning("service.revocation_due", name=name, code=problem.code)

    async def revoke_access(self, *, user_id: int, name: str) -> None:
        """End every token that opens the service, those in browsers' cookies too.

        A browser that is still signed in gets a new one when it asks again.
        """
        await self._record(name, revocation_due=True)
        await self._tokens.forget(user_id)
        await self._engine.revoke_access(name)
        await self._record(name, revocation_due=False)

    async def run_idle_watch(self) -> None:
        """Finish what log-outs have left to be done, now and then. Runs for ever."""
        while True:
            await asyncio.sleep(IDLE_CHECK.total_seconds())
            try:
                await self.finish_due_services()
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
            await self._record(name, stop_when_idle=False, stop_due=False)
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

    async def _stop(self, name: str, *, if_due: bool = False) -> None:
        async with self._lock(name):
            if if_due and not await self._is_due(name):
                return
            was_starting = name in self._follows
            self._queue.leave(name)
            await self._engine.stop_service(name)
            await self.credentials.forget(name)
            await self._record(name, stop_when_idle=False, stop_due=False)
            if was_starting:  # A start that was broken off did not fail.
                await self._until_followed(name)
                await self._record(name, failure=None)
        await self._tell(name)

    async def _is_due(self, name: str) -> bool:
        """Whether it is still to be stopped: its user may have signed in again."""
        service = await self._find(name)
        return service is not None and (service.stop_due or service.stop_when_idle)

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
