"""The routes of the API, as data that tests and the documentation go over."""

import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from opsforge.app import API_PREFIX, create_app
from opsforge.auth.dependencies import SAFE_METHODS, current_actor, current_admin
from opsforge.bootstrap import build_platform
from opsforge.engine.fake import FakeEngine
from opsforge.kit.openapi import dependencies_of
from opsforge.settings import Settings
from opsforge.storage.local import LocalStorage


@dataclass(frozen=True)
class ApiRoute:
    """One method of one path."""

    name: str
    """The endpoint's function, which is also the operation's id."""
    method: str
    path: str
    """Below the prefix of the API."""
    dependant: Dependant
    operation: dict[str, Any]
    """What the OpenAPI description says about it."""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parts of the path that vary."""
        return tuple(re.findall(r"{(\w+)}", self.path))

    @cached_property
    def needs_admin(self) -> bool:
        """Whether only administrators may use it."""
        return current_admin in dependencies_of(self.dependant)

    @cached_property
    def needs_actor(self) -> bool:
        """Whether it asks who is calling."""
        return current_actor in dependencies_of(self.dependant)

    @cached_property
    def is_safe(self) -> bool:
        """Whether it changes nothing."""
        return self.method in SAFE_METHODS

    @cached_property
    def requirements(self) -> tuple[str, ...]:
        """The numbered requirements that it serves."""
        return tuple(self.operation.get("x-requirements", ()))

    def documents(self, status: int, code: str) -> bool:
        """Whether the route's description tells of the problem."""
        description = self.operation["responses"].get(str(status), {}).get("description", "")
        return f"`{code}`" in description


@cache
def describing_app() -> FastAPI:
    """The web service, to be looked at and never started."""
    settings = Settings(data=Path("/nonexistent"))
    storage = LocalStorage(settings.data)
    return create_app(build_platform(settings, engine=FakeEngine(), storage=storage))


@cache
def api_routes() -> list[ApiRoute]:
    """Every route of the API."""
    app = describing_app()
    paths: dict[str, Any] = app.openapi()["paths"]
    found = []
    for context in iter_route_contexts(app.routes):
        if not isinstance(context.original_route, APIRoute):
            continue
        path = str(context.path)
        found += [
            ApiRoute(
                name=str(context.name),
                method=method,
                path=path.removeprefix(API_PREFIX),
                dependant=context.dependant,
                operation=paths.get(path, {}).get(method.lower(), {}),
            )
            for method in sorted(context.methods or ())
        ]
    return found
