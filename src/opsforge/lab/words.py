"""Lets JupyterLab find our catalogue of translations beside those of its language packs."""

from pathlib import Path
from typing import Any

DOMAIN = "opsforge"


def provide_catalogues() -> None:
    """Add ours to what JupyterLab knows of extensions' catalogues.

    Those are entry points of installed packages, and OpsForge need not be installed in the
    interpreter of the services. Where JupyterLab has changed this, our panels speak English.
    """
    from jupyterlab_server import translation_utils  # noqa: PLC0415 - Only in the services.

    look: Any = getattr(translation_utils, "_get_installed_package_locales", None)
    if look is None or getattr(look, "knows_opsforge", False):
        return

    def look_here_too() -> tuple[dict[str, Any], str]:
        found, message = look()
        return {DOMAIN: str(Path(__file__).parent), **found}, message

    look_here_too.knows_opsforge = True  # type: ignore[attr-defined]
    translation_utils._get_installed_package_locales = look_here_too  # noqa: SLF001
