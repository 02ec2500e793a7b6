"""What the page in JupyterLab may ask of the platform."""

import pytest

from opsforge.lab.routes import clean_query, is_allowed


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "projects"),
        ("GET", "projects/7/datasets"),
        ("GET", "public/projects/7"),
        ("GET", "datasets/7/files/8"),
        ("GET", "snippets/tree"),
        ("POST", "snippets"),
        ("POST", "projects/7/share"),
        ("PATCH", "projects/7"),
        ("POST", "snippets/7/move"),
        ("DELETE", "snippets/7"),
        ("DELETE", "snippets/folders/7"),
    ],
)
def test_f2_d6_what_the_panels_need(method: str, path: str) -> None:
    assert is_allowed(method, path)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "users"),
        ("GET", "auth/session"),
        ("GET", "services/token"),
        ("DELETE", "projects/7"),
        ("DELETE", "snippets"),
        ("DELETE", "snippets/folders/7/8"),
        ("DELETE", "datasets/7"),
        ("POST", "projects/delete"),
        ("POST", "projects"),
        ("GET", "projects/7/../../users"),
        ("GET", "projects/7/"),
        ("GET", "projects/7\n"),
        ("GET", "projects/%2e%2e/users"),
        ("GET", "/projects"),
        ("GET", "projects?x=1"),
        ("GET", ""),
        ("HEAD", "projects"),
    ],
)
def test_everything_else_is_refused(method: str, path: str) -> None:
    assert not is_allowed(method, path)


def test_the_jupyter_servers_own_part_of_a_query_stays_there() -> None:
    assert clean_query("query=a%20b&token=secret&_xsrf=x&limit=2&empty=") == (
        "query=a+b&limit=2&empty="
    )
