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

    LookupError names the nearest where there is no such kind or field.
    """
    kinds = {f"{system.type}/{kind.name}": kind for system in catalogue.values() for kind in system.kinds}
    if topic is None:
        return "\n".join(_listed(kinds))
    name, *fields = topic.split(".")
    kind = _kind(name, kinds)
    return "\n".join(_field_page(kind, fields) if fields else _kind_page(kind))


def _listed(kinds: dict[str, Kind]) -> Iterator[str]:
    for name, kind in kinds.items():
        yield f"{name:<26} {kind.summary}"
    yield ""
    yield "reconcile explain KIND or KIND.FIELD says more."


def _kind(name: str, kinds: dict[str, Kind]) -> Kind:
    found = [kind for key, kind in kinds.items() if name.casefold() in {key.casefold(), kind.name.casefold()}]
    if len(found) == 1:
        return found[0]
    if found:
        both = " and ".join(key for key, kind in kinds.items() if kind in found)
        raise LookupError(f"`{name}` is {both}: write one of them")
    known = [*kinds, *(kind.name for kind in kinds.values())]
    raise LookupError(f"no kind `{name}`{suggestion(name, known)}")


def _kind_page(kind: Kind) -> Iterator[str]:
    yield f"{kind.api_version} {kind.name}"
    yield ""
    yield fill(kind.summary, WIDTH)
    yield f"Found by {', '.join(kind.key)}, or by metadata.id."
    yield ""
    for name, row in kind.table.rows.items():
        yield f"  {name:<26} {_type(kind.table, row):<28} {_about(kind.table, row)}"


def _field_page(kind: Kind, fields: list[str]) -> Iterator[str]:
    table, row = kind.table, None
    for field in fields:
        if row is not None:
            table = row.table or _fieldless(row)
        row = table.rows.get(field)
        if row is None:
            raise LookupError(f"{kind.name} has no field `{'.'.join(fields)}`{suggestion(field, table.rows)}")
    if row is not None:
        yield from _page(f"{kind.name}.{'.'.join(fields)}", table, row)


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
        for name, inner in row.table.rows.items():
            yield f"  {name:<34} {_type(row.table, inner):<12} {_about(row.table, inner)}"


def _notes(row: Row) -> Iterator[str]:
    if row.required and not row.from_name:
        yield "Required."
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
