"""The tree of folders and snippets, over HTTP."""

import asyncio
from typing import Any

import pytest

from opsforge.bootstrap import Platform
from opsforge.settings import SnippetSettings
from tests.support.people import ApiClient

pytestmark = pytest.mark.anyio

CODE = "import pandas as pd\n"
ELYRA = b"""{"schema_name": "code-snippet", "display_name": "t",
    "metadata": {"language": "Python", "code": ["1"]}}"""
Node = dict[str, Any]


async def make_folder(
    client: ApiClient, title: str, parent: Node | None = None, **more: object
) -> Node:
    parent_id = parent["id"] if parent else None
    answer = await client.post(
        "/snippets/folders", json={"title": title, "parent_id": parent_id, **more}
    )
    assert answer.status_code == 201, answer.text
    made: Node = answer.json()
    return made


async def make_snippet(
    client: ApiClient, title: str, parent: Node | None = None, **more: object
) -> Node:
    parent_id = parent["id"] if parent else None
    body = {"title": title, "parent_id": parent_id, "code": CODE, **more}
    answer = await client.post("/snippets", json=body)
    assert answer.status_code == 201, answer.text
    made: Node = answer.json()
    return made


async def titles(client: ApiClient, parent: Node | None = None) -> list[str]:
    params = {"parent_id": parent["id"]} if parent else {}
    return [n["title"] for n in (await client.get("/snippets", params=params)).json()["items"]]


async def outline(client: ApiClient) -> Node:
    def lines(nodes: list[Node]) -> Node:
        return {n["title"]: lines(n["children"]) for n in nodes}

    return lines((await client.get("/snippets/tree")).json()["nodes"])


def limit(platform: Platform, **limits: int) -> None:
    platform.snippets._settings = SnippetSettings.model_validate(limits)


class TestCreate:
    async def test_f1_creates_folders_and_snippets_below_them(self, as_alice: ApiClient) -> None:
        folder = await make_folder(as_alice, "指标", description="KPI")
        inner = await make_folder(as_alice, "异常", folder)
        made = await make_snippet(
            as_alice, "3-sigma", inner, language="Python", tags=["kpi", "KPI", "阈值"]
        )
        assert (made["kind"], made["parent_id"], made["version"]) == ("snippet", inner["id"], 1)
        assert (made["language"], made["tags"], made["code"]) == ("python", ["kpi", "阈值"], CODE)
        assert [step["title"] for step in made["path"]] == ["指标", "异常"]
        assert await outline(as_alice) == {"指标": {"异常": {"3-sigma": {}}}}

    async def test_f1_a_new_node_stands_last_or_where_it_is_put(self, as_alice: ApiClient) -> None:
        folder = await make_folder(as_alice, "a")
        first = await make_snippet(as_alice, "one", folder)
        await make_snippet(as_alice, "two", folder)
        await make_snippet(as_alice, "zero", folder, before_id=first["id"])
        assert await titles(as_alice, folder) == ["zero", "one", "two"]

    async def test_f1_a_title_is_unique_in_its_folder_whatever_its_case(
        self, as_alice: ApiClient
    ) -> None:
        folder = await make_folder(as_alice, "Alerts")
        await make_snippet(as_alice, "alerts", folder)
        for path, body in [("/snippets/folders", {}), ("/snippets", {"code": CODE})]:
            answer = await as_alice.post(path, json={"title": "ALERTS", **body})
            assert (answer.status_code, answer.json()["code"]) == (409, "snippets.title_taken")
            assert answer.json()["proposal"] == "ALERTS-2"

    @pytest.mark.parametrize("title", ["", "  ", "a\nb", "a\x00b", "x" * 101, "\u2028"])
    async def test_f1_titles_that_are_no_lines_are_refused(
        self, as_alice: ApiClient, title: str
    ) -> None:
        answer = await as_alice.post("/snippets/folders", json={"title": title})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "title"

    @pytest.mark.parametrize("title", ["\u1fb7" * 100, "𠮷野家" * 33, "C#", "../../etc/passwd"])
    async def test_f1_titles_of_any_script_are_kept(self, as_alice: ApiClient, title: str) -> None:
        made = await make_snippet(as_alice, title)
        assert (await as_alice.get(f"/snippets/{made['id']}")).json()["title"] == title

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("code", "a\x00b"),
            ("code", ""),
            ("tags", ["a\x1fb"]),
            ("tags", [""]),
            ("tags", [str(n) for n in range(21)]),
            ("language", "py;thon"),
            ("description", "x" * 10_001),
            ("parent_id", 2**63),
            ("parent_id", 0),
            ("user_id", 1),
        ],
    )
    async def test_f1_fields_that_do_not_fit_are_named(
        self, as_alice: ApiClient, field: str, value: object
    ) -> None:
        answer = await as_alice.post("/snippets", json={"title": "t", "code": CODE, field: value})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"].split(".")[0] == field

    async def test_f1_a_snippet_is_no_parent(self, as_alice: ApiClient) -> None:
        made = await make_snippet(as_alice, "s")
        answer = await as_alice.post(
            "/snippets/folders", json={"title": "f", "parent_id": made["id"]}
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "snippets.not_a_folder")

    async def test_f1_limits_are_told_in_the_callers_language(
        self, as_alice: ApiClient, platform: Platform
    ) -> None:
        limit(platform, max_depth=2, max_count=4, max_code=10)
        outer = await make_folder(as_alice, "a")
        inner = await make_folder(as_alice, "b", outer)
        chinese = {"Accept-Language": "zh-CN"}
        deep = await as_alice.post(
            "/snippets/folders", json={"title": "c", "parent_id": inner["id"]}, headers=chinese
        )
        assert (deep.status_code, deep.json()["code"]) == (422, "snippets.too_deep")
        assert deep.json()["detail"] == "文件夹最多嵌套 2 层，请选择更上层的文件夹。"
        body = {"title": "s", "parent_id": inner["id"], "code": "字字字字"}
        large = await as_alice.post("/snippets", json=body)
        assert (large.status_code, large.json()["code"]) == (413, "snippets.code_too_large")
        assert (large.json()["size_bytes"], large.json()["max_bytes"]) == (12, 10)
        for title in ("s1", "s2"):
            await make_snippet(as_alice, title, inner, code="1")
        full = await as_alice.post("/snippets", json={"title": "s3", "code": "1"})
        assert (full.status_code, full.json()["code"]) == (413, "snippets.too_many")
        assert "would make 5 folders and snippets, and 4 are allowed" in full.json()["detail"]

    async def test_f1_a_limit_holds_for_creations_at_once(
        self, as_alice: ApiClient, platform: Platform
    ) -> None:
        limit(platform, max_count=3)
        answers = await asyncio.gather(
            *(as_alice.post("/snippets/folders", json={"title": f"f{n}"}) for n in range(8))
        )
        assert sorted(a.status_code for a in answers) == [201] * 3 + [413] * 5

    async def test_f1_the_same_title_at_once_is_made_once(self, as_alice: ApiClient) -> None:
        answers = await asyncio.gather(
            *(as_alice.post("/snippets/folders", json={"title": "same"}) for _ in range(4))
        )
        assert sorted(a.status_code for a in answers) == [201, 409, 409, 409]


class TestLook:
    async def test_f2_the_tree_has_no_code_and_says_its_limits(self, as_alice: ApiClient) -> None:
        empty = (await as_alice.get("/snippets/tree")).json()
        assert (empty["revision"], empty["count"], empty["nodes"]) == (0, 0, [])
        await make_snippet(as_alice, "s", await make_folder(as_alice, "f"))
        tree = (await as_alice.get("/snippets/tree")).json()
        assert (tree["revision"], tree["count"], tree["max_count"]) == (2, 2, 2000)
        assert "code" not in tree["nodes"][0]["children"][0]

    async def test_f2_a_level_is_paged_in_its_order(self, as_alice: ApiClient) -> None:
        folder = await make_folder(as_alice, "f")
        names = [f"s{n}" for n in (3, 1, 2, 5, 4)]
        for name in names:
            await make_snippet(as_alice, name, folder)
        found: list[str] = []
        params: dict[str, Any] = {"parent_id": folder["id"], "limit": 2}
        while True:
            page = (await as_alice.get("/snippets", params=params)).json()
            assert len(page["items"]) <= 2
            found += [node["title"] for node in page["items"]]
            if page.get("next_cursor") is None:
                break
            params["cursor"] = page["next_cursor"]
        assert found == names

    @pytest.mark.parametrize("cursor", ["x", "W10", "WzEsICJhIl0", "WzFlMzAsIDFlMzBd"])
    async def test_f2_a_cursor_that_is_not_ours_is_the_first_page(
        self, as_alice: ApiClient, cursor: str
    ) -> None:
        await make_folder(as_alice, "f")
        for path in ("/snippets", "/snippets/search"):
            page = (await as_alice.get(path, params={"cursor": cursor})).json()
            assert [node["title"] for node in page["items"]] == ["f"]

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("阈", ["滚动阈值"]),
            ("值", ["滚动阈值", "均值填充"]),
            ("填 pandas", ["均值填充"]),
            ("ＰＡＮＤＡＳ", ["均值填充"]),
            ("Pd.Concat", ["均值填充"]),
            ("100%", ["滚动阈值"]),
            ("a_b", ["underscore"]),
            ("straße", ["underscore"]),
            ("STRASSE", ["underscore"]),
            ("数", ["数据接入"]),
            ("sla", ["滚动阈值"]),
            ("nothing has this", []),
        ],
    )
    async def test_f2_search_finds_words_of_any_script(
        self, as_alice: ApiClient, query: str, expected: list[str]
    ) -> None:
        folder = await make_folder(as_alice, "数据接入")
        await make_snippet(as_alice, "underscore", folder, code="a_b = 'Straße'\n")
        await make_snippet(as_alice, "axb", folder, code="1000\n")
        await make_snippet(
            as_alice, "均值填充", folder, code="import Pandas as pd\npd.concat([])\n"
        )
        await make_snippet(
            as_alice, "滚动阈值", folder, description="100% of the window", tags=["SLA"], code="x"
        )
        found = (await as_alice.get("/snippets/search", params={"query": query})).json()["items"]
        assert [node["title"] for node in found] == expected

    async def test_f2_search_shows_where_and_puts_titles_first(self, as_alice: ApiClient) -> None:
        outer = await make_folder(as_alice, "outer")
        inner = await make_folder(as_alice, "inner", outer)
        await make_snippet(as_alice, "drain", inner)
        await make_snippet(as_alice, "logs", inner, code="import re\n  x = Drain(depth=4)\n")
        await make_snippet(as_alice, "more", inner, code="drain\n")
        params: dict[str, Any] = {"query": "DRAIN", "limit": 2}
        first = (await as_alice.get("/snippets/search", params=params)).json()
        rest = (
            await as_alice.get(
                "/snippets/search", params={**params, "cursor": first["next_cursor"]}
            )
        ).json()
        found = first["items"] + rest["items"]
        assert [node["title"] for node in found] == ["drain", "more", "logs"]
        assert [step["title"] for step in found[2]["path"]] == ["outer", "inner"]
        assert found[2]["excerpt"] == "x = Drain(depth=4)"
        assert rest.get("next_cursor") is None

    async def test_f2_search_filters_by_tag_and_language(self, as_alice: ApiClient) -> None:
        await make_snippet(as_alice, "a", tags=["日志"], language="python")
        await make_snippet(as_alice, "b", tags=["日志聚类"], language="sql")
        for params, expected in [
            ({"tag": "日志"}, ["a"]),
            ({"language": "sql"}, ["b"]),
            ({"tag": "日志", "language": "sql"}, []),
            ({"query": "日志"}, ["b", "a"]),
        ]:
            found = (await as_alice.get("/snippets/search", params=params)).json()["items"]
            assert [node["title"] for node in found] == expected
        assert (await as_alice.get("/snippets/search", params={"query": "\x00"})).status_code == 422
        assert (await as_alice.get("/snippets/search", params={"tag": "\x00"})).status_code == 422


class TestDelete:
    async def test_f3_deletes_a_folder_with_all_below_it(self, as_alice: ApiClient) -> None:
        outer = await make_folder(as_alice, "outer")
        inner = await make_folder(as_alice, "inner", outer)
        gone = [await make_snippet(as_alice, name, inner) for name in ("a", "b")]
        await make_snippet(as_alice, "stays")
        answer = await as_alice.delete(f"/snippets/folders/{outer['id']}")
        assert answer.json() == {"folder_count": 2, "snippet_count": 2}
        assert await outline(as_alice) == {"stays": {}}
        for node in [outer, inner, *gone]:
            assert (await as_alice.get(f"/snippets/{node['id']}")).status_code == 404

    async def test_f3_takes_no_snippet_and_f4_no_folder(self, as_alice: ApiClient) -> None:
        folder = await make_folder(as_alice, "f")
        snippet = await make_snippet(as_alice, "s", folder)
        assert (await as_alice.delete(f"/snippets/folders/{snippet['id']}")).status_code == 404
        assert (await as_alice.delete(f"/snippets/{folder['id']}")).status_code == 404
        assert await outline(as_alice) == {"f": {"s": {}}}

    async def test_f4_deletes_a_snippet_once(self, as_alice: ApiClient) -> None:
        folder = await make_folder(as_alice, "f")
        snippet = await make_snippet(as_alice, "s", folder)
        path = f"/snippets/{snippet['id']}"
        answers = await asyncio.gather(*(as_alice.delete(path) for _ in range(3)))
        assert sorted(a.status_code for a in answers) == [200, 404, 404]
        assert await outline(as_alice) == {"f": {}}

    async def test_f3_a_folder_deleted_while_it_is_filled_leaves_nothing(
        self, as_alice: ApiClient
    ) -> None:
        folder = await make_folder(as_alice, "f")
        made = [
            as_alice.post(
                "/snippets", json={"title": f"s{n}", "parent_id": folder["id"], "code": CODE}
            )
            for n in range(6)
        ]
        answers = await asyncio.gather(
            *made[:3], as_alice.delete(f"/snippets/folders/{folder['id']}"), *made[3:]
        )
        assert {a.status_code for a in answers} <= {200, 201, 404}
        assert (await as_alice.get("/snippets/tree")).json()["count"] == 0


class TestUpdate:
    async def test_f5_changes_fields_and_what_a_search_finds(self, as_alice: ApiClient) -> None:
        made = await make_snippet(as_alice, "old", tags=["x"])
        change = {
            "version": 1,
            "title": "新标题",
            "description": "d",
            "language": "sql",
            "tags": ["y"],
            "code": "select 42\r\nfrom t",
        }
        changed = (await as_alice.patch(f"/snippets/{made['id']}", json=change)).json()
        assert changed["code"] == "select 42\nfrom t"
        assert (changed["version"], changed["title"], changed["tags"]) == (2, "新标题", ["y"])
        assert changed["updated_at"] > made["updated_at"]
        for query, count in [("42", 1), ("新", 1), ("old", 0), ("pandas", 0)]:
            found = (await as_alice.get("/snippets/search", params={"query": query})).json()
            assert len(found["items"]) == count
        kept = await as_alice.patch(f"/snippets/{made['id']}", json={"version": 2, "tags": []})
        assert (kept.json()["title"], kept.json()["tags"]) == ("新标题", [])

    async def test_f5_a_newer_version_is_a_conflict_that_names_it(
        self, as_alice: ApiClient
    ) -> None:
        made = await make_snippet(as_alice, "s")
        path = f"/snippets/{made['id']}"
        answers = await asyncio.gather(
            *(as_alice.patch(path, json={"version": 1, "code": str(n)}) for n in range(4))
        )
        assert sorted(a.status_code for a in answers) == [200, 409, 409, 409]
        won = next(a for a in answers if a.status_code == 200).json()
        lost = next(a for a in answers if a.status_code == 409).json()
        assert (lost["code"], lost["current_version"]) == ("snippets.version_conflict", 2)
        assert (await as_alice.get(path)).json()["code"] == won["code"]

    async def test_f5_a_title_must_be_free_and_may_change_its_case(
        self, as_alice: ApiClient
    ) -> None:
        made = await make_snippet(as_alice, "one")
        await make_snippet(as_alice, "two")
        path = f"/snippets/{made['id']}"
        taken = await as_alice.patch(path, json={"version": 1, "title": "Two"})
        assert (taken.status_code, taken.json()["code"]) == (409, "snippets.title_taken")
        assert (await as_alice.patch(path, json={"version": 1, "title": "ONE"})).status_code == 200

    async def test_f5_a_folder_has_no_code(self, as_alice: ApiClient) -> None:
        folder = await make_folder(as_alice, "f")
        path = f"/snippets/{folder['id']}"
        for field, value in [("code", "x"), ("language", "sql"), ("tags", [])]:
            answer = await as_alice.patch(path, json={"version": 1, field: value})
            assert answer.json()["code"] == "snippets.folder_has_no_code"
        changed = await as_alice.patch(path, json={"version": 1, "description": "目录"})
        assert changed.json()["description"] == "目录"

    async def test_f5_too_much_code_leaves_the_old(
        self, as_alice: ApiClient, platform: Platform
    ) -> None:
        limit(platform, max_code=30)
        made = await make_snippet(as_alice, "s")
        path = f"/snippets/{made['id']}"
        answer = await as_alice.patch(path, json={"version": 1, "title": "t", "code": "x" * 31})
        assert (answer.status_code, answer.json()["code"]) == (413, "snippets.code_too_large")
        after = (await as_alice.get(path)).json()
        assert (after["title"], after["code"], after["version"]) == ("s", CODE, 1)


class TestMove:
    async def test_f5_moves_to_a_folder_and_reorders(self, as_alice: ApiClient) -> None:
        folder = await make_folder(as_alice, "f")
        a, b, c = [await make_snippet(as_alice, name) for name in "abc"]

        async def move(node: Node, parent: Node | None, before: Node | None = None) -> Node:
            now = (await as_alice.get(f"/snippets/{node['id']}")).json()
            body = {
                "version": now["version"],
                "parent_id": parent and parent["id"],
                "before_id": before and before["id"],
            }
            answer = await as_alice.post(f"/snippets/{node['id']}/move", json=body)
            assert answer.status_code == 200, answer.text
            after: Node = answer.json()
            return after

        assert await titles(as_alice) == ["f", "a", "b", "c"]
        await move(c, None, a)
        assert await titles(as_alice) == ["f", "c", "a", "b"]
        await move(folder, None)
        await move(a, None, a)
        assert await titles(as_alice) == ["c", "a", "b", "f"]
        moved = await move(b, folder)
        assert (moved["parent_id"], moved["version"]) == (folder["id"], 2)
        await move(a, folder, b)
        assert await outline(as_alice) == {"c": {}, "f": {"a": {}, "b": {}}}
        assert await titles(as_alice, folder) == ["a", "b"]
        await move(b, None, c)
        assert await titles(as_alice) == ["b", "c", "f"]

    async def test_f5_refused_moves_change_nothing(
        self, as_alice: ApiClient, platform: Platform
    ) -> None:
        limit(platform, max_depth=3)
        outer = await make_folder(as_alice, "outer")
        inner = await make_folder(as_alice, "inner", outer)
        leaf = await make_snippet(as_alice, "s", inner)
        other = await make_folder(as_alice, "other")
        deep = await make_folder(as_alice, "deep", other)
        await make_folder(as_alice, "S", deep)
        before = await outline(as_alice)
        for node, target, next_to, code in [
            (outer, outer, None, "snippets.cycle"),
            (outer, inner, None, "snippets.cycle"),
            (outer, leaf, None, "snippets.not_a_folder"),
            (outer, deep, None, "snippets.too_deep"),
            (leaf, deep, None, "snippets.title_taken"),
            (leaf, other, leaf, "snippets.not_a_sibling"),
            (leaf, {"id": 999_999}, None, "request.not_found"),
        ]:
            body = {
                "version": 1,
                "parent_id": target["id"],
                "before_id": next_to and next_to["id"],
            }
            answer = await as_alice.post(f"/snippets/{node['id']}/move", json=body)
            assert answer.json()["code"] == code
        stale = await as_alice.post(
            f"/snippets/{leaf['id']}/move", json={"version": 7, "parent_id": None}
        )
        assert (stale.status_code, stale.json()["current_version"]) == (409, 1)
        assert await outline(as_alice) == before

    async def test_f5_two_moves_at_once_make_no_cycle(self, as_alice: ApiClient) -> None:
        for number in range(5):
            a = await make_folder(as_alice, f"a{number}")
            b = await make_folder(as_alice, f"b{number}")
            answers = await asyncio.gather(
                as_alice.post(
                    f"/snippets/{a['id']}/move", json={"version": 1, "parent_id": b["id"]}
                ),
                as_alice.post(
                    f"/snippets/{b['id']}/move", json={"version": 1, "parent_id": a["id"]}
                ),
            )
            assert sorted(answer.status_code for answer in answers) == [200, 409]
            lost = next(answer for answer in answers if answer.status_code == 409)
            assert lost.json()["code"] == "snippets.cycle"
        tree = (await as_alice.get("/snippets/tree")).json()
        assert tree["count"] == 10
        assert len(tree["nodes"]) == 5


class TestOthers:
    async def test_f1_to_f5_another_users_tree_is_not_there(
        self, as_alice: ApiClient, as_bob: ApiClient
    ) -> None:
        folder = await make_folder(as_alice, "秘密")
        snippet = await make_snippet(as_alice, "secret", folder, code="token = 1")
        own = await make_folder(as_bob, "own")
        folder_path, snippet_path = f"/snippets/{folder['id']}", f"/snippets/{snippet['id']}"
        refused = [
            await as_bob.get(folder_path),
            await as_bob.get(snippet_path),
            await as_bob.get("/snippets", params={"parent_id": folder["id"]}),
            await as_bob.get("/snippets/export", params={"node_id": folder["id"]}),
            await as_bob.patch(snippet_path, json={"version": 1, "code": "x"}),
            await as_bob.post(f"{snippet_path}/move", json={"version": 1, "parent_id": None}),
            await as_bob.post(
                f"/snippets/{own['id']}/move", json={"version": 1, "parent_id": folder["id"]}
            ),
            await as_bob.delete(f"/snippets/folders/{folder['id']}"),
            await as_bob.delete(snippet_path),
            await as_bob.post(
                "/snippets", json={"title": "x", "parent_id": folder["id"], "code": "x"}
            ),
            await as_bob.post("/snippets/folders", json={"title": "x", "parent_id": folder["id"]}),
            await as_bob.post(
                "/snippets/import",
                data={"parent_id": folder["id"]},
                files={"files": ("a.json", ELYRA)},
            ),
        ]
        absent = await as_bob.get("/snippets/999999")
        assert {(a.status_code, a.text) for a in refused} == {(404, absent.text)}
        found = await as_bob.get("/snippets/search", params={"query": "secret"})
        assert found.json()["items"] == []
        assert await outline(as_bob) == {"own": {}}
        assert await outline(as_alice) == {"秘密": {"secret": {}}}

    async def test_f5_a_place_before_another_users_node_is_refused(
        self, as_alice: ApiClient, as_bob: ApiClient
    ) -> None:
        theirs = await make_folder(as_alice, "theirs")
        answer = await as_bob.post(
            "/snippets/folders", json={"title": "mine", "before_id": theirs["id"]}
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "snippets.not_a_sibling")

    async def test_f1_to_f5_nobody_is_asked_to_sign_in(self, as_nobody: ApiClient) -> None:
        asked = [
            await as_nobody.get("/snippets"),
            await as_nobody.get("/snippets/tree"),
            await as_nobody.get("/snippets/search"),
            await as_nobody.get("/snippets/library"),
            await as_nobody.get("/snippets/export"),
            await as_nobody.get("/snippets/1"),
            await as_nobody.post("/snippets", json={"title": "x", "code": "x"}),
            await as_nobody.post("/snippets/folders", json={"title": "x"}),
            await as_nobody.post("/snippets/import", files={"files": ("a", b"{}")}),
            await as_nobody.patch("/snippets/1", json={"version": 1}),
            await as_nobody.post("/snippets/1/move", json={"version": 1, "parent_id": None}),
            await as_nobody.delete("/snippets/1"),
            await as_nobody.delete("/snippets/folders/1"),
        ]
        assert {a.status_code for a in asked} == {401}

    async def test_f2_ids_beyond_the_databases_are_refused(self, as_alice: ApiClient) -> None:
        assert (await as_alice.get(f"/snippets/{2**64}")).status_code == 422
        assert (await as_alice.get("/snippets", params={"parent_id": 2**64})).status_code == 422
