"""Files and whole data sets leave the platform, and are looked at folder by folder."""

import io
import os
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from opsforge.settings import Settings
from tests.support.people import ApiClient
from tests.support.problems import assert_problem
from tests.support.projects import ask
from tests.support.uploads import CSV, parts, upload

CONTENT = bytes(range(256)) * 4096
LONG_AGO = 1_700_000_000
HOSTILE = b"<html><script>fetch('/api/v1/auth/session')</script></html>"


async def make(client: ApiClient, settings: Settings, content: bytes = CONTENT) -> str:
    """A data set of one file, some time old; returns the address of its content."""
    answer = await client.post(
        "/datasets", data={"name": "nab"}, files=parts("deep/指标.bin", content=content)
    )
    assert answer.status_code == 201, answer.text
    dataset = answer.json()
    os.utime(settings.data / "users/alice/input/nab/deep/指标.bin", (LONG_AGO, LONG_AGO))
    return f"/datasets/{dataset['id']}/files/{dataset['files'][0]['id']}/content"


def open_files() -> set[str]:
    """What this process has open of data directories."""
    links = []
    for fd in Path("/proc/self/fd").iterdir():
        try:
            links.append(str(fd.readlink()))
        except OSError:
            continue
    return {link for link in links if "/input/" in link or "/work/" in link}


class TestFiles:
    async def test_e6_a_file_is_downloaded_whole(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        answer = await as_alice.get(await make(as_alice, settings))
        assert (answer.status_code, answer.content) == (200, CONTENT)
        assert answer.headers["content-length"] == str(len(CONTENT))
        assert answer.headers["accept-ranges"] == "bytes"
        assert answer.headers["last-modified"] == "Tue, 14 Nov 2023 22:13:20 GMT"
        assert answer.headers["content-disposition"] == (
            "attachment; filename=\"__.bin\"; filename*=UTF-8''%E6%8C%87%E6%A0%87.bin"
        )
        assert open_files() == set()

    async def test_e6_a_download_goes_on_where_it_was_cut(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        path = await make(as_alice, settings)
        etag = (await as_alice.head(path)).headers["etag"]
        headers = {"Range": "bytes=1000000-", "If-Range": etag}
        rest = await as_alice.get(path, headers=headers)
        assert (rest.status_code, rest.content) == (206, CONTENT[1_000_000:])
        assert rest.headers["content-range"] == f"bytes 1000000-{len(CONTENT) - 1}/{len(CONTENT)}"
        assert rest.headers["etag"] == etag
        assert open_files() == set()

    async def test_e6_of_a_file_that_was_replaced_all_is_sent_again(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        path = await make(as_alice, settings)
        etag = (await as_alice.head(path)).headers["etag"]
        dataset = path.split("/files/")[0]
        answer = await as_alice.post(
            f"{dataset}/files",
            data={"when_there": "replace"},
            files=parts("deep/指标.bin", content=b"new" * 1000),
        )
        [file] = answer.json()
        path = f"{dataset}/files/{file['id']}/content"
        headers = {"Range": "bytes=10-", "If-Range": etag}
        rest = await as_alice.get(path, headers=headers)
        assert (rest.status_code, rest.content) == (200, b"new" * 1000)

    async def test_e6_who_has_the_file_is_not_sent_it_again(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        path = await make(as_alice, settings)
        etag = (await as_alice.head(path)).headers["etag"]
        answer = await as_alice.get(path, headers={"If-None-Match": etag})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == etag
        assert "no-store" not in answer.headers["cache-control"]

    async def test_e6_a_range_behind_the_end_is_refused_and_closes_the_file(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        path = await make(as_alice, settings)
        answer = await as_alice.get(path, headers={"Range": "bytes=99999999-"})
        document = assert_problem(answer, 416, "downloads.range_behind_end")
        assert document["size_bytes"] == len(CONTENT)
        assert open_files() == set()

    async def test_e6_head_tells_the_length_and_sends_nothing(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        answer = await as_alice.head(await make(as_alice, settings))
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["content-length"] == str(len(CONTENT))
        assert open_files() == set()

    async def test_e6_an_empty_file_is_empty(self, as_alice: ApiClient, settings: Settings) -> None:
        path = await make(as_alice, settings, content=b"")
        answer = await as_alice.get(path)
        assert (answer.status_code, answer.content) == (200, b"")

    @pytest.mark.parametrize(
        ("name", "media_type", "disposition"),
        [
            ("page.html", "application/octet-stream", "attachment"),
            ("page.xhtml", "application/octet-stream", "attachment"),
            ("page.HTM", "application/octet-stream", "attachment"),
            ("script.js", "application/octet-stream", "attachment"),
            ("feed.xml", "application/octet-stream", "attachment"),
            ("nothing", "application/octet-stream", "attachment"),
            ("picture.svg", "image/svg+xml", "inline"),
            ("table.csv", "text/plain; charset=utf-8", "inline"),
            ("plot.PNG", "image/png", "inline"),
        ],
    )
    async def test_nothing_of_a_users_runs_in_our_origin(
        self, as_alice: ApiClient, name: str, media_type: str, disposition: str
    ) -> None:
        answer = await as_alice.post(
            "/datasets", data={"name": "x"}, files=parts(name, content=HOSTILE)
        )
        dataset = answer.json()
        path = f"/datasets/{dataset['id']}/files/{dataset['files'][0]['id']}/content"
        for query, expected in (("", disposition), ("?download=1", "attachment")):
            answer = await as_alice.get(path + query)
            assert answer.headers["content-disposition"].split(";")[0] == expected
            policy = answer.headers["content-security-policy"].split("; ")
            assert {"sandbox", "default-src 'none'"} <= set(policy)
            assert answer.headers["x-content-type-options"] == "nosniff"
            if not query:
                assert answer.headers["content-type"] == media_type

    async def test_a_name_can_not_break_out_of_its_header(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        project = await ask(as_alice, "POST", "/projects", expect=201, name="alerts")
        name = 'a"\r\nSet-Cookie: x=1\\.html'
        (settings.data / "users/alice/work/alerts" / name).write_bytes(HOSTILE)
        answer = await as_alice.get(
            f"/projects/{project['id']}/files/content", params={"path": name}
        )
        assert answer.content == HOSTILE
        assert "set-cookie" not in answer.headers
        assert answer.headers["content-disposition"].startswith(
            'attachment; filename="a___Set-Cookie: x=1_.html"; '
        )


class TestArchives:
    async def test_e2_a_whole_data_set_is_downloaded_as_a_zip(
        self, as_alice: ApiClient, as_bob: ApiClient
    ) -> None:
        public = await upload(as_alice, "公开 数据", "a/cpu.csv", "指标.csv", is_public=1)
        answer = await as_bob.get(f"/datasets/{public['id']}/archive")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/zip"
        assert answer.headers["content-disposition"].endswith(
            "filename*=UTF-8''%E5%85%AC%E5%BC%80%20%E6%95%B0%E6%8D%AE.zip"
        )
        with ZipFile(io.BytesIO(answer.content)) as archive:
            assert archive.namelist() == ["公开 数据/a/cpu.csv", "公开 数据/指标.csv"]
            assert archive.read("公开 数据/指标.csv") == CSV
        assert open_files() == set()


class TestTrees:
    async def test_e2_one_folder_is_shown_at_a_time_with_sizes_and_ids(
        self, as_alice: ApiClient
    ) -> None:
        paths = ["a/2024/x.csv", "a/2024/y.csv", "a/b.csv", "a_/c.csv", "Z/d.csv", "r.csv"]
        dataset = await upload(as_alice, "nab", *paths)
        known = {one["path"]: one["id"] for one in dataset["files"]}
        top = await _folder(as_alice, dataset)
        assert [(i["path"], i["is_folder"], i["size_bytes"], i["file_count"]) for i in top] == [
            ("Z", True, len(CSV), 1),
            ("a", True, 3 * len(CSV), 3),
            ("a_", True, len(CSV), 1),
            ("r.csv", False, len(CSV), None),
        ]
        assert top[-1]["file_id"] == known["r.csv"]
        inner = await _folder(as_alice, dataset, path="a")
        assert [(i["path"], i["file_count"], i["file_id"]) for i in inner] == [
            ("a/2024", 2, None),
            ("a/b.csv", None, known["a/b.csv"]),
        ]

    async def test_e2_a_large_folder_comes_in_pages(self, as_alice: ApiClient) -> None:
        dataset = await upload(as_alice, "nab", *(f"big/{n:03}.csv" for n in range(150)))
        seen: list[str] = []
        cursor = None
        while True:
            query = f"path=big&limit=60&cursor={cursor or ''}"
            page = (await as_alice.get(f"/datasets/{dataset['id']}/tree?{query}")).json()
            seen += [item["name"] for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
            assert len(page["items"]) == 60
        assert seen == [f"{n:03}.csv" for n in range(150)]

    @pytest.mark.parametrize("path", ["absent", "r.csv", "r.csv/x"])
    async def test_e2_what_is_no_folder_is_not_found(self, as_alice: ApiClient, path: str) -> None:
        dataset = await upload(as_alice, "nab", "r.csv")
        answer = await as_alice.get(f"/datasets/{dataset['id']}/tree", params={"path": path})
        assert_problem(answer, 404)

    @pytest.mark.parametrize("path", ["..", "a/../..", "/etc", "a//b", "a\0b", ".", "\ud800"])
    async def test_a_path_that_leaves_the_tree_is_refused(
        self, as_alice: ApiClient, path: str
    ) -> None:
        dataset = await upload(as_alice, "nab", "a/b.csv")
        quoted = path.encode(errors="surrogatepass")
        url = f"/datasets/{dataset['id']}/tree"
        answer = await as_alice.get(url, params={"path": quoted.decode("latin-1")})
        assert answer.status_code in {404, 422}, answer.text

    @pytest.mark.parametrize("cursor", ["garbage", "WzEsMl0", "W10", "e30"])
    async def test_a_cursor_that_is_not_ours_begins_anew(
        self, as_alice: ApiClient, cursor: str
    ) -> None:
        dataset = await upload(as_alice, "nab", "a.csv")
        assert len(await _folder(as_alice, dataset, cursor=cursor)) == 1


async def _folder(client: ApiClient, dataset: dict[str, Any], **query: str) -> list[dict[str, Any]]:
    answer = await client.get(f"/datasets/{dataset['id']}/tree", params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items
