"""What the platform made of a user's file, shown in a frame that runs nothing."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response

from opsforge.kit.downloads import CACHE_CONTROL, SAFE_HEADERS, Readable, validators_of
from opsforge.kit.problems import Invalid, Problem, problems
from opsforge.kit.ranges import is_unchanged

SHOWN_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:; "
    "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""No script, no form, no other origin; links open in a window of their own."""


def shown_route(
    media_type: str,
    *refusals: type[Problem],
    requirements: Sequence[str] = (),
    may_be_nothing: bool = False,
) -> dict[str, Any]:
    """Arguments of a route that shows something: what its description has to say.

    Args:
        media_type: Of what it shows.
        refusals: What its service raises.
        requirements: Numbers of what it serves.
        may_be_nothing: Whether it can answer that there is nothing to show.
    """
    nothing = {int(HTTPStatus.NO_CONTENT): {"description": "There is nothing to be shown."}}
    content = {media_type: {"schema": {"type": "string"}}}
    return {
        "response_class": Response,
        "responses": {
            int(HTTPStatus.OK): {"description": "To be shown.", "content": content},
            int(HTTPStatus.NOT_MODIFIED): {"description": "The caller has it already."},
            **(nothing if may_be_nothing else {}),
            **problems(*refusals, Invalid),
        },
        "openapi_extra": {"x-requirements": list(requirements)},
    }


async def answer_with_shown(
    request: Request,
    file: Readable,
    make: Callable[[], Awaitable[bytes]],
    *,
    media_type: str,
    variant: str = "",
) -> Response:
    """What is made of an open file, unless the caller has it already. Closes the file.

    Args:
        request: With the caller's conditions.
        file: What it is made of.
        make: Makes it; no byte when there is nothing to show.
        media_type: Of what is made.
        variant: Tells apart what may be made of the same file.
    """
    try:
        validators = validators_of(file, variant=variant)
        headers: Mapping[str, str] = {
            **SAFE_HEADERS,
            "Content-Security-Policy": SHOWN_POLICY,
            "Cache-Control": CACHE_CONTROL,
            "ETag": validators.etag,
            "Vary": "Accept-Language",
        }
        if is_unchanged(request.headers, validators):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        if not (made := await make()):
            return Response(status_code=HTTPStatus.NO_CONTENT, headers=headers)
        return Response(made, media_type=media_type, headers=headers)
    finally:
        await file.close()
