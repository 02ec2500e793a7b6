"""What is stored and shared works alike where the volumes are on another host."""

import pytest


@pytest.fixture(params=["embedded", "servers", "sftp"])
def stack(request: pytest.FixtureRequest) -> str:
    """The stacks of all tests, and SQLite with volumes that are reached by SSH."""
    return str(request.param)
