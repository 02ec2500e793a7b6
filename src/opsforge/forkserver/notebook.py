"""The Jupyter server of a service, in a process that has imported it already."""

import asyncio
import importlib
import json
import os
import signal
import socket
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, NoReturn

from opsforge.forkserver import homepython, order
from opsforge.forkserver.order import Order

PROVISIONER = "opsforge-warm"
_PROVISIONER_CLASS = "opsforge.forkserver.provisioner:WarmProvisioner"


def import_extensions() -> dict[str, str]:
    """Import the server extensions that the interpreter's configuration enables."""
    from jupyter_core.paths import ENV_CONFIG_PATH, SYSTEM_CONFIG_PATH  # noqa: PLC0415

    missing = {}
    for directory in [*ENV_CONFIG_PATH, *SYSTEM_CONFIG_PATH]:
        for file in sorted(Path(directory, "jupyter_server_config.d").glob("*.json")):
            try:
                enabled = json.loads(file.read_text())["ServerApp"]["jpserver_extensions"]
                for name in (n for n, on in enabled.items() if on):
                    importlib.import_module(name)
            except Exception as error:  # noqa: BLE001 - Any extension may fail in any way.
                missing[file.name] = f"{type(error).__name__}: {error}"
    return missing


def serve(what: Order, report: socket.socket, listening: int) -> NoReturn:
    """Run the Jupyter server on the socket that is already listening."""
    code: Any = 1
    try:
        _prepare_process(what)
        launch([*_configuration(what), *what.arguments], report, socket.socket(fileno=listening))
        code = 0
    except SystemExit as leaving:
        code = homepython.exit_code(leaving)
    except BaseException:  # noqa: BLE001 - Told as the interpreter tells it.
        sys.excepthook(*sys.exc_info())
    finally:
        _flush()
        os._exit(code)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.flush()


def _prepare_process(what: Order) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["jupyterhub-singleuser", *what.arguments]
    home = what.environment["HOME"]
    bin_directory = os.path.dirname(homepython.executable(home))
    # A terminal finds the user's own Python first; the server itself stays on the platform's.
    os.environ["PATH"] = os.pathsep.join([bin_directory, os.environ.get("PATH", os.defpath)])
    os.environ["VIRTUAL_ENV"] = homepython.prefix(home)
    os.environ.setdefault("JUPYTER_PATH", os.path.join(sys.prefix, "share", "jupyter"))
    os.environ["JUPYTER_DEFAULT_PROVISIONER_NAME"] = PROVISIONER
    asyncio.set_event_loop_policy(None)


def _register_provisioner() -> None:
    """Known by name even where the interpreter of the services has no OpsForge installed."""
    from jupyter_client.provisioning.factory import KernelProvisionerFactory  # noqa: PLC0415

    group = KernelProvisionerFactory.GROUP_NAME
    entry = EntryPoint(name=PROVISIONER, value=_PROVISIONER_CLASS, group=group)
    KernelProvisionerFactory.provisioners.setdefault(PROVISIONER, entry)


def launch(arguments: list[str], report: socket.socket, listening: socket.socket) -> None:
    """Run JupyterHub's server on ``listening``, and say on ``report`` when it serves."""
    from jupyter_server.serverapp import ServerApp  # noqa: PLC0415 - Only in the zygote's Python.
    from jupyterhub.singleuser.extension import JupyterHubSingleUser  # noqa: PLC0415

    class ForkedServer(ServerApp):
        """Takes the socket that it is given, and says when it serves."""

        def _find_http_port(self) -> None:
            self.no_browser_open_file = True

        def _bind_http_server(self) -> None:
            listening.setblocking(False)
            self.http_server.add_socket(listening)
            try:
                order.send(report, ready=True)
            except OSError:
                os._exit(1)  # Nobody waits for this service any more, nobody would ever stop it.
            report.close()

    # Its options are found under the class's own name in configuration files.
    ForkedServer.__name__ = ServerApp.__name__
    JupyterHubSingleUser.serverapp_class = ForkedServer
    _register_provisioner()
    JupyterHubSingleUser.launch_instance(arguments)


def _configuration(what: Order) -> list[str]:
    """Kernel channels are Unix sockets in the service's own runtime directory.

    Terminals are no log-in shells: ``/etc/profile`` would take the user's own Python off the path.
    """
    lab: Any = importlib.import_module("jupyterlab.commands")
    shell = what.environment.get("SHELL", "/bin/sh")
    return [
        # Their defaults were made when JupyterLab was imported, in the zygote, which has no home.
        f"--LabApp.user_settings_dir={lab.get_user_settings_dir()}",
        f"--LabApp.workspaces_dir={lab.get_workspaces_dir()}",
        "--KernelManager.transport=ipc",
        # Nobody can install into an environment that is mounted read-only.
        "--LabApp.extension_manager=readonly",
        f"--ServerApp.terminado_settings=shell_command={shell}",
        # Only without walls can it be root; whoever runs the platform so has decided it.
        f"--ServerApp.allow_root={what.sandbox == 'none'}",
    ]
