"""Notebooks shown without a service: what they show, and what hostile ones do not do."""

import base64
import io
import json
import re
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from PIL import Image

from opsforge.settings import Settings
from tests.support.people import ApiClient
from tests.support.problems import assert_problem
from tests.support.projects import create, share

SVG = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script><rect/></svg>"


def png(width: int = 20, height: int = 10, color: str = "red") -> str:
    target = io.BytesIO()
    Image.new("RGB", (width, height), color).save(target, "PNG")
    return base64.b64encode(target.getvalue()).decode()


def code(*outputs: dict[str, Any], source: str = "x = 1", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON.
    return {
        "cell_type": "code",
        "metadata": {},
        "source": source,
        "execution_count": 1,
        "outputs": list(outputs),
        **more,
    }


def markdown(source: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON.
    return {"cell_type": "markdown", "metadata": {}, "source": source, **more}


def data(**bundle: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON.
    kinds = {kind.replace("__", "/"): value for kind, value in bundle.items()}
    return {"output_type": "display_data", "metadata": {}, "data": kinds}


def svg() -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": {"image/svg+xml": SVG}}


def printed(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def notebook(*cells: dict[str, Any]) -> dict[str, Any]:
    metadata = {"language_info": {"name": "python", "pygments_lexer": "ipython3"}}
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}


class Page(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, tag: str, name: str) -> list[str]:
        return [value for t, n, value in self.attributes if (t, n) == (tag, name)]


class Shower:
    """Puts a notebook into a project and looks at it as the page does."""

    def __init__(self, client: ApiClient, settings: Settings, project_id: int) -> None:
        self._client = client
        self._file = settings.data / "users/alice/work/alerts/alerts.ipynb"
        self.path = f"/projects/{project_id}/rendered"

    async def ask(self, content: str | dict[str, Any], **query: str) -> httpx.Response:
        text = content if isinstance(content, str) else json.dumps(content)
        self._file.write_text(text, encoding="utf-8")
        return await self._client.get(self.path, params=query)

    async def show(self, *cells: dict[str, Any], **query: str) -> Page:
        answer = await self.ask(notebook(*cells), **query)
        assert answer.status_code == 200, answer.text
        return Page(answer.text.partition("<body>")[2])


@pytest.fixture
async def shower(as_alice: ApiClient, settings: Settings) -> Shower:
    project = await create(as_alice, "alerts")
    return Shower(as_alice, settings, project["id"])


async def assert_no_picture(client: ApiClient, shower: Shower) -> None:
    answer = await client.get(shower.path.replace("rendered", "picture"))
    assert (answer.status_code, answer.content) == (204, b"")


class TestShown:
    async def test_d4_code_texts_and_outputs_are_shown(self, shower: Shower) -> None:
        page = await shower.show(
            markdown("# 告警分析\n\n| a | b |\n|---|---|\n| 1 | **2** |\n\n$E = mc^2$"),
            code(
                printed("\x1b[31m红\x1b[0m <b>plain</b>\n"),
                data(text__html="<table><tr><td>42</td></tr></table>", text__plain="hidden"),
                {"output_type": "error", "ename": "E", "evalue": "e", "traceback": ["\x1b[1mBoom"]},
                source="import pandas as pd",
            ),
            code(data(image__png=png())),
        )
        for text in ("告警分析", "E = mc^2", "红", "<b>plain</b>", "42", "Boom", "In\xa0[1]:"):
            assert text in page.text, text
        assert "hidden" not in page.text
        assert {"h1", "table", "strong", "img"} <= page.tags
        assert page.values("img", "src") == [f"data:image/png;base64,{png()}"]
        assert "ansi-red-fg" in page.values("span", "class")
        assert "kn" in page.values("span", "class"), "code is highlighted"

    async def test_d4_an_answer_is_for_a_frame_that_runs_nothing(self, shower: Shower) -> None:
        answer = await shower.ask(notebook(markdown("x")))
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("sandbox ")
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'self'" in policy
        assert not re.search(r"allow-(scripts|same-origin|forms|top)|script-src", policy)
        assert answer.headers["x-frame-options"] == "SAMEORIGIN"
        assert answer.headers["content-type"] == "text/html; charset=utf-8"

    async def test_d4_the_theme_and_the_language_are_the_pages(self, shower: Shower) -> None:
        answer = await shower.ask(notebook(markdown("x")), theme="dark", language="zh-CN")
        assert '<html lang="zh-CN" data-theme="dark">' in answer.text
        answer = await shower.ask(notebook(markdown("x")), theme="light", language="en")
        assert '<html lang="en" data-theme="light">' in answer.text

    async def test_d4_old_formats_are_shown(self, shower: Shower) -> None:
        cell = {"cell_type": "code", "language": "python", "input": ["old"], "outputs": []}
        answer = await shower.ask(
            {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [cell]}]}
        )
        assert "old" in Page(answer.text).text

    async def test_d4_another_notebook_of_the_project(
        self, shower: Shower, settings: Settings
    ) -> None:
        folder = settings.data / "users/alice/work/alerts/lib"
        folder.mkdir()
        (folder / "二.ipynb").write_text(json.dumps(notebook(markdown("second"))))
        answer = await shower.ask(notebook(markdown("first")), path="lib/二.ipynb")
        assert "second" in answer.text
        assert_problem(await shower.ask(notebook(), path="absent.ipynb"), 404)

    async def test_d4_who_has_it_is_not_sent_it_again(
        self, shower: Shower, as_alice: ApiClient
    ) -> None:
        etag = (await shower.ask(notebook(markdown("first")))).headers["etag"]
        headers = {"If-None-Match": etag}
        assert (await as_alice.get(shower.path, headers=headers)).status_code == 304
        other = await as_alice.get(shower.path, headers=headers, params={"theme": "dark"})
        assert other.status_code == 200
        await shower.ask(notebook(markdown("changed")))
        answer = await as_alice.get(shower.path, headers=headers)
        assert "changed" in answer.text

    async def test_d5_everybody_sees_a_public_one(
        self, shower: Shower, as_alice: ApiClient, as_bob: ApiClient
    ) -> None:
        await shower.ask(notebook(markdown("shared"), code(data(image__png=png()))))
        public = await share(as_alice, await create(as_alice, "other"))
        path = f"/public/projects/{public['id']}"
        assert (await as_bob.get(f"{path}/rendered")).status_code == 200
        assert (await as_bob.get(f"{path}/picture")).status_code == 204
        assert_problem(await as_bob.get(shower.path), 404)


HOSTILE = {
    "script in Markdown": markdown("<script>alert(1)</script> text"),
    "script in a code block": markdown("```\n</code><script>alert(1)</script>\n```"),
    "script in HTML output": code(data(text__html="<script>alert(1)</script> text")),
    "unclosed script": code(data(text__html="text <script>alert(1)")),
    "javascript output": code(data(application__javascript="alert(1)")),
    "event handler": code(data(text__html="<img src=x onerror=alert(1)> text")),
    "SVG output": code(svg()),
    "inline SVG": markdown("<svg onload=alert(1)><script>alert(1)</script></svg>"),
    "javascript link": markdown(
        "[text](javascript:alert(1)) <a href=' java\nscript:alert(1)'>x</a>"
    ),
    "data link": markdown("<a href='data:text/html,<script>alert(1)</script>'>text</a>"),
    "link into the platform": markdown(
        "[text](/api/v1/auth/logout) [x](../../x) [y](//evil.example)"
    ),
    "SVG in an image": markdown("<img src='data:text/html;base64,PHNjcmlwdD4='>"),
    "outside picture": markdown("![text](http://evil.example/x.png)"),
    "iframe": markdown("<iframe src='http://evil.example'></iframe>"),
    "object": markdown("<object data='http://evil.example'></object><embed src='x'>"),
    "form": markdown("<form action='/api/v1/auth/logout'><button>text</button></form>"),
    "meta refresh": code(
        data(text__html="<meta http-equiv=refresh content='0;http://evil.example'>")
    ),
    "base": code(data(text__html="<base href='http://evil.example/'>")),
    "style element": code(data(text__html="<style>@import 'http://evil.example'</style>")),
    "style attribute": markdown(
        "<p style='position:fixed;background:url(http://evil.example)'>text</p>"
    ),
    "link element": code(data(text__html="<link rel=stylesheet href='http://evil.example'>")),
    "MathML": markdown("<math><mtext><table><mglyph><style><img src onerror=alert(1)>"),
    "end of the frame": code(printed("</pre></div></body></html><script>alert(1)</script>")),
    "traceback": code(
        {
            "output_type": "error",
            "ename": "<script>",
            "evalue": "x",
            "traceback": ["\x1b]8;;javascript:alert(1)\x07<script>alert(1)</script>"],
        }
    ),
    "attachment": markdown(
        "![x](attachment:a)", attachments={"a": {"image/png": '"><script>alert(1)</script>'}}
    ),
    "attachment type": markdown(
        "![x](attachment:a)", attachments={"a": {'text/html"><script>': "alert(1)"}}
    ),
    "attachment name": markdown(
        '![x](attachment:"><script>)', attachments={'"><script>': {"image/png": png()}}
    ),
    "picture that is none": code(data(image__png='"><script>alert(1)</script>')),
    "cell id": markdown("text", id='"><script>alert(1)</script>'),
    "cell tags": {**markdown("text"), "metadata": {"tags": ['"><script>alert(1)</script>']}},
    "execution count": code(execution_count="<script>alert(1)</script>"),
    "LaTeX": code(data(text__latex="$\\href{javascript:alert(1)}{x}$<script>alert(1)</script>")),
    "widget": code(
        data(
            **{
                "application__vnd.jupyter.widget-view+json": {
                    "model_id": "</script><script>alert(1)"
                },
            }
        )
    ),
    "mermaid": code(data(**{"text__vnd.mermaid": "</pre><script>alert(1)</script>"})),
    "raw cell": {
        "cell_type": "raw",
        "metadata": {"raw_mimetype": "text/html"},
        "source": "<script>alert(1)</script>",
    },
    "unknown cell": {"cell_type": "<script>alert(1)</script>", "metadata": {}, "source": "x"},
    "dataframe": code(
        data(text__html="<div><style scoped>.x{}</style><table onclick=x></table></div>")
    ),
}
ALLOWED_TAGS = {"div", "span", "pre", "code", "p", "a", "img", "table", "thead", "tbody"}
ALLOWED_TAGS |= {"tr", "td", "th", "strong", "em", "h1", "br"}


def assert_harmless(page: Page) -> None:
    assert page.tags <= ALLOWED_TAGS
    for _, name, value in page.attributes:
        assert not name.startswith("on")
        assert name not in {"id", "srcdoc", "action", "formaction"}
        if name == "src":
            assert value.startswith("data:image/"), value
        if name == "href":
            assert value.startswith(("http://", "https://", "mailto:")), value
        if name == "style":
            assert not re.search(r"url|position|import", value), value
    links = [tag for tag, name, _ in page.attributes if (tag, name) == ("a", "href")]
    assert len(page.values("a", "target")) >= len(links)


class TestHostile:
    async def test_nothing_of_it_can_run_or_lead_away(
        self, shower: Shower, subtests: pytest.Subtests
    ) -> None:
        for kind, cell in HOSTILE.items():
            with subtests.test(kind):
                answer = await shower.ask(notebook(cell, markdown("the end")))
                assert answer.status_code == 200, answer.text
                head, _, body = answer.text.partition("<body>")
                assert "the end" in body
                assert head.count("<style>") == 1
                assert_harmless(Page(body.removesuffix("</body></html>\n")))

    async def test_the_rest_of_it_is_shown(self, shower: Shower) -> None:
        kinds = ("javascript link", "event handler", "style attribute", "dataframe")
        page = await shower.show(*(HOSTILE[kind] for kind in kinds), code(printed("end")))
        assert page.text.count("text") == 3

    async def test_code_of_a_language_that_nobody_knows_is_shown(self, shower: Shower) -> None:
        odd = notebook(code(source="%%../../x\nvalue"))
        odd["metadata"]["language_info"] = {"name": "../../etc", "pygments_lexer": ["x"]}
        answer = await shower.ask(odd)
        assert "value" in Page(answer.text).text

    async def test_a_picture_of_a_file_is_not_taken_from_the_disk(self, shower: Shower) -> None:
        page = await shower.show(markdown("![x](/etc/passwd) ![y](alerts.ipynb) ![z](file:///etc)"))
        assert page.values("img", "src") == []


NO_NOTEBOOKS = (
    *("", "{", "[]", "null", "{}", '{"cells": 5, "nbformat": 4}', "\x89PNG", "[" * 100_000),
    '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [1]}',
    '{"nbformat": 99, "nbformat_minor": 5, "metadata": {}, "cells": []}',
)


class TestTooMuch:
    @pytest.mark.parametrize("language", ["en", "zh-CN"])
    async def test_a_huge_output_is_cut_and_says_so(self, shower: Shower, language: str) -> None:
        answer = await shower.ask(notebook(code(printed("x" * 5_000_000))), language=language)
        assert len(answer.content) < 200_000
        assert ("此处已截断" in answer.text) is (language == "zh-CN")
        assert "5000000" in answer.text

    async def test_a_huge_table_gives_way_to_its_plain_text(self, shower: Shower) -> None:
        table = "<table>" + "<tr><td>1</td></tr>" * 100_000 + "</table>"
        page = await shower.show(code(data(text__html=table, text__plain="1000 rows")))
        assert "1000 rows" in page.text
        assert "table" not in page.tags

    async def test_too_many_pictures_give_way(self, shower: Shower) -> None:
        large = "A" * 4_000_000
        page = await shower.show(code(*(data(image__png=large) for _ in range(7))))
        assert len(page.values("img", "src")) == 4
        assert "too many" in page.text

    async def test_many_cells_and_outputs_are_left_out_and_counted(self, shower: Shower) -> None:
        many = code(*(printed("x") for _ in range(300)))
        page = await shower.show(many, *(markdown("y") for _ in range(2500)))
        assert "… 100 more" in page.text
        assert "… 501 more" in page.text

    async def test_what_is_too_large_is_refused(self, shower: Shower, as_alice: ApiClient) -> None:
        answer = await shower.ask(notebook(code(printed("x" * 33 * 1024**2))))
        assert_problem(answer, 422, "reader.too_large")
        await assert_no_picture(as_alice, shower)

    async def test_what_is_no_notebook_is_refused(
        self, shower: Shower, as_alice: ApiClient, subtests: pytest.Subtests
    ) -> None:
        for content in NO_NOTEBOOKS:
            with subtests.test(content[:60]):
                document = assert_problem(await shower.ask(content), 422, "reader.broken")
                assert "/src/" not in document["detail"]
                await assert_no_picture(as_alice, shower)


class TestPictures:
    async def test_the_last_plot_is_made_small(self, shower: Shower, as_alice: ApiClient) -> None:
        path = shower.path.replace("rendered", "picture")
        await shower.ask(
            notebook(
                code(data(image__png=png(color="red"))),
                code(data(image__png=png(3000, 2000, "blue")), data(text__plain="x")),
                code(data(image__png="no picture")),
            )
        )
        answer = await as_alice.get(path)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "image/png"
        with Image.open(io.BytesIO(answer.content)) as picture:
            assert (picture.format, picture.size) == ("PNG", (600, 400))
            assert picture.getpixel((5, 5)) == (0, 0, 255)
        again = await as_alice.get(path, headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304

    async def test_a_picture_bomb_is_not_opened(self, shower: Shower, as_alice: ApiClient) -> None:
        await shower.ask(notebook(code(data(image__png=png(20_000, 20_000)))))
        await assert_no_picture(as_alice, shower)

    async def test_without_a_plot_there_is_none(self, shower: Shower, as_alice: ApiClient) -> None:
        answer = await shower.ask(notebook(code(printed("x"))))
        assert answer.status_code == 200
        await assert_no_picture(as_alice, shower)

    async def test_without_the_notebook_there_is_none(
        self, shower: Shower, as_alice: ApiClient, settings: Settings
    ) -> None:
        (settings.data / "users/alice/work/alerts/alerts.ipynb").unlink()
        await assert_no_picture(as_alice, shower)
        assert_problem(await as_alice.get("/projects/99/picture"), 404)
