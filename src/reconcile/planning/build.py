"""Puts what is wanted beside what is live: operations in their order, and all that none can bring about."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from reconcile.desired import Wanted, resolved
from reconcile.fields.walk import at
from reconcile.live.observation import Observation
from reconcile.model import EMPTY, Address, FieldPath, Label, Live, Noted, Problem
from reconcile.named_tuple import NamedTuple
from reconcile.planning.contents import Blocked, KnownDifference, LiveWritten, Operation, Plan
from reconcile.planning.decide import ABSENT, NO_FACTS, NOTHING, Facts, Verdict, decide
from reconcile.planning.diff import ours
from reconcile.planning.hidden import HIDDEN
from reconcile.planning.last_write import live_written
from reconcile.planning.left_alone import Told, warnings
from reconcile.planning.live_needs import LiveNeeds, live_needs
from reconcile.planning.moved import may_be_moved
from reconcile.planning.operations import (
    DROPPED,
    Claim,
    after,
    blocked,
    claim,
    claimant,
    claimed_twice,
    clashes,
    differing,
    known_differences,
    object_of,
    operation,
    what_dropped,
)
from reconcile.planning.order import acting_needs, order, waits
from reconcile.planning.unresolved import Reach, within
from reconcile.planning.untaken import untaken
from reconcile.provider.cases import PackageFault


class Step(NamedTuple):
    """Hold one operation with what apply needs to decide it again."""

    operation: Operation
    wanted: Wanted
    """The resource as declared: its references are not resolved, its secrets are."""

    held: frozenset[FieldPath] = frozenset()
    """What of the resource is blocked, and was so when the plan was made."""

    after: Address | None = None
    """The operation on the same live object that comes first."""

    conflicts: tuple[FieldPath, ...] = ()
    """What of the resource is a conflict, and was not asked for."""


class Planned(NamedTuple):
    """Hold a plan, and what carries it out."""

    plan: Plan
    steps: tuple[Step, ...]
    facts: Facts
    """What was known when the plan was made."""

    entangled: frozenset[Address] = frozenset()
    """What was left out, and has to be compared for the operations here to be those of the whole plan."""

    faults: Mapping[Address, Problem] = EMPTY
    """What could not be decided by a fault of the package that its kind comes from; each is a problem too."""


def plan(
    wanted: Sequence[Wanted],
    selected: Callable[[Address], bool],
    seen: Observation,
    *,
    prune: bool = False,
    only: Label | None = None,
    gone: Sequence[Wanted] = (),
    known: Facts = NO_FACTS,
) -> Planned:
    """Return the plan for the selected resources; others only lend their ids. `gone` are only in the base.

    `known` holds what the run knows beside that: when it began, and who it is in each system.
    Where two resources share a live object, the later one is decided against what the earlier one leaves.
    """
    by_address = {item.resource.address: item for item in wanted}
    ids = {address: live.id for address, live in seen.live.items()}
    facts = known._replace(ids=ids, prune=prune, clocks=seen.clocks, only=only)
    live = live_needs(wanted, seen.live)
    parts = _Parts(by_address, facts, selected, seen.elsewhere, live)
    for resource in order((item.resource for item in wanted), live):
        if selected(resource.address):
            parts.try_to_add(by_address[resource.address], seen.live.get(resource.address))
    parts.problems += claimed_twice(by_address, seen.live)
    kept = {object_of(by_address[at], live) for at, live in seen.live.items() if gone and at in by_address}
    for item in gone:
        parts.drop(item, seen.live.get(item.resource.address), kept)
    return parts.planned()


@dataclass(slots=True)
class _Parts:
    """Collect the parts of a plan."""

    known: Mapping[Address, Wanted]
    facts: Facts
    selected: Callable[[Address], bool]
    elsewhere: Mapping[Address, Sequence[Live]]
    live_needs: LiveNeeds = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    blocked: list[Blocked] = field(default_factory=list)
    finished: list[Noted] = field(default_factory=list)
    unverified: list[Noted] = field(default_factory=list)
    dropped: list[Noted] = field(default_factory=list)
    known_differences: list[KnownDifference] = field(default_factory=list)
    unchanged: list[Address] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    acting: set[Address] = field(default_factory=set)
    """The resources that have an operation, or of which something is blocked."""

    faults: dict[Address, Problem] = field(default_factory=dict)
    claims: dict[tuple[str, str, str], tuple[tuple[Step, Claim], ...]] = field(default_factory=dict)
    """For each live object that operations change: each of them, and what it makes of the object."""

    def try_to_add(self, item: Wanted, live: Live | None) -> None:
        """Decide one resource, or note why its package cannot."""
        try:
            self.add(item, live)
        except PackageFault as fault:
            problem = Problem("package-fault", str(fault), item.resource.origin)
            self.faults[item.resource.address] = problem
            self.problems.append(problem)

    def add(self, item: Wanted, live: Live | None) -> None:
        """Decide one resource and put each part of the verdict where it belongs."""
        earlier = None
        if live is not None and self.claims:
            steps = self.claims.get(object_of(item, live), ())
            earlier = steps[-1][0] if steps else None
            live = after(live, (made for _, made in steps))
        known, resource = resolved(item, self.facts.ids), item.resource
        verdict = decide(known, live, self.facts)
        if verdict is not NOTHING or resource.known or resource.suspend is not None or resource.held:
            self._leave(item, live, verdict)
        if verdict is NOTHING and (item.former is None or item.is_as_it_was):
            self.unchanged.append(resource.address)
            return
        if verdict.requests and not item.resource.is_literal:
            verdict = within(Reach(self.known, self.facts, self.acting, self.selected), verdict)
        if verdict.action == "create":
            self.problems += may_be_moved(item, self.elsewhere.get(item.resource.address, ()))
        self._note(item, verdict, live)
        if item.former is not None:
            self.dropped += what_dropped(item.former, item, live)
        if verdict.requests or verdict.waits:
            step = self._step(item, live, verdict, earlier)
            if live is not None:
                place = object_of(item, live)
                self.claims[place] = (*self.claims.get(place, ()), (step, claim(known, verdict)))
        elif not (verdict.blocked or verdict.finished or verdict.passed or verdict.known):
            self.unchanged.append(item.resource.address)

    def drop(self, item: Wanted, live: Live | None, kept: set[tuple[str, str, str]]) -> None:
        """Note what only the base has, where its live object exists and no manifest manages that object.

        Of a resource that carries parts of several manifests, each part is noted by itself.
        """
        if live is None or object_of(item, live) in kept:
            return
        resource, table = item.resource, item.kind.table
        if not resource.managed_as:
            self.dropped.append(Noted(resource.address, (), live.name, DROPPED, resource.origin))
            return
        for address, share in resource.carries.items():
            value = ours(table, share.path, at(table, live.fields, share.path))
            if value is not None:
                self.dropped.append(Noted(address, share.path, value, DROPPED, share.origin))

    def _leave(self, item: Wanted, live: Live | None, verdict: Verdict) -> None:
        """Note what is left alone for a while, and the entries and terms that leave nothing alone."""
        resource = item.resource
        self.known_differences += known_differences(item, verdict)
        if resource.known or resource.suspend is not None or resource.held:
            told = Told(
                [change.path for change, _ in verdict.known],
                {path for path in differing(verdict)},
                verdict.overdue,
            )
            self.problems += warnings(resource, live, told, self.facts.now)

    def _note(self, item: Wanted, verdict: Verdict, live: Live | None) -> None:
        resource, address = item.resource, item.resource.address
        if verdict.finished:
            self.finished.append(Noted(address, (), None, verdict.finished, resource.origin))
        if verdict.blocked:
            self.acting.add(address)
        for change, reason in verdict.blocked:
            held = blocked(claimant(resource, change), change, reason)
            written = self._last_write(item, live)
            held = held._replace(overdue=change.path in verdict.overdue, live_written=written)
            self.blocked.append(held._replace(id=live.id) if live and change.path == ABSENT else held)
        for name in verdict.unverified:
            self.unverified.append(Noted(address, (name,), None, HIDDEN, resource.locate((name,))))

    def _step(self, item: Wanted, live: Live | None, verdict: Verdict, earlier: Step | None) -> Step:
        held = frozenset(change.path for change, _ in verdict.blocked)
        first = earlier.operation.address if earlier else None
        made = operation(item, live, verdict)._replace(live_written=self._last_write(item, live))
        step = Step(made, item, held, first, verdict.conflicts)
        self.steps.append(step)
        self.problems += untaken(item, live, verdict.changes)
        self.acting.add(step.operation.address)
        if earlier is not None:
            self.problems += clashes(earlier.operation, step.operation)
        return step

    def _last_write(self, item: Wanted, live: Live | None) -> LiveWritten | None:
        account = self.facts.accounts.get(item.resource.address.system)
        return live_written(item.kind, live, account, names=self.facts.names)

    def planned(self) -> Planned:
        """Return the plan, each operation with what it waits for."""
        known = waits(self.known, self.live_needs) if self.steps else {}
        steps = tuple(_waiting(step, known, self.acting) for step in self.steps)
        whole = Plan(
            operations=tuple(step.operation for step in steps),
            blocked=tuple(self.blocked),
            finished=tuple(self.finished),
            unverified=tuple(self.unverified),
            dropped=tuple(self.dropped),
            known=tuple(sorted(self.known_differences, key=lambda each: not each.new)),
            unchanged=tuple(sorted(self.unchanged)),
            problems=tuple(self.problems),
        )
        return Planned(whole, steps, self.facts, faults=self.faults)


def _waiting(step: Step, waits: Mapping[Address, Sequence[Address]], acting: set[Address]) -> Step:
    found = acting_needs(step.operation.address, waits, acting)
    after = () if step.after is None else (step.after,)
    return step._replace(operation=step.operation._replace(needs=tuple(sorted({*found, *after}))))
