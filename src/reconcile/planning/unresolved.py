"""Decides whether a run will come to know every id that an operation sends, or what stands in its way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set

from reconcile.desired import Wanted, resolved
from reconcile.fields.deferred import references
from reconcile.fields.walk import deferred_values
from reconcile.model import Address, Change, Ref
from reconcile.named_tuple import NamedTuple
from reconcile.planning.decide import Facts, Verdict, decide


class Reach(NamedTuple):
    """Hold what a run knows, and what it will come to know."""

    known: Mapping[Address, Wanted]
    facts: Facts
    coming: Set[Address]
    """What the plan brings about, or reports as blocked: what needs it waits, or is skipped."""

    selected: Callable[[Address], bool]


def within(reach: Reach, verdict: Verdict) -> Verdict:
    """Return `verdict`, or all of it blocked where it needs the id of what neither exists nor is to come."""
    lacking = {change.path: found for change in verdict.changes if (found := [*_lacking(reach, change)])}
    if not lacking:
        return verdict
    reason = _reason(reach, [*dict.fromkeys(address for found in lacking.values() for address in found)])
    stopped = (c for c in verdict.changes if verdict.action == "update" or c.path in lacking)
    blocked = (*verdict.blocked, *((change, reason) for change in stopped))
    return verdict._replace(requests=(), changes=(), blocked=blocked)


def _lacking(reach: Reach, change: Change) -> Iterator[Address]:
    """Yield what the change refers to and that is not to come, and what that refers to, and so on."""
    open_ = [value.address for _, value in deferred_values(change.after) if isinstance(value, Ref)]
    while open_:
        address = open_.pop(0)
        if address not in reach.facts.ids and address not in reach.coming:
            yield address
            item = reach.known.get(address)
            open_ += [further for _, further in references(item.resource)] if item else []


def _reason(reach: Reach, lacking: list[Address]) -> str:
    """Return the reason: what is needed, why it will not be there, and what to do.

    The first of the needed resources that is blocked itself lends its own reason.
    """
    needed = " and ".join(map(str, lacking))
    is_one = len(lacking) == 1
    words = f"needs {needed}, which {'does' if is_one else 'do'} not exist yet and"
    if all(map(reach.selected, lacking)):
        return f"{words} this plan does not create: plan without --only"
    words, them = f"{words} {'is' if is_one else 'are'} not selected", "it" if is_one else "them"
    for address in lacking:
        why = _hindrance(reach, address)
        if why:
            return f"{words}; {address} is blocked itself ({why}): mend that, and select {them} too"
    return f"{words}: select {them} too"


def _hindrance(reach: Reach, address: Address) -> str | None:
    """Return why even a plan of the needed resource would not create it; None where it would."""
    item = reach.known.get(address)
    verdict = decide(resolved(item, reach.facts.ids), None, reach.facts) if item else None
    return verdict.blocked[0][1] if verdict and verdict.blocked and not verdict.requests else None
