"""How endpoints get what they need."""

import inspect

import pytest

from opsforge.kit.openapi import dependencies_of
from tests.support.routes import ApiRoute, api_routes


@pytest.mark.parametrize("route", api_routes(), ids=str)
def test_no_route_waits_for_a_thread(route: ApiRoute) -> None:
    """FastAPI hands every plain function to a pool of threads that all requests share."""
    calls = {*dependencies_of(route.dependant), route.dependant.call}
    assert {call for call in calls if not _is_asynchronous(call)} == set()


def _is_asynchronous(call: object) -> bool:
    return inspect.iscoroutinefunction(call) or inspect.isasyncgenfunction(call)
