"""What people are told while the host that has the volumes does not answer."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from opsforge.settings import Settings
from opsforge.storage.sftp.host import SftpStorage
from tests.support.people import ApiClient
from tests.support.sshd import SshServer, Wire
from tests.support.uploads import parts, staging_is_empty, tree, upload


@pytest.fixture
def stack() -> str:
    return "embedded"


@pytest.fixture
async def wire(ssh_server: SshServer) -> AsyncIterator[Wire]:
    async with Wire(ssh_server.port) as wire:
        yield wire


@pytest.fixture
def storage(settings: Settings, ssh_server: SshServer, wire: Wire) -> SftpStorage:
    host = ssh_server.settings(settings.data, port=wire.port)
    return SftpStorage(host, retry_pause=timedelta(0))


def assert_away(answer: httpx.Response) -> None:
    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert answer.json()["code"] == "storage.away"
    assert int(answer.headers["Retry-After"]) >= 1


async def test_e1_nothing_is_stored_and_it_works_again_as_soon_as_the_host_does(
    as_alice: ApiClient, wire: Wire, settings: Settings
) -> None:
    first = await upload(as_alice, "first", "a.csv")
    wire.cut()
    form = {"data": {"name": "second"}, "files": parts("b.csv")}
    assert_away(await as_alice.post("/datasets", **form))  # type: ignore[arg-type]
    assert_away(await as_alice.post("/projects", json={"name": "alerts"}))
    assert_away(await as_alice.delete(f"/datasets/{first['id']}"))
    file = f"/datasets/{first['id']}/files/{first['files'][0]['id']}"
    assert_away(await as_alice.get(file))
    wire.mend()
    assert (await as_alice.get(file)).status_code == httpx.codes.OK
    await upload(as_alice, "second", "b.csv")
    assert tree(settings, "users/alice/input") == ["first/a.csv", "second/b.csv"]
    assert staging_is_empty(settings)
