"""Whether the interpreter that `notebook.python` names can run notebook services."""

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from opsforge.settings import Settings
from opsforge.supervisor.installation import UserError

OLDEST = (3, 11)
NEEDED = ("jupyterhub", "jupyterlab", "ipykernel")
LANGUAGE_PACK = "jupyterlab-language-pack-zh-CN"
PROBE_SECONDS = 30
_PROBE = """
import importlib.util, json, sys
from importlib.metadata import version
def has(name):
    try:
        return importlib.util.find_spec(name) is not None
    except ImportError:
        return False
needed, wished = (words.split() for words in sys.argv[1:])
print(json.dumps({
    "python": sys.version_info[:2],
    "missing": [name for name in needed if not has(name)],
    "without": [name for name in wished if not has(name)],
    "jupyterhub": version("jupyterhub") if has("jupyterhub") else "",
    "chinese": has("jupyterlab_language_pack_zh_CN"),
}))
"""


def check_notebook_python(settings: Settings) -> list[str]:
    """What notebooks will have to do without, in sentences.

    Raises:
        UserError: No service could start with it; says what it lacks.
    """
    python = settings.notebook.python
    if python == Path(sys.executable):
        return []
    who = f"{python}, which notebook.python names,"
    wished = dict.fromkeys(name.partition(".")[0] for name in settings.notebook.preload)
    command = [str(python), "-I", "-c", _PROBE, " ".join(NEEDED), " ".join(wished)]
    try:
        answer = subprocess.run(  # noqa: S603 - what the administrator names.
            command, capture_output=True, text=True, timeout=PROBE_SECONDS, check=True
        )
        found = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        raise UserError(f"{who} can't be run as a Python interpreter.") from None
    if tuple(found["python"]) < OLDEST:
        needs = ".".join(map(str, OLDEST))
        raise UserError(f"{who} is too old; notebook services need Python {needs} or newer.")
    if found["missing"]:
        lacking = " and ".join(found["missing"])
        packages = " ".join(f"{name}=={version(name)}" for name in NEEDED)
        raise UserError(f"{who} lacks {lacking}; install: {python} -m pip install {packages}")
    warnings = []
    if _minor(found["jupyterhub"]) != _minor(version("jupyterhub")):
        warnings.append(
            f"{who} has JupyterHub {found['jupyterhub']}, the platform {version('jupyterhub')}; "
            "install the same there if services don't start."
        )
    if found["without"]:
        warnings.append(
            f"{who} has no {', '.join(found['without'])}: notebooks can't import them, unless "
            "their users install them."
        )
    if not found["chinese"]:
        warnings.append(
            f"{who} has no {LANGUAGE_PACK}: JupyterLab and its panels speak English only."
        )
    return warnings


def _minor(number: str) -> list[str]:
    return number.split(".")[:2]
