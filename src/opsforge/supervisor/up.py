"""`opsforge up`: from an empty directory to a page that answers, and back."""

import asyncio
import os
import signal
from collections.abc import Callable

import psutil

from opsforge.bootstrap import build_platform
from opsforge.db.migrate import upgrade
from opsforge.engine.runtime import HubRuntime
from opsforge.forkserver.leftover import end_leftover
from opsforge.kit.logfiles import bound_log
from opsforge.settings import Settings
from opsforge.starters.data import EXAMPLES
from opsforge.storage.create import create_storage
from opsforge.supervisor.installation import (
    load_runtime,
    lock_directory,
    prepare_directories,
    renew_hub_port,
    require_free_port,
)
from opsforge.supervisor.mounts import find_missing_mounts
from opsforge.supervisor.notebook_python import check_notebook_python
from opsforge.supervisor.parts import fork_server_part, hub_part, proxy_part, web_part
from opsforge.supervisor.process import Part, RunningPart, Say
from opsforge.supervisor.tools import install_examples
from opsforge.supervisor.walls import describe_walls
from opsforge.supervisor.web import build_engine

START_SECONDS = 60.0
LOG_CHECK_SECONDS = 30.0
LEFTOVER_SECONDS = 5.0


def up(settings: Settings, say: Say) -> None:
    """Run the platform until SIGINT, SIGTERM or SIGHUP.

    Args:
        settings: The effective settings.
        say: Tells the person at the terminal one thing.

    Raises:
        UserError: Something that the person has to change.
        PartFailed: A part does not start.
    """
    prepare_directories(settings.data)
    lock = lock_directory(settings.data)
    try:
        require_free_port(settings)
        warnings = check_notebook_python(settings)
        renew_hub_port(settings.data)
        runtime = load_runtime(settings)
        say(f"Data directory {settings.data}")
        upgrade(settings.database_url)
        say("The database is up to date.")
        say(describe_walls(settings))
        for warning in [*warnings, *find_missing_mounts(settings)]:
            say(warning)
        asyncio.run(_run(settings, runtime, say))
    finally:
        os.close(lock)


async def _run(settings: Settings, runtime: HubRuntime, say: Say) -> None:
    stop = _stop_on_signals()
    await _create_first_administrator(settings, runtime, say)
    # In the order in which they stop: no new work, then the services, then what they stand on.
    makers = [web_part, hub_part, fork_server_part, proxy_part]
    if settings.spawner.kind != "sandbox":
        makers.remove(fork_server_part)
    parts = [RunningPart(make(settings, runtime), say) for make in makers]
    starting = asyncio.create_task(_start_all(parts, settings, runtime, say))
    stopping = asyncio.create_task(stop.wait())
    bounding = asyncio.create_task(_bound_logs([running.part for running in parts]))
    try:
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
        await stopping
    finally:
        for task in (starting, stopping, bounding):
            task.cancel()
        await asyncio.gather(starting, stopping, bounding, return_exceptions=True)
        await _stop_all(parts, stop, runtime, say)


async def _start_all(
    parts: list[RunningPart], settings: Settings, runtime: HubRuntime, say: Say
) -> None:
    *others, proxy = parts
    await proxy.start(within_seconds=START_SECONDS)
    say(f"{proxy.part.name} listens on {settings.server.host}, port {settings.server.port}.")
    say(f"Starting: {', '.join(other.part.name for other in others)}.")
    await asyncio.gather(
        install_examples(settings, runtime, EXAMPLES, say),
        *(other.start(within_seconds=START_SECONDS) for other in others),
    )
    say(f"OpsForge is ready: {settings.server.public_url or _page_address(settings)}")
    say("Ctrl-C stops it and all notebook services.")


async def _stop_all(
    parts: list[RunningPart], stop: asyncio.Event, runtime: HubRuntime, say: Say
) -> None:
    say("Stopping the notebook services and the platform.")
    stop.clear()
    in_order = asyncio.create_task(_stop_in_order(parts, runtime))
    again = asyncio.create_task(stop.wait())
    await asyncio.wait({in_order, again}, return_when=asyncio.FIRST_COMPLETED)
    again.cancel()
    if not in_order.done():
        say("Stopping at once.")
        in_order.cancel()
        await asyncio.gather(in_order, return_exceptions=True)
        await asyncio.gather(*(running.kill() for running in parts))
    await asyncio.to_thread(_end_leftover_services, runtime)
    say("Stopped.")


async def _stop_in_order(parts: list[RunningPart], runtime: HubRuntime) -> None:
    web, hub, *below = parts
    await web.stop()
    await hub.stop()
    await asyncio.to_thread(end_leftover, runtime.fork_server)
    for running in below:
        await running.stop()


def _end_leftover_services(runtime: HubRuntime) -> None:
    """End services that the hub could not, because it had been killed itself."""
    end_leftover(runtime.fork_server)
    marker = f"{runtime.hub_url}/hub/api"
    left = [
        process
        for process in psutil.process_iter()
        if _environment_of(process).get("JUPYTERHUB_API_URL") == marker
    ]
    for end in (psutil.Process.terminate, psutil.Process.kill):
        _signal_all(left, end)
        _, left = psutil.wait_procs(left, timeout=LEFTOVER_SECONDS)


def _environment_of(process: psutil.Process) -> dict[str, str]:
    try:
        environment: dict[str, str] = process.environ()
    except psutil.Error:
        return {}
    return environment


def _signal_all(processes: list[psutil.Process], send: Callable[[psutil.Process], None]) -> None:
    for process in processes:
        try:
            send(process)
        except psutil.Error:
            continue


async def _bound_logs(parts: list[Part]) -> None:
    while True:
        for part in parts:
            bound_log(part.log)
        await asyncio.sleep(LOG_CHECK_SECONDS)


async def _create_first_administrator(settings: Settings, runtime: HubRuntime, say: Say) -> None:
    platform = build_platform(
        settings, engine=build_engine(settings, runtime), storage=create_storage(settings)
    )
    password = await platform.users.create_first_administrator()
    await platform.engine.close()
    await platform.db.close()
    if password:
        say(f"The first administrator is admin, with the password {password}")
        say("It is shown only now. Sign in once the page is ready, then change it under “Account”.")


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    return stop


def _page_address(settings: Settings) -> str:
    host = settings.server.host
    name = f"[{host}]" if host.version == 6 else str(host)  # noqa: PLR2004 - IPv6.
    return f"http://{name}:{settings.server.port}/"
