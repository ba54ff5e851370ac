"""Says what is wrong with a field table: marks, defaults, examples, choices and normal forms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args, get_origin

from reconcile.fields.annotations import (
    AtLeast,
    Atomic,
    Default,
    Doc,
    Fields,
    Form,
    KeyedList,
    OnlyWritten,
    SensitiveIf,
)
from reconcile.fields.attributes import Attribute, attributes
from reconcile.fields.check import checked
from reconcile.fields.forms import text
from reconcile.fields.table import Row, table_of
from reconcile.model import FieldPath, Json, Origin
from reconcile.provider.cases import Finding

CODE = "declaration"
BROKEN = (Exception, SystemExit)
"""What a function of a package may raise: one that would end the command is as broken as another."""

_ODD: tuple[Json, ...] = (None, "", " x ", "12", "True", 0, 7, -1.5, True, False, [], ["a"], {}, {"a": 1})
"""Values of every shape that a server may show."""

_NOWHERE = Origin("")


def table_findings(model: type[Fields], path: FieldPath, *, is_documented: bool = True) -> Iterator[Finding]:
    """Yield what is wrong with a table, and with those inside of it."""
    try:
        lacking = [*_keys_without_fields(model)]
        table = None if lacking else table_of(model)
        checked(model, [{}], lambda index: lambda place, value: _NOWHERE)
    except BROKEN as error:  # a declaration may be anything
        yield Finding(path, CODE, f"is no table: {type(error).__name__}: {error}")
        return
    yield from (finding._replace(path=(*path, *finding.path)) for finding in lacking)
    if table is None:
        return
    for name, attribute in attributes(model).items():
        row = table.rows[name]
        for finding in _found(model, attribute, row, is_documented=is_documented):
            yield finding._replace(path=(*path, name, *finding.path))
        if row.table is not None:
            yield from table_findings(row.table.model, (*path, name), is_documented=is_documented)


def is_table(model: type[Fields]) -> bool:
    """Tell whether a table can be compiled at all."""
    try:
        table_of(model)
    except BROKEN:  # a declaration may be anything
        return False
    return True


def _keys_without_fields(model: type[Fields]) -> Iterator[Finding]:
    """Yield each field of a list's key that its entries lack: such a list makes no table."""
    for name, attribute in attributes(model).items():
        mark, entry = attribute.mark(KeyedList), _entry_of(attribute.annotation)
        for field in mark.fields if mark and entry else ():
            if entry is not None and field not in attributes(entry):
                words = f"has `{field}` in its key, and its entries have no such field"
                yield Finding((name,), CODE, words)


def _entry_of(annotation: Any) -> type[Fields] | None:
    """Return the table of the entries of a list; None for what is none, or of something else."""
    inner = (annotation, *get_args(annotation))
    items = [item for each in inner if get_origin(each) is list for item in get_args(each)]
    return next((each for each in items if isinstance(each, type) and issubclass(each, Fields)), None)


def example_of(model: type[Fields]) -> dict[str, Json]:
    """Return a spec of the examples of a table: of each field that has one."""
    found: dict[str, Json] = {}
    for name, attribute in attributes(model).items():
        doc = attribute.mark(Doc)
        if doc is not None and doc.example not in (None, {}, []):
            found[name] = doc.example
    return found


def _found(model: type[Fields], attribute: Attribute, row: Row, *, is_documented: bool) -> list[Finding]:
    """Return what is wrong with a field, or that a function of its marks raised."""
    try:
        return [*_field(model, attribute, row, is_documented=is_documented)]
    except BROKEN as error:
        return [Finding((), CODE, f"a function of its marks raised {type(error).__name__}: {error}")]


def _field(model: type[Fields], attribute: Attribute, row: Row, *, is_documented: bool) -> Iterator[Finding]:
    yield from _types(model, attribute, row)
    yield from _documented(model, attribute, row) if is_documented else ()
    yield from _listed(attribute, row)
    forms = [*_forms(attribute, row)]
    yield from forms
    if not forms:
        yield from _default(model, attribute, row)
        yield from _choices(model, row)
    yield from _sensitive(attribute)


def _types(model: type[Fields], attribute: Attribute, row: Row) -> Iterator[Finding]:
    odd = [mark for mark in attribute.marks if isinstance(mark, type)]
    yield from (Finding((), CODE, f"`{mark.__name__}` is a class: write {mark.__name__}()") for mark in odd)
    if attribute.default is not ...:
        for words in _wrong(model, row.name, attribute.default):
            yield Finding((), CODE, f"its default in Python: {words}")


def _documented(model: type[Fields], attribute: Attribute, row: Row) -> Iterator[Finding]:
    doc = attribute.mark(Doc)
    if doc is None:
        words = "is not documented: doc(vendor's type, one sentence, an example)"
        yield Finding((), CODE, words, "warning")
        return
    if not doc.description.endswith("."):
        yield Finding((), CODE, "its description is no sentence", "warning")
    if not (row.table is not None and doc.example in ({}, [], None)):
        for words in _wrong(model, row.name, doc.example):
            yield Finding((), CODE, f"its example: {words}", "warning")


def _listed(attribute: Attribute, row: Row) -> Iterator[Finding]:
    keyed = attribute.mark(KeyedList)
    if keyed is not None and row.shape != "keyed":
        yield Finding((), CODE, "is a KeyedList, and no list of objects")
    if keyed is not None and not keyed.fields:
        yield Finding((), CODE, "has no field in its key")
    if keyed is None and row.shape == "keyed":
        yield Finding(
            (), CODE, "is a list of objects: KeyedList((…)) says what tells them apart, or Atomic()"
        )
    if attribute.mark(OnlyWritten) is not None and row.shape != "keyed":
        yield Finding((), CODE, "is OnlyWritten, and no list of objects with a KeyedList")
    if attribute.mark(Atomic) is not None and keyed is not None:
        yield Finding((), CODE, "is both Atomic and a KeyedList")


def _forms(attribute: Attribute, row: Row) -> Iterator[Finding]:
    """Yield where a normal form raises, or is none."""
    if row.table is not None:
        return
    mark = attribute.mark(Form)
    for value in _ODD:
        try:
            found = row.form(value)
            again = row.form(found)
        except BROKEN as error:
            words = f"its form raises {type(error).__name__} for {value!r}: a normal form never raises"
            yield Finding((), CODE, words)
            return
        if again != found or type(again) is not type(found):
            yield Finding((), CODE, f"its form of {value!r} is {found!r}, whose form is {again!r}")
            return
    at_least = attribute.mark(AtLeast)
    for value in at_least.order if at_least and mark is None else ():
        if row.form(value) != value:
            yield Finding((), CODE, f"AtLeast has {value!r}, whose normal form is {row.form(value)!r}")


def _default(model: type[Fields], attribute: Attribute, row: Row) -> Iterator[Finding]:
    default = attribute.mark(Default)
    if default is None:
        return
    if row.form(None) != row.form(default.value):
        yield Finding((), CODE, f"null stands for {row.form(None)!r}, and not for the default")
    yield from (
        Finding((), CODE, f"its default: {words}") for words in _wrong(model, row.name, default.value)
    )


def _choices(model: type[Fields], row: Row) -> Iterator[Finding]:
    """Yield each choice that would not come back as itself: compared, exported, and read again."""
    forms: dict[str, Json] = {}
    for choice in row.choices:
        form = row.form(choice)
        if form in forms.values():
            yield Finding((), CODE, f"{choice!r} has the normal form of another choice: {form!r}")
        forms[repr(choice)] = form
        exported = text(choice) if row.is_text else form
        if exported is not None and (wrong := [*_wrong(model, row.name, exported)]):
            words = f"{choice!r} is exported as {exported!r}, which is refused: {wrong[0]}"
            yield Finding((), CODE, words)


def _sensitive(attribute: Attribute) -> Iterator[Finding]:
    mark = attribute.mark(SensitiveIf)
    if mark is None:
        return
    try:
        mark.test({})
    except BROKEN as error:
        words = f"its SensitiveIf raises {type(error).__name__} for an object that says nothing"
        yield Finding((), CODE, words)


def _wrong(model: type[Fields], name: str, value: Json) -> Iterator[str]:
    """Yield why the table refuses a value of one field; other fields may be missing."""
    (flaws,) = checked(model, [{name: value}], lambda index: lambda place, value: _NOWHERE)
    for flaw in flaws:
        if flaw.place[:1] == (name,) and not (flaw.problem.code == "missing-field" and len(flaw.place) == 1):
            yield flaw.problem.message
