"""What keeps the users' services apart on this machine, and what to do when nothing can."""

import os

from opsforge.forkserver import preflight
from opsforge.forkserver.preflight import Preflight
from opsforge.settings import Settings
from opsforge.supervisor.installation import UserError

NO_WALLS = """\
WARNING: every notebook service runs as this machine's user {user}, with nothing between it and the
         platform or other users' files. For people you trust only."""
LIMITS = {
    2: "cgroup v2 limits memory, CPU and processes",
    1: "cgroup v1 limits memory, CPU and processes",
    0: "no cgroup can be set, so memory and processes are limited for single processes only",
}
IDENTITIES = {
    "root": "each user has a host uid of their own",
    "user": "each has a user namespace",
}


def describe_walls(settings: Settings) -> str:
    """What the terminal says about the sandboxes.

    Raises:
        UserError: No walls can be built here, and the settings ask for some.
    """
    if settings.spawner.kind == "local" or settings.spawner.walls == "none":
        return NO_WALLS.format(user=os.geteuid())
    found = preflight.check()
    if not found.ok:
        raise UserError(f"{found.advice_en}\n{found.advice_zh}\n({found.reason})")
    return _sentence(found)


def _sentence(found: Preflight) -> str:
    return (
        f"Notebook services run in sandboxes: {IDENTITIES[found.sandbox]}; {LIMITS[found.cgroups]}."
    )
