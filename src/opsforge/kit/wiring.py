"""How an endpoint gets its part of the platform."""

from typing import Any

from fastapi import Depends, Request


def part(name: str) -> Any:  # noqa: ANN401 - the annotation beside it says the type.
    """A dependency that yields the platform's attribute ``name``.

    Used as ``Annotated[UserService, part("users")]``. A coroutine, as every dependency is: FastAPI
    hands each plain function to a thread, which costs more than most of them do.
    """

    async def provide(request: Request) -> Any:  # noqa: ANN401 - see above.
        return getattr(request.app.state.platform, name)

    return Depends(provide)
