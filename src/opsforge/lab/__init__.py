"""OpsForge's part of every user's Jupyter server.

It hands a short list of requests of the page on to the platform (`routes`, `forward`), tells what
the service uses (`usage`) and how long it has been idle, and stops it when that is too long
(`idle`). The page never holds a token of the platform: the server asks with its own.

Nothing here imports another room: the interpreter of the services may be another one than the
platform's. It is imported once, by the fork server, and does nothing at the start of a service but
register its handlers. `serve` is what plain processes run.
"""

from typing import Any

from opsforge.lab.settings import LabSettings


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "opsforge.lab"}]


def _load_jupyter_server_extension(serverapp: Any) -> None:  # noqa: ANN401 - Jupyter's own hook.
    """Register the handlers; called by the Jupyter server as it starts."""
    from opsforge.lab.handlers import register  # noqa: PLC0415 - Jupyter, only where it is used.

    register(serverapp, LabSettings.from_environment())
