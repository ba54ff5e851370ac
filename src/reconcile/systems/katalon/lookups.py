"""How releases and schedules are found by name: by the search that shows them anyway."""

from __future__ import annotations

from reconcile.provider import Json, Live, Lookup, Request, Sought, named, require_id
from reconcile.systems.katalon.search import PROJECT, page, search


def _lookup(name: str, type_: str) -> Lookup:
    def ask(sought: Sought) -> Request:
        by_name = {} if sought.text is None else {"name": sought.text}
        return search(sought.system, type_, {PROJECT: sought.within, **by_name})

    return Lookup(name, ask, _read, page)


def _read(row: Json) -> Live:
    return named(require_id(row, "id"), row.get("name"), "closed" if row.get("closed") is True else "")


LOOKUPS = {
    "release": _lookup("release", "Release"),
    "schedule": _lookup("schedule", "RunConfiguration"),
}
