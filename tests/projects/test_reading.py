"""The files of projects, read without a service: own and public ones, folder by folder."""

import io
import unicodedata
from pathlib import Path
from zipfile import ZipFile

import pytest

from opsforge.settings import Settings
from tests.support.people import ApiClient
from tests.support.problems import assert_problem
from tests.support.projects import create, share

DECOMPOSED = unicodedata.normalize("NFD", "résumé.txt")


@pytest.fixture
async def project(as_alice: ApiClient, settings: Settings) -> str:
    """The address of a project with what users' programs leave in a directory."""
    made = await create(as_alice, "alerts")
    folder = work(settings)
    (folder / "lib").mkdir()
    (folder / "lib" / "模块.py").write_text("x = 1\n")
    (folder / DECOMPOSED).write_text("old\n")
    (folder / b"\xff.bin".decode(errors="surrogateescape")).write_bytes(b"odd")
    (folder / "link.txt").symlink_to("/etc/passwd")
    (folder / "out").symlink_to("/etc")
    return f"/projects/{made['id']}"


def work(settings: Settings) -> Path:
    return settings.data / "users/alice/work/alerts"


async def test_d4_one_folder_at_a_time(as_alice: ApiClient, project: str) -> None:
    page = (await as_alice.get(f"{project}/tree")).json()
    shown = [(item["path"], item["is_folder"], item["size_bytes"]) for item in page["items"]]
    assert shown[0] == ("lib", True, None)
    assert [path for path, _, _ in shown[1:]] == ["alerts.ipynb", DECOMPOSED]
    inner = (await as_alice.get(f"{project}/tree", params={"path": "lib"})).json()
    assert [(item["path"], item["size_bytes"]) for item in inner["items"]] == [("lib/模块.py", 6)]


@pytest.mark.parametrize("path", ["lib/模块.py", DECOMPOSED])
async def test_d4_a_file_is_read_whatever_its_name(
    as_alice: ApiClient, project: str, path: str
) -> None:
    answer = await as_alice.get(f"{project}/files/content", params={"path": path})
    assert answer.status_code == 200, answer.text
    part = await as_alice.get(
        f"{project}/files/content", params={"path": path}, headers={"Range": "bytes=1-2"}
    )
    assert (part.status_code, part.content) == (206, answer.content[1:3])


@pytest.mark.parametrize("path", ["link.txt", "out/passwd", "lib", "absent", "alerts.ipynb/x"])
async def test_what_is_no_file_or_leads_out_is_not_found(
    as_alice: ApiClient, project: str, path: str
) -> None:
    answer = await as_alice.get(f"{project}/files/content", params={"path": path})
    assert_problem(answer, 404, "request.not_found")


@pytest.mark.parametrize("path", ["", "..", "../../bob/work/x", "/etc/passwd", "lib/../x"])
async def test_a_path_that_leaves_the_project_is_refused(
    as_alice: ApiClient, project: str, path: str
) -> None:
    answer = await as_alice.get(f"{project}/files/content", params={"path": path})
    assert_problem(answer, 422, "request.invalid")


async def test_d4_a_whole_project_is_downloaded_without_what_its_links_lead_to(
    as_alice: ApiClient, project: str
) -> None:
    answer = await as_alice.get(f"{project}/archive")
    with ZipFile(io.BytesIO(answer.content)) as archive:
        names = set(archive.namelist())
    odd = "alerts/\ufffd.bin"
    assert names == {"alerts/alerts.ipynb", "alerts/lib/模块.py", f"alerts/{DECOMPOSED}", odd}


async def test_d5_everybody_reads_a_public_project(as_alice: ApiClient, as_bob: ApiClient) -> None:
    public = await share(as_alice, await create(as_alice, "alerts"))
    path = f"/public/projects/{public['id']}"
    tree = (await as_bob.get(f"{path}/tree")).json()
    assert [item["name"] for item in tree["items"]] == ["alerts.ipynb"]
    file = await as_bob.get(f"{path}/files/content", params={"path": "alerts.ipynb"})
    archive = await as_bob.get(f"{path}/archive")
    with ZipFile(io.BytesIO(archive.content)) as found:
        assert found.read("alerts/alerts.ipynb") == file.content


async def test_d16_a_moved_project_is_read_where_it_is(as_alice: ApiClient) -> None:
    project = await create(as_alice, "alerts")
    await share(as_alice, project, name="published", keep_working_copy=False)
    page = (await as_alice.get(f"/projects/{project['id']}/tree")).json()
    assert [item["name"] for item in page["items"]] == ["published.ipynb"]


async def test_a_project_whose_folder_is_gone_is_not_found(
    as_alice: ApiClient, settings: Settings
) -> None:
    project = await create(as_alice, "alerts")
    work(settings).rename(work(settings).with_name("elsewhere"))
    for path in ("tree", "archive", "files/content?path=alerts.ipynb"):
        assert_problem(await as_alice.get(f"/projects/{project['id']}/{path}"), 404)
