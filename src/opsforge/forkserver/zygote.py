"""The zygote: imports everything once, then forks whenever it is told to, and knows no secret.

Run as a script by path (``python -I zygote.py …``), because the interpreter of the services need
not have OpsForge installed.
"""

import gc
import importlib
import json
import os
import signal
import socket
import sys
import time
import types
from pathlib import Path

BASE_MODULES = (
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.magics.osm",
    "IPython.core.magics.packaging",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "encodings.ascii",
    "encodings.latin_1",
    "encodings.utf_16_be",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "comm",
    "matplotlib_inline.config",
    "pdb",
    "stack_data",
)
"""What a stock kernel has loaded, by and large, when it runs its first cell."""

SERVER_MODULES = (
    "jupyterhub.singleuser.extension",
    "jupyter_server.serverapp",
    # Behind walls it is to be found only where the interpreter has OpsForge installed.
    "opsforge.forkserver.provisioner",
)


def _find_own_package() -> None:
    """Let ``opsforge.forkserver`` be imported, and nothing else of where this file lies."""
    if "opsforge" in sys.modules:
        return
    package = types.ModuleType("opsforge")
    package.__path__ = [str(Path(__file__).resolve().parent.parent)]
    sys.modules["opsforge"] = package


def _import(names: list[str]) -> dict[str, str]:
    """Import what can be imported; what cannot is named with the reason."""
    missing = {}
    for name in names:
        try:
            importlib.import_module(name)
        except Exception as error:  # noqa: BLE001 - A library may fail in any way at import.
            missing[name] = f"{type(error).__name__}: {error}"
    return missing


def _settle() -> None:
    """Leave one thread, no garbage, and pages that the children will share.

    OpenBLAS stops its threads before a fork and starts them again when they are needed; a fork for
    nothing makes it do so once, so that the zygote itself has no thread left.
    """
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    gc.collect()
    gc.freeze()


def _serve(control: socket.socket) -> None:
    """Fork for each message; leave when the daemon is gone. Services live on without either."""
    from opsforge.forkserver import child  # noqa: PLC0415 - Only importable since `main`.

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 16, 2)
        if not message:
            return
        if os.fork() == 0:
            control.close()
            child.main(*descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def main() -> None:
    """Import, report, fork. Arguments: the control descriptor, then modules to import."""
    control = socket.socket(fileno=int(sys.argv[1]))
    extra = sys.argv[2:]
    sys.argv[1:] = []
    gc.disable()
    _find_own_package()
    began = time.monotonic()
    importlib.import_module("opsforge.forkserver.child")
    from opsforge.forkserver import kernel, notebook, warmth  # noqa: PLC0415 - The same.

    missing = _import(list(BASE_MODULES))
    kernel.remember_base()
    missing |= _import([*SERVER_MODULES, *extra])
    missing |= notebook.import_extensions()
    missing |= warmth.warm()
    kernel.remember_all()
    _settle()
    hello = {
        "pid": os.getpid(),
        "threads": len(os.listdir("/proc/self/task")),
        "seconds": round(time.monotonic() - began, 3),
        "missing": missing,
        "paths": [p for p in sys.path if Path(p).is_dir()] + [sys.executable],
    }
    control.sendall(json.dumps(hello).encode() + b"\n")
    _serve(control)


if __name__ == "__main__":
    main()
