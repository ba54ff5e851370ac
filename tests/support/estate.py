"""The plan of a whole estate: thousands of operations over four systems, among them one conflict."""

from __future__ import annotations

from typing import Any

from reconcile.model import Action, Address, Change, Json, Noted, Origin, Request
from reconcile.planfile.document import Document
from reconcile.planfile.write import RunInfo, document
from reconcile.planning.contents import Blocked, Operation, Plan

SYSTEMS: tuple[tuple[str, str, Action, str, str], ...] = (
    ("flexdeploy", "Release", "update", "PATCH", "description"),
    ("katalon", "ScheduleLink", "update", "POST", "releaseId"),
    ("brpm", "Run", "create", "POST", "plan_id"),
    ("foundry", "ScheduleRun", "run", "POST", "requestedAt"),
)
CONFLICT = 2_404
"""Which operation is in conflict."""

OF = RunInfo(
    "0.1.0",
    "2026-12-01T09:00:00Z",
    environment="production",
    base="4f0c2d1e9b7a",
    commit="9d1f7a6c2b3e",
    systems={name: {"type": name, "url": f"https://{name}.example.com"} for name, *_ in SYSTEMS},
    unmanaged={"flexdeploy/Release": 12, "brpm/Run": 3},
)


def estate(count: int) -> Document:
    """A document of `count` operations; each waits for the one of the system before it."""
    operations = tuple(map(_operation, range(count)))
    held = Blocked(
        Address("brpm", "Run", "uat"),
        ("state",),
        "cancelled",
        "started",
        "no event leads there",
        _at("brpm", 14),
    )
    dropped = Noted(
        Address("flexdeploy", "Release", "autumn"),
        ("description",),
        "Autumn",
        "no longer managed; write null to clear it",
        _at("flexdeploy", 9),
    )
    return document(Plan(operations, (held,), (), (dropped,)), OF)


def _at(system: str, line: int) -> Origin:
    return Origin(f"manifests/{system}.yaml", line)


def _operation(number: int) -> Operation:
    lane, turn = number % len(SYSTEMS), number // len(SYSTEMS)
    system, kind, action, method, field = SYSTEMS[lane]
    before = SYSTEMS[lane - 1]
    needs = () if lane == 0 else (Address(before[0], before[1], f"train-{turn:04}"),)
    return Operation(
        Address(system, kind, f"train-{turn:04}"),
        action,
        number,
        f"Train {turn}",
        _at(system, 10 * turn + 1),
        (Request(system, method, "/x"),),
        (_change(number, field, 10 * turn + 4),),
        needs,
    )


def _change(number: int, field: str, line: int) -> Change:
    lane = number % len(SYSTEMS)
    action = SYSTEMS[lane][2]
    live: Json = None if action != "update" else f"live {number}"
    if number == CONFLICT:
        return Change((field,), "by hand, last night", "as reviewed", _at(SYSTEMS[lane][0], line), "conflict")
    label: Any = "drift" if number % 7 == 0 else "change"
    return Change((field,), live, f"wanted {number}", _at(SYSTEMS[lane][0], line), label)
