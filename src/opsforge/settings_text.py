"""Settings for people at a terminal: what is wrong in sentences, what is effective in lines."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from tomllib import TOMLDecodeError

from pydantic import BaseModel, ByteSize, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings.exceptions import SettingsError as SourceError

from opsforge.settings import Settings, load_settings


class SettingsError(Exception):
    """What is wrong with the settings: one sentence for each field."""


def read_settings(data: Path | None, *, host: str | None, port: int | None) -> Settings:
    """The effective settings, with what the command line says over all else.

    Raises:
        SettingsError: Some can't be used.
    """
    # Through the environment, so that every process of the platform reads the same.
    if host is not None:
        os.environ["OPSFORGE_SERVER__HOST"] = host
    if port is not None:
        os.environ["OPSFORGE_SERVER__PORT"] = str(port)
    try:
        return load_settings(data)
    except ValidationError as error:
        raise SettingsError("\n".join(map(_sentence, _causes(error)))) from None
    except TOMLDecodeError as error:
        raise SettingsError(f"The settings file is not valid TOML: {error}.") from None
    except SourceError as error:
        raise SettingsError(f"The environment can't be read: {error}.") from None
    except OSError as error:
        raise SettingsError(f"The settings file can't be read: {error}.") from None


def describe(settings: Settings) -> str:
    """Every setting with its description, as TOML; secrets only as "set" or "not set"."""
    return "\n".join(_lines(settings, ""))


def _causes(error: ValidationError) -> list[ErrorDetails]:
    """The errors, without those of a group that only follow from one inside it."""
    found = error.errors()
    inner = {each["loc"][:depth] for each in found for depth in range(len(each["loc"]))}
    return [each for each in found if each["loc"] not in inner]


def _sentence(error: ErrorDetails) -> str:
    name = ".".join(map(str, error["loc"])) or "the settings"
    if error["type"] == "extra_forbidden":
        return f"{name}: there is no such setting; `opsforge settings` lists all."
    # A list is one variable, whatever of it is wrong.
    parts = itertools.takewhile(lambda part: isinstance(part, str), error["loc"])
    variable = "OPSFORGE_" + "__".join(str(part).upper() for part in parts)
    what = error["msg"][:1].lower() + error["msg"][1:]
    return f"{name}: {what} (set by {variable} or in opsforge.toml)."


def _lines(group: BaseModel, prefix: str) -> Iterator[str]:
    for name, field in type(group).model_fields.items():
        value = getattr(group, name)
        if isinstance(value, BaseModel):
            if value.__doc__:
                yield f"\n# {value.__doc__.splitlines()[0]}"
            yield from _lines(value, f"{prefix}{name}.")
            continue
        yield f"# {field.description}"
        shown = (
            value.get_secret_value()
            if value == field.default and isinstance(value, SecretStr)
            else value
        )
        yield f"{prefix}{name} = {_value(shown)}"


def _value(value: object) -> str:
    if isinstance(value, SecretStr):
        return "(set, not shown)"
    if value is None:
        return "(not set)"
    if isinstance(value, ByteSize):
        return f'"{value.human_readable()}"'
    if isinstance(value, tuple):
        return "[" + "".join(f"\n  {_value(item)}," for item in value) + "\n]"
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        inner = ", ".join(f"{name} = {_value(getattr(value, name))}" for name in fields)
        return f"{{ {inner} }}"
    return str(value) if isinstance(value, int | float | dict) else f'"{value}"'
