"""Decides whether a JSON value fits a schema, in the subset of JSON Schema that the fakes use."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from .system import Json, Schema


def violations(schema: Schema, value: Json, path: str = "") -> Iterator[str]:
    """Yield a sentence for each place where `value` does not fit, naming the place and never the value."""
    where = path or "the body"
    if not _has_type(schema.get("type"), value):
        yield f"{where} must be {_spoken(schema['type'])}"
        return
    if value is None:
        return
    yield from (f"{where} {told}" for told in _limits(schema, value))
    if isinstance(value, dict):
        yield from _object(schema, value, path)
    if isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            yield from violations(schema["items"], item, f"{path}[{index}]")


def fits_text(schema: Schema, text: str) -> bool:
    """Tell whether a text of a path or a query can be read as what `schema` asks for."""
    match schema.get("type"):
        case "integer":
            return re.fullmatch(r"-?[0-9]{1,19}", text) is not None and not any(_limits(schema, int(text)))
        case "boolean":
            return text.lower() in ("true", "false")
        case _:
            return not any(_limits(schema, text))


def _is_integer(value: Json) -> bool:
    return not isinstance(value, bool) and (
        isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    )


_TYPES: dict[str, Callable[[Json], bool]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "integer": _is_integer,
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}


def _has_type(types: str | list[str] | None, value: Json) -> bool:
    if types is None:
        return True
    return any(_TYPES[name](value) for name in ([types] if isinstance(types, str) else types))


def _spoken(types: str | list[str]) -> str:
    return types if isinstance(types, str) else " or ".join(types)


def _limits(schema: Schema, value: Json) -> Iterator[str]:
    if "enum" in schema and value not in schema["enum"]:
        yield "must be one of " + ", ".join(str(known) for known in schema["enum"])
    if isinstance(value, str):
        yield from _text_limits(schema, value)
    elif isinstance(value, int | float) and not schema.get("minimum", value) <= value <= schema.get(
        "maximum", value
    ):
        yield "is out of range"


def _text_limits(schema: Schema, value: str) -> Iterator[str]:
    if "pattern" in schema and re.search(schema["pattern"], value) is None:
        yield schema.get("x-message", f"must match {schema['pattern']}")
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        yield "is too short or too long"


def _object(schema: Schema, value: dict[str, Json], path: str) -> Iterator[str]:
    known = schema.get("properties", {})
    for key in schema.get("required", ()):
        if key not in value:
            yield f"{_inside(path, key)} is required"
    for key, item in value.items():
        if key in known:
            yield from violations(known[key], item, _inside(path, key))
        elif schema.get("additionalProperties") is False:
            yield f"{_inside(path, key)} is not known here"


def _inside(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
