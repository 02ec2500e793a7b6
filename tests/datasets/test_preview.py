"""How files begin (E6), compared with ``head`` and ``du``."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from opsforge.settings import Settings
from tests.support.people import ApiClient
from tests.support.problems import assert_problem
from tests.support.projects import ask
from tests.support.uploads import parts, upload

LINES = "".join(f"时间,{number}\n" for number in range(30))
TEXTS = {
    "utf-8": LINES.encode(),
    "gb18030": LINES.encode("gb18030"),
    "short": b"one\ntwo\n",
    "no newline at the end": b"one\ntwo",
    "ten lines": b"x\n" * 10,
    "windows": b"a\r\nb\r\n",
    "blank lines": b"\n\n\nx\n",
    "empty": b"",
}


def head(path: Path) -> bytes:
    return subprocess.run(
        ["/usr/bin/head", "-n", "10", path], check=True, capture_output=True
    ).stdout


def du(path: Path) -> int:
    command = ["/usr/bin/du", "--block-size=1", str(path)]
    answer = subprocess.run(command, check=True, capture_output=True)
    return int(answer.stdout.split()[0])


@pytest.mark.parametrize("kind", TEXTS)
async def test_e6_a_text_is_shown_as_head_shows_it(
    as_alice: ApiClient, settings: Settings, kind: str
) -> None:
    dataset = await _upload(as_alice, TEXTS[kind])
    shown = await _preview(as_alice, dataset)
    path = settings.data / "users/alice/input/data/file"
    encoding = "gb18030" if kind == "gb18030" else "utf-8"
    assert shown["encoding"] == encoding
    assert "\n".join(shown["first_lines"]).strip("\n") == head(path).decode(encoding).strip("\n")
    assert len(shown["first_lines"]) == len(head(path).splitlines())
    assert shown["disk_bytes"] == du(path)
    assert not shown["is_cut"]


async def test_e6_a_binary_file_is_shown_in_hexadecimal(as_alice: ApiClient) -> None:
    dataset = await _upload(as_alice, b"\x89PNG\r\n\x1a\n\0" + bytes(range(256)) * 40)
    shown = await _preview(as_alice, dataset)
    assert shown["encoding"] is None
    assert len(shown["first_lines"]) == 10
    assert shown["first_lines"][0] == (
        "00000000  89 50 4e 47 0d 0a 1a 0a 00 00 01 02 03 04 05 06  |.PNG............|"
    )


async def test_e6_only_the_beginning_of_an_endless_line_is_read(as_alice: ApiClient) -> None:
    content = "字".encode() * 100_000
    shown = await _preview(as_alice, await _upload(as_alice, content))
    [line] = shown["first_lines"]
    assert shown["encoding"] == "utf-8"
    assert line == "字" * len(line)
    assert 20_000 < len(line) < 22_000
    assert shown["is_cut"]
    assert shown["size_bytes"] == len(content)


async def test_e6_a_sparse_file_takes_what_du_says(as_alice: ApiClient, settings: Settings) -> None:
    dataset = await _upload(as_alice, b"x\n")
    path = settings.data / "users/alice/input/data/file"
    with path.open("r+b") as file:
        file.truncate(10 * 1024**3)
    shown = await _preview(as_alice, dataset)
    assert shown["disk_bytes"] == du(path) < 1024**2


async def test_e6_a_file_of_another_data_set_is_a_404(as_alice: ApiClient) -> None:
    dataset = await upload(as_alice, "one")
    other = await upload(as_alice, "two")
    answer = await as_alice.get(f"/datasets/{dataset['id']}/files/{other['files'][0]['id']}")
    assert_problem(answer, 404)


async def test_e6_a_link_in_place_of_the_file_is_not_followed(
    as_alice: ApiClient, settings: Settings
) -> None:
    dataset = await _upload(as_alice, b"x")
    path = settings.data / "users/alice/input/data/file"
    path.unlink()
    path.symlink_to("/etc/passwd")
    answer = await as_alice.get(f"/datasets/{dataset['id']}/files/{dataset['files'][0]['id']}")
    assert_problem(answer, 404)


async def _upload(client: ApiClient, content: bytes) -> dict[str, Any]:
    answer = await client.post(
        "/datasets", data={"name": "data"}, files=parts("file", content=content)
    )
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def _preview(client: ApiClient, dataset: dict[str, Any]) -> dict[str, Any]:
    [file] = dataset["files"]
    return await ask(client, "GET", f"/datasets/{dataset['id']}/files/{file['id']}")
