"""The documentation of kinds and fields, read off the field tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from textwrap import fill

from reconcile.fields.table import Row, Table
from reconcile.kinds import Catalogue, Kind
from reconcile.nearest import suggestion

WIDTH = 96


def explain(topic: str | None, catalogue: Catalogue) -> str:
    """The page of `KIND`, `type/Kind` or `KIND.field.inner`; of nothing, the list of kinds.

    Where several systems have such a kind, the page of each. LookupError names the nearest where there is
    no such kind or field.
    """
    kinds = {f"{system.type}/{kind.name}": kind for system in catalogue.values() for kind in system.kinds}
    if topic is None:
        return "\n".join(_listed(kinds))
    name, *fields = topic.split(".")
    found = _kinds(name, kinds)
    return "\n\n\n".join(_field_pages(found, fields) if fields else map(_kind_page, found))


def _listed(kinds: dict[str, Kind]) -> Iterator[str]:
    for name, kind in kinds.items():
        yield f"{name:<26} {kind.summary}"
    yield ""
    yield "reconcile explain KIND or KIND.FIELD says more."


def _kinds(name: str, kinds: dict[str, Kind]) -> list[Kind]:
    wanted = name.casefold()
    found = [kind for key, kind in kinds.items() if wanted in {key.casefold(), kind.name.casefold()}]
    if not found:
        known = [*kinds, *(kind.name for kind in kinds.values())]
        raise LookupError(f"no kind `{name}`{suggestion(name, known)}")
    return found


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


def _field_pages(kinds: list[Kind], fields: list[str]) -> Iterator[str]:
    """The page of the field in each kind that has it."""
    found = [_field_page(kind, fields) for kind in kinds if _has(kind, fields)]
    yield from found or [_field_page(kinds[0], fields)]


def _has(kind: Kind, fields: list[str]) -> bool:
    try:
        _row(kind, fields)
    except LookupError:
        return False
    return True


def _field_page(kind: Kind, fields: list[str]) -> str:
    table, row = _row(kind, fields)
    return "\n".join(_page(f"{_title(kind)}.{'.'.join(fields)}", table, row))


def _row(kind: Kind, fields: list[str]) -> tuple[Table, Row]:
    """The row of a field, and the table that it stands in; LookupError where there is none."""
    *outer, last = fields
    table = kind.table
    for field in outer:
        row = _known(field, table, kind, fields)
        table = row.table or _fieldless(row)
    return table, _known(last, table, kind, fields)


def _known(field: str, table: Table, kind: Kind, fields: list[str]) -> Row:
    row = table.rows.get(field)
    if row is None:
        raise LookupError(f"{kind.name} has no field `{'.'.join(fields)}`{suggestion(field, table.rows)}")
    return row


def _fieldless(row: Row) -> Table:
    raise LookupError(f"`{row.name}` holds no fields")


def _page(title: str, table: Table, row: Row) -> Iterator[str]:
    info = table.model.model_fields[row.name]
    yield f"{title}  {_type(table, row)}"
    yield ""
    yield fill(_about(table, row), WIDTH)
    yield from (fill(note, WIDTH) for note in _notes(row))
    yield ""
    yield f"Example: {row.name}: {json.dumps((info.examples or [None])[0])}"
    if row.table is not None:
        yield ""
        yield from _required(row.table)
        for name, inner in row.table.rows.items():
            yield f"  {name:<34} {_type(row.table, inner):<12} {_about(row.table, inner)}"


def _notes(row: Row) -> Iterator[str]:
    if row.must_be_written:
        yield "Required."
    if row.choices:
        yield f"One of {', '.join(row.choices)}."
    if row.from_name:
        yield "Where the manifest is silent, metadata.name is meant."
    if row.key:
        yield f"Entries are told apart by {', '.join(row.key)}; their order means nothing."
    if row.filled:
        yield "null leaves the choice to the server."
    if row.refers_to:
        yield f"May be {{ref: <system>/{row.refers_to}/<name>}}."
    if row.sensitive_if:
        yield "Sensitive where its name says so: never shown; write {env: NAME}."
    if row.shape == "whole":
        yield "Compared as a whole."


def _type(table: Table, row: Row) -> str:
    extra = table.model.model_fields[row.name].json_schema_extra
    return str(extra.get("vendorType", "")) if isinstance(extra, dict) else ""


def _about(table: Table, row: Row) -> str:
    return table.model.model_fields[row.name].description or ""
