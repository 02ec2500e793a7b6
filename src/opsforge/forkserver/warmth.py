"""Work that every service would do again at its start, done once in the zygote.

What a server imports on its way is learnt by a rehearsal: a fork of the zygote starts a server, in
an empty directory and without a hub, tells what it has imported by then, and ends. So whatever
extensions the interpreter has, they are warm, and no list of modules need be kept.
"""

import functools
import importlib
import json
import os
import shutil
import socket
import sys
import tempfile
from typing import Any

from opsforge.forkserver import order

_REHEARSED = {
    "JUPYTERHUB_API_TOKEN": "rehearsal",
    "JUPYTERHUB_API_URL": "http://127.0.0.1:0/hub/api",
    "JUPYTERHUB_CLIENT_ID": "rehearsal",
    "JUPYTERHUB_SERVICE_PREFIX": "/user/rehearsal/",
    "JUPYTERHUB_SERVICE_URL": "http://127.0.0.1:0/user/rehearsal/",
    "JUPYTERHUB_USER": "rehearsal",
    "JUPYTERHUB_ROOT_DIR": "~",
}


def warm() -> dict[str, str]:
    """Fill the caches that survive a fork and hold nothing of any user.

    Returns:
        What could not be warmed, with the reason.
    """
    missing = {}
    _remember_lab_registry()
    _remember_npm_prefix()
    names, failure = _rehearse()
    if failure:
        missing["rehearsal"] = failure
    for name in names:
        if name not in sys.modules and name != "__mp_main__":
            try:
                importlib.import_module(name)
            except Exception as error:  # noqa: BLE001 - A module may fail in any way.
                missing[name] = f"{type(error).__name__}: {error}"
    return missing


def _remember_lab_registry() -> None:
    """JupyterLab asks Node at each start for the address of npm's registry; half a second."""
    try:
        commands: Any = importlib.import_module("jupyterlab.commands")
        found = commands._yarn_config(commands._ensure_logger(None))  # noqa: SLF001
    except Exception:  # noqa: BLE001 - Another version of JupyterLab: it asks again.
        return
    commands._yarn_config = functools.wraps(commands._yarn_config)(  # noqa: SLF001
        lambda *_, **__: found
    )


def _remember_npm_prefix() -> None:
    """The extension for language servers asks npm at each start where it installs; a second."""
    try:
        api: Any = importlib.import_module("jupyter_lsp.types").LanguageServerManagerAPI
        ask, npm = api._npm_prefix, shutil.which("npm")  # noqa: SLF001
        found = npm and ask(api(), npm)
    except Exception:  # noqa: BLE001 - Another version, or none: it asks again.
        return

    def remembered(self: object, program: str) -> object:
        own = os.path.exists(os.path.expanduser("~/.npmrc"))
        return ask(self, program) if own else found

    api._npm_prefix = remembered  # noqa: SLF001


def _rehearse() -> tuple[list[str], str]:
    directory = tempfile.mkdtemp(prefix="rehearsal-")
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        ours.close()
        _play(directory, theirs)
    theirs.close()
    with ours, ours.makefile("rb") as file:
        said = file.read()
    os.waitpid(child, 0)
    shutil.rmtree(directory, ignore_errors=True)
    if not said:
        return [], "the server that was started to learn from did not come up"
    names: list[str] = json.loads(said)
    return names, ""


def _play(directory: str, report: socket.socket) -> None:
    """Start a server; when it would serve, tell what is imported, and end."""
    try:
        from jupyterhub.singleuser.extension import JupyterHubSingleUser  # noqa: PLC0415

        from opsforge.forkserver import notebook  # noqa: PLC0415 - It imports Jupyter late, too.

        async def no_hub(_: object) -> None:
            pass

        def tell(sock: socket.socket, **fields: object) -> None:
            del sock, fields
            report.sendall(json.dumps(list(sys.modules)).encode())
            os._exit(0)

        os.environ.update(_REHEARSED, HOME=directory, JUPYTER_RUNTIME_DIR=directory)
        os.chdir(directory)
        JupyterHubSingleUser.check_hub_version = no_hub
        order.send = tell
        listening = socket.socket(socket.AF_UNIX)
        notebook.launch(["--allow-root"], report, listening)
    finally:
        os._exit(1)
