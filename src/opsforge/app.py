"""The web service: routes, problem documents, life span."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

import opsforge.audit.endpoints
import opsforge.auth.endpoints
import opsforge.datasets.endpoints
import opsforge.datasets.version_endpoints
import opsforge.events.endpoints
import opsforge.health
import opsforge.notebooks.endpoints
import opsforge.overview.endpoints
import opsforge.projects.endpoints
import opsforge.projects.public_endpoints
import opsforge.projects.reading_endpoints
import opsforge.search.endpoints
import opsforge.snippets.endpoints
import opsforge.starters.endpoints
import opsforge.uploads.endpoints
import opsforge.usage.endpoints
import opsforge.users.endpoints
from opsforge.audit.requests import NoteAddress
from opsforge.auth.dependencies import SAFE_METHODS, current_actor, current_admin
from opsforge.auth.door import require_service_scope
from opsforge.auth.errors import RequestHeaderMissing
from opsforge.bootstrap import Platform
from opsforge.events.requests import NoteChanges
from opsforge.kit.openapi import Dependencies, describe_problems
from opsforge.kit.problems import Forbidden, Problem, Unauthenticated, install_problem_handlers
from opsforge.kit.requests import RequestLog
from opsforge.uploads.middleware import TusVersion
from opsforge.web import OneOrigin, install_page

API_PREFIX = "/api/v1"
JSON_MAX_BYTES = 1024**2
"""No request but an upload needs more; uploads set limits of their own."""


def create_app(platform: Platform) -> FastAPI:
    """The ASGI application over a wired platform."""
    app = build_app()
    app.state.platform = platform
    return app


def build_app() -> FastAPI:
    """The ASGI application; before it starts, ``app.state.platform`` has to be there."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with app.state.platform.running():
            yield

    app = FastAPI(
        title="OpsForge",
        version="1",
        summary="A self-hosted development platform for AIOps engineers.",
        openapi_url=f"{API_PREFIX}/openapi.json",
        # Their pages load a script from elsewhere, which would run with the visitor's session.
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        generate_unique_id_function=_operation_id,
    )
    install_problem_handlers(app)
    # Inside of the log, which makes a problem document of what the limit answers.
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=JSON_MAX_BYTES)
    app.add_middleware(TusVersion, below=f"{API_PREFIX}/uploads")
    app.add_middleware(NoteChanges, prefix=API_PREFIX)
    app.add_middleware(NoteAddress)
    app.add_middleware(RequestLog)
    app.add_middleware(OneOrigin)
    for router in _routers():
        app.include_router(router, prefix=API_PREFIX, dependencies=[Depends(require_service_scope)])
    describe_problems(app, always=_always_possible)
    install_page(app)
    return app


def _routers() -> Iterator[APIRouter]:
    """Those of all rooms."""
    for room in (
        opsforge.auth,
        opsforge.users,
        opsforge.usage,
        opsforge.notebooks,
        opsforge.projects,
        opsforge.datasets,
        opsforge.starters,
        opsforge.snippets,
        opsforge.uploads,
        opsforge.search,
        opsforge.audit,
        opsforge.events,
        opsforge.overview,
    ):
        yield room.endpoints.router
    yield opsforge.datasets.version_endpoints.router
    yield opsforge.projects.public_endpoints.router
    yield opsforge.projects.reading_endpoints.router
    yield opsforge.health.router


def _always_possible(dependencies: Dependencies, method: str) -> list[type[Problem]]:
    """What the dependencies of a route may raise; what its service raises is listed beside it."""
    found: list[type[Problem]] = []
    if current_actor in dependencies:
        found.append(Unauthenticated)
        if method not in SAFE_METHODS:
            found.append(RequestHeaderMissing)
    if current_admin in dependencies:
        found.append(Forbidden)
    return found


def _operation_id(route: APIRoute) -> str:
    """The function's own name: unique by rule, and a good method name in a client."""
    return route.name
