"""Import and export, over HTTP."""

import json
from collections.abc import Sequence
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsforge.bootstrap import Platform
from opsforge.settings import SnippetSettings
from opsforge.snippets.drafts import FolderDraft, SnippetDraft
from opsforge.snippets.files import read_files
from opsforge.snippets.notebook import write_notebook
from tests.support.people import ApiClient

Files = Sequence[tuple[str, object]]


def elyra(title: str, *lines: str, **metadata: object) -> dict[str, Any]:
    stored = {"description": "", "tags": [], "language": "Python", "code": list(lines), **metadata}
    return {"schema_name": "code-snippet", "display_name": title, "metadata": stored}


def notebook(*cells: tuple[str, str]) -> dict[str, Any]:
    listed = [
        {"cell_type": kind, "source": text.splitlines(keepends=True), "metadata": {}}
        for kind, text in cells
    ]
    return {"nbformat": 4, "nbformat_minor": 2, "metadata": {}, "cells": listed}


def validate(text: str) -> None:
    document = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
    assert (document.nbformat, document.nbformat_minor) == (4, 5)
    nbformat.validate(document)


async def send(client: ApiClient, files: Files, parent_id: int | None = None) -> Any:  # noqa: ANN401
    parts = [
        ("files", (name, content if isinstance(content, bytes) else json.dumps(content).encode()))
        for name, content in files
    ]
    data = {} if parent_id is None else {"parent_id": str(parent_id)}
    return await client.post("/snippets/import", files=parts, data=data)


async def outline(client: ApiClient) -> Any:  # noqa: ANN401 - a dict of its kind.
    def lines(nodes: list[dict[str, Any]]) -> dict[str, Any]:
        return {n["title"]: lines(n["children"]) for n in nodes}

    return lines((await client.get("/snippets/tree")).json()["nodes"])


async def code_of(client: ApiClient, query: str) -> Any:  # noqa: ANN401 - JSON.
    found = (await client.get("/snippets/search", params={"query": query})).json()["items"]
    return (await client.get(f"/snippets/{found[0]['id']}")).json()


@pytest.mark.anyio
class TestImport:
    async def test_f1_elyra_files_become_snippets(self, as_alice: ApiClient) -> None:
        one = elyra("均值", "import numpy as np", "np.mean(x)", tags=["kpi"], description="平均")
        many = [elyra("a", "1", opsforge_folder=["指标", "基础"]), elyra("b", "2", language="R")]
        answer = await send(as_alice, [("one.json", one), ("many.json", many)])
        assert answer.status_code == 201, answer.text
        assert (answer.json()["folder_count"], answer.json()["snippet_count"]) == (2, 3)
        assert await outline(as_alice) == {"均值": {}, "b": {}, "指标": {"基础": {"a": {}}}}
        made = await code_of(as_alice, "均值")
        assert made["code"] == "import numpy as np\nnp.mean(x)"
        assert (made["language"], made["tags"], made["description"]) == ("python", ["kpi"], "平均")

    async def test_f1_a_notebooks_headings_become_folders(self, as_alice: ApiClient) -> None:
        document = notebook(
            ("code", "# 准备\nimport pandas as pd"),
            ("markdown", "# 指标\nabout metrics\n\n```python\n# no heading\n```\n\n### 异常"),
            ("markdown", "**3-sigma**\n\nmean and spread"),
            ("code", "x.mean() + 3 * x.std()"),
            ("raw", "not code"),
            ("code", "   "),
            ("code", "second()"),
            ("markdown", "日志\n===="),
            ("code", "third()"),
        )
        answer = await send(as_alice, [("分析.ipynb", document)])
        assert answer.status_code == 201, answer.text
        assert await outline(as_alice) == {
            "准备": {},
            "指标": {"异常": {"3-sigma": {}, "异常 3": {}}},
            "日志": {"日志 4": {}},
        }
        assert (await code_of(as_alice, "sigma"))["description"] == "mean and spread"
        assert "no heading" in (await code_of(as_alice, "about"))["description"]

    async def test_f1_an_import_goes_where_it_is_put_and_renames_what_clashes(
        self, as_alice: ApiClient
    ) -> None:
        folder = (await as_alice.post("/snippets/folders", json={"title": "in"})).json()
        for _ in range(2):
            files = [("a.json", [elyra("x", "1"), elyra("X", "2")])]
            answer = await send(as_alice, files, folder["id"])
            assert answer.status_code == 201
        assert await outline(as_alice) == {"in": {"x": {}, "X-2": {}, "x-3": {}, "X-4": {}}}

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"\xff\xfe", "import_unreadable"),
            (b"[" * 100_000, "import_unreadable"),
            (b"1" * 10_000, "import_unreadable"),
            ([], "import_unreadable"),
            ({"a": 1}, "import_unreadable"),
            ([1], "import_unreadable"),
            ({"nbformat": 3, "worksheets": []}, "import_unreadable"),
            ({"nbformat": 4, "cells": [{"cell_type": "code"}]}, "import_unreadable"),
            ({"nbformat": 4, "cells": []}, "import_empty"),
            (elyra("t"), "import_item_invalid"),
            (elyra("t\n", "x\x00"), "import_item_invalid"),
            (elyra("x" * 101, "1"), "import_item_invalid"),
            (elyra("t", "1", tags=["a\nb"]), "import_item_invalid"),
            (elyra("t", "1", opsforge_folder=["f"] * 33), "import_item_invalid"),
            (elyra("t", "1", opsforge_folder=[""]), "import_item_invalid"),
            (notebook(("markdown", "# " + "x" * 101)), "import_item_invalid"),
            (notebook(("markdown", "x\n" * 250_001)), "import_item_invalid"),
            ([elyra("same", "1")] * 3000, "too_many"),
            (elyra("t", "1", opsforge_folder=list("abcdefg")), "too_deep"),
            (elyra("t", "x" * 70_000), "code_too_large"),
        ],
    )
    async def test_f1_a_file_that_does_not_fit_imports_nothing(
        self, as_alice: ApiClient, content: object, code: str
    ) -> None:
        good = [("good.json", elyra("good", "1"))] if code != "import_empty" else []
        answer = await send(as_alice, [*good, ("bad", content)])
        assert answer.json()["code"] == f"snippets.{code}"
        assert (await as_alice.get("/snippets/tree")).json()["count"] == 0

    async def test_f1_a_bad_item_is_named_in_both_languages(self, as_alice: ApiClient) -> None:
        items = [elyra("a", "1"), elyra("b", "1", tags=["x\ny"])]
        answer = await send(as_alice, [("我的.json", items)])
        assert answer.json()["detail"].startswith("In “我的.json”, the tags of item 2 ")
        as_alice.headers["Accept-Language"] = "zh-CN"
        assert "第 2 项的 tags" in (await send(as_alice, [("a", items)])).json()["detail"]

    async def test_f1_limits_hold_for_an_import(
        self, as_alice: ApiClient, platform: Platform
    ) -> None:
        platform.snippets._settings = SnippetSettings.model_validate(
            {"max_count": 3, "max_import": 2000}
        )
        items = [elyra(str(n), "1") for n in range(4)]
        full = await send(as_alice, [("a.json", items)])
        assert (full.status_code, full.json()["code"]) == (413, "snippets.too_many")
        large = await send(as_alice, [("a.json", [*items, elyra("x", "y" * 2000)])])
        assert (large.status_code, large.json()["code"]) == (413, "snippets.import_too_large")
        huge = await send(as_alice, [("a.json", b" " * 3 * 1024**2)])
        assert (huge.status_code, huge.json()["code"]) == (413, "snippets.import_too_large")
        assert await outline(as_alice) == {}


@pytest.mark.anyio
class TestExport:
    async def test_f2_exports_come_back_as_they_were(
        self, as_alice: ApiClient, as_bob: ApiClient
    ) -> None:
        folder = (
            await as_alice.post(
                "/snippets/folders", json={"title": "C# 与 #日志", "description": "# 不是标题"}
            )
        ).json()
        body = {"title": "a**b", "code": "x = 1\n", "tags": ["中"], "language": "sql"}
        described = {"description": "one\n---\n\\# two\n\n    three", "parent_id": folder["id"]}
        await as_alice.post("/snippets", json=body | described)
        for export_format, name in [("notebook", "snippets.ipynb"), ("elyra", "snippets.json")]:
            answer = await as_alice.get("/snippets/export", params={"format": export_format})
            assert answer.headers["content-disposition"].endswith(f"UTF-8''{name}")
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert (await send(as_bob, [(name, answer.content)])).status_code == 201
            made = await code_of(as_bob, "a**b")
            assert {key: made[key] for key in body} == body
            assert made["description"] == described["description"]
            assert [step["title"] for step in made["path"]] == ["C# 与 #日志"]
            if export_format == "notebook":
                validate(answer.text)
                parent = await as_bob.get(f"/snippets/{made['parent_id']}")
                assert parent.json()["description"] == "# 不是标题"
            await as_bob.delete(f"/snippets/folders/{made['parent_id']}")

    async def test_f2_one_snippet_is_what_elyra_itself_stores(self, as_alice: ApiClient) -> None:
        body = {"title": "我的/snippet", "code": "a\nb", "tags": ["t"], "description": "d"}
        made = (await as_alice.post("/snippets", json=body)).json()
        answer = await as_alice.get("/snippets/export", params={"node_id": made["id"]})
        assert "%E6%88%91%E7%9A%84-snippet.json" in answer.headers["content-disposition"]
        assert answer.json() == elyra("我的/snippet", "a", "b", tags=["t"], description="d")

    async def test_f2_a_folder_exports_with_itself_at_the_top(self, as_alice: ApiClient) -> None:
        await send(as_alice, [("a.json", [elyra("s", "1", opsforge_folder=["a", "b"])])])
        await send(as_alice, [("a.json", elyra("other", "1"))])
        found = (await as_alice.get("/snippets/search", params={"query": "b"})).json()["items"]
        answer = await as_alice.get("/snippets/export", params={"node_id": found[0]["id"]})
        assert [(i["display_name"], i["metadata"]["opsforge_folder"]) for i in answer.json()] == [
            ("s", ["b"])
        ]


LINES = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=30
).filter(str.strip)
TEXTS = st.text(
    st.sampled_from("ab#*`-=~\\ \n>1.<") | st.characters(exclude_categories=["Cs", "Cc"]),
    max_size=40,
)
SNIPPETS = st.builds(
    SnippetDraft, title=LINES, description=TEXTS, tags=st.lists(LINES, max_size=2), code=LINES
)
FOLDERS = st.recursive(
    st.builds(FolderDraft, title=LINES, snippets=st.lists(SNIPPETS, max_size=2)),
    lambda below: st.builds(
        FolderDraft,
        title=LINES,
        snippets=st.lists(SNIPPETS, max_size=2),
        folders=st.lists(below, min_size=1, max_size=2),
    ),
    max_leaves=4,
)


@settings(max_examples=50, deadline=None)
@given(folder=FOLDERS)
def test_f1_whatever_is_exported_as_a_notebook_is_a_notebook_and_can_be_read(
    folder: FolderDraft,
) -> None:
    text = write_notebook(folder)
    validate(text)
    if folder.count():
        again = read_files([("a.ipynb", text.encode())], max_count=1000)
        assert sorted(_contents(again)) == sorted(_contents(folder))


def _contents(folder: FolderDraft) -> list[tuple[str, str, list[str]]]:
    snippets = [draft for draft in folder.walk() if isinstance(draft, SnippetDraft)]
    return [(snippet.code, snippet.description, snippet.tags) for snippet in snippets]
