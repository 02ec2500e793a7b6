"""The last plot of a notebook, made small for a gallery."""

import base64
import binascii
import io
from collections.abc import Iterator, Mapping
from typing import Any

from PIL import Image

from opsforge.reader.notebook import load_notebook

WIDTH, HEIGHT = 640, 400
MAX_PIXELS = 40_000_000
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
Image.init()


def find_picture(file: int, options: Mapping[str, Any]) -> bytes:
    """A PNG no larger than a card, drawn anew from the last one that can be; empty without one."""
    del options
    for encoded in _pictures(load_notebook(file)):
        try:
            return _small(base64.b64decode(encoded))
        except (OSError, ValueError, SyntaxError, binascii.Error, Image.DecompressionBombError):
            continue
    return b""


def _pictures(notebook: Mapping[str, Any]) -> Iterator[str]:
    """The PNG outputs, last first."""
    for cell in reversed(notebook["cells"]):
        for output in reversed(cell.get("outputs", ())):
            encoded = output.get("data", {}).get("image/png")
            if isinstance(encoded, str):
                yield encoded


def _small(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise ValueError("too many pixels")
        picture.thumbnail((WIDTH, HEIGHT))
        flat = Image.new("RGB", picture.size, "white")
        shown = picture.convert("RGBA")
        flat.paste(shown, mask=shown)
    target = io.BytesIO()
    flat.save(target, "PNG", optimize=True)
    return target.getvalue()
