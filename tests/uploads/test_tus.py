"""tus 1.0.0 as a client meets it: resumable, checked, one writer at a time, never half a file."""

import asyncio
import base64
import hashlib
import os
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from opsforge.auth.actor import Actor
from opsforge.bootstrap import Platform, build_platform
from opsforge.engine.fake import FakeEngine
from opsforge.settings import Settings, UploadSettings
from opsforge.storage.local import LocalStorage
from opsforge.storage.port import Area, Place
from opsforge.storage.uploads import FREE_CHECK_BYTES
from opsforge.uploads.errors import TooManyBytes, UploadStalled
from opsforge.uploads.receiving import Piece, SenderGoneError
from tests.support import tus
from tests.support.clock import MovableClock
from tests.support.people import ApiClient
from tests.support.problems import assert_problem
from tests.support.projects import ask
from tests.support.projects import create as create_project
from tests.support.uploads import parts, staging_is_empty, tree, upload

CONTENT = os.urandom(300_000)
HALF = len(CONTENT) // 2


def inbox(settings: Settings) -> list[str]:
    return sorted(path.name for path in (settings.data / "inbox").iterdir())


def checksum(content: bytes, algorithm: str = "sha256") -> str:
    digest = hashlib.new(algorithm, content, usedforsecurity=False).digest()
    return f"{algorithm} {base64.b64encode(digest).decode()}"


def actor_of(client: ApiClient) -> Actor:
    return Actor(
        user_id=client.user["id"], username=client.user["username"], is_admin=False, token_id=0
    )


@pytest.fixture
async def target(as_alice: ApiClient) -> str:
    """A data set of alice's, with one file."""
    dataset = await upload(as_alice, "metrics", "there.csv")
    return f"datasets/{dataset['id']}"


async def send_all(begun: tus.Begun, content: bytes = CONTENT) -> None:
    answer = await begun.send(content, at=0)
    assert answer.status_code == 204, answer.text


class TestSending:
    async def test_e1_a_file_arrives_in_pieces_and_lands_with_the_last(
        self, as_alice: ApiClient, target: str, settings: Settings
    ) -> None:
        begun = await tus.begin(as_alice, target, "2024/cpu.bin", length_bytes=len(CONTENT))
        first = await begun.send(CONTENT[:HALF], at=0)
        assert (first.status_code, first.headers["upload-offset"]) == (204, str(HALF))
        assert await begun.offset() == HALF
        assert tree(settings, "users", "alice", "input") == ["metrics/there.csv"]
        last = await begun.send(CONTENT[HALF:], at=HALF)
        assert (last.status_code, last.headers["upload-offset"]) == (204, str(len(CONTENT)))
        stored = settings.data / "users/alice/input/metrics/2024/cpu.bin"
        assert stored.read_bytes() == CONTENT
        assert stored.stat().st_mode & 0o777 == 0o444
        assert stored.stat().st_nlink == 1
        shown = await ask(as_alice, "GET", f"/{target}")
        [file] = [file for file in shown["files"] if file["path"] == "2024/cpu.bin"]
        assert file["sha256"] == hashlib.sha256(CONTENT).hexdigest()
        assert shown["size_bytes"] > len(CONTENT)
        assert inbox(settings) == []
        assert staging_is_empty(settings)
        # Who missed the last answer asks, and hears that all is there.
        assert await begun.offset() == len(CONTENT)
        assert (await begun.send(b"", at=len(CONTENT))).status_code == 204

    async def test_d1_into_a_project(self, as_alice: ApiClient, settings: Settings) -> None:
        project = await create_project(as_alice, "alerts")
        begun = await tus.begin(
            as_alice, f"projects/{project['id']}", "lib/model.bin", length_bytes=len(CONTENT)
        )
        await send_all(begun)
        stored = settings.data / "users/alice/work/alerts/lib/model.bin"
        assert stored.read_bytes() == CONTENT
        assert stored.stat().st_mode & 0o777 == 0o644

    async def test_the_first_bytes_can_come_with_the_creation(
        self, as_alice: ApiClient, target: str, settings: Settings
    ) -> None:
        headers = {
            **tus.BYTES,
            "Upload-Length": str(len(CONTENT)),
            "Upload-Metadata": tus.metadata(target=target, path="a.bin"),
            "Upload-Checksum": checksum(CONTENT, "sha1"),
        }
        answer = await as_alice.post("/uploads", content=CONTENT, headers=headers)
        assert (answer.status_code, answer.headers["upload-offset"]) == (201, str(len(CONTENT)))
        assert "metrics/a.bin" in tree(settings, "users", "alice", "input")

    @pytest.mark.parametrize("on_clash", ["refuse", "rename"])
    async def test_who_missed_the_answer_sends_again_and_nothing_is_stored_twice(
        self, as_alice: ApiClient, target: str, settings: Settings, on_clash: str
    ) -> None:
        told = {"target": target, "path": "a.bin", "on_clash": on_clash, "last_modified": "7"}
        headers = {
            **tus.BYTES,
            "Upload-Length": str(len(CONTENT)),
            "Upload-Metadata": tus.metadata(**told),
        }
        first = await as_alice.post("/uploads", content=CONTENT, headers=headers)
        again = await as_alice.post("/uploads", content=CONTENT, headers=headers)
        assert (again.status_code, again.headers["upload-offset"]) == (201, str(len(CONTENT)))
        assert again.headers["location"] == first.headers["location"]
        stored = ["alice/input/metrics/a.bin", "alice/input/metrics/there.csv"]
        assert tree(settings, "users") == stored

        # Another file of that name is one, and so is the same after it was deleted.
        headers["Upload-Metadata"] = tus.metadata(**{**told, "last_modified": "8"})
        other = await as_alice.post("/uploads", content=CONTENT, headers=headers)
        assert other.status_code == (409 if on_clash == "refuse" else 201)
        (settings.data / "users/alice/input/metrics/a.bin").unlink()
        headers["Upload-Metadata"] = tus.metadata(**told)
        fresh = await as_alice.post("/uploads", content=CONTENT, headers=headers)
        assert fresh.headers.get("location") != first.headers["location"]

    async def test_an_empty_file_is_there_at_once(
        self, as_alice: ApiClient, target: str, settings: Settings
    ) -> None:
        begun = await tus.begin(as_alice, target, "empty.txt", length_bytes=0)
        assert "metrics/empty.txt" in tree(settings, "users", "alice", "input")
        assert await begun.offset() == 0
        assert inbox(settings) == []

    async def test_bytes_belong_behind_those_that_are_there(
        self, as_alice: ApiClient, target: str
    ) -> None:
        begun = await tus.begin(as_alice, target, "a.bin", length_bytes=len(CONTENT))
        await begun.send(CONTENT[:HALF], at=0)
        for at in (0, HALF - 1, HALF + 1):
            document = assert_problem(await begun.send(b"x", at=at), 409, "uploads.offset_mismatch")
            assert document["offset_bytes"] == HALF

    async def test_no_more_bytes_than_were_announced(
        self, as_alice: ApiClient, target: str, platform: Platform
    ) -> None:
        begun = await tus.begin(as_alice, target, "a.bin", length_bytes=10)
        assert_problem(await begun.send(b"x" * 11, at=0), 413, "uploads.too_many_bytes")

        async def unannounced() -> AsyncIterator[bytes]:
            yield b"x" * 8
            yield b"x" * 8

        piece = Piece(offset_bytes=0, chunks=unannounced())
        with pytest.raises(TooManyBytes):
            await platform.uploads.receive(actor_of(as_alice), begun.upload_id, piece)
        assert await begun.offset() == 0

    async def test_memory_does_not_grow_with_the_file(
        self, as_alice: ApiClient, target: str, platform: Platform
    ) -> None:
        size_bytes = 128 << 20

        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(size_bytes >> 16):
                yield b"\0" * (1 << 16)

        begun = await tus.begin(as_alice, target, "big.bin", length_bytes=size_bytes)
        tracemalloc.start()
        piece = Piece(offset_bytes=0, chunks=pieces())
        await platform.uploads.receive(actor_of(as_alice), begun.upload_id, piece)
        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak_bytes < 16 << 20


class TestChecksums:
    @pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
    async def test_a_piece_that_does_not_fit_is_discarded(
        self, as_alice: ApiClient, target: str, settings: Settings, algorithm: str
    ) -> None:
        begun = await tus.begin(as_alice, target, "a.bin", length_bytes=len(CONTENT))
        good, bad = CONTENT[:HALF], CONTENT[HALF:-1] + bytes([CONTENT[-1] ^ 1])
        sent = await begun.send(good, at=0, **{"Upload-Checksum": checksum(good, algorithm)})
        assert sent.status_code == 204
        right = checksum(CONTENT[HALF:], algorithm)
        answer = await begun.send(bad, at=HALF, **{"Upload-Checksum": right})
        assert assert_problem(answer, 460, "uploads.piece_corrupt")["title"] == "Checksum Mismatch"
        assert await begun.offset() == HALF
        sent = await begun.send(CONTENT[HALF:], at=HALF, **{"Upload-Checksum": right})
        assert sent.status_code == 204
        stored = settings.data / "users/alice/input/metrics/a.bin"
        assert stored.read_bytes() == CONTENT

    @pytest.mark.parametrize("header", ["md5 AAAA", "sha256", "sha256 ***", "sha1 AAAA"])
    async def test_what_is_no_checksum_is_refused(
        self, as_alice: ApiClient, target: str, header: str
    ) -> None:
        begun = await tus.begin(as_alice, target, "a.bin", length_bytes=10)
        answer = await begun.send(b"x", at=0, **{"Upload-Checksum": header})
        assert_problem(answer, 400, "uploads.checksum_unknown")

    async def test_the_whole_has_the_digest_that_was_announced_or_is_not_stored(
        self, as_alice: ApiClient, target: str, settings: Settings
    ) -> None:
        right = hashlib.sha256(CONTENT).hexdigest()
        wrong = hashlib.sha256(b"another").hexdigest()
        begun = await tus.begin(as_alice, target, "a.bin", length_bytes=len(CONTENT), sha256=wrong)
        assert_problem(await begun.send(CONTENT, at=0), 422, "uploads.file_corrupt")
        assert (await begun.head()).status_code == 404
        assert tree(settings, "users", "alice", "input") == ["metrics/there.csv"]
        assert inbox(settings) == []
        begun = await tus.begin(as_alice, target, "a.bin", length_bytes=len(CONTENT), sha256=right)
        await send_all(begun)
        assert "metrics/a.bin" in tree(settings, "users", "alice", "input")

    async def test_a_digest_is_right_when_another_process_took_the_first_half(
        self, as_alice: ApiClient, target: str, platform: Platform
    ) -> None:
        begun = await tus.begin(as_alice, target, "a.bin", length_bytes=len(CONTENT))
        await begun.send(CONTENT[:HALF], at=0)
        platform.uploads._inbox._digests.clear()
        await begun.send(CONTENT[HALF:], at=HALF)
        shown = await ask(as_alice, "GET", f"/{target}")
        digests = {file["path"]: file["sha256"] for file in shown["files"]}
        assert digests["a.bin"] == hashlib.sha256(CONTENT).hexdigest()


class TestConnections:
    async def test_of_two_writers_the_first_wins_and_the_hash_is_right(
        self, as_alice: ApiClient, target: str, settings: Settings
    ) -> None:
        begun = await tus.begin(as_alice, target, "a.bin", length_bytes=len(CONTENT))
        has_begun, may_go_on = asyncio.Event(), asyncio.Event()

        async def slowly() -> AsyncIterator[bytes]:
            yield CONTENT[:HALF]
            has_begun.set()
            await may_go_on.wait()
            yield CONTENT[HALF:]

        first = asyncio.create_task(begun.send(slowly(), at=0))
        await has_begun.wait()
        for at in (0, HALF):
            second = await begun.send(b"x" * (len(CONTENT) - at), at=at)
            assert_problem(second, 423, "uploads.in_use")
            assert int(second.headers["retry-after"]) > 0
        may_go_on.set()
        assert (await first).status_code == 204
        stored = settings.data / "users/alice/input/metrics/a.bin"
        assert stored.read_bytes() == CONTENT

    async def test_what_came_before_a_cut_is_kept_to_the_byte(
        self, as_alice: ApiClient, target: str, platform: Platform
    ) -> None:
        begun = await tus.begin(as_alice, target, "a.bin", length_bytes=len(CONTENT))

        async def cut() -> AsyncIterator[bytes]:
            yield CONTENT[:1234]
            raise SenderGoneError

        piece = Piece(offset_bytes=0, chunks=cut())
        await platform.uploads.receive(actor_of(as_alice), begun.upload_id, piece)
        assert await begun.offset() == 1234
        assert (await begun.send(CONTENT[1234:], at=1234)).status_code == 204

    async def test_who_sends_nothing_loses_the_connection_and_no_byte(
        self, as_alice: ApiClient, target: str, platform: Platform
    ) -> None:
        begun = await tus.begin(as_alice, target, "a.bin", length_bytes=len(CONTENT))
        stalling = platform.uploads._receiver
        stalling._settings = UploadSettings(stall=timedelta(milliseconds=50))

        async def silent() -> AsyncIterator[bytes]:
            yield CONTENT[:1234]
            await asyncio.Event().wait()

        piece = Piece(offset_bytes=0, chunks=silent())
        with pytest.raises(UploadStalled):
            await platform.uploads.receive(actor_of(as_alice), begun.upload_id, piece)
        assert await begun.offset() == 1234

    async def test_it_can_be_given_up_while_it_is_sent(
        self, as_alice: ApiClient, target: str, settings: Settings
    ) -> None:
        begun = await tus.begin(as_alice, target, "a.bin", length_bytes=len(CONTENT))
        has_begun, may_go_on = asyncio.Event(), asyncio.Event()

        async def slowly() -> AsyncIterator[bytes]:
            yield CONTENT[:HALF]
            has_begun.set()
            await may_go_on.wait()
            yield CONTENT[HALF:]

        first = asyncio.create_task(begun.send(slowly(), at=0))
        await has_begun.wait()
        assert (await begun.give_up()).status_code == 204
        may_go_on.set()
        assert_problem(await first, 404)
        assert tree(settings, "users", "alice", "input") == ["metrics/there.csv"]
        assert inbox(settings) == []


class TestResuming:
    async def test_unfinished_ones_are_listed_to_go_on_with(
        self, as_alice: ApiClient, as_bob: ApiClient, target: str
    ) -> None:
        begun = await tus.begin(
            as_alice, target, "a.bin", length_bytes=len(CONTENT), last_modified="1700000000000"
        )
        await begun.send(CONTENT[:HALF], at=0)
        done = await tus.begin(as_alice, target, "b.bin", length_bytes=len(CONTENT))
        await send_all(done)
        [found] = (await as_alice.get("/uploads")).json()
        assert found["location"] == f"/api/v1/uploads/{begun.upload_id}"
        assert (found["offset_bytes"], found["size_bytes"]) == (HALF, len(CONTENT))
        assert (found["target"], found["path"]) == (target, "a.bin")
        assert found["last_modified"] == "1700000000000"
        assert (await as_bob.get("/uploads")).json() == []

    async def test_it_outlives_a_restart(
        self, as_alice: ApiClient, target: str, settings: Settings, clock: MovableClock
    ) -> None:
        begun = await tus.begin(as_alice, target, "a.bin", length_bytes=len(CONTENT))
        await begun.send(CONTENT[:HALF], at=0)
        async with restarted(settings, clock):
            pass
        assert await begun.offset() == HALF
        await begun.send(CONTENT[HALF:], at=HALF)
        stored = settings.data / "users/alice/input/metrics/a.bin"
        assert stored.read_bytes() == CONTENT

    async def test_what_was_whole_when_the_process_died_lands_at_the_start(
        self, as_alice: ApiClient, target: str, settings: Settings, clock: MovableClock
    ) -> None:
        begun = await tus.begin(as_alice, target, "a.bin", length_bytes=len(CONTENT))
        (settings.data / "inbox" / begun.upload_id).write_bytes(CONTENT)
        async with restarted(settings, clock):
            pass
        stored = settings.data / "users/alice/input/metrics/a.bin"
        assert stored.read_bytes() == CONTENT
        assert inbox(settings) == []
        assert await begun.offset() == len(CONTENT)

    async def test_unfinished_ones_expire_and_are_swept(
        self, as_alice: ApiClient, target: str, platform: Platform, clock: MovableClock
    ) -> None:
        an_hour = UploadSettings(expiry=timedelta(hours=1))  # Shorter than a session.
        platform.uploads._settings = platform.uploads._receiver._settings = an_hour
        old = await tus.begin(as_alice, target, "a.bin", length_bytes=len(CONTENT))
        await old.send(CONTENT[:HALF], at=0)
        clock.advance(timedelta(minutes=59))
        young = await tus.begin(as_alice, target, "b.bin", length_bytes=len(CONTENT))
        answer = await young.send(CONTENT[:HALF], at=0)
        assert answer.headers["upload-expires"].endswith("GMT")
        clock.advance(timedelta(minutes=2))
        assert (await old.head()).status_code == 404
        await platform.uploads.sweep.sweep()
        assert inbox(platform.settings) == [young.upload_id]
        assert await young.offset() == HALF

    async def test_files_of_nobody_are_swept_and_those_in_use_are_not(
        self, platform: Platform
    ) -> None:
        folder: Path = platform.settings.data / "inbox"
        (folder / "left").write_bytes(b"x")
        async with platform.uploads._inbox.writing("spool-in-use"):
            await platform.uploads.sweep.sweep()
            assert inbox(platform.settings) == ["spool-in-use"]
        await platform.uploads.sweep.sweep()
        assert inbox(platform.settings) == []


class TestClashes:
    async def test_e1_a_path_that_is_taken_is_refused_before_a_byte(
        self, as_alice: ApiClient, target: str
    ) -> None:
        answer = await tus.create(as_alice, target, "there.csv", length_bytes=10)
        assert_problem(answer, 409, "datasets.file_exists")
        assert (await as_alice.get("/uploads")).json() == []

    async def test_e4_replace_and_rename(
        self, as_alice: ApiClient, target: str, settings: Settings
    ) -> None:
        folder = settings.data / "users/alice/input/metrics"
        old = (folder / "there.csv").read_bytes()
        begun = await tus.begin(
            as_alice, target, "there.csv", length_bytes=len(CONTENT), on_clash="rename"
        )
        await send_all(begun)
        assert (folder / "there-2.csv").read_bytes() == CONTENT
        assert (folder / "there.csv").read_bytes() == old
        begun = await tus.begin(
            as_alice, target, "there.csv", length_bytes=len(CONTENT), on_clash="replace"
        )
        await send_all(begun)
        assert (folder / "there.csv").read_bytes() == CONTENT
        shown = await ask(as_alice, "GET", f"/{target}")
        assert [file["path"] for file in shown["files"]] == ["there-2.csv", "there.csv"]

    async def test_e4_what_is_skipped_needs_no_bytes(
        self, as_alice: ApiClient, target: str
    ) -> None:
        begun = await tus.begin(
            as_alice, target, "there.csv", length_bytes=len(CONTENT), on_clash="skip"
        )
        assert await begun.offset() == len(CONTENT)
        shown = await ask(as_alice, "GET", f"/{target}")
        assert shown["files"][0]["size_bytes"] < len(CONTENT)

    async def test_e4_a_clash_that_came_up_meanwhile_costs_no_second_transfer(
        self, as_alice: ApiClient, target: str, settings: Settings
    ) -> None:
        begun = await tus.begin(as_alice, target, "new.csv", length_bytes=len(CONTENT))
        await begun.send(CONTENT[:HALF], at=0)
        finish = f"/uploads/{begun.upload_id}/finish"
        assert_problem(await as_alice.post(finish, json={}), 409, "uploads.incomplete")
        await as_alice.post(f"/{target}/files", files=parts("new.csv"))
        answer = await begun.send(CONTENT[HALF:], at=HALF)
        assert_problem(answer, 409, "datasets.file_exists")
        assert (await begun.head()).status_code == 409
        answer = await as_alice.post(finish, json={"on_clash": "rename"})
        assert (answer.status_code, answer.json()) == (200, {"stored_path": "new-2.csv"})
        folder = settings.data / "users/alice/input/metrics"
        assert (folder / "new-2.csv").read_bytes() == CONTENT
        assert inbox(settings) == []


class TestChecks:
    async def test_e1_clashes_are_told_file_by_file_before_bytes_are_sent(
        self, as_alice: ApiClient, target: str, platform: Platform
    ) -> None:
        too_large = int(platform.settings.uploads.max_file) + 1
        files = [
            {"path": "new.csv", "size_bytes": 10},
            {"path": "there.csv", "size_bytes": 20},
            {"path": "there.csv/below.csv", "size_bytes": 1},
            {"path": "../up.csv", "size_bytes": 1},
            {"path": "big.csv", "size_bytes": too_large},
        ]
        answer = await ask(as_alice, "POST", "/uploads/checks", target=target, files=files)
        new, there, below, up, big = answer["files"]
        assert (new["clash"], new["proposal"], new["problem"]) == (False, None, None)
        assert (there["clash"], there["may_replace"]) == (True, True)
        assert there["proposal"] == "there-2.csv"
        assert (below["clash"], below["may_replace"], below["proposal"]) == (True, False, None)
        assert up["problem"]["code"] == "uploads.path_refused"
        assert big["problem"]["code"] == "uploads.file_too_large"
        assert answer["total_bytes"] == 32 + too_large
        assert answer["free_quota_bytes"] is None

    async def test_files_that_clash_alike_get_proposals_of_their_own(
        self, as_alice: ApiClient, target: str
    ) -> None:
        files = [{"path": "there.csv", "size_bytes": 1}] * 3
        answer = await ask(as_alice, "POST", "/uploads/checks", target=target, files=files)
        proposals = [file["proposal"] for file in answer["files"]]
        assert proposals == ["there-2.csv", "there-3.csv", "there-4.csv"]

    async def test_a_quota_is_told_of(
        self, as_admin: ApiClient, as_alice: ApiClient, target: str
    ) -> None:
        await ask(as_admin, "PATCH", f"/users/{as_alice.user['id']}", quota_bytes=1000)
        files = [{"path": "new.csv", "size_bytes": 5000}]
        answer = await ask(as_alice, "POST", "/uploads/checks", target=target, files=files)
        assert answer["problem"]["code"] == "usage.quota_exceeded"
        assert 0 < answer["free_quota_bytes"] < 1000


class TestRefusals:
    async def test_the_quota_is_looked_at_before_a_byte_and_kept_until_the_end(
        self, as_admin: ApiClient, as_alice: ApiClient, target: str
    ) -> None:
        await ask(as_admin, "PATCH", f"/users/{as_alice.user['id']}", quota_bytes=1_000_000)
        answer = await tus.create(as_alice, target, "a.bin", length_bytes=2_000_000)
        assert_problem(answer, 413, "usage.quota_exceeded")
        first = await tus.begin(as_alice, target, "a.bin", length_bytes=600_000)
        answer = await tus.create(as_alice, target, "b.bin", length_bytes=600_000)
        assert_problem(answer, 413, "usage.quota_exceeded")
        usage = await ask(as_alice, "GET", f"/users/{as_alice.user['id']}/usage")
        assert usage["uploads_bytes"] == 600_000
        await first.give_up()
        begun = await tus.begin(as_alice, target, "b.bin", length_bytes=600_000)
        await send_all(begun, b"x" * 600_000)
        usage = await ask(as_alice, "GET", f"/users/{as_alice.user['id']}/usage")
        assert usage["uploads_bytes"] == 0
        assert usage["datasets_bytes"] > 600_000

    @pytest.mark.parametrize("full", ["inbox", "target"])
    async def test_it_needs_room_where_it_arrives_and_where_it_lands(
        self,
        as_alice: ApiClient,
        platform: Platform,
        target: str,
        monkeypatch: pytest.MonkeyPatch,
        full: str,
    ) -> None:
        """The two are on different machines when the volumes are reached by SFTP."""
        uploads = platform.uploads

        async def one_byte_free(place: object = None) -> int:
            assert full == "inbox" or place == Place("alice", Area.INPUT, "metrics")
            return 1

        disk: Any = uploads._inbox if full == "inbox" else uploads._storage
        monkeypatch.setattr(disk, "free_bytes", one_byte_free)
        answer = await tus.create(as_alice, target, "a.csv", length_bytes=len(CONTENT))
        assert_problem(answer, 507, "storage.full")

    async def test_a_disk_that_fills_up_while_it_arrives_stops_it(
        self,
        as_alice: ApiClient,
        platform: Platform,
        target: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        async def one_byte_free() -> int:
            return 1

        length_bytes = FREE_CHECK_BYTES + 1
        begun = await tus.begin(as_alice, target, "a.csv", length_bytes=length_bytes)
        monkeypatch.setattr(platform.uploads._inbox, "free_bytes", one_byte_free)
        assert_problem(await begun.send(bytes(length_bytes), at=0), 507, "storage.full")

    @pytest.mark.parametrize(
        ("values", "status", "code"),
        [
            ({"path": "../up"}, 422, "uploads.path_refused"),
            ({"path": "/etc/passwd"}, 422, "uploads.path_refused"),
            ({"on_clash": "maybe"}, 400, "uploads.metadata_malformed"),
            ({"target": "users/1"}, 400, "uploads.metadata_malformed"),
            ({"sha256": "xyz"}, 400, "uploads.metadata_malformed"),
            ({"target": "datasets/99999"}, 404, "request.not_found"),
            ({"target": "projects/9999999999999999999"}, 404, "request.not_found"),
        ],
    )
    async def test_what_it_says_of_itself_must_fit(
        self, as_alice: ApiClient, target: str, values: dict[str, str], status: int, code: str
    ) -> None:
        given: dict[str, Any] = {"target": target, "path": "a.csv", **values}
        answer = await tus.create(as_alice, **given, length_bytes=1)
        assert_problem(answer, status, code)

    async def test_metadata_that_is_no_base64(self, as_alice: ApiClient) -> None:
        headers = {**tus.VERSION, "Upload-Length": "1", "Upload-Metadata": "target ***"}
        answer = await as_alice.post("/uploads", headers=headers)
        assert_problem(answer, 400, "uploads.metadata_malformed")

    async def test_a_file_over_the_limit_and_too_many_of_them(
        self, as_alice: ApiClient, target: str, platform: Platform
    ) -> None:
        too_large = int(platform.settings.uploads.max_file) + 1
        answer = await tus.create(as_alice, target, "a.bin", length_bytes=too_large)
        assert_problem(answer, 413, "uploads.file_too_large")
        platform.uploads._settings = UploadSettings(max_waiting=1)
        await tus.begin(as_alice, target, "a.bin", length_bytes=1)
        answer = await tus.create(as_alice, target, "b.bin", length_bytes=1)
        assert_problem(answer, 409, "uploads.too_many_waiting")

    async def test_those_that_begin_at_once_are_counted_one_by_one(
        self, as_alice: ApiClient, target: str, platform: Platform
    ) -> None:
        platform.uploads._settings = UploadSettings(max_waiting=1)
        answers = await asyncio.gather(
            *(tus.create(as_alice, target, f"{number}.bin", length_bytes=1) for number in range(4))
        )
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
        assert not platform.uploads._creating, "nothing is kept of those that are not creating"

    async def test_another_version_and_another_body(self, as_alice: ApiClient, target: str) -> None:
        begun = await tus.begin(as_alice, target, "a.bin", length_bytes=1)
        path = f"/uploads/{begun.upload_id}"
        answer = await as_alice.delete(path, headers={"Tus-Resumable": "0.2.2"})
        assert_problem(answer, 412, "uploads.version_unsupported")
        headers = {**tus.VERSION, "Upload-Offset": "0", "Content-Type": "text/plain"}
        answer = await as_alice.patch(path, content=b"x", headers=headers)
        assert_problem(answer, 415, "uploads.body_unsupported")
        assert answer.headers["tus-resumable"] == "1.0.0"

    async def test_its_abilities_are_told(self, as_alice: ApiClient) -> None:
        answer = await as_alice.options("/uploads")
        assert answer.headers["tus-version"] == "1.0.0"
        assert "checksum" in answer.headers["tus-extension"].split(",")
        assert int(answer.headers["tus-max-size"]) > 0

    async def test_another_users_things_are_not_there(
        self, as_alice: ApiClient, as_bob: ApiClient, target: str
    ) -> None:
        assert_problem(await tus.create(as_bob, target, "a.bin", length_bytes=1), 404)
        begun = await tus.begin(as_alice, target, "a.bin", length_bytes=1)
        as_another = tus.Begun(client=as_bob, upload_id=begun.upload_id)
        assert (await as_another.head()).status_code == 404
        assert_problem(await as_another.send(b"x", at=0), 404)
        assert_problem(await as_another.give_up(), 404)
        public = await upload(as_alice, "nab", is_public=1)
        answer = await tus.create(as_bob, f"datasets/{public['id']}", "a.bin", length_bytes=1)
        assert_problem(answer, 403, "auth.forbidden")

    async def test_a_target_that_is_deleted_meanwhile_takes_the_upload_with_it(
        self, as_alice: ApiClient, target: str, settings: Settings
    ) -> None:
        begun = await tus.begin(as_alice, target, "a.bin", length_bytes=len(CONTENT))
        await begun.send(CONTENT[:HALF], at=0)
        await as_alice.delete(f"/{target}")
        assert_problem(await begun.send(CONTENT[HALF:], at=HALF), 404)
        assert inbox(settings) == []
        assert (await as_alice.get("/uploads")).json() == []


@asynccontextmanager
async def restarted(settings: Settings, clock: MovableClock) -> AsyncIterator[Platform]:
    """Another process on the same data directory and database, from its start to its end."""
    storage = LocalStorage(settings.data)
    platform = build_platform(settings, engine=FakeEngine(), storage=storage, clock=clock)
    async with platform.running():
        yield platform
