"""Accounts of tests, and clients signed in as them."""

from dataclasses import dataclass
from typing import Any

import httpx

ORIGIN = "http://opsforge.test"
DOOR = "services.sock"
"""The services' socket, as a host's name."""
PASSWORD = "correct horse battery 9"


@dataclass(frozen=True)
class Person:
    """An account that a test signs in with."""

    username: str
    password: str = PASSWORD
    is_admin: bool = False


ALICE = Person("alice")
BOB = Person("bob")


class ApiClient(httpx.AsyncClient):
    """A client of the API that knows who it is."""

    user: dict[str, Any]
    """The signed-in account as the API shows it; absent until `sign_in`."""
    token: str

    async def sign_in(self, person: Person) -> dict[str, Any]:
        """Log in through the real endpoint and keep its cookies."""
        answer = await self.post(
            "/auth/login", json={"username": person.username, "password": person.password}
        )
        assert answer.status_code == httpx.codes.OK, answer.text
        signed_in: dict[str, Any] = answer.json()
        self.user, self.token = signed_in["user"], signed_in["token"]
        return signed_in


async def create_account(admin: ApiClient, person: Person) -> dict[str, Any]:
    """Create the account as the administrator does."""
    answer = await admin.post(
        "/users",
        json={
            "username": person.username,
            "password": person.password,
            "is_admin": person.is_admin,
        },
    )
    assert answer.status_code == httpx.codes.CREATED, answer.text
    created: dict[str, Any] = answer.json()
    return created
