"""Values of `opsforge.storage` as JSON and back: what calls take, return and raise."""

import base64
import dataclasses
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from opsforge.storage import moves, places

CLASSES: dict[str, type[Any]] = {
    each.__name__: each
    for each in (
        places.Amount,
        places.FileEntry,
        places.FileHead,
        places.FolderEntry,
        places.Opened,
        places.Place,
        places.Staged,
        places.Volume,
        moves.Exchange,
        moves.Merge,
        moves.Publish,
        moves.Rename,
        moves.Replace,
        moves.TakeAway,
        moves.TakeOut,
    )
}
ENCODERS: dict[str, Callable[[Any], Any]] = {
    "Area": lambda value: value.value,
    "datetime": lambda value: value.isoformat(),
    "bytes": lambda value: base64.b64encode(value).decode(),
    "dict": lambda value: {name: _to_plain(each) for name, each in value.items()},
    "PurePosixPath": str,
    "tuple": lambda value: list(map(_to_plain, value)),
}
DECODERS: dict[str, Callable[[Any], Any]] = {
    "Area": places.Area,
    "datetime": datetime.fromisoformat,
    "bytes": base64.b64decode,
    "dict": lambda content: {name: _from_plain(each) for name, each in content.items()},
    "PurePosixPath": PurePosixPath,
    "tuple": lambda content: tuple(map(_from_plain, content)),
}
ERRORS: dict[str, type[Exception]] = {
    each.__name__: each for each in (ConnectionResetError, FileNotFoundError, ValueError)
}
"""Those that say all with one sentence; an error of the system has a number."""


class HostError(RuntimeError):
    """Something on the host went wrong that is no answer to a call."""


def encode(value: object) -> bytes:
    """A value as JSON in UTF-8."""
    return json.dumps(_to_plain(value)).encode()


def decode(content: bytes) -> Any:  # noqa: ANN401 - any of the values that travel.
    """The value that `encode` was given."""
    return _from_plain(json.loads(content))


def encode_error(error: BaseException) -> dict[str, Any]:
    """An error as values that travel."""
    if isinstance(error, OSError) and error.errno is not None:
        return {"number": error.errno, "text": error.strerror, "path": error.filename}
    return {"kind": type(error).__name__, "text": str(error)}


def decode_error(content: dict[str, Any]) -> Exception:
    """The error that `encode_error` was given."""
    if "number" in content:
        return OSError(content["number"], content["text"], content["path"])
    kind = ERRORS.get(content["kind"])
    return kind(content["text"]) if kind else HostError(f"{content['kind']}: {content['text']}")


def _to_plain(value: Any) -> Any:  # noqa: ANN401 - any of the values that travel.
    if isinstance(value, list):
        return [_to_plain(each) for each in value]
    kind = type(value).__name__
    if kind in CLASSES:
        fields = (field.name for field in dataclasses.fields(value))
        return {"$": kind, "content": {name: _to_plain(getattr(value, name)) for name in fields}}
    encoder = ENCODERS.get(kind)
    return {"$": kind, "content": encoder(value)} if encoder else value


def _from_plain(value: Any) -> Any:  # noqa: ANN401 - any of the values that travel.
    if isinstance(value, list):
        return [_from_plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    kind, content = value["$"], value["content"]
    if kind in DECODERS:
        return DECODERS[kind](content)
    return CLASSES[kind](**{name: _from_plain(each) for name, each in content.items()})
