"""The starters: what is provided, what an administrator adds, what a project gets."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat
import pytest
from structlog.testing import capture_logs

from opsforge.bootstrap import Platform
from opsforge.kit.problems import Language
from opsforge.settings import Settings, StarterSettings
from opsforge.starters.errors import UnknownStarter
from opsforge.starters.folders import Starter, StarterRefused, load_starter
from opsforge.starters.service import OURS, look_at
from tests.support.people import ApiClient
from tests.support.problems import assert_problem

PROVIDED = {
    starter.name: starter for _, starter in look_at(OURS, None) if isinstance(starter, Starter)
}
LANGUAGES: tuple[Language, ...] = ("en", "zh-CN")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
TOML = 'label_en = "Mine"\nlabel_zh = "我的"\ndescription_en = "d"\ndescription_zh = "描述"\n'
NOTEBOOK = {
    "cells": [
        {
            "cell_type": "code",
            "metadata": {},
            "source": "1",
            "execution_count": 7,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "secret"}],
        },
        {"cell_type": "markdown", "metadata": {}, "source": "# {project}\ntext"},
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 4,
}


def render(starter: Starter, language: Language, *, csv_file: str | None = None) -> dict[str, Any]:
    files = starter.render(project="p1", language=language, csv_file=csv_file)
    notebook: dict[str, Any] = json.loads(files[PurePosixPath("p1.ipynb")])
    return notebook


def codes(notebook: dict[str, Any]) -> Iterator[str]:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            yield "".join(cell["source"])


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """An administrator's directory with one starter in order."""
    folder = tmp_path / "own" / "mine"
    folder.mkdir(parents=True)
    (folder / "starter.toml").write_text(TOML)
    (folder / "notebook.ipynb").write_text(json.dumps(NOTEBOOK))
    (folder / "helper.py").write_text("x = 1\n")
    (folder / "picture.svg").write_text("<svg/>")
    return folder


class TestProvided:
    def test_all_are_in_order(self) -> None:
        assert [error for _, error in look_at(OURS, None) if not isinstance(error, Starter)] == []
        assert len(PROVIDED) >= 9

    @pytest.mark.parametrize("name", PROVIDED)
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_a_notebook_is_valid_and_stores_no_output(self, name: str, language: Language) -> None:
        notebook = render(PROVIDED[name], language)
        nbformat.validate(notebook)
        assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
        for cell in notebook["cells"]:
            assert cell.get("outputs", []) == []
            assert cell.get("execution_count") is None
        assert "".join(notebook["cells"][0]["source"]).startswith("# p1")

    @pytest.mark.parametrize("name", PROVIDED)
    def test_a_reader_sees_one_language(self, name: str) -> None:
        english, chinese = (render(PROVIDED[name], language) for language in LANGUAGES)
        for notebook in (english, chinese):
            text = json.dumps(notebook, ensure_ascii=False)
            assert "«" not in text
            assert "»" not in text
            for code in codes(notebook):
                compile(code, name, "exec")
        kinds = [[cell["cell_type"] for cell in book["cells"]] for book in (english, chinese)]
        assert kinds[0] == kinds[1], "the same cells in both"
        left = json.dumps(english, ensure_ascii=False).replace("合成数据", "")
        assert not CHINESE.findall(left)
        if name != "blank":
            assert CHINESE.findall(json.dumps(chinese, ensure_ascii=False))

    @pytest.mark.parametrize("name", PROVIDED)
    def test_says_what_it_is_in_both_languages(self, name: str) -> None:
        described = PROVIDED[name].description
        assert CHINESE.search(described.label_zh + described.category_zh)
        assert described.description_zh.endswith("。")
        assert described.description_en.endswith(".")
        assert (described.label_en + described.description_en + described.category_en).isascii()
        assert described.category != "other"
        assert PROVIDED[name].picture

    @pytest.mark.parametrize("name", PROVIDED)
    def test_generated_data_says_so(self, name: str) -> None:
        if (PROVIDED[name].description.dataset or "").startswith("example-"):
            for language in LANGUAGES:
                text = json.dumps(render(PROVIDED[name], language), ensure_ascii=False)
                assert "合成数据" in text

    def test_the_parameters_are_filled_in_when_a_data_set_is_linked(self) -> None:
        path = '../../input/it\'s "here"/中文.csv'
        linked = list(codes(render(PROVIDED["metrics-explore"], "en", csv_file=path)))
        assert linked[0] == f"CSV_FILE = {path!r}"
        assert next(codes(render(PROVIDED["metrics-explore"], "en"))) == 'CSV_FILE = ""'


class TestAdministrators:
    def test_a_notebook_of_any_origin_is_taken_without_its_outputs(self, own: Path) -> None:
        starter = load_starter(own)
        files = starter.render(project="p1", language="zh-CN", csv_file=None)
        assert files.keys() == {PurePosixPath("p1.ipynb"), PurePosixPath("helper.py")}
        assert files[PurePosixPath("helper.py")] == b"x = 1\n"
        notebook = json.loads(files[PurePosixPath("p1.ipynb")])
        assert notebook["cells"][0]["outputs"] == []
        assert "".join(notebook["cells"][1]["source"]) == "# p1\ntext"

    def test_a_language_of_its_own_goes_first(self, own: Path) -> None:
        chinese = {**NOTEBOOK, "cells": [{"cell_type": "raw", "metadata": {}, "source": "中文"}]}
        (own / "notebook.zh-CN.ipynb").write_text(json.dumps(chinese))
        starter = load_starter(own)
        assert render(starter, "zh-CN")["cells"][0]["source"] == "中文"
        assert len(render(starter, "en")["cells"]) == 2

    @pytest.mark.parametrize(
        ("file", "content", "reason"),
        [
            ("starter.toml", None, "starter.toml: no such file"),
            ("starter.toml", "label_en = ", "starter.toml: "),
            ("starter.toml", TOML.replace("label_zh", "label_de"), "label_zh: Field required"),
            ("starter.toml", b"\xff", "not UTF-8"),
            ("notebook.ipynb", None, "there is none of notebook.en.ipynb, notebook.ipynb"),
            ("notebook.ipynb", "{", "notebook.ipynb: it is not JSON"),
            ("notebook.ipynb", '{"cells": 1}', "notebook.ipynb: it is no notebook"),
            ("notebook.ipynb", '{"cells": [{"cell_type": "code"}]}', "it is no notebook"),
            ("helper.py", "x" * (8 * 1024 * 1024 + 1), "make it a data set"),
        ],
    )
    def test_what_is_wrong_is_said(
        self, own: Path, file: str, content: str | bytes | None, reason: str
    ) -> None:
        (own / file).unlink()
        if content is not None:
            (own / file).write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(StarterRefused, match=re.escape(reason)):
            load_starter(own)

    @pytest.mark.parametrize(
        ("text", "reason"),
        [("x = 1\n", "it has no cell"), ("# %% tags=[parameters]\n1\n", "options are key=")],
    )
    def test_a_python_file_without_proper_cells_is_none(
        self, own: Path, text: str, reason: str
    ) -> None:
        (own / "notebook.ipynb").unlink()
        (own / "notebook.py").write_text(text)
        with pytest.raises(StarterRefused, match=reason):
            load_starter(own)


class TestWithoutCode:
    @pytest.fixture
    def settings(self, settings: Settings, own: Path) -> Settings:
        return settings.model_copy(update={"starters": StarterSettings(folder=own.parent)})

    async def test_d1_a_folder_is_a_starter_at_once(self, as_alice: ApiClient, own: Path) -> None:
        [mine] = [one for one in (await as_alice.get("/starters")).json() if one["name"] == "mine"]
        assert (mine["category"], mine["category_zh"], mine["dataset"]) == ("other", "其他", None)
        picture = await as_alice.get(mine["picture"].removeprefix("/api/v1"))
        assert picture.headers["content-type"] == "image/svg+xml"
        assert "sandbox" in picture.headers["content-security-policy"]
        made = await as_alice.post("/projects", json={"name": "p", "starter": "mine"})
        assert made.status_code == 201, made.text
        shutil.copytree(own, own.with_name("later"))
        names = [one["name"] for one in (await as_alice.get("/starters")).json()]
        assert {"mine", "later"} < set(names)

    async def test_a_bad_one_is_told_once_and_skipped(self, platform: Platform, own: Path) -> None:
        (own / "starter.toml").write_text("label_en = 1")
        (own.with_name(".git")).mkdir()
        with capture_logs() as logs:
            for _ in range(2):
                names = [one.name for one in await platform.starters.list_starters()]
        assert "mine" not in names
        assert "blank" in names
        [told] = [entry for entry in logs if entry["event"] == "starter.skipped"]
        assert told["folder"] == str(own)
        assert "label_en" in told["reason"]

    async def test_one_of_the_same_name_stands_for_ours(
        self, platform: Platform, own: Path
    ) -> None:
        own.rename(own.with_name("blank"))
        [blank] = [one for one in await platform.starters.list_starters() if one.name == "blank"]
        assert blank.label_en == "Mine"

    async def test_a_directory_that_is_away_hides_no_other(
        self, platform: Platform, own: Path
    ) -> None:
        shutil.rmtree(own.parent)
        assert await platform.starters.list_starters()


async def test_an_unknown_one_is_refused(platform: Platform) -> None:
    with pytest.raises(UnknownStarter):
        await platform.starters.require_starter("../blank")


async def test_d1_starters_are_listed_for_users_only(
    as_alice: ApiClient, as_nobody: ApiClient
) -> None:
    listed = (await as_alice.get("/starters")).json()
    assert {one["name"] for one in listed} == set(PROVIDED)
    assert [one["name"] for one in listed][:2] == ["blank", "first-steps"]
    assert (await as_nobody.get("/starters")).status_code == 401
    for one in listed:
        picture = await as_alice.get(one["picture"].removeprefix("/api/v1"))
        assert picture.status_code == 200
        assert picture.text.startswith("<svg")
    assert_problem(await as_alice.get("/starters/absent/picture"), 404, "request.not_found")
