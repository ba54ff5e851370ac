"""Tells live rows in other words that mean the same, guided by the table: none of them is a difference."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from functools import partial

from reconcile.fields import forms
from reconcile.fields.table import Row, Table
from reconcile.laws.hand import Retold
from reconcile.model import Json, Request
from reconcile.provider.kinds import Kind

Leaf = Callable[[Row, Json], Json]
Whole = Callable[[Table, dict[str, Json]], dict[str, Json]]
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T.*(Z|[+-][0-9]{2}:?[0-9]{2})")
_FAR = timezone(timedelta(hours=5, minutes=30))


def retellings(kind: Kind) -> Mapping[str, Retold]:
    """Return every way to tell the rows of a kind, by its name."""
    wholes: dict[str, Whole] = {
        "keys in another order": lambda table, row: dict(reversed(row.items())),
        "fields that nobody knows": lambda table, row: {
            "audit": {"by": [1]},
            "x-rank": 7,
            **row,
            "uuid": None,
        },
        "nulls left out": lambda table, row: {name: it for name, it in row.items() if it is not None},
        "empty lists left out": lambda table, row: {name: it for name, it in row.items() if it != []},
        "empty lists null": lambda table, row: {name: None if it == [] else it for name, it in row.items()},
        "absent fields null": lambda table, row: {**dict.fromkeys(_absent(table, row)), **row},
        "defaults left out": lambda table, row: dict(_without_defaults(table, row)),
        "lists in another order": _reversed_lists,
    }
    leaves: dict[str, Leaf] = {
        "blank texts null": lambda row, value: None if value == "" else value,
        "null texts blank": lambda row, value: "" if value is None and row.is_text else value,
        "numbers as texts": lambda row, value: (
            str(value) if row.form is forms.integer and _counts(value) else value
        ),
        "flags as texts": lambda row, value: str(value).lower() if isinstance(value, bool) else value,
        "instants in another zone": _elsewhere,
        "instants with a fraction": _with_fraction,
    }
    told = {name: partial(_rows, kind, partial(_throughout, whole)) for name, whole in wholes.items()}
    told |= {
        name: partial(_rows, kind, partial(_throughout, _of_leaves(leaf))) for name, leaf in leaves.items()
    }
    if kind.rest is not None and not kind.rest.has_text_id:
        told["ids as texts"] = partial(_rows, kind, partial(_id_as_text, kind.rest.id))
    return told


def _rows(kind: Kind, whole: Whole, request: Request, body: Json) -> Json:
    """Return a body in which each row of the kind is told otherwise: what has an id like one is one."""
    id_ = kind.rest.id if kind.rest is not None else kind.id_field
    if isinstance(body, dict) and id_ in body:
        return whole(kind.table, body)
    if isinstance(body, dict):
        return {name: _rows(kind, whole, request, inner) for name, inner in body.items()}
    return [_rows(kind, whole, request, inner) for inner in body] if isinstance(body, list) else body


def _throughout(whole: Whole, table: Table, row: dict[str, Json]) -> dict[str, Json]:
    """Return a row that is told otherwise, and so is each object inside of it."""
    found = dict(row)
    for name in table.nests & row.keys():
        inner, nested = row[name], table.rows[name].nested
        if isinstance(inner, dict):
            found[name] = _throughout(whole, nested, inner)
        elif isinstance(inner, list):
            found[name] = [
                _throughout(whole, nested, each) if isinstance(each, dict) else each for each in inner
            ]
    return whole(table, found)


def _of_leaves(leaf: Leaf) -> Whole:
    def whole(table: Table, row: dict[str, Json]) -> dict[str, Json]:
        known = {name: table.rows[name] for name in row if name in table.rows}
        told = {name: leaf(about, row[name]) for name, about in known.items() if about.shape == "scalar"}
        return {**row, **told}

    return whole


def _id_as_text(id_: str, table: Table, row: dict[str, Json]) -> dict[str, Json]:
    return {**row, id_: str(row[id_])}


def _absent(table: Table, row: Mapping[str, Json]) -> Iterator[str]:
    """Yield the fields that a row does not have; what says where an object stands is no part of it."""
    for name, about in table.rows.items():
        if name not in row and not about.required and about.shown_as is None:
            yield name


def _without_defaults(table: Table, row: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    for name, value in row.items():
        about = table.rows.get(name)
        if about is None or about.form(None) is None or about.form(value) != about.form(None):
            yield name, value


def _reversed_lists(table: Table, row: dict[str, Json]) -> dict[str, Json]:
    """Return a row whose lists have another order, where their order means nothing."""
    lists = {
        name: [*reversed(row[name])]
        for name, about in table.rows.items()
        if isinstance(row.get(name), list) and (about.shape == "keyed" or about.form is forms.unordered)
    }
    return {**row, **lists}


def _counts(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _elsewhere(row: Row, value: Json) -> Json:
    return datetime.fromisoformat(value).astimezone(_FAR).isoformat() if _is_instant(row, value) else value


def _with_fraction(row: Row, value: Json) -> Json:
    return (
        datetime.fromisoformat(value).isoformat(timespec="microseconds") if _is_instant(row, value) else value
    )


def _is_instant(row: Row, value: Json) -> bool:
    return row.form is forms.instant and isinstance(value, str) and _INSTANT.fullmatch(value) is not None
