"""Why nothing can be shown of a file, as the jobs and the service tell each other."""

from typing import Literal

Reason = Literal["broken", "too_large", "gave_up"]


class Unreadable(Exception):  # noqa: N818 - it is no error of ours.
    """Nothing can be shown of the file."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason: Reason = reason
        self.detail = detail
        """In English, from the library that read the file."""
