"""Decides whether a plan does more than the project allows in one apply."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.model import Address
from reconcile.named_tuple import NamedTuple
from reconcile.planning.contents import Operation, Plan
from reconcile.project import Guards

CONFLICT, GUARD, FROZEN, LOCKED, UNFIT = "conflict", "guard", "frozen", "locked", "plan-does-not-fit"
READ_ONLY = "read-only"
"""The codes of the problems for which an apply is refused as a whole; a plan warns of guards."""

LIFTED = "wait, or apply with --force"
"""What helps against a freeze of the project."""


class Refusal(NamedTuple):
    """Describe what an apply would refuse of a plan, which operations wait for that, and until when."""

    code: str
    message: str
    addresses: tuple[Address, ...] = ()
    waits: tuple[Address, ...] = ()
    until: str | None = None


def entries_removed(plan: Plan) -> int:
    """Return how many entries of lists the plan takes away."""
    return sum(map(_removed, plan.operations))


def _removed(operation: Operation) -> int:
    return sum(change.entry and change.after is None for change in operation.changes)


def counted(plan: Plan, action: str) -> int:
    """Return how many operations of the plan have this action."""
    return sum(operation.action == action for operation in plan.operations)


def started(plan: Plan) -> int:
    """Return how many runs the plan starts."""
    return sum(map(_runs, plan.operations))


def _deletes(operation: Operation) -> int:
    return (operation.action == "delete") + _removed(operation)


def _runs(operation: Operation) -> int:
    """Return 1 for an operation that starts a run; one that it waits for was started before."""
    return int(operation.action == "run" and bool(operation.requests))


def _creates(operation: Operation) -> int:
    return int(operation.action == "create")


def refusals(plan: Plan, guards: Guards) -> Iterator[Refusal]:
    """Yield why apply refuses the plan, and how to lift that, with the operations that count."""
    for name, count_of, limit, what in (
        ("max_deletes", _deletes, guards.max_deletes, "objects deleted and entries removed"),
        ("max_runs", _runs, guards.max_runs, "runs started"),
        ("max_creates", _creates, guards.max_creates, "objects created"),
    ):
        counts = [(operation.address, count_of(operation)) for operation in plan.operations]
        count = sum(each for _, each in counts)
        if limit is not None and count > limit:
            words = (
                f"{count} {what}, {name} allows {limit}: raise it in reconcile.yaml, or apply with --force"
            )
            yield Refusal(GUARD, words, tuple(address for address, each in counts if each))
