"""What is said of an interpreter for the services before any is started."""

import sys
import venv
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import pytest

from opsforge.settings import NotebookSettings, Settings
from opsforge.supervisor.installation import UserError
from opsforge.supervisor.notebook_python import check_notebook_python

PACK = "jupyterlab_language_pack_zh_CN"
NEEDED = {"jupyterhub": version("jupyterhub"), "jupyterlab": "4.0", "ipykernel": "7.0"}


def settings_with(settings: Settings, python: Path, preload: tuple[str, ...] = ()) -> Settings:
    notebook = NotebookSettings(python=python, preload=preload)
    return settings.model_copy(update={"notebook": notebook})


def interpreter(folder: Path, packages: Mapping[str, str]) -> Path:
    """A virtual environment with packages that are only names and versions."""
    venv.create(folder, symlinks=True, with_pip=False)
    [site] = folder.glob("lib/python*/site-packages")
    for name, number in packages.items():
        (site / name).mkdir()
        (site / name / "__init__.py").touch()
        about = site / f"{name}-{number}.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Name: {name}\nVersion: {number}\n")
    return folder / "bin" / "python"


def test_the_platforms_own_has_all(settings: Settings) -> None:
    assert check_notebook_python(settings_with(settings, Path(sys.executable), ("absent",))) == []


def test_one_that_is_complete_is_taken(settings: Settings, tmp_path: Path) -> None:
    python = interpreter(tmp_path / "venv", {**NEEDED, "numpy": "2", PACK: "4"})
    assert check_notebook_python(settings_with(settings, python, ("numpy", "numpy.linalg"))) == []


def test_what_no_service_can_do_without_is_named(settings: Settings, tmp_path: Path) -> None:
    python = interpreter(tmp_path / "venv", {"jupyterhub": NEEDED["jupyterhub"]})
    with pytest.raises(UserError, match="lacks jupyterlab and ipykernel; install: ") as refusal:
        check_notebook_python(settings_with(settings, python))
    assert f"{python} -m pip install jupyterhub==" in str(refusal.value)


def test_what_notebooks_lack_and_another_hub_are_told(settings: Settings, tmp_path: Path) -> None:
    python = interpreter(tmp_path / "venv", {**NEEDED, "jupyterhub": "1.0.0"})
    hub, modules, words = check_notebook_python(
        settings_with(settings, python, ("numpy", "sklearn.svm"))
    )
    assert "has JupyterHub 1.0.0" in hub
    assert "has no numpy, sklearn:" in modules
    assert "English only" in words


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (None, "can't be run"),
        ("exit 3", "can't be run"),
        ("echo hello", "can't be run"),
        ("""echo '{"python": [3, 9]}'""", "need Python 3.11"),
    ],
)
def test_what_is_no_interpreter_is_refused(
    settings: Settings, tmp_path: Path, script: str | None, reason: str
) -> None:
    python = tmp_path / "python"
    if script is not None:
        python.write_text(f"#!/bin/sh\n{script}\n")
        python.chmod(0o755)
    with pytest.raises(UserError, match=reason):
        check_notebook_python(settings_with(settings, python))
