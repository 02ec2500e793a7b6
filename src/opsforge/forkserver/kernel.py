"""A warm kernel: an ipykernel in a fork that has imported the data libraries already."""

import json
import os
import signal
import sys
from typing import Any, NoReturn

from opsforge.forkserver import homepython

_INLINE = "module://matplotlib_inline.backend_inline"

_base: frozenset[str] = frozenset()
_all: frozenset[str] = frozenset()


def _names() -> frozenset[str]:
    return frozenset(name.partition(".")[0] for name in sys.modules)


def remember_base() -> None:
    """Note what a stock kernel has imported as well; called in the zygote."""
    global _base  # noqa: PLW0603 - Set once, before the first fork.
    _base = _names()


def remember_all() -> None:
    """Note everything that was imported; called in the zygote."""
    global _all  # noqa: PLW0603 - The same.
    _all = _names() - {"__main__", "opsforge"}


def why_cold(environment: dict[str, str], directory: str) -> str | None:
    """Why a kernel with this environment and directory must be started afresh; None if it need not.

    A module that the zygote has imported must be the one that a fresh interpreter would import.
    """
    home = environment.get("HOME", "")
    own = [homepython.packages(home), *environment.get("PYTHONPATH", "").split(os.pathsep)]
    names = homepython.shadowed(_all - set(sys.builtin_module_names), [d for d in own if d])
    if names:
        return f"your own packages stand before the platform's: {', '.join(names[:5])}"
    # A stock kernel looks in its directory as well, after it has imported what it needs itself.
    names = homepython.shadowed(_all - _base, [directory])
    if names:
        return f"files of the project stand before the platform's packages: {', '.join(names[:5])}"
    settings = environment.get("XDG_CONFIG_HOME", os.path.join(home, ".config"))
    own_settings = [f"{settings}/matplotlib/{name}" for name in ("matplotlibrc", "stylelib")]
    for path in (os.path.join(directory, "matplotlibrc"), *own_settings):
        if os.path.exists(path):
            return "matplotlib has a configuration of its own"
    for variable in ("PYTHONHOME", "PYTHONHASHSEED", "PYTHONOPTIMIZE", "PYTHONDEVMODE"):
        if variable in environment:
            return f"{variable} is set, which Python reads at its start"
    return None


def run(line: bytes) -> NoReturn:
    """Become the kernel that ``line`` (JSON: arguments, environment, directory) asks for."""
    code: Any = 1
    try:
        request = json.loads(line)
        os.setsid()
        _become(request)
        from ipykernel.kernelapp import IPKernelApp  # noqa: PLC0415 - In the zygote's Python.

        IPKernelApp.launch_instance(request["arguments"])
        code = 0
    except SystemExit as leaving:
        code = homepython.exit_code(leaving)
    except BaseException:  # noqa: BLE001 - Told as the interpreter tells it.
        sys.excepthook(*sys.exc_info())
    finally:
        _leave(code)


def _leave(code: int) -> NoReturn:
    import atexit  # noqa: PLC0415 - The fork must end as an interpreter would.

    try:
        atexit._run_exitfuncs()  # noqa: SLF001
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _become(request: dict[str, Any]) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["directory"])
    home = os.environ.get("HOME", "")
    homepython.activate(home)
    sys.path[:0] = [p for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p]
    _look_in_directory()
    sys.argv = ["ipykernel_launcher", *request["arguments"]]
    for name in [n for n in sys.modules if n == "opsforge" or n.startswith("opsforge.")]:
        del sys.modules[name]  # What runs here keeps its own; the user imports what is installed.
    _choose_plot_backend()
    _renew_randomness()


def _look_in_directory() -> None:
    """Modules beside the notebook are found as in a stock kernel: after the standard library.

    IPython would see to it, did it not take the zygote's ``-I`` for the user's wish.
    """
    if "" in sys.path or os.environ.get("PYTHONSAFEPATH"):
        return
    packages = ("site-packages", "dist-packages")
    places = (i for i, path in enumerate(sys.path) if os.path.basename(path) in packages)
    sys.path.insert(next(places, 0), "")


def _choose_plot_backend() -> None:
    """What matplotlib reads at its import from the environment, where ipykernel puts the same."""
    if "matplotlib" in sys.modules:
        backend = os.environ.setdefault("MPLBACKEND", _INLINE)
        sys.modules["matplotlib"].rcParams["backend"] = backend
    # At its import it looks for the shell, which the zygote had none of.
    sys.modules.pop("matplotlib_inline.backend_inline", None)


def _renew_randomness() -> None:
    """Two kernels forked from one process must not draw the same numbers."""
    random = sys.modules.get("random")
    if random is not None:
        random.seed()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
    if "multiprocessing.process" in sys.modules:
        sys.modules["multiprocessing.process"].current_process().authkey = os.urandom(32)
