"""Writes the documentation of kinds and fields from the field tables."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from textwrap import fill

from reconcile.fields.annotations import Doc, Nameable
from reconcile.fields.attributes import attributes
from reconcile.fields.table import Row, Table
from reconcile.model import Json
from reconcile.named_tuple import NamedTuple
from reconcile.provider.kinds import Catalogue, Kind
from reconcile.provider.lookups import Lookup
from reconcile.suggest import suggestion

WIDTH = 96


class Subject(NamedTuple):
    """Hold what is explained: a kind, or one of its fields."""

    kind: Kind
    fields: tuple[str, ...] = ()


class NoSuchKind(LookupError):
    """Say that a topic names no kind; `known` are the names of those that there are."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(f"no kind `{name}`")
        self.known = known


def pages(topic: str, catalogue: Catalogue) -> str:
    """Return the page of `KIND`, `type/Kind` or `KIND.field.inner`.

    Where several systems have such a kind, the page of each. NoSuchKind where there is none; LookupError
    names the nearest where there is no such field.
    """
    return "\n\n\n".join(map(_page, _subjects(topic, catalogue)))


def kind_lines(catalogue: Catalogue) -> Iterator[str]:
    """Yield a line for each kind."""
    return _listed(_kinds(catalogue))


def kind_line(name: str, summary: str) -> str:
    """Return the line of a kind in the list of all."""
    return f"{name:<26} {summary}"


def facts(topic: str | None, catalogue: Catalogue) -> list[Json]:
    """Return what the pages say, as plain values for a program."""
    if topic is None:
        return [_kind_facts(kind) for kind in _kinds(catalogue).values()]
    return [_facts(subject) for subject in _subjects(topic, catalogue)]


def _kinds(catalogue: Catalogue) -> dict[str, Kind]:
    return {f"{system.type}/{kind.name}": kind for system in catalogue.values() for kind in system.kinds}


def _subjects(topic: str, catalogue: Catalogue) -> list[Subject]:
    """Return each kind that `topic` names, or the field in each kind that has it; else LookupError."""
    name, *fields = topic.split(".")
    kinds, wanted = _kinds(catalogue), name.casefold()
    found = [kind for key, kind in kinds.items() if wanted in {key.casefold(), kind.name.casefold()}]
    if not found:
        known = [*kinds, *(kind.name for kind in kinds.values())]
        raise NoSuchKind(name, known)
    having = [kind for kind in found if _has(kind, fields)]
    if not having:
        _row(found[0], fields)
    return [Subject(kind, tuple(fields)) for kind in having]


def _has(kind: Kind, fields: Sequence[str]) -> bool:
    try:
        return not fields or bool(_row(kind, fields))
    except LookupError:
        return False


def _kind_facts(kind: Kind) -> dict[str, Json]:
    return {"apiVersion": kind.api_version, "kind": kind.name, "summary": kind.summary}


def _facts(subject: Subject) -> dict[str, Json]:
    kind, fields = subject
    if not fields:
        return {**_kind_facts(kind), "key": [*kind.key], "fields": _rows_facts(kind, kind.table)}
    return {**_kind_facts(kind), "field": ".".join(fields), **_row_facts(kind, *_row(kind, fields))}


def _rows_facts(kind: Kind, table: Table) -> list[Json]:
    return [_row_facts(kind, table, row) for row in table.rows.values()]


def _row_facts(kind: Kind, table: Table, row: Row) -> dict[str, Json]:
    return {
        "name": row.name,
        "type": _type(table, row),
        "about": _about(table, row),
        "required": row.must_be_written,
        "notes": [*_notes(kind, row)],
        "example": _example(table, row),
        "fields": _rows_facts(kind, row.table) if row.table else [],
    }


def _listed(kinds: Mapping[str, Kind]) -> Iterator[str]:
    for name, kind in kinds.items():
        yield kind_line(name, kind.summary)


def _page(subject: Subject) -> str:
    return "\n".join(_field_page(*subject)) if subject.fields else _kind_page(subject.kind)


def _kind_page(kind: Kind) -> str:
    return "\n".join(
        [
            _title(kind),
            "",
            fill(kind.summary, WIDTH),
            f"Found by {', '.join(kind.key)}, or by metadata.id.",
            *_required(kind.table),
            "",
            *(
                f"  {name:<26} {_type(kind.table, row):<28} {_about(kind.table, row)}"
                for name, row in kind.table.rows.items()
            ),
        ]
    )


def _title(kind: Kind) -> str:
    return f"{kind.api_version} {kind.name}"


def _required(table: Table) -> Iterator[str]:
    names = [name for name, row in table.rows.items() if row.must_be_written]
    if names:
        yield fill(f"Required: {', '.join(names)}.", WIDTH)


def _row(kind: Kind, fields: Sequence[str]) -> tuple[Table, Row]:
    """Return the row of a field with the table in which it stands; LookupError for no such field."""
    *outer, last = fields
    table = kind.table
    for field in outer:
        row = _known(field, table, kind, fields)
        table = row.table or _fieldless(row)
    return table, _known(last, table, kind, fields)


def _known(field: str, table: Table, kind: Kind, fields: Sequence[str]) -> Row:
    row = table.rows.get(field)
    if row is None:
        raise LookupError(f"{kind.name} has no field `{'.'.join(fields)}`{suggestion(field, table.rows)}")
    return row


def _fieldless(row: Row) -> Table:
    raise LookupError(f"`{row.name}` holds no fields")


def _field_page(kind: Kind, fields: Sequence[str]) -> Iterator[str]:
    table, row = _row(kind, fields)
    yield f"{_title(kind)}.{'.'.join(fields)}  {_type(table, row)}"
    yield ""
    yield fill(_about(table, row), WIDTH)
    yield from (fill(note, WIDTH) for note in _notes(kind, row))
    yield ""
    yield f"Example: {row.name}: {json.dumps(_example(table, row))}"
    if row.table is not None:
        yield ""
        yield from _required(row.table)
        for name, inner in row.table.rows.items():
            yield f"  {name:<34} {_type(row.table, inner):<12} {_about(row.table, inner)}"


def _notes(kind: Kind, row: Row) -> Iterator[str]:
    if row.must_be_written:
        yield "Required."
    if row.choices:
        yield f"One of {', '.join(row.choices)}."
    if row.from_name:
        yield "Where the manifest is silent, metadata.name is meant."
    if row.key:
        yield f"Entries are told apart by {', '.join(row.key)}; their order means nothing."
    if row.is_partial:
        yield "Only the entries that are written here are ours: the others stay as they are."
    if row.fixed is not None:
        yield f"Nothing changes it once its object is there: {row.fixed}."
    if row.filled:
        yield "null leaves the choice to the server."
    if row.refers_to:
        yield f"May be {{ref: <system>/{row.refers_to}/<name>}}."
    if row.refers_abroad:
        type_, name = row.refers_abroad
        yield f"May be {{ref: <a system of type {type_}>/{name}/<name>}}."
    if row.nameable:
        yield _of_names(kind.lookups[row.nameable.lookup], row.nameable)
    if row.sensitive_if:
        yield "Sensitive where its name says so: never shown; write {env: NAME}."
    if row.shape == "whole":
        yield "Compared as a whole."


def _of_names(lookup: Lookup, mark: Nameable) -> str:
    within = f" within {mark.within}" if mark.within else ""
    what = f"the one {lookup.name}{within} that has exactly that: {lookup.called}"
    return f"May be {{named: TEXT}}, which stands for {what}. `reconcile find` lists them."


def _type(table: Table, row: Row) -> str:
    return _doc(table, row).vendor


def _example(table: Table, row: Row) -> Json:
    return _doc(table, row).example


def _about(table: Table, row: Row) -> str:
    return _doc(table, row).description


def _doc(table: Table, row: Row) -> Doc:
    return attributes(table.model)[row.name].mark(Doc) or Doc("", "", None)
