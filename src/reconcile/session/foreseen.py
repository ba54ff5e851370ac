"""Foresees what an apply of a plan would refuse, and which operations wait for that; it refuses nothing."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.execution.journal import lock_of
from reconcile.execution.locking import holder_of
from reconcile.planning.build import Planned
from reconcile.planning.guards import CONFLICT, FROZEN, GUARD, LOCKED, Refusal, refusals
from reconcile.planning.order import waiting
from reconcile.session.consent import LAWLESS, conflict_words, conflicting
from reconcile.session.freezing import by_freeze, frozen_now
from reconcile.session.session import Session


def would_refuse(session: Session, planned: Planned) -> Iterator[Refusal]:
    """Yield what an apply of a plan would refuse: all beside another apply, freezes, conflicts, guards."""
    every = tuple(step.operation.address for step in planned.steps)
    if every and session.memory().kind != "foreign" and (words := holder_of(lock_of(session.project.root))):
        yield Refusal(LOCKED, f"{words}: wait until it is over", every)
    frozen = session.around.environ.get("RECONCILE_FREEZE")
    if frozen and every:
        yield Refusal(FROZEN, f"frozen: {frozen} (RECONCILE_FREEZE is set)", every)
    if every and session.base is not None and session.base.lawless:
        yield Refusal(FROZEN, LAWLESS, every)
    named = [*refused_by_name(session, planned)]
    yield from named
    stopped = {address for refusal in named for address in refusal.addresses}
    begun = tuple(item for item in planned.plan.operations if item.address not in stopped)
    for guard in refusals(planned.plan._replace(operations=begun), session.project.guards):
        yield Refusal(GUARD, guard.message, guard.addresses, tuple(waiting(begun, {*guard.addresses})))


def refused_by_name(session: Session, planned: Planned) -> Iterator[Refusal]:
    """Yield the operations of a plan that are refused while others are done: for freezes, for conflicts."""
    for over, addresses in by_freeze(frozen_now(session, planned)):
        waits = tuple(waiting(planned.plan.operations, addresses))
        yield Refusal(FROZEN, over.words, tuple(addresses), waits, over.until)
    conflicts = conflicting(planned)
    for operation in planned.plan.operations:
        address = operation.address
        if fields := conflicts.get(address):
            waits = tuple(waiting(planned.plan.operations, {address}))
            yield Refusal(CONFLICT, conflict_words(fields, operation.live_written), (address,), waits)
