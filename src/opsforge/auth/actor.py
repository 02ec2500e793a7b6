"""Who makes a request."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Actor:
    """The authenticated caller of a request."""

    user_id: int
    username: str
    is_admin: bool
    token_id: int
    """The token that the request came with; 0 for a service's own, which is the engine's."""
