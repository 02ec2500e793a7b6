"""Who did what: what is written, who may read it, and that nobody changes it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from opsforge.audit.service import note
from opsforge.bootstrap import Platform
from opsforge.db.database import Database
from tests.support.clock import MovableClock
from tests.support.people import PASSWORD, ApiClient, Person
from tests.support.problems import assert_problem
from tests.support.projects import ask, create, fork, share
from tests.support.uploads import upload


async def entries(admin: ApiClient, **wanted: str) -> list[dict[str, Any]]:
    """All entries, the first first, page by page."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        answer = await admin.get("/audit", params={**wanted, "limit": "3", "cursor": cursor})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["items"]
        cursor = page["next_cursor"] or ""
        if not cursor:
            return found[::-1]


async def actions(admin: ApiClient, **wanted: str) -> list[tuple[str, str]]:
    return [(one["action"], one["object_name"]) for one in await entries(admin, **wanted)]


class TestWriting:
    async def test_a1_b5_signing_in_and_out_is_written_with_the_address(
        self, as_admin: ApiClient, as_alice: ApiClient, client: ApiClient
    ) -> None:
        wrong = {"username": "alice", "password": "not this one"}
        headers = {"X-Forwarded-For": "203.0.113.9"}
        assert_problem(await client.post("/auth/login", json=wrong, headers=headers), 401)
        assert (await as_alice.post("/auth/logout")).status_code == 200
        found = await entries(as_admin, actor="alice")
        assert [(one["action"], one["outcome"]) for one in found] == [
            ("auth.sign_in", "ok"),
            ("auth.sign_in", "refused"),
            ("auth.sign_out", "ok"),
        ]
        assert found[1]["address"] == "203.0.113.9"
        assert "not this one" not in str(found)
        assert [one["outcome"] for one in await entries(as_admin, outcome="refused")] == ["refused"]

    async def test_b1_b2_b3_changes_of_accounts_and_tokens_are_written(
        self, as_admin: ApiClient, as_alice: ApiClient
    ) -> None:
        user = as_alice.user["id"]
        await ask(as_admin, "PATCH", f"/users/{user}", display_name="A")
        reset = {"new_password": "another one 7"}
        await as_admin.put(f"/users/{user}/password", json=reset)
        assert (await entries(as_admin, action="password.reset"))[0]["actor"] == "admin"
        await as_alice.sign_in(Person("alice", password="another one 7"))
        token = await ask(as_alice, "POST", "/auth/tokens", expect=201, name="script")
        await as_alice.delete(f"/auth/tokens/{token['id']}")
        change = {"current_password": "another one 7", "new_password": PASSWORD}
        assert (await as_alice.put("/auth/password", json=change)).status_code == 204
        assert await actions(as_admin, object="user:alice", actor="admin") == [
            ("user.create", "alice"),
            ("user.update", "alice"),
            ("password.reset", "alice"),
        ]
        assert (await actions(as_admin, actor="alice"))[2:] == [
            ("token.create", "script"),
            ("token.revoke", ""),
            ("password.change", "alice"),
        ]
        assert token["token"] not in str(await entries(as_admin))

    async def test_c3_c5_c6_starting_and_stopping_a_service_is_written(
        self, as_admin: ApiClient, as_alice: ApiClient
    ) -> None:
        await as_alice.post("/services/alice/stop")
        await as_alice.post("/services/alice/start")
        await as_admin.post("/services/alice/stop")
        found = await entries(as_admin, object="service:alice")
        assert [(one["actor"], one["action"]) for one in found] == [
            ("alice", "service.stop"),
            ("alice", "service.start"),
            ("admin", "service.stop"),
        ]

    async def test_d8_d16_d18_e5_e7_e9_what_becomes_of_projects_and_data_sets_is_written(
        self, as_admin: ApiClient, as_alice: ApiClient, as_bob: ApiClient
    ) -> None:
        project = await create(as_alice, "磁盘")
        public = await share(as_alice, project)
        await ask(as_alice, "PATCH", f"/projects/{project['id']}", share_flag=1)
        copy = await fork(as_bob, public)
        assert (await as_bob.delete(f"/projects/{copy['id']}")).status_code == 200
        await ask(as_alice, "PATCH", f"/public/projects/{public['id']}", description="!")
        await as_alice.post("/public/projects/delete", json={"ids": [public["id"], 99]})
        dataset = await upload(as_alice, "nab")
        shared = await ask(as_alice, "POST", f"/datasets/{dataset['id']}/share", expect=201)
        taken = await ask(as_bob, "POST", f"/datasets/{shared['id']}/fork", expect=201)
        assert (await as_bob.delete(f"/datasets/{taken['id']}")).status_code == 204
        assert [
            (one["actor"], one["action"], one["object_kind"], one["object_name"])
            for one in await entries(as_admin)
            if one["object_kind"] not in {"user", "service"}
        ] == [
            ("alice", "project.share", "project", "磁盘"),
            ("alice", "project.publish", "project", "磁盘"),
            ("bob", "project.fork", "public_project", "磁盘"),
            ("bob", "project.delete", "project", "磁盘"),
            ("alice", "public_project.update", "public_project", "磁盘"),
            ("alice", "public_project.delete", "public_project", "磁盘"),
            ("alice", "dataset.share", "dataset", "nab"),
            ("bob", "dataset.fork", "dataset", "nab"),
            ("bob", "dataset.delete", "dataset", "nab"),
        ]


class TestReading:
    async def test_only_administrators_read(self, as_alice: ApiClient) -> None:
        assert_problem(await as_alice.get("/audit"), 403, "auth.forbidden")

    async def test_a_span_of_time(
        self, as_admin: ApiClient, as_alice: ApiClient, clock: MovableClock
    ) -> None:
        begin = clock()
        clock.advance(timedelta(hours=1))
        await create(as_alice, "p")
        project = (await as_alice.get("/projects")).json()["items"][0]
        await share(as_alice, project)
        clock.advance(timedelta(hours=1))
        await as_alice.delete(f"/projects/{project['id']}")
        middle = (begin + timedelta(minutes=30)).isoformat()
        later = (begin + timedelta(minutes=90)).isoformat()
        assert await actions(as_admin, since=middle, until=later) == [("project.share", "p")]
        assert await actions(as_admin, since=later) == [("project.delete", "p")]


class TestKeeping:
    async def test_the_database_refuses_to_change_an_entry(
        self, as_admin: ApiClient, db: Database
    ) -> None:
        before = await entries(as_admin)
        assert before
        with pytest.raises(DBAPIError, match="final"):
            async with db.writing() as session:
                await session.execute(text("UPDATE audit_entries SET actor = 'nobody'"))
        assert await entries(as_admin) == before

    async def test_an_entry_is_there_with_what_it_tells_of_or_not_at_all(
        self, as_admin: ApiClient, db: Database, clock: MovableClock
    ) -> None:
        with pytest.raises(RuntimeError):
            async with db.writing() as session:
                note(session, "x", "project.share", at=clock(), kind="project", name="p")
                await session.flush()
                raise RuntimeError
        assert await actions(as_admin, actor="x") == []

    async def test_old_entries_go_when_the_setting_says(
        self, as_admin: ApiClient, platform: Platform, clock: MovableClock
    ) -> None:
        before = await entries(as_admin)
        clock.advance(timedelta(days=364))
        await platform.audit.sweep()
        assert len(before) > 0
        async with platform.db.reading() as session:
            count = await session.scalar(text("SELECT count(*) FROM audit_entries"))
        assert count == len(before)
        clock.advance(timedelta(days=2))
        await platform.audit.sweep()
        async with platform.db.reading() as session:
            assert await session.scalar(text("SELECT count(*) FROM audit_entries")) == 0
