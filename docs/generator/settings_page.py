"""Every setting by group."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import get_args

from pydantic import BaseModel, ByteSize, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from docs.generator import first_paragraph, table_row
from opsforge.settings import FlavourSettings, Group, Settings, SftpHostSettings

MACHINE = "*depends on the machine*"

INTRODUCTION = """\
# Settings

A setting comes from the environment, else from `opsforge.toml` in the data directory (or the file
that `OPSFORGE_CONFIG` names), else it has its default. `opsforge settings` prints the effective
ones. Unknown names are refused.

```toml
[server]
port = 8080

[[flavours]]
name = "large"
cpu = 4
memory = "8GiB"
```

Spans of time are ISO 8601 (`PT12H`) or seconds; sizes are bytes or have a unit (`2GiB`).
"""


TABLES: dict[str, type[BaseModel]] = {
    "flavours": FlavourSettings,
    "storage.hosts": SftpHostSettings,
}
"""Groups of which there may be many."""


def settings_page() -> str:
    """Every setting by group."""
    parts = [INTRODUCTION]
    groups: list[tuple[str, type[BaseModel]]] = [("", Settings)]
    for name, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Group):
            groups.append((name, field.annotation))
    groups += TABLES.items()
    for name, group in groups:
        heading = f"`[{name}]`" if name else "At the top"
        heading = f"`[[{name}]]`" if name in TABLES else heading
        parts.append(f"\n## {heading}\n\n{first_paragraph(group.__doc__)}\n")
        parts.append("| setting | default | environment | meaning |\n| --- | --- | --- | --- |")
        parts += list(_setting_rows(name, group))
    return "\n".join(parts) + "\n"


def _setting_rows(prefix: str, group: type[BaseModel]) -> Iterator[str]:
    for name, field in group.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Group):
            continue
        dotted = f"{prefix}.{name}" if prefix else name
        variable = "OPSFORGE_" + dotted.replace(".", "__").upper()
        shown = "" if prefix in TABLES else f"`{variable}`"
        cells = (f"`{dotted}`", _default(field), shown, _limits(field))
        yield table_row(*cells)


def _default(field: FieldInfo) -> str:
    value = field.default
    if value is PydanticUndefined:
        return (
            MACHINE
            if field.default_factory not in {None, dict}
            else ("*required*" if field.default_factory is None else "none")
        )
    if isinstance(value, Path) and value.is_absolute():
        return MACHINE
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, tuple):
        return ", ".join(f"`{getattr(item, 'name', item)}`" for item in value)
    if isinstance(value, ByteSize):
        return f"`{value.human_readable(separator='')}`"
    if isinstance(value, timedelta):
        return f"`{_span(value)}`"
    return "none" if value in {None, ""} else f"`{value}`"


def _span(value: timedelta) -> str:
    hours, seconds = divmod(int(value.total_seconds()), 3600)
    minutes, seconds = divmod(seconds, 60)
    units = [(hours, "H"), (minutes, "M"), (seconds, "S")]
    return "PT" + "".join(f"{number}{unit}" for number, unit in units if number)


def _limits(field: FieldInfo) -> str:
    text = field.description or ""
    values = [value for value in get_args(field.annotation) if isinstance(value, str)]
    return f"{text} One of {', '.join(f'`{v}`' for v in values)}." if values else text
