"""The handlers, and what they share."""

import asyncio
from http import HTTPStatus
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.utils import url_path_join
from tornado import web

from opsforge.lab.forward import ForwardHandler, OwnHandler, Platform
from opsforge.lab.idle import IdleWatch
from opsforge.lab.news import ActivityNews, tell_hub
from opsforge.lab.settings import LabSettings
from opsforge.lab.sockets import OpenSockets
from opsforge.lab.usage import UsageMeter
from opsforge.lab.words import provide_catalogues


class StatusHandler(OwnHandler):
    """``/opsforge/status``: flavour, use, limits, idle time left."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Look at the processes, in a thread: the kernel takes its time to add up memory."""
        meter: UsageMeter = self.settings["opsforge_meter"]
        watch: IdleWatch = self.settings["opsforge_idle"]
        usage = await asyncio.to_thread(meter.look)
        self.finish(
            {
                "username": self.lab.username,
                "flavour": self.lab.flavour,
                "cores": usage.cores,
                "cpu_limit": self.lab.cpu_limit,
                "memory_bytes": usage.memory_bytes,
                "memory_limit_bytes": self.lab.memory_limit_bytes,
                "idle_limit_seconds": self.lab.idle_seconds,
                "idle_seconds_left": watch.seconds_left,
            }
        )


class ActivityHandler(OwnHandler):
    """``/opsforge/activity``: somebody uses the page, or says *keep*."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Count from now again."""
        watch: IdleWatch = self.settings["opsforge_idle"]
        watch.touch()
        self.set_status(HTTPStatus.NO_CONTENT)
        self.finish()


class DisconnectHandler(OwnHandler):
    """``/opsforge/disconnect``: the tokens ended with which the open websockets came."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Forget what was believed of tokens, so that none comes back, and close the websockets."""
        provider: Any = self.identity_provider  # JupyterHub's, which carries no types.
        provider.hub_auth.cache.clear()
        sockets: OpenSockets = self.settings["opsforge_sockets"]
        sockets.close()
        self.set_status(HTTPStatus.NO_CONTENT)
        self.finish()


def register(serverapp: Any, settings: LabSettings) -> None:  # noqa: ANN401 - Jupyter's own.
    """Add the handlers to a Jupyter server; nothing is asked and nothing is read yet."""
    platform = Platform(settings)
    shared = serverapp.web_app.settings

    async def stop() -> None:
        async with platform.ask("POST", f"services/{settings.username}/stop") as answer:
            if not answer.ok:
                serverapp.log.warning("OpsForge did not stop this service: %s", answer.status)

    watch = IdleWatch(
        limit_seconds=settings.idle_seconds,
        kernels=serverapp.kernel_manager.list_kernels,
        terminals_used_at=lambda: shared.get("terminal_last_activity"),
        stop=stop,
    )
    shared["opsforge_settings"] = settings
    shared["opsforge_platform"] = platform
    shared["opsforge_idle"] = watch
    shared["opsforge_meter"] = UsageMeter()
    shared["opsforge_sockets"] = OpenSockets()
    base = url_path_join(shared["base_url"], "opsforge")
    serverapp.web_app.add_handlers(
        ".*$",
        [
            (rf"{base}/api/(.+)", ForwardHandler),
            (rf"{base}/status", StatusHandler),
            (rf"{base}/activity", ActivityHandler),
            (rf"{base}/disconnect", DisconnectHandler),
        ],
    )
    provide_catalogues()
    if settings.activity_url:
        news = ActivityNews(
            active_at=lambda: watch.active_at, tell=lambda moment: tell_hub(settings, moment)
        )
        serverapp.io_loop.add_callback(news.run)
    if settings.idle_seconds is not None:
        serverapp.io_loop.add_callback(watch.run)
