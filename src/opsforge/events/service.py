"""Fills the streams: with hints from the bus, and with what services do."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from pydantic import BaseModel, ValidationError
from structlog import get_logger

from opsforge.auth.actor import Actor
from opsforge.events.schemas import Change, FreePlaces, LiveEvent
from opsforge.events.streams import Stream, Streams
from opsforge.kit.bus import Bus
from opsforge.kit.problems import Problem
from opsforge.notebooks.service import NotebookService

log = get_logger()

LOOK_EVERY = timedelta(seconds=3)


class _Message(BaseModel):
    """What goes over the bus: something changed for one user, for administrators or for all."""

    user_id: int | None = None
    admins_only: bool = False
    service: str | None = None
    """The service whose state changed, by name."""
    changed: Change | None = None


class EventService:
    """The event streams of this worker."""

    def __init__(self, *, bus: Bus, notebooks: NotebookService) -> None:
        self._bus = bus
        self._notebooks = notebooks
        self._streams = Streams()
        self.listens = asyncio.Event()
        """Set once what other workers say is heard."""
        self._follows: dict[str, asyncio.Task[None]] = {}
        notebooks.on_changed.append(self.service_changed)

    @asynccontextmanager
    async def open_stream(
        self, actor: Actor, *, is_allowed: Callable[[], Awaitable[bool]]
    ) -> AsyncIterator[Stream]:
        """The events of one page, as long as the block lasts.

        Args:
            actor: Whose page it is.
            is_allowed: Whether the session is still good; asked every few seconds.
        """
        stream = Stream(actor, is_allowed)
        self._streams.add(stream)
        try:
            await self._look([stream])
            yield stream
        finally:
            self._streams.remove(stream)

    @property
    def stream_count(self) -> int:
        """How many pages are connected to this worker."""
        return len(self._streams)

    async def publish(
        self, change: Change, *, user_id: int | None, admins_only: bool = False
    ) -> None:
        """Hint that a list changed: to one user's pages, or everybody's for None."""
        message = _Message(user_id=user_id, changed=change, admins_only=admins_only)
        await self._bus.publish(message.model_dump_json())

    async def public_files_added(self) -> None:
        """Hint that there is more in a public data set, by whichever way it came."""
        await self.publish(Change(kind="public_datasets"), user_id=None)

    async def service_changed(self, name: str) -> None:
        """Tell every worker that a service starts or stops."""
        await self._bus.publish(_Message(service=name).model_dump_json())

    async def run(self) -> None:
        """Fill the streams. Runs for ever."""
        try:
            await asyncio.gather(self._listen(), self._look_now_and_then())
        finally:
            follows = list(self._follows.values())
            for follow in follows:
                follow.cancel()
            await asyncio.gather(*follows, return_exceptions=True)

    async def _listen(self) -> None:
        async for raw in self._bus.listen():
            if raw is None:
                self.listens.set()
                self._give(_Message(changed=Change(kind="all")))
                continue
            try:
                self._give(_Message.model_validate_json(raw))
            except ValidationError:  # Of a worker of another version.
                log.warning("events.not_understood")

    def _give(self, message: _Message) -> None:
        if message.changed is not None:
            for stream in self._streams.of(message.user_id):
                if stream.actor.is_admin or not message.admins_only:
                    stream.put(LiveEvent(changed=message.changed))
        if message.service is None:
            return
        for stream in self._streams:
            if stream.actor.is_admin:
                stream.put(LiveEvent(changed=Change(kind="services")))
            if stream.actor.username == message.service:
                self._begin_to_follow(stream.actor)

    def _begin_to_follow(self, actor: Actor) -> None:
        if actor.username not in self._follows:
            self._follows[actor.username] = asyncio.create_task(self._follow(actor))

    async def _follow(self, actor: Actor) -> None:
        """A service's steps, until nothing is under way."""
        try:
            async for event in self._notebooks.watch_service(actor, actor.username):
                for stream in self._streams.of(actor.user_id):
                    stream.put(LiveEvent(service=event.service))
                    if event.progress is not None:
                        stream.put(LiveEvent(progress=event.progress))
        except Problem as problem:
            log.info("events.not_followed", name=actor.username, code=problem.code)
        finally:
            self._follows.pop(actor.username, None)

    async def _look_now_and_then(self) -> None:
        while True:
            await self._streams.has_any.wait()
            await asyncio.sleep(LOOK_EVERY.total_seconds())
            try:
                for stream in self._streams:
                    if not await stream.is_allowed():
                        stream.end()
                await self._look(list(self._streams))
            except Exception:
                log.exception("events.look_failed")

    async def _look(self, streams: list[Stream]) -> None:
        """Say of each one's service what it is and what it uses: one question for all of them."""
        names = {stream.actor.username for stream in streams}
        try:
            seen = await self._notebooks.observe(names)
        except Problem:
            return  # The page sees by itself that the engine is away, and what it saw last stays.
        free = LiveEvent(free=FreePlaces(flavours=seen.flavours))
        for stream in streams:
            stream.put(free)
            one = seen.services.get(stream.actor.username)
            if one is None:
                continue
            stream.put(LiveEvent(service=one.service))
            if not one.service.state.is_settled:  # It began before this page was there.
                self._begin_to_follow(stream.actor)
            if one.load is not None:
                stream.put(LiveEvent(metrics=one.load))
