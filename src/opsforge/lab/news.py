"""Tells the hub when this service was last active, so that everybody sees what the watch sees.

JupyterHub's own message would count each question that an open page asks, and is sent for ever.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from urllib.parse import unquote, urlsplit

import aiohttp

from opsforge.lab.settings import LabSettings

TELL_SECONDS = 10.0
_TIMEOUT = aiohttp.ClientTimeout(total=10)


class ActivityNews:
    """Tells of activity, now and then; of a service in which nothing happens, nothing."""

    def __init__(
        self, *, active_at: Callable[[], datetime], tell: Callable[[datetime], Awaitable[None]]
    ) -> None:
        """Begin with nothing told.

        Args:
            active_at: When something happened last.
            tell: Tells the hub; what it raises means that the hub does not know.
        """
        self._active_at = active_at
        self._tell = tell
        self._told: datetime | None = None

    async def run(self) -> None:
        """Tell what is new. Runs for ever."""
        while True:
            moment = self._active_at()
            if moment != self._told:
                with contextlib.suppress(Exception):  # Whatever it is, it is tried again.
                    await self._tell(moment)
                    self._told = moment
            await asyncio.sleep(TELL_SECONDS)


async def tell_hub(settings: LabSettings, moment: datetime) -> None:
    """Tell the hub, which keeps the latest moment.

    Raises:
        aiohttp.ClientError: It does not answer, or refuses.
    """
    url = urlsplit(settings.activity_url)
    connector: aiohttp.BaseConnector | None = None
    if url.scheme == "http+unix":
        connector = aiohttp.UnixConnector(unquote(url.netloc))
        url = url._replace(scheme="http", netloc="hub")
    told = {"last_activity": moment.isoformat()}
    async with (
        aiohttp.ClientSession(connector=connector, timeout=_TIMEOUT) as session,
        session.post(
            url.geturl(),
            json={**told, "servers": {"": told}},
            headers={"Authorization": f"token {settings.token}"},
            allow_redirects=False,
        ) as answer,
    ):
        answer.raise_for_status()
