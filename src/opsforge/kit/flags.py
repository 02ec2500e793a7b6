"""Flags that the interface writes as 0 and 1."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator


def _to_int(value: Any) -> Any:  # noqa: ANN401 - whatever a client sends.
    return int(value) if value is True or value is False or value in ("0", "1") else value


Flag = Annotated[Literal[0, 1], BeforeValidator(_to_int)]
"""0 or 1; forms and queries send it as text."""
