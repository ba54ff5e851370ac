"""Decides whether a plan does more than the project allows in one apply."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.planning.contents import Plan
from reconcile.project import Guards

CONFLICT, GUARD, FROZEN, LOCKED, UNFIT = "conflict", "guard", "frozen", "locked", "plan-does-not-fit"
READ_ONLY = "read-only"
"""The codes of the problems for which an apply is refused as a whole; a plan warns of guards."""


def entries_removed(plan: Plan) -> int:
    """Return how many entries of lists the plan takes away."""
    return sum(
        change.entry and change.after is None for operation in plan.operations for change in operation.changes
    )


def counted(plan: Plan, action: str) -> int:
    """Return how many operations of the plan have this action."""
    return sum(operation.action == action for operation in plan.operations)


def started(plan: Plan) -> int:
    """Return how many runs the plan starts; one that it waits for was started before."""
    return sum(operation.action == "run" and bool(operation.requests) for operation in plan.operations)


def refusals(plan: Plan, guards: Guards) -> Iterator[str]:
    """Yield why apply refuses the plan: count, limit, what, and how to lift it."""
    deletes = counted(plan, "delete") + entries_removed(plan)
    for name, count, limit, what in (
        ("max_deletes", deletes, guards.max_deletes, "objects deleted and entries removed"),
        ("max_runs", started(plan), guards.max_runs, "runs started"),
        ("max_creates", counted(plan, "create"), guards.max_creates, "objects created"),
    ):
        if limit is not None and count > limit:
            yield f"{count} {what}, {name} allows {limit}: raise it in reconcile.yaml, or apply with --force"
