"""The streams that are open in this worker."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field

from opsforge.auth.actor import Actor
from opsforge.events.schemas import Change, FreePlaces, LiveEvent
from opsforge.kit.relays import PING_EVERY
from opsforge.notebooks.schemas import ServiceView

BACKLOG = 100
"""Events that wait for a browser that does not read; beyond, it is told that all is in doubt."""
STREAMS_PER_USER = 20
"""In a worker; a page has one."""


@dataclass(eq=False)
class Stream:
    """Events on their way to one page."""

    actor: Actor
    is_allowed: Callable[[], Awaitable[bool]]
    """Whether the session that it was opened with is still good."""
    last_service: ServiceView | None = None
    last_free: FreePlaces | None = None
    _waiting: list[LiveEvent] = field(default_factory=list)
    _filled: asyncio.Event = field(default_factory=asyncio.Event)
    _is_over: bool = False

    def put(self, event: LiveEvent) -> None:
        """Let an event follow; one that waits already is not said twice."""
        if event.service is not None:
            if event.service == self.last_service:
                return
            self.last_service = event.service
        if event.free is not None:
            if event.free == self.last_free:
                return
            self.last_free = event.free
        if event in self._waiting:
            return
        if len(self._waiting) >= BACKLOG:
            self._waiting = [LiveEvent(changed=Change(kind="all"))]
        self._waiting.append(event)
        self._filled.set()

    def end(self) -> None:
        """Let the page come again, if it still may."""
        self._is_over = True
        self._filled.set()

    async def __aiter__(self) -> AsyncIterator[LiveEvent | None]:
        """The events, until the session is over; None now and then while there are none."""
        while not self._is_over:
            try:
                async with asyncio.timeout(PING_EVERY.total_seconds()):
                    await self._filled.wait()
            except TimeoutError:
                yield None
            self._filled.clear()
            waiting, self._waiting = self._waiting, []
            for event in waiting:
                yield event


class Streams:
    """All streams of this worker."""

    def __init__(self) -> None:
        self._open: dict[Stream, None] = {}
        """In the order of their coming."""
        self.has_any = asyncio.Event()

    def add(self, stream: Stream) -> None:
        """Let a stream get what comes; the oldest of a user who has too many ends."""
        own = self.of(stream.actor.user_id)
        if len(own) >= STREAMS_PER_USER:
            own[0].end()
            self.remove(own[0])
        self._open[stream] = None
        self.has_any.set()

    def remove(self, stream: Stream) -> None:
        """Let a stream get nothing more."""
        self._open.pop(stream, None)
        if not self._open:
            self.has_any.clear()

    def __iter__(self) -> Iterator[Stream]:
        return iter(tuple(self._open))

    def __len__(self) -> int:
        return len(self._open)

    def of(self, user_id: int | None) -> list[Stream]:
        """A user's streams, the oldest first; everybody's for None."""
        return [one for one in self if user_id is None or one.actor.user_id == user_id]
