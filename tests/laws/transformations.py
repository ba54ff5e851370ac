"""Other ways in which a server may say the same thing: each a function of an answer, none a difference."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from reconcile.fields.table import Table
from reconcile.model import Request
from reconcile.provider import Kind
from reconcile.systems import Installed

from .bench import Change
from .cases import Case

Leaf = Callable[[str, Any], Any]
ORDERED = frozenset({"fallbackBranches"})
"""The only list whose order means something."""

STATES = frozenset({"releaseStatus", "aasm_state", "status"})
SPELLINGS = {"completed": "complete", "cancelled": "canceled", "NOTSTARTED": "NOT STARTED"}
UNIONS = ("ignored", "submitted", "error")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*(Z|[+-]\d\d:\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ID = re.compile(r"(^id|Id|_id)$")
_FAR = timezone(timedelta(hours=5, minutes=30))


def transformations(case: Case) -> Mapping[str, Change]:
    """Every transformation, by its name; some need to know which fields the kind has."""
    kind = Installed()[case.system].kind(case.kind)
    assert kind is not None
    return {
        "lists in another order": _of_lists(lambda rows: rows[::-1]),
        "every row twice": _of_lists(lambda rows: [*rows, *rows] if _are_objects(rows) else rows),
        "keys in another order": _of_objects(lambda row: dict(reversed(row.items()))),
        "fields that nobody knows": _of_objects(
            lambda row: {"audit": {"by": [1]}, "x-rank": 7, **row, "uuid": None}
        ),
        "nulls left out": _of_objects(
            lambda row: {key: value for key, value in row.items() if value is not None}
        ),
        "empty lists left out": _of_objects(
            lambda row: {key: value for key, value in row.items() if value != []}
        ),
        "empty lists null": _of_objects(
            lambda row: {key: value if value != [] else None for key, value in row.items()}
        ),
        "absent fields null": _of_objects(lambda row: _with_nulls(kind.table, row)),
        "defaults left out": _of_objects(lambda row: _without_defaults(kind.table, row)),
        "what nobody declared filled": _of_objects(lambda row: _filled(kind, case.spec, row)),
        "null texts blank": _of_objects(lambda row: _blanked(kind.table, row)),
        "blank texts null": _of_leaves(lambda key, value: None if value == "" else value),
        "texts trimmed": _of_leaves(lambda key, value: value.strip() if isinstance(value, str) else value),
        "ids as texts": _of_leaves(
            lambda key, value: str(value) if _ID.search(key) and _is_number(value) else value
        ),
        "numbers as texts": _of_leaves(lambda key, value: str(value) if _is_number(value) else value),
        "flags as texts": _of_leaves(
            lambda key, value: str(value).lower() if isinstance(value, bool) else value
        ),
        "states in capitals": _of_leaves(lambda key, value: str(value).upper() if key in STATES else value),
        "states in small letters": _of_leaves(
            lambda key, value: str(value).lower() if key in STATES else value
        ),
        "states like words": _of_leaves(lambda key, value: str(value).title() if key in STATES else value),
        "states in their other spelling": _of_leaves(
            lambda key, value: SPELLINGS.get(str(value), value) if key in STATES else value
        ),
        "instants in another zone": _of_leaves(lambda key, value: _elsewhere(value)),
        "instants with a fraction": _of_leaves(lambda key, value: _with_fraction(value)),
        "days with a time of day": _of_leaves(lambda key, value: _at_midnight(value)),
        "unions nested": _of_objects(_nested),
    }


def _of_leaves(leaf: Leaf) -> Change:
    def change(request: Request, body: Any) -> Any:
        return _leaves(leaf, "", body)

    return change


def _leaves(leaf: Leaf, key: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _leaves(leaf, name, inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_leaves(leaf, key, inner) for inner in value]
    return leaf(key, value)


def _of_objects(of: Callable[[dict[str, Any]], dict[str, Any]]) -> Change:
    """Each object that says something of what is managed; what only wraps a list stays."""

    def walked(value: Any) -> Any:
        if isinstance(value, list):
            return [walked(inner) for inner in value]
        if not isinstance(value, dict):
            return value
        inner = {key: walked(value[key]) for key in value}
        wraps = "content" in value or "data" in value or "runConfiguration" in value
        return inner if wraps or all(key.startswith("ri.") for key in value) else of(inner)

    return lambda request, body: walked(body)


def _of_lists(of: Callable[[list[Any]], list[Any]]) -> Change:
    def walked(key: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: walked(name, inner) for name, inner in value.items()}
        if not isinstance(value, list):
            return value
        rows = [walked(key, inner) for inner in value]
        return rows if key in ORDERED else of(rows)

    return lambda request, body: walked("", body)


def _are_objects(rows: list[Any]) -> bool:
    return all(isinstance(row, dict) for row in rows)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _tables(table: Table) -> Iterator[Table]:
    yield table
    for row in table.rows.values():
        if row.table is not None:
            yield from _tables(row.table)


def _table_of(table: Table, row: dict[str, Any]) -> Table | None:
    """The table that an object is a row of: the one with most of its fields, where there is any."""
    fits = [(len(row.keys() & inner.rows.keys()), inner) for inner in _tables(table)]
    best, found = max(fits, key=lambda fit: fit[0])
    return found if best > 1 else None


def _with_nulls(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    found = _table_of(table, row)
    absent = found.rows.keys() - row.keys() - {"trigger", "runConfigurationId"} if found else ()
    return {**row, **dict.fromkeys(absent)}


def _without_defaults(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    found = _table_of(table, row)
    return {key: value for key, value in row.items() if not (found and _is_default(found, key, value))}


def _is_default(table: Table, key: str, value: Any) -> bool:
    row = table.rows.get(key)
    return row is not None and row.form(None) is not None and row.form(value) == row.form(None)


def _filled(kind: Kind, spec: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    if _table_of(kind.table, row) is not kind.table:
        return row
    rows = {name: it for name, it in kind.table.rows.items() if name not in {*spec, *kind.key, "projectId"}}
    return {
        **row,
        **{name: "filled" if it.is_text else 7 for name, it in rows.items() if it.shape == "scalar"},
    }


def _blanked(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    found = _table_of(table, row)
    texts = {name for name, it in found.rows.items() if it.is_text} if found else set()
    return {key: "" if key in texts and value is None else value for key, value in row.items()}


def _elsewhere(value: Any) -> Any:
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        return value
    return datetime.fromisoformat(value).astimezone(_FAR).isoformat()


def _with_fraction(value: Any) -> Any:
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        return value
    return datetime.fromisoformat(value).isoformat(timespec="microseconds")


def _at_midnight(value: Any) -> Any:
    return f"{value}T00:00:00.000+0000" if isinstance(value, str) and _DAY.fullmatch(value) else value


def _nested(row: dict[str, Any]) -> dict[str, Any]:
    result = row.get("result")
    if not isinstance(result, dict) or result.get("type") not in UNIONS:
        return row
    rest = {key: value for key, value in result.items() if key != "type"}
    return {**row, "result": {result["type"]: rest}}
