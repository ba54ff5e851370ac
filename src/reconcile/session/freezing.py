"""Finds what is frozen at a moment, by the freezes of the project and of its base; it refuses nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from reconcile.model import Address
from reconcile.named_tuple import NamedTuple
from reconcile.planning.build import Planned, Step
from reconcile.session.session import Session

if TYPE_CHECKING:
    from reconcile.project.freezes import Freeze
    from reconcile.timetables.spans import Span

_NO_END = "without an end in sight"


class InForce(NamedTuple):
    """Hold the freezes that are in force at a moment, each with the span that it is in."""

    current: tuple[tuple[Freeze, Span], ...] = ()

    def over(self, step: Step) -> InForce:
        """Return those that cover what a step writes, or what its resource carries; none if it waits."""
        if not step.operation.requests:
            return InForce()
        addresses = (step.operation.address, *step.wanted.resource.carries)
        return InForce(tuple(each for each in self.current if any(map(each[0].covers, addresses))))

    @property
    def until(self) -> str | None:
        """Return the latest end as an instant with its offset; None where there is none in sight."""
        ends = [(span.end, freeze.zone) for freeze, span in self.current]
        if any(end is None for end, _ in ends):
            return None
        known = ((end, zone) for end, zone in ends if end is not None)
        end, zone = max(known, key=lambda each: each[0])
        return end.astimezone(zone).isoformat()

    @property
    def words(self) -> str:
        """Return by what something is frozen, until when, and why."""
        names = " and ".join(f"`{freeze.name}` ({freeze.reason})" for freeze, _ in self.current)
        return f"frozen by {names} {f'until {self.until}' if self.until else _NO_END}"


def in_force(session: Session, now: datetime) -> InForce:
    """Return the freezes that are in force; those of the base count too, so that no change lifts its own."""
    ours = session.project.freezes
    theirs = session.base.freezes if session.base else ()
    every = (*ours, *(each for each in theirs if not any(map(each.same, ours))))
    spans = ((freeze, freeze.current(now)) for freeze in every)
    return InForce(tuple((freeze, span) for freeze, span in spans if span is not None))


def frozen_now(session: Session, planned: Planned) -> Mapping[Address, InForce]:
    """Return the operations that are frozen now, each with the freezes that cover it."""
    current = in_force(session, session.around.today())
    over = ((step.operation.address, current.over(step)) for step in planned.steps if current.current)
    return {address: found for address, found in over if found.current}


def by_freeze(found: Mapping[Address, InForce]) -> Iterator[tuple[InForce, Sequence[Address]]]:
    """Yield the operations that the same freezes cover, together."""
    groups: dict[InForce, list[Address]] = {}
    for address, over in found.items():
        groups.setdefault(over, []).append(address)
    yield from groups.items()


def told_as(addresses: Iterable[Address]) -> str:
    """Return what operations are about: an address, or how many there are."""
    every = [*addresses]
    return str(every[0]) if len(every) == 1 else f"{len(every)} operations"
