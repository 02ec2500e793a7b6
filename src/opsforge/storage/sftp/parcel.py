"""What is sent to the host: an agent's program, in one piece."""

import importlib.abc
import importlib.util
import shlex
from functools import cache

PACKAGES = ("opsforge", "opsforge.storage", "opsforge.storage.sftp")
MODULES = (
    "opsforge.storage.gathering",
    "opsforge.storage.measuring",
    "opsforge.storage.moves",
    "opsforge.storage.places",
    "opsforge.storage.reading",
    "opsforge.storage.relocation",
    "opsforge.storage.scratch",
    "opsforge.storage.sftp.agent",
    "opsforge.storage.sftp.agents",
    "opsforge.storage.sftp.codec",
    "opsforge.storage.syscalls",
    "opsforge.storage.trees",
    "opsforge.storage.volumes",
)
_READ_PROGRAM = (
    "import sys; read = sys.stdin.buffer; "
    "exec(compile(read.read(int(read.readline())), 'opsforge-agent', 'exec'))"
)


def command(python: str) -> str:
    """The command that runs a program which comes over its standard input.

    Isolated (``-I``): nothing of the account's environment or folders is imported.
    """
    return shlex.join(("exec", python, "-I", "-X", "utf8", "-c", _READ_PROGRAM))


def program(root: str, worker: str) -> bytes:
    """The program of an agent, with its length before it."""
    start = f"from opsforge.storage.sftp.agent import main\nmain({root!r}, {worker!r})\n"
    content = (_modules() + start).encode()
    return b"%d\n%s" % (len(content), content)


@cache
def _modules() -> str:
    sources = dict.fromkeys(PACKAGES, "") | {name: _source(name) for name in MODULES}
    return f"{_source('opsforge.storage.sftp.unpack')}\nunpack({sources!r})\n"


def _source(name: str) -> str:
    spec = importlib.util.find_spec(name)
    if spec is None or not isinstance(spec.loader, importlib.abc.InspectLoader):
        raise ModuleNotFoundError(name)
    return spec.loader.get_source(name) or ""
