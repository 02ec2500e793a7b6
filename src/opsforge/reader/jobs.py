"""The jobs by their names. Importing this imports all that any of them needs."""

import tempfile
from collections.abc import Callable, Mapping
from typing import Any

from opsforge.reader.notebook import render_notebook
from opsforge.reader.picture import find_picture
from opsforge.reader.profile import profile_table

Job = Callable[[int, Mapping[str, Any]], bytes]
"""From an open file and options to what was found; `Unreadable` when that is nothing."""

JOBS: Mapping[str, Job] = {
    "notebook": render_notebook,
    "picture": find_picture,
    "table": profile_table,
}
WARMING = "moment,value,text\n2026-01-01 00:00:00,1.5,甲\n2026-01-02 00:00:00,2.5,乙\n".encode()


def warm_up() -> None:
    """Let what is imported, compiled and read on the first use be so before the first fork."""
    render_notebook(-1, {"language": "en"})
    with tempfile.TemporaryFile() as table:
        table.write(WARMING)
        table.flush()
        profile_table(table.fileno(), {"format": "csv"})
