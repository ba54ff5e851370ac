"""Drafts field tables from the schemas of an OpenAPI description."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from reconcile.model import Json
from reconcile.new_system.draft import FieldDraft, TableDraft, can_be_a_field, class_name, title_of
from reconcile.new_system.openapi import Description, Schema
from reconcile.new_system.source import literal

_SIMPLE = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
_EXAMPLES = {
    "date-time": "2026-12-01T09:00:00Z",
    "date": "2026-12-01",
    "uuid": "00000000-0000-4000-8000-000000000001",
    "uri": "https://example.com",
    "email": "somebody@example.com",
}
_NAMES = ("name", "title", "displayName", "display_name", "label", "slug", "key", "code", "username", "login")
_DEEP = 4
_LONG = 76


class Drafter:
    """Draft the tables of one kind; nested ones are named after the fields that hold them."""

    def __init__(self, description: Description, kind: str) -> None:
        self._description = description
        self._kind = kind
        self.tables: list[TableDraft] = []

    def table(self, name: str, words: str, sent: Schema, shown: Schema, deep: int = 0) -> TableDraft:
        """Draft the table of an object: of what is sent of it, as far as answers show it."""
        written, seen = sent.get("properties") or {}, shown.get("properties") or written_in(sent)
        left_out = dict(self._left_out(written, seen))
        required = {*(sent.get("required") or ())}
        fields = [
            self._field(field, written[field], seen, field in required, deep)
            for field in written
            if field not in left_out
        ]
        own = tuple(field for field in seen if field not in written)
        return TableDraft(name, words, tuple(fields), own, left_out)

    def _left_out(self, written: Schema, seen: Schema) -> Iterator[tuple[str, str]]:
        for name, value in written.items():
            if not can_be_a_field(name):
                yield name, "no name that Python has"
            elif self._description.schema(value).get("readOnly"):
                yield name, "the server's own"
            elif name not in seen and shown_as(name, seen) is None:
                yield name, "in no answer, so that nobody could compare it"

    def _field(self, name: str, value: Json, seen: Schema, required: bool, deep: int) -> FieldDraft:
        schema = self._description.schema(value)
        type_, marks = self._typed(name, schema, deep)
        default = schema.get("default")
        plain = type_ in _SIMPLE.values() or type_.startswith("Literal[")
        if plain and default is not None and not required:
            marks = (*marks, f"Default({literal(default)})")
        if (inside := shown_as(name, seen)) is not None:
            marks = (*marks, f"ShownAs({literal(inside)})")
        vendor = str(schema.get("format") or schema.get("type") or "object")
        return FieldDraft(
            name, type_, vendor, told_of(schema, name), self._example(schema, name), required, marks
        )

    def _typed(self, name: str, schema: Schema, deep: int) -> tuple[str, tuple[str, ...]]:
        """Return the type of a field as source, and the marks that go with it."""
        kind, choices = schema.get("type"), schema.get("enum")
        if kind == "string" and choices and all(isinstance(choice, str) for choice in choices):
            return f"Literal[{', '.join(map(literal, choices))}]", ()
        if kind == "string" and schema.get("format") == "date-time":
            return "str", ("Form(forms.instant)",)
        if kind in _SIMPLE:
            return _SIMPLE[kind], ()
        if kind == "array":
            return self._list(name, self._description.schema(schema.get("items")), deep)
        if self._is_table(schema, deep):
            return self._nested(name, schema, deep), ()
        return "dict[str, Any]" if kind == "object" else "Any", ("Atomic()",)

    def _list(self, name: str, items: Schema, deep: int) -> tuple[str, tuple[str, ...]]:
        if items.get("type") in _SIMPLE and not items.get("enum"):
            return f"list[{_SIMPLE[items['type']]}]", ()
        key = naming_field(
            items.get("properties") or {}, self._description, required=items.get("required") or ()
        )
        if self._is_table(items, deep) and key is not None:
            return f"list[{self._nested(name, items, deep)}]", (f"KeyedList(({literal(key)},))",)
        return "list[Any]", ("Atomic()",)

    def _is_table(self, schema: Schema, deep: int) -> bool:
        named = [name for name in schema.get("properties") or {} if can_be_a_field(name)]
        return bool(named) and not schema.get("additionalProperties") and deep < _DEEP

    def _nested(self, name: str, schema: Schema, deep: int) -> str:
        taken = {table.name for table in self.tables}
        called = f"{self._kind}{class_name(name)}"
        while called in taken:
            called = f"{called}2"
        words = told_of(schema, name)
        made = self.table(called, words, schema, schema, deep + 1)
        self.tables.append(made)
        return called

    def _example(self, schema: Schema, name: str) -> Json:
        """Return a value that the field takes, another one than its default."""
        given = [schema.get("example"), *(schema.get("examples") or ()), *(schema.get("enum") or ())]
        kind, default = schema.get("type"), schema.get("default")
        fits = [each for each in given if _is_a(kind, each) and each != default]
        if fits and kind in _SIMPLE:
            return fits[0]
        match kind:
            case "boolean":
                return default is not True
            case "integer" | "number":
                least = schema.get("minimum", schema.get("exclusiveMinimum"))
                found = int(least) + 1 if isinstance(least, int | float) else 1
                return found if found != default else found + 1
            case "string":
                return _EXAMPLES.get(str(schema.get("format")), f"a {name}")
            case "array":
                items = self._description.schema(schema.get("items"))
                return [self._example(items, name)] if items.get("type") in _SIMPLE else []
        return {} if kind == "object" else "a value"


def written_in(schema: Schema) -> Schema:
    """Return the properties of a schema."""
    found: Schema = schema.get("properties") or {}
    return found


def naming_field(
    properties: Mapping[str, Json], description: Description, required: object = ()
) -> str | None:
    """Return the property that is an object's name: by its own name, else the first text that is required."""
    texts = [
        name
        for name, value in properties.items()
        if can_be_a_field(name)
        and (found := description.schema(value)).get("type") == "string"
        and not found.get("enum")
    ]
    usual = [name for name in _NAMES if name in texts]
    needed = [name for name in texts if isinstance(required, list) and name in required]
    return next(iter((*usual, *needed)), None)


def shown_as(name: str, seen: Schema) -> str | None:
    """Return the field of an answer that shows the object whose id `name` holds; None for none."""
    for ending in ("_id", "Id", "_uuid"):
        inside = name.removesuffix(ending)
        if name.endswith(ending) and name not in seen and inside in seen:
            return inside
    return None


def told_of(schema: Schema, name: str) -> str:
    """Return the first sentence that a schema says of itself, short enough for a line."""
    title = str(schema.get("title") or "")
    told = " ".join(str(schema.get("description") or (title if " " in title else "")).split())
    first = re.split(r"(?<=[.!?])\s", told)[0] or f"The {title_of(name).lower()}"
    short = first if len(first) <= _LONG else f"{first[:_LONG].rsplit(' ', 1)[0]} …"
    return short if short.endswith((".", "…", "!", "?")) else f"{short}."


def _is_a(kind: Json, value: Json) -> bool:
    types: Mapping[Json, tuple[type, ...]] = {
        "string": (str,),
        "integer": (int,),
        "number": (int, float),
        "boolean": (bool,),
    }
    return isinstance(value, types.get(kind, ())) and (kind == "boolean" or not isinstance(value, bool))
