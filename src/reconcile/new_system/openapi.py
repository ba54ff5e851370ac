"""Reads parts of an OpenAPI 3 description: operations, and what their schemas say; `collection` finds which
operations a path has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias
from urllib.parse import unquote

from reconcile.model import EMPTY, Json

Schema: TypeAlias = Mapping[str, Json]
MethodAndPath: TypeAlias = tuple[str, str]
"""A method in small letters, and a path as it is spelled."""

_REFERENCES = 12
"""So many references in a row lead nowhere."""

_SCHEMA: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("properties",), (dict,)),
    **dict.fromkeys(("required", "allOf", "anyOf", "oneOf", "enum"), (list,)),
    **dict.fromkeys(("format", "title", "description"), (str,)),
    "type": (str, list),
    "items": (dict, bool),
}
_WORDS: Mapping[type, str] = {
    dict: "a mapping",
    list: "a list",
    str: "a text",
    bool: "a truth value",
    int: "a number",
    float: "a number",
}


class Unsound(Exception):
    """Say that a part of a description is not what OpenAPI has there."""

    def __init__(self, holder: Json, step: str | int, words: str) -> None:
        super().__init__(words)
        self.holder = holder
        """What the part stands in."""
        self.step = step
        """Its name there, or its number."""


def part(holder: Any, step: Any, *types: type) -> Any:
    """Return a part of a mapping or a list; None for none, and Unsound for one of another type."""
    value = holder[step] if isinstance(holder, list) else holder.get(step)
    if value is None or isinstance(value, types):
        return value
    wanted = " or ".join(_WORDS[each] for each in types)
    raise Unsound(
        holder, step, f"is {_WORDS.get(type(value), 'something else')}, and OpenAPI has {wanted} there"
    )


class Description:
    """Hold an OpenAPI description."""

    def __init__(self, whole: dict[str, Json]) -> None:
        self.whole = whole
        self._schemas: dict[int, Schema] = {}
        """The schemas that were put together, by the identity of the parts that they are written as."""

    @property
    def paths(self) -> Mapping[str, Json]:
        """Return what stands at each path."""
        found = part(self.whole, "paths", dict)
        return {path: item for path, item in found.items() if isinstance(path, str) and path.startswith("/")}

    def methods(self, path: str) -> Mapping[str, Json]:
        """Return the operations of a path by method; an empty mapping for a path that there is none of."""
        return self.resolved(part(self.whole["paths"], path, dict))

    def part(self, name: str) -> Mapping[str, Json]:
        """Return a part of the description that is a mapping; an empty one where there is none."""
        return part(self.whole, name, dict) or EMPTY

    def operation(self, place: MethodAndPath | None) -> Mapping[str, Json]:
        """Return an operation; an empty mapping where it is not there."""
        return (part(self.methods(place[1]), place[0], dict) if place else None) or EMPTY

    def resolved(self, value: Json) -> Schema:
        """Return a part of the description with what it refers to in its place, one level of it."""
        for _ in range(_REFERENCES):
            if not isinstance(value, dict):
                return EMPTY
            reference = part(value, "$ref", str)
            if reference is None:
                return value
            value = self._at(value, reference)
        raise Unsound(value, "$ref", "leads round, and to nothing")

    def _at(self, holder: Json, reference: str) -> Json:
        """Return what a reference leads to; Unsound where it leads to nothing, or out of this file."""
        if not reference.startswith("#/"):
            raise Unsound(holder, "$ref", "leads out of this file: put all of the description into one")
        found: Json = self.whole
        for step in reference.removeprefix("#/").split("/"):
            name = unquote(step).replace("~1", "/").replace("~0", "~")
            inner = dict(enumerate(found)) if isinstance(found, list) else found
            key = int(name) if isinstance(found, list) and name.isdecimal() else name
            if not isinstance(inner, dict) or key not in inner:
                raise Unsound(holder, "$ref", "leads to nothing in this file")
            found = part(found, key, dict, list, bool)
        return found

    def schema(self, value: Json) -> Schema:
        """Return a schema with all that it is made of: references, `allOf`, and the one that is not null.

        What it is made of twice, or of itself, counts once.
        """
        written = self.resolved(value)
        if not written:
            return EMPTY
        if id(written) not in self._schemas:
            self._schemas[id(written)] = EMPTY
            self._schemas[id(written)] = self._whole_schema(written)
        return self._schemas[id(written)]

    def _whole_schema(self, written: Schema) -> Schema:
        _check_schema(written)
        found = dict(written)
        for each in found.pop("allOf", None) or ():
            inner = self.schema(each)
            found = {
                **inner,
                **found,
                "properties": {**written_in(inner), **written_in(found)},
                "required": [*dict.fromkeys((*required_in(inner), *required_in(found)))],
            }
        for word in ("anyOf", "oneOf"):
            members = [self.schema(member) for member in found.get(word) or ()]
            real = [member for member in members if member.get("type") != "null"]
            if len(real) == 1:
                about = {name: it for name, it in found.items() if name != word}
                found = {**real[0], **about}
        if isinstance(found.get("type"), list):
            kinds = [each for each in found["type"] if each not in {"null", None}]
            found["type"] = kinds[0] if len(kinds) == 1 else None
        return found

    def body(self, operation: Mapping[str, Json]) -> Schema:
        """Return the schema of what an operation is sent."""
        return self._json(self.resolved(part(operation, "requestBody", dict)))

    def answer(self, operation: Mapping[str, Json]) -> Schema:
        """Return the schema of what an operation answers where all is well."""
        good = self._good_answers(operation)
        return self._json(good[0]) if good else EMPTY

    def headers(self, operation: Mapping[str, Json]) -> frozenset[str]:
        """Return the headers, in lower case, that an operation's good answer is said to have."""
        good = self._good_answers(operation)
        named = (name for response in good for name in part(response, "headers", dict) or ())
        return frozenset(str(name).lower() for name in named)

    def _good_answers(self, operation: Mapping[str, Json]) -> list[Schema]:
        responses = part(operation, "responses", dict) or {}
        good = sorted((code for code in responses if str(code).startswith("2")), key=str)
        return [self.resolved(part(responses, code, dict)) for code in good]

    def parameters(self, place: MethodAndPath) -> Iterator[Schema]:
        """Yield the parameters of an operation, those of its path too."""
        for holder in (self.methods(place[1]), self.operation(place)):
            listed = part(holder, "parameters", list) or []
            yield from (self.resolved(part(listed, at, dict)) for at in range(len(listed)))

    def _json(self, holder: Mapping[str, Json]) -> Schema:
        content = part(holder, "content", dict) or {}
        known = next((kind for kind in content if "json" in str(kind)), None)
        media = part(content, known, dict) if known is not None else None
        return self.schema(part(media, "schema", dict, bool)) if media else EMPTY


def _check_schema(schema: Schema) -> None:
    """Raise Unsound where a part of a schema that is read here is of another type than OpenAPI has it."""
    for name, types in _SCHEMA.items():
        part(schema, name, *types)
    for name in schema.get("properties") or ():
        part(schema["properties"], name, dict, bool)
    for word in ("allOf", "anyOf", "oneOf"):
        for at in range(len(schema.get(word) or ())):
            part(schema[word], at, dict, bool)
    for word in ("required", "type"):
        listed = schema.get(word)
        for at in range(len(listed) if isinstance(listed, list) else 0):
            part(listed, at, str)


def written_in(schema: Schema) -> Schema:
    """Return the properties of a schema."""
    found: Schema = schema.get("properties") or EMPTY
    return found


def required_in(schema: Schema) -> list[str]:
    """Return the properties that a schema requires."""
    return [name for name in schema.get("required") or () if name is not None]
