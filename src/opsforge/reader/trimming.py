"""Cuts a notebook down to what a page can show, and says where it did."""

from collections.abc import Mapping, Sequence
from typing import Any

CELLS = 2000
OUTPUTS = 200
TEXT_CHARACTERS = 60_000
"""Of one source or one output."""
ALL_TEXT_CHARACTERS = 3_000_000
ALL_PICTURE_CHARACTERS = 16 * 1024**2
BITMAPS = ("image/png", "image/jpeg")
PICTURES = (*BITMAPS, "image/svg+xml")
SHOWN = ("image/svg+xml", "image/png", "image/jpeg", "text/html", "text/markdown", "text/latex")
"""Kinds of output from the best one down; text/plain is last."""

CUT = {
    "en": "… cut here: the whole is {count} characters long. Download the notebook to see it.",
    "zh-CN": "…… 此处已截断：全文共 {count} 个字符，请下载笔记本查看。",
}
LEFT_OUT = {
    "en": "… {count} more are not shown. Download the notebook to see them.",
    "zh-CN": "…… 另有 {count} 项未显示，请下载笔记本查看。",
}
NO_ROOM = {
    "en": "[A picture is not shown: the notebook has too many of them. Download it to see all.]",
    "zh-CN": "[有图片未显示：笔记本中的图片过多，请下载查看。]",
}


class Trimmer:
    """What room is left on the page."""

    def __init__(self, language: str) -> None:
        self._language = language if language in CUT else "en"
        self._text_left = ALL_TEXT_CHARACTERS
        self._pictures_left = ALL_PICTURE_CHARACTERS

    def text(self, value: object) -> str:
        """A text, which notebooks also have as a list of lines; cut where it is too long."""
        whole = "".join(map(str, value)) if isinstance(value, list) else str(value)
        whole = whole.encode("utf-8", "replace").decode()
        room = min(TEXT_CHARACTERS, max(0, self._text_left))
        self._text_left -= min(len(whole), room)
        if len(whole) <= room:
            return whole
        return f"{whole[:room]}\n{CUT[self._language].format(count=len(whole))}"

    def picture(self, value: object) -> str:
        """A picture, or nothing where there is no room for it."""
        whole = "".join(map(str, value)) if isinstance(value, list) else str(value)
        if len(whole) > self._pictures_left:
            return ""
        self._pictures_left -= len(whole)
        return whole

    def left_out(self, count: int) -> str:
        """The sentence that so many things are not there."""
        return LEFT_OUT[self._language].format(count=count)

    def data(self, bundle: Mapping[str, Any]) -> dict[str, Any]:
        """The best representation that there is room for."""
        for kind in SHOWN:
            if kind not in bundle:
                continue
            if kind not in PICTURES:
                text = self.text(bundle[kind])
                # Half a table is no table: what is too long is shown as the plain text beside it.
                if len(text) <= TEXT_CHARACTERS or "text/plain" not in bundle:
                    return {kind: text}
                continue
            picture = self.picture(bundle[kind])
            if not picture:
                return {"text/plain": NO_ROOM[self._language]}
            return {kind: "".join(picture.split()) if kind in BITMAPS else picture}
        return {"text/plain": self.text(bundle.get("text/plain", ""))}


def trim(notebook: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A notebook of format 4 made anew, of nothing but what is shown.

    Args:
        notebook: Of format 4, or nearly: its fields may be missing or be anything.
        language: Of the sentences that say what is not shown.
    """
    trimmer = Trimmer(language)
    cells = [_cell(cell, trimmer) for cell in notebook["cells"][:CELLS]]
    if (left_out := len(notebook["cells"]) - CELLS) > 0:
        cells.append(_markdown(trimmer.left_out(left_out)))
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}


def _markdown(source: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON.
    return {"cell_type": "markdown", "metadata": {}, "source": source, **more}


def _cell(cell: Mapping[str, Any], trimmer: Trimmer) -> dict[str, Any]:
    source = trimmer.text(cell.get("source", ""))
    match cell.get("cell_type"):
        case "markdown":
            return _markdown(source, attachments=_attachments(cell.get("attachments"), trimmer))
        case "code":
            count = cell.get("execution_count")
            return {
                "cell_type": "code",
                "metadata": {},
                "source": source,
                "execution_count": count if isinstance(count, int) and count >= 0 else None,
                "outputs": _outputs(cell.get("outputs") or [], trimmer),
            }
    return {"cell_type": "raw", "metadata": {}, "source": source}


def _attachments(attachments: object, trimmer: Trimmer) -> dict[str, dict[str, str]]:
    """Pictures that came with a text."""
    if not isinstance(attachments, Mapping):
        return {}
    return {
        str(name): {
            kind: "".join(trimmer.picture(bundle[kind]).split())
            for kind in BITMAPS
            if kind in bundle
        }
        for name, bundle in attachments.items()
        if isinstance(bundle, Mapping)
    }


def _outputs(outputs: Sequence[Mapping[str, Any]], trimmer: Trimmer) -> list[dict[str, Any]]:
    shown = [_output(output, trimmer) for output in outputs[:OUTPUTS]]
    if (left_out := len(outputs) - OUTPUTS) > 0:
        shown.append(_printed("stdout", trimmer.left_out(left_out)))
    return shown


def _printed(name: str, text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def _output(output: Mapping[str, Any], trimmer: Trimmer) -> dict[str, Any]:
    match output.get("output_type"):
        case "stream":
            name = "stderr" if output.get("name") == "stderr" else "stdout"
            return _printed(name, trimmer.text(output.get("text", "")))
        case "error":
            said = f"{output.get('ename')}: {output.get('evalue')}"
            lines = "\n".join(map(str, output.get("traceback") or [said]))
            return {
                "output_type": "error",
                "ename": "",
                "evalue": "",
                "traceback": [trimmer.text(lines)],
            }
    data = trimmer.data(output.get("data") or {})
    return {"output_type": "display_data", "metadata": {}, "data": data}
