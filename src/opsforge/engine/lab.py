"""What every service's JupyterLab gets from the platform, whatever starts it."""

from pathlib import Path
from typing import Any

from opsforge.engine.runtime import HubRuntime, unix_url
from opsforge.forkserver import view
from opsforge.settings import Settings

PACKAGE = Path(__file__).parent.parent
LAB_SETTINGS = Path(__file__).parent / "lab_settings"
LAB_BUILT = PACKAGE / "_labextension"
"""Prebuilt extensions of JupyterLab, made when the package is; see ``labextension/``."""
KERNEL_PATH = PACKAGE / "kernel_path"
"""What every kernel can import, whatever its interpreter; see `opsforge_notebook` in it."""
LAB_EXTENSION = "opsforge.lab"
"""The extension of the services' Jupyter server."""
LAB_PRELOAD = f"{LAB_EXTENSION}.handlers"
"""What of it the fork server imports once for all."""
PLATFORM_RELAY = "opsforge"
"""Names the socket by which sandboxed services reach the platform."""


def shown_paths() -> list[str]:
    """Paths of the machine that a sandboxed service must see."""
    words = PACKAGE / "lab" / "locale"
    shown = (LAB_SETTINGS, LAB_BUILT, words, KERNEL_PATH)
    return [str(path) for path in shown if path.is_dir()]


def arguments() -> list[str]:
    """Options of the Jupyter server."""
    return [
        f"--LabApp.app_settings_dir={LAB_SETTINGS}",
        f"--LabApp.extra_labextensions_path={LAB_BUILT / 'labextensions'}",
        f"--ServerApp.jpserver_extensions={LAB_EXTENSION}=True",
    ]


def environment(settings: Settings, runtime: HubRuntime) -> dict[str, Any]:
    """Variables of the Jupyter server; what is callable, JupyterHub asks with the spawner."""
    idle = settings.spawner.idle_timeout
    return {
        "PYTHONPATH": str(KERNEL_PATH),
        "OPSFORGE_API_URL": _platform_url(settings, runtime),
        "OPSFORGE_FLAVOUR": _flavour_of,
        # The service's own extension tells the hub what counts as activity.
        "JUPYTERHUB_ACTIVITY_INTERVAL": "0",
        **({"OPSFORGE_IDLE_SECONDS": str(int(idle.total_seconds()))} if idle else {}),
    }


def _platform_url(settings: Settings, runtime: HubRuntime) -> str:
    """The services' door as a service sees it: behind walls, through the relay."""
    if settings.spawner.kind == "sandbox" and settings.spawner.walls == "auto":
        return unix_url(Path(view.RELAY) / f"{PLATFORM_RELAY}.sock")
    return unix_url(runtime.services_socket)


def _flavour_of(spawner: Any) -> str:  # noqa: ANN401 - JupyterHub carries no types.
    return str(spawner.user_options.get("flavour") or "")
