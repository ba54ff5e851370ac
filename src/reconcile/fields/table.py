"""Compiles what a field table declares into one row per attribute, once; `walk` walks over objects."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, Union, get_args, get_origin

from reconcile.fields import forms
from reconcile.fields.annotations import (
    AtLeast,
    Atomic,
    Begins,
    Default,
    Fields,
    Fires,
    Form,
    FromName,
    FromOption,
    KeyedList,
    LookupOnly,
    Nameable,
    NamedBy,
    NeverChanges,
    OnlyWritten,
    RefersTo,
    SensitiveIf,
    ServerDefault,
    ShownAs,
)
from reconcile.fields.attributes import Attribute, attributes, once
from reconcile.model import FieldPath, Json, Part, Secret, Spec
from reconcile.named_tuple import NamedTuple
from reconcile.timetables.timetable import ReadTimes

Shape = Literal["scalar", "object", "keyed", "whole"]


class Row(NamedTuple):
    """Describe what the engine knows of one field."""

    name: str
    shape: Shape
    form: Callable[[Json], Json]
    is_text: bool
    required: bool
    table: Table | None
    key: tuple[str, ...]
    parts: tuple[tuple[str, Callable[[Json], Json]], ...]
    """The fields of the key, each with its normal form."""
    is_partial: bool
    """Whether of a list only the entries that the manifest writes are ours."""
    fixed: str | None
    """What can be done about a field that nothing changes; None: it can be changed."""
    filled: bool
    is_left_to_server: bool
    """Whether `export` leaves to the server what it chose."""
    from_name: bool
    from_option: bool
    asked: bool
    at_least: tuple[Json, ...] | None
    refers_to: str | None
    """The kind of the same system that it holds the id of."""
    refers_abroad: tuple[str, str] | None
    """The type of another system, and the kind of it, that it holds the id of."""
    named_by: str | None
    shown_as: ShownAs | None
    nameable: Nameable | None
    sensitive_if: Callable[[Spec], bool] | None
    choices: tuple[str, ...]
    """The only values that the field takes, where they can be counted."""
    fires: ReadTimes | None
    """When a value of the field fires, where it holds a schedule."""
    begins: bool

    @property
    def must_be_written(self) -> bool:
        """Tell whether a manifest that is silent about the field lacks something."""
        return self.required and not (self.from_name or self.from_option)

    def equal(self, want: Json, have: Json) -> bool:
        """Tell whether a live value is as desired, by normal form."""
        if self.asked or (self.filled and want is None):
            return True
        wanted, live = self.normal(want), self.normal(have)
        return bool(wanted == live) or (self.at_least is not None and self._further(wanted, live))

    def normal(self, value: Json) -> Json:
        """Return the normal form of a value; that of a secret is a secret too where it is a text."""
        if not isinstance(value, Secret):
            return self.form(value)
        found = self.form(value.open())
        return Secret(found) if isinstance(found, str) else found

    def _further(self, wanted: Json, live: Json) -> bool:
        order = self.at_least
        if order:
            return wanted in order and live in order and order.index(live) > order.index(wanted)
        return type(wanted) is type(live) and live is not None and bool(live > wanted)

    @property
    def nested(self) -> Table:
        """Return the table of what stands inside; ValueError for a field that holds no fields."""
        if self.table is None:
            raise ValueError(f"{self.name} holds no fields")
        return self.table

    def gone(self, want: Json) -> frozenset[tuple[str, ...]] | None:
        """Return the live entries that must go where only a part of the list is desired; None: all others."""
        if isinstance(want, Part):
            return want.gone
        return frozenset() if self.is_partial else None

    def key_of(self, entry: Spec) -> tuple[str, ...]:
        """Return the identity of an entry of this keyed list, without trailing nulls."""
        parts = [key_text(form(entry.get(name))) for name, form in self.parts]
        while len(parts) > 1 and not parts[-1]:
            parts.pop()
        return tuple(parts)


class Table(NamedTuple):
    """Hold the rows of one object, by name, in the vendor's order."""

    model: type[Fields]
    rows: Mapping[str, Row]
    sensitive: tuple[Row, ...]
    """The rows that are, or hold, what may be a secret."""
    implied: tuple[Row, ...]
    """The rows that have a value where the manifest is silent: the resource's name, or an option."""
    nests: frozenset[str]
    """The rows that are an object, or a list of them."""
    lists: tuple[Row, ...]
    """The rows that are, or hold, a list of entries."""
    instants: tuple[Row, ...]
    """The rows that hold a date-time with an offset."""
    schedules: tuple[Row, ...]
    """The rows that hold a schedule."""
    shown_inside: tuple[Row, ...]
    """The rows that hold an id which a live answer shows inside of an object, or hold such a field."""
    server_own: frozenset[str]
    """What a live answer has besides, and no request can hold."""


def key_text(value: Json) -> str:
    """Return one part of a key as text; null is ""."""
    return "" if value is None else str(value)


def rows_on(table: Table, path: FieldPath) -> Iterator[Row]:
    """Yield the row of each field on the way to a path, that of the field itself last."""
    within: Table | None = table
    for name in (step for step in path if isinstance(step, str)):
        row = within.rows.get(name) if within else None
        if row is None:
            return
        yield row
        within = row.table


def row_at(table: Table, path: FieldPath) -> Row:
    """Return the row of the field at a path, or of the list of the entry that is there."""
    first, *names = (step for step in path if isinstance(step, str))
    row = table.rows[first]
    for name in names:
        row = row.nested.rows[name]
    return row


def table_at(table: Table, path: FieldPath) -> Table:
    """Return the table of the object or the entry at a path."""
    return row_at(table, path).nested if path else table


@once
def table_of(model: type[Fields]) -> Table:
    """Return the field table that `model` declares."""
    rows = {name: _row(name, field) for name, field in attributes(model).items()}
    sensitive = [row for row in rows.values() if row.sensitive_if or (row.table and row.table.sensitive)]
    return Table(
        model,
        types.MappingProxyType(rows),
        sensitive=tuple(sensitive),
        implied=tuple(row for row in rows.values() if row.from_name or row.from_option),
        nests=frozenset(name for name, row in rows.items() if row.table),
        lists=tuple(row for row in rows.values() if row.table and (row.shape == "keyed" or row.table.lists)),
        instants=tuple(row for row in rows.values() if row.form is forms.instant),
        schedules=tuple(row for row in rows.values() if row.fires),
        shown_inside=tuple(
            row for row in rows.values() if row.shown_as or (row.table and row.table.shown_inside)
        ),
        server_own=frozenset((*model.server_own, *_shown_besides(rows.values()))),
    )


def _shown_besides(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the fields of a live answer that show what another field writes: no request holds them."""
    for row in rows:
        if row.shown_as is not None:
            yield from (row.shown_as.field, row.shown_as.named_by)


def _row(name: str, field: Attribute) -> Row:
    inner = _unwrap(field.annotation)
    shape, nested = _shape(inner, field.mark(Atomic) is not None)
    keyed, refers, named = field.mark(KeyedList), field.mark(RefersTo), field.mark(NamedBy)
    filled = field.mark(ServerDefault)
    sensitive, at_least, fires = field.mark(SensitiveIf), field.mark(AtLeast), field.mark(Fires)
    shown = field.mark(ShownAs)
    return Row(
        name=name,
        shape=shape,
        form=_form(field, inner, shape),
        is_text=inner is str,
        required=field.is_required,
        table=nested,
        key=keyed.fields if keyed else (),
        parts=tuple((key, nested.rows[key].form) for key in keyed.fields) if keyed and nested else (),
        is_partial=field.mark(OnlyWritten) is not None,
        fixed=fixed.todo if (fixed := field.mark(NeverChanges)) else None,
        filled=filled is not None,
        is_left_to_server=filled is not None and not (filled.is_exported or field.is_required),
        from_name=field.mark(FromName) is not None,
        from_option=field.mark(FromOption) is not None,
        asked=field.mark(LookupOnly) is not None,
        at_least=at_least.order if at_least else None,
        refers_to=refers.kind if refers and "/" not in refers.kind else None,
        refers_abroad=_abroad(refers.kind) if refers and "/" in refers.kind else None,
        named_by=named.field if named else shown.named_by if shown else None,
        shown_as=shown,
        nameable=field.mark(Nameable),
        sensitive_if=sensitive.test if sensitive else None,
        choices=get_args(inner) if get_origin(inner) is Literal else (),
        fires=fires.read if fires else None,
        begins=field.mark(Begins) is not None,
    )


def _abroad(kind: str) -> tuple[str, str]:
    type_, _, name = kind.partition("/")
    return type_, name


def _shape(inner: Any, whole: bool) -> tuple[Shape, Table | None]:
    if whole:
        return "whole", None
    if isinstance(inner, type) and issubclass(inner, Fields):
        return "object", table_of(inner)
    if get_origin(inner) is list:
        (item,) = get_args(inner)
        model = isinstance(item, type) and issubclass(item, Fields)
        return ("keyed", table_of(item)) if model else ("whole", None)
    return "scalar", None


def _form(field: Attribute, inner: Any, shape: Shape) -> Callable[[Json], Json]:
    marked, default = field.mark(Form), field.mark(Default)
    base = marked.of if marked else _form_of_type(inner, shape)
    if default is None:
        return base
    meant = base(default.value)
    return lambda value: meant if base(value) is None else base(value)


def _form_of_type(inner: Any, shape: Shape) -> Callable[[Json], Json]:
    if shape == "whole":
        return forms.unordered if get_origin(inner) is list else forms.whole
    if get_origin(inner) is Literal:
        return forms.one_of(get_args(inner))
    return _FORMS.get(inner, forms.blank)


_FORMS: Mapping[Any, Callable[[Json], Json]] = {int: forms.integer, str: forms.text, bool: forms.boolean}


def _unwrap(annotation: Any) -> Any:
    if get_origin(annotation) in {Union, types.UnionType}:
        members = [member for member in get_args(annotation) if member is not type(None)]
        return members[0] if len(members) == 1 else annotation
    return annotation
