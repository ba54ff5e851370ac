"""Decides what a search finds, and which types, conditions and sorts there are."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..reading import read_json
from ..schema import violations
from ..system import Answer, Call, Fields, Json, Refused
from .fields import SEARCH
from .paging import asked_in_body, page_answer
from .rows import bad
from .view import View


@dataclass(frozen=True, slots=True)
class _Kind:
    """Describe what can be searched: where its rows are, which fields its keys mean, and how one is shown."""

    collection: str
    show: Callable[[View, Fields], Fields]
    columns: Mapping[str, str]


_NAMED = {"id": "id", "name": "name"}
_OWNED = {**_NAMED, "Project.id": "projectId"}
_KINDS = {
    "RunConfiguration": _Kind(
        "runConfigurations",
        View.configuration,
        {**_OWNED, "TestProject.id": "testProjectId", "Team.id": "teamId", "updatedAt": "updatedAt"},
    ),
    "Release": _Kind("releases", View.release, {**_OWNED, "createdAt": "createdAt"}),
    "Build": _Kind("builds", View.plain, {**_OWNED, "Release.id": "releaseId"}),
    "Project": _Kind("projects", View.plain, {**_NAMED, "Team.id": "teamId"}),
    "Team": _Kind("teams", View.plain, _NAMED),
}
_OPERATORS: Mapping[str, Callable[[Json, Json], bool]] = {
    "=": operator.eq,
    ">=": operator.ge,
    "<": operator.lt,
    "starts with": lambda value, start: str(value).startswith(str(start)),
}


def in_body(call: Call) -> Answer:
    """Answer what POST /search finds."""
    return _found(call, call.body)


def in_query(call: Call) -> Answer:
    """Answer what GET /search?q= finds."""
    try:
        asked = read_json(call.query["q"].encode())
    except ValueError as error:
        raise bad(str(error)) from None
    problem = next(violations(SEARCH, asked, "q"), None)
    if problem is not None:
        raise bad(problem)
    return _found(call, asked)


def columns_of(kind: str) -> Mapping[str, str]:
    """Return the field of each key by which a type can be sorted."""
    return _KINDS[kind].columns


def _found(call: Call, asked: Fields) -> Answer:
    if call.switches["search"] == "refused":
        raise Refused(403, "This user has no right to search.")
    _require_known_keys(call, asked)
    kind = _KINDS[asked["type"]]
    rows = _matching(call, kind, asked.get("conditions", []))
    view = View(call)
    return page_answer(
        call, rows, asked_in_body(asked.get("pagination", {})), kind.columns, lambda row: kind.show(view, row)
    )


def _matching(call: Call, kind: _Kind, conditions: list[Fields]) -> list[Fields]:
    _require_project(call, kind, conditions)
    tests = [_test(kind, condition) for condition in conditions]
    return [row for row in call.state[kind.collection] if all(test(row) for test in tests)]


def _test(kind: _Kind, condition: Fields) -> Callable[[Fields], bool]:
    column = kind.columns.get(condition["key"])
    if column is None:
        raise bad("There is no such key of a condition for this type.")
    compare, wanted = _OPERATORS[condition["operator"]], _wanted(column, str(condition["value"]))
    return lambda row: row[column] is not None and compare(row[column], wanted)


def _wanted(column: str, text: str) -> Json:
    if column != "id" and not column.endswith("Id"):
        return text
    if re.fullmatch(r"-?[0-9]{1,19}", text) is None:
        raise bad("The value of a condition on an id must be a whole number.")
    return int(text)


def _require_project(call: Call, kind: _Kind, conditions: list[Fields]) -> None:
    needed = call.switches["search_project"] == "required" and "Project.id" in kind.columns
    if needed and all(condition["key"] != "Project.id" for condition in conditions):
        raise bad("A condition on Project.id is required.")


def _require_known_keys(call: Call, asked: Fields) -> None:
    unknown = [key for key in asked if key not in SEARCH["properties"]]
    if unknown and call.switches["unknown_fields"] == "reject":
        raise bad(f"{unknown[0][:40]} is not a known field.")
