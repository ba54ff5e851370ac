"""Drafts field tables from the schemas of an OpenAPI description."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from reconcile.fields.forms import instant
from reconcile.model import EMPTY, Json
from reconcile.new_system.draft import (
    FieldDraft,
    TableDraft,
    can_be_a_field,
    class_name,
    table_name,
    title_of,
)
from reconcile.new_system.openapi import Description, Schema, required_in, written_in
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
_LARGE = 10**15
_LONG = 76


class Drafter:
    """Draft the tables of one kind; nested ones are named after the fields that hold them."""

    def __init__(self, description: Description, kind: str, refused: Mapping[str, str] = EMPTY) -> None:
        self._description = description
        self.kind = kind
        self._refused = refused
        """The fields of the kind's own table that made no sound row, with the reasons."""
        self.tables: list[TableDraft] = []
        self._names = {table_name(kind)}
        self._open: list[Schema] = []
        """The properties of the objects that are being drafted, each inside of the one before."""

    def whole(self, words: str, sent: Schema, shown: Schema) -> TableDraft:
        """Draft the table of the kind itself."""
        made = self._table(table_name(self.kind), words, sent, shown)
        kept = tuple(field for field in made.fields if field.name not in self._refused)
        known = {
            field.name: self._refused[field.name] for field in made.fields if field.name in self._refused
        }
        return made._replace(fields=kept, left_out={**made.left_out, **known})

    def _table(self, name: str, words: str, sent: Schema, shown: Schema) -> TableDraft:
        """Draft the table of an object: of what is sent of it, as far as answers show it."""
        written, seen = written_in(sent), written_in(shown) or written_in(sent)
        left_out = dict(self._left_out(written, seen))
        required = {*required_in(sent)}
        self._open += [written, seen]
        fields = [
            self._field(field, written[field], seen, field in required)
            for field in written
            if field not in left_out
        ]
        del self._open[-2:]
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

    def _field(self, name: str, value: Json, seen: Schema, required: bool) -> FieldDraft:
        schema = self._description.schema(value)
        type_, marks = self._typed(name, schema)
        default = schema.get("default")
        plain = type_ in _SIMPLE.values() or type_.startswith("Literal[")
        if plain and _fits(schema, default) and not required:
            marks = (*marks, f"Default({literal(default)})")
        if (inside := shown_as(name, seen)) is not None:
            marks = (*marks, f"ShownAs({literal(inside)})")
        vendor = str(schema.get("format") or schema.get("type") or "object")
        return FieldDraft(
            name, type_, vendor, told_of(schema, name), self._example(schema, name), required, marks
        )

    def _typed(self, name: str, schema: Schema) -> tuple[str, tuple[str, ...]]:
        """Return the type of a field as source, and the marks that go with it."""
        kind, choices = schema.get("type"), schema.get("enum")
        if kind == "string" and choices and all(isinstance(choice, str) for choice in choices):
            return f"Literal[{', '.join(map(literal, dict.fromkeys(choices)))}]", ()
        if kind == "string" and schema.get("format") == "date-time":
            return "str", ("Form(forms.instant)",)
        if kind in _SIMPLE:
            return _SIMPLE[kind], ()
        if kind == "array":
            return self._list(name, self._description.schema(schema.get("items")))
        if self._is_table(schema):
            return self._nested(name, schema), ()
        return "dict[str, Any]" if kind == "object" else "Any", ("Atomic()",)

    def _list(self, name: str, items: Schema) -> tuple[str, tuple[str, ...]]:
        if items.get("type") in _SIMPLE and not items.get("enum"):
            return f"list[{_SIMPLE[items['type']]}]", ()
        key = naming_field(written_in(items), self._description, required_in(items))
        if self._is_table(items) and key is not None:
            return f"list[{self._nested(name, items)}]", (f"KeyedList(({literal(key)},))",)
        return "list[Any]", ("Atomic()",)

    def _is_table(self, schema: Schema) -> bool:
        """Tell whether an object gets a table: not one that goes round, nor one deep inside of others."""
        written = written_in(schema)
        is_open = len(self._open) > 2 * _DEEP or any(written == other for other in self._open)
        named = [name for name in written if can_be_a_field(name)]
        return bool(named) and not schema.get("additionalProperties") and not is_open

    def _nested(self, name: str, schema: Schema) -> str:
        called = table_name(f"{self.kind}{class_name(name)}")
        while called in self._names:
            called = f"{called}2"
        self._names.add(called)
        self.tables.append(self._table(called, told_of(schema, name), schema, schema))
        return called

    def _example(self, schema: Schema, name: str) -> Json:
        """Return a value that the field takes, another one than its default."""
        several = schema.get("examples")
        listed = several if isinstance(several, list) else []
        given = [schema.get("example"), *listed, *(schema.get("enum") or ())]
        kind, default = schema.get("type"), schema.get("default")
        fits = [each for each in given if _fits(schema, each) and each != default]
        if fits and kind in _SIMPLE:
            return fits[0]
        match kind:
            case "boolean":
                return default is not True
            case "integer" | "number":
                least = schema.get("minimum", schema.get("exclusiveMinimum"))
                found = int(least) + 1 if _is_a("number", least) and abs(least) < _LARGE else 1
                return found if found != default else found + 1
            case "string":
                return _EXAMPLES.get(str(schema.get("format")), f"a {name}")
            case "array":
                items = self._description.schema(schema.get("items"))
                return [self._example(items, name)] if items.get("type") in _SIMPLE else []
        return {} if kind == "object" else "a value"


def naming_field(
    properties: Mapping[str, Json], description: Description, required: Sequence[str] = ()
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
    needed = [name for name in texts if name in required]
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


def _fits(schema: Schema, value: Json) -> bool:
    """Tell whether a value is one that a simple schema takes."""
    choices, kind = schema.get("enum"), schema.get("type")
    is_instant = kind == "string" and schema.get("format") == "date-time" and not choices
    if not _is_a(kind, value) or (choices and value not in choices):
        return False
    return not is_instant or isinstance(instant(value), int)


def _is_a(kind: Json, value: Json) -> bool:
    types: Mapping[Json, tuple[type, ...]] = {
        "string": (str,),
        "integer": (int,),
        "number": (int, float),
        "boolean": (bool,),
    }
    return isinstance(value, types.get(kind, ())) and (kind == "boolean" or not isinstance(value, bool))
