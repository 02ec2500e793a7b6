"""What the page in JupyterLab may ask of the platform: everything else is refused here already.

The platform has a list of its own for services (`opsforge.auth.door`), which counts; this one
keeps other pages' scripts and mistakes of ours away from it.
"""

import re
from urllib.parse import parse_qsl, urlencode

_NOT_HANDED_ON = frozenset({"token", "_xsrf", "no_track_activity"})
"""Parts of a query that are the Jupyter server's own."""

_READ = re.compile(
    r"projects(/\d+(/datasets)?)?"
    r"|public/projects(/\d+(/datasets)?)?"
    r"|datasets(/\d+(/files/\d+)?)?"
    r"|snippets/(tree|search|library|\d+)"
    r"|services/flavours"
)
_CREATE = re.compile(r"projects/\d+/share|snippets(/folders|/\d+/move)?")
_CHANGE = re.compile(r"projects/\d+|snippets/\d+")

_DELETE = re.compile(r"snippets/(folders/)?\d+")

_ALLOWED = {"GET": _READ, "POST": _CREATE, "PATCH": _CHANGE, "DELETE": _DELETE}


def is_allowed(method: str, path: str) -> bool:
    """Whether the page may ask this; ``path`` is relative to the platform's API."""
    pattern = _ALLOWED.get(method)
    return pattern is not None and pattern.fullmatch(path) is not None


def clean_query(query: str) -> str:
    """The query without what is meant for the Jupyter server."""
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode([(name, value) for name, value in pairs if name not in _NOT_HANDED_ON])
