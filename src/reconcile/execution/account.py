"""Accounts for an apply: an outcome for each operation and each blocked resource; it performs nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconcile.execution.scheduler import in_order
from reconcile.model import Address
from reconcile.planning.build import Planned, Step
from reconcile.planning.contents import Outcome, Plan


def every(plan: Plan, outcomes: Mapping[Address, Outcome]) -> Iterator[Outcome]:
    """Yield the outcome of each operation; one that has none was not begun."""
    for operation in plan.operations:
        yield outcomes.get(operation.address) or Outcome(operation.address, "not_begun")


def begun_nothing(planned: Planned, refused: Mapping[Address, str]) -> list[Outcome]:
    """Return the outcomes of an apply that is refused as a whole, given why each operation is."""
    return account(planned, [Outcome(address, "refused", reason) for address, reason in refused.items()])


def account(planned: Planned, outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Return an outcome for each operation and each blocked resource, in the plan's order."""
    plan, steps = planned.plan, {step.operation.address: step for step in planned.steps}
    stuck = {item.address for item in plan.blocked}
    ordered = in_order(outcomes, plan.operations, plan.blocked)
    return [each for outcome in ordered for each in _carried(outcome, steps, stuck)]


def _carried(outcome: Outcome, steps: Mapping[Address, Step], stuck: set[Address]) -> list[Outcome]:
    """Return the outcome, or one like it for each unblocked resource that the operation carries."""
    step = steps.get(outcome.address)
    resource = step.wanted.resource if step else None
    if outcome.status == "blocked" or resource is None or resource.address not in resource.carries:
        return [outcome]
    return [outcome._replace(address=address) for address in resource.carries if address not in stuck]
