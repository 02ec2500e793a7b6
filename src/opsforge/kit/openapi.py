"""The OpenAPI description, made to tell the truth about refusals.

FastAPI describes its own validation error and gives every model the media type of a success; our
refusals are problem documents with a media type of their own.
"""

from collections.abc import Callable, Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from opsforge.kit.problems import MEDIA_TYPE, Invalid, Problem, ProblemDocument

Dependencies = frozenset[Callable[..., Any] | None]
"""Every function that a route depends on, directly or not."""

SCHEMAS = "#/components/schemas"
FIRST_REFUSAL = 400


def describe_problems(
    app: FastAPI, *, always: Callable[[Dependencies, str], list[type[Problem]]]
) -> None:
    """Let ``app.openapi()`` describe every refusal as the problem document that it is.

    Args:
        app: With all its routes.
        always: From a route's dependencies and method to the problems that they may raise, in
            addition to those that the route lists (`opsforge.kit.problems.problems`).
    """
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _rewrite(describe(), app, always)
        return describe()

    app.openapi = openapi  # type: ignore[method-assign]


def dependencies_of(dependant: Dependant) -> Dependencies:
    """Every function that a route depends on, directly or not."""
    return frozenset(_calls(dependant))


def _calls(dependant: Dependant) -> Iterator[Callable[..., Any] | None]:
    for dependency in dependant.dependencies:
        yield dependency.call
        yield from _calls(dependency)


def _rewrite(
    document: dict[str, Any],
    app: FastAPI,
    always: Callable[[Dependencies, str], list[type[Problem]]],
) -> None:
    for context in iter_route_contexts(app.routes):
        if not isinstance(context.original_route, APIRoute):
            continue
        dependencies = dependencies_of(context.dependant)
        for method in context.methods or ():
            operation = document["paths"].get(context.path, {}).get(method.lower())
            if operation:
                _describe_refusals(operation["responses"], always(dependencies, method))
    schemas = document.get("components", {}).get("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem = ProblemDocument.model_json_schema(ref_template=f"{SCHEMAS}/{{model}}")
    schemas.update(problem.pop("$defs", {}))
    schemas[ProblemDocument.__name__] = problem


def _describe_refusals(responses: dict[str, Any], also: list[type[Problem]]) -> None:
    codes: dict[str, set[str]] = {}
    for status, response in responses.items():
        if status.isdigit() and int(status) >= FIRST_REFUSAL:
            is_frameworks = response["description"] == "Validation Error"
            listed = [] if is_frameworks else response["description"].split("; ")
            codes[status] = set(listed)
            if is_frameworks or status == str(int(Invalid.status)):
                codes[status].add(f"`{Invalid.code}`")
    for problem in also:
        codes.setdefault(str(int(problem.status)), set()).add(f"`{problem.code}`")
    for status, listed_codes in sorted(codes.items()):
        responses[status] = {
            "description": "; ".join(sorted(listed_codes)),
            "content": {MEDIA_TYPE: {"schema": {"$ref": f"{SCHEMAS}/{ProblemDocument.__name__}"}}},
        }
