"""The runs of BRPM, for whoever only reads them: filters by name, and 404 where none are found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .call import Call, Refused

if TYPE_CHECKING:
    from .frame import Today

PREFIXES = ("/brpm/v1/",)


def answer(today: Today, call: Call) -> tuple[int, Any]:
    """Return the answer to one read."""
    if call.query.get("token") != "brpm-token":
        raise Refused(403, {"message": "forbidden"})
    what, *rest = call.path.removeprefix(PREFIXES[0]).split("/")
    if call.method == "GET" and what == "plans":
        return 200, [{"id": 1, "name": "Spring"}]
    if what != "runs" or call.method != "GET":
        raise Refused(404, {"message": "not found"})
    name = call.query.get("filters[name]")
    found = [
        row
        for row in today.brpm_runs.values()
        if (str(row["id"]) == rest[0] if rest else name is None or row.get("name") == name)
    ]
    if not found:
        raise Refused(404, {"message": "no records found"})
    return 200, found[0] if rest else found
