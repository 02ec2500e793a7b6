"""The user's own Python environment, in the volume, on top of the platform's read-only one.

``pip install`` in a notebook goes here. It is a virtual environment in the form of a few small
files: the same interpreter, and a ``.pth`` file that adds the platform's packages behind the
user's own, so that a user can put a newer pandas in front without touching anybody else's.
"""

import os
import site
import sys
import sysconfig

_VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"
_PTH = "_platform.pth"


def prefix(home: str) -> str:
    """Where the environment of the running Python version is."""
    return os.path.join(home, ".local", "share", "notebook-python", _VERSION)


def packages(home: str) -> str:
    """Its site-packages."""
    return os.path.join(prefix(home), "lib", _VERSION, "site-packages")


def executable(home: str) -> str:
    """Its interpreter."""
    return os.path.join(prefix(home), "bin", "python")


def _platform_packages() -> list[str]:
    paths = sysconfig.get_paths()
    return list(dict.fromkeys([paths["purelib"], paths["platlib"]]))


def _write(path: str, text: str, mode: int = 0o644) -> None:
    try:
        with open(path, encoding="utf-8") as file:
            if file.read() == text:
                return
    except OSError:
        pass
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _base() -> str:
    """The interpreter that a virtual environment's own stands for."""
    return os.path.realpath(getattr(sys, "_base_executable", sys.executable))


def prepare(home: str) -> None:
    """Make the environment, or bring it up to date with the platform's interpreter.

    Called inside the sandbox as its user: whatever the user has put in the way can hurt only them.
    """
    root, base = prefix(home), _base()
    os.makedirs(packages(home), exist_ok=True)
    os.makedirs(os.path.dirname(executable(home)), exist_ok=True)
    for name in ("python", "python3", _VERSION):
        link = os.path.join(root, "bin", name)
        if not os.path.islink(link) or os.readlink(link) != base:
            if os.path.lexists(link):
                os.unlink(link)
            os.symlink(base, link)
    version = ".".join(str(part) for part in sys.version_info[:3])
    configuration = (
        f"home = {os.path.dirname(base)}\n"
        "include-system-site-packages = false\n"
        f"version = {version}\n"
    )
    _write(os.path.join(root, "pyvenv.cfg"), configuration)
    adding = "; ".join(f"site.addsitedir({path!r})" for path in _platform_packages())
    _write(os.path.join(packages(home), _PTH), f"import site; {adding}\n")
    for name in ("pip", "pip3"):
        script = f'#!/bin/sh\nexec "{executable(home)}" -m pip "$@"\n'
        _write(os.path.join(root, "bin", name), script, 0o755)


def activate(home: str) -> None:
    """Make the running interpreter the environment's, as if it had been started from it."""
    sys.executable = executable(home)
    sys.prefix = sys.exec_prefix = prefix(home)
    own = packages(home)
    if own not in sys.path:
        first = next((i for i, p in enumerate(sys.path) if p in _PLATFORM), len(sys.path))
        sys.path.insert(first, own)
        _read_pth_files(own)


_PLATFORM = frozenset(_platform_packages())


def _read_pth_files(own: str) -> None:
    """Editable installs of the user are ``.pth`` files."""
    if any(name.endswith(".pth") and name != _PTH for name in os.listdir(own)):
        site.addsitedir(own)


def shadowed(names: frozenset[str], directories: list[str]) -> list[str]:
    """Which of the modules ``names`` a file or directory in ``directories`` would stand before."""
    found = set()
    for directory in directories:
        try:
            entries = os.listdir(directory)
        except OSError:
            continue
        for entry in entries:
            stem = entry.partition(".")[0]
            if stem in names and (entry == stem or entry.endswith((".py", ".so"))):
                found.add(stem)
    return sorted(found)


def exit_code(leaving: SystemExit) -> int:
    """What the interpreter would end with; a text goes to standard error, as it would print it."""
    if leaving.code is None or isinstance(leaving.code, int):
        return leaving.code or 0
    sys.stderr.write(f"{leaving.code}\n")
    return 1
