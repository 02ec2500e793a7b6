"""Every endpoint by room, and the schemas of what they take and give."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from docs.generator import first_paragraph, table_row
from tests.support.routes import ApiRoute, api_routes, describing_app

INTRODUCTION = """\
# API

Below `/api/v1`; the running platform describes it at `/api/v1/openapi.json`, for tools. Scripts
send `Authorization: Bearer <token>`. Pages send the session's cookie and, with everything that
changes something, `X-OpsForge-Request: 1`. [errors.md](errors.md) lists the refusals.
"""


def api_page() -> str:
    """Every endpoint by room."""
    schemas: dict[str, Any] = describing_app().openapi()["components"]["schemas"]
    rooms: dict[str, list[ApiRoute]] = {}
    for route in api_routes():
        rooms.setdefault(route.operation["tags"][0], []).append(route)
    parts = [INTRODUCTION]
    for room, routes in rooms.items():
        parts.append(f"\n## {room.capitalize()}")
        parts += [part for route in routes for part in _endpoint(route)]
    parts.append("\n## Schemas")
    for name, schema in sorted(schemas.items()):
        if not name.startswith("Body_"):
            parts += _schema(name, schema)
    return "\n".join(parts) + "\n"


def _endpoint(route: ApiRoute) -> Iterator[str]:
    operation = route.operation
    yield f"\n### `{route}`\n\n{operation['description']}\n"
    who = "Administrators" if route.needs_admin else "Signed in" if route.needs_actor else "Anybody"
    serves = f" Requirements: {', '.join(route.requirements)}." if route.requirements else ""
    yield f"- {who}.{serves}"
    for parameter in operation.get("parameters", ()):
        if parameter["in"] in {"query", "path"}:
            text = parameter.get("description", "")
            kind = _type(parameter["schema"])
            yield f"- {parameter['in'].capitalize()} `{parameter['name']}` ({kind}) {text}".rstrip()
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"- Body: {_body(kind, content.get('schema', {}))}"
    for status, response in sorted(operation["responses"].items()):
        if int(status) < HTTPStatus.BAD_REQUEST:
            yield f"- {status}: {_answer(response)}"
        else:
            codes = re.sub(r"`([^`]+)`", r"[`\1`](errors.md#\1)", response["description"])
            yield f"- {status}: {codes}"


def _answer(response: dict[str, Any]) -> str:
    content = response.get("content", {})
    kinds = [_body(kind, item.get("schema", {})) for kind, item in content.items()]
    return ", ".join(kinds) or "no content"


def _body(kind: str, schema: dict[str, Any]) -> str:
    if kind == "multipart/form-data":
        name = schema.get("$ref", "").rsplit("/", 1)[-1]
        found = describing_app().openapi()["components"]["schemas"].get(name, schema)
        fields = [f"`{field}`" for field in found.get("properties", {})]
        return f"{kind} with {', '.join(fields) or 'files'}"
    return _type(schema) if kind == "application/json" else f"{kind} {_type(schema)}".strip()


def _schema(name: str, schema: dict[str, Any]) -> Iterator[str]:
    yield f'\n### <a id="{name}"></a>{name}\n'
    if text := schema.get("description"):
        yield f"{first_paragraph(text)}\n"
    if values := schema.get("enum"):
        yield f"One of {', '.join(f'`{value}`' for value in values)}."
    required = set(schema.get("required", ()))
    properties: dict[str, Any] = schema.get("properties", {})
    if properties:
        yield "| field | type | meaning |\n| --- | --- | --- |"
    for field, description in properties.items():
        kind = _type(description) + ("" if field in required else ", optional")
        yield table_row(f"`{field}`", kind, description.get("description", ""))


def _type(schema: dict[str, Any]) -> str:
    if reference := schema.get("$ref"):
        name = str(reference).rsplit("/", 1)[-1]
        return f"[{name}](#{name})"
    if options := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(_type(option) for option in options)
    if values := schema.get("enum"):
        return " or ".join(f"`{value}`" for value in values)
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "anything")
