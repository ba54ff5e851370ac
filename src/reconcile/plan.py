"""Puts what is wanted beside what is live: operations in their order, and all that none can bring about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from typing import NamedTuple

from reconcile.diff import ours
from reconcile.digest import precondition
from reconcile.fields.forms import blank
from reconcile.fields.table import Table
from reconcile.fields.walk import at, late_values, overlay, replaced, seal, withheld
from reconcile.labels import dropped
from reconcile.manifests.relations import needs
from reconcile.model import (
    Address,
    Blocked,
    Change,
    Env,
    FieldPath,
    Json,
    Label,
    Live,
    Noted,
    Operation,
    Plan,
    Problem,
    Resource,
    Secret,
    spell,
)
from reconcile.observe import Observation, Wanted, with_ids
from reconcile.reach import Reach, within
from reconcile.unseen import HIDDEN, names
from reconcile.verdict import ABSENT, NOTHING, Facts, Verdict, decide


class Step(NamedTuple):
    """One operation with what apply needs to decide it again."""

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
    """A plan, and what carries it out."""

    plan: Plan
    steps: tuple[Step, ...]
    facts: Facts
    """What was known when the plan was made."""


def order(resources: Iterable[Resource]) -> list[Resource]:
    """What each resource needs before it, the same whatever the order of files; deletes in reverse, last."""
    known = {resource.address: resource for resource in resources}
    graph = {
        address: waits
        for address, resource in known.items()
        if not (resource.plain and not resource.depends_on)
        and (waits := [need for need in needs(resource) if need in known])
    }
    ordered = [known[address] for address in sorted(known.keys() - graph.keys())]
    sorter = TopologicalSorter(graph)
    sorter.prepare()
    while sorter.is_active():
        batch = sorted(sorter.get_ready())
        ordered += [known[address] for address in batch if address in graph]
        sorter.done(*batch)
    return [r for r in ordered if not r.absent] + [r for r in reversed(ordered) if r.absent]


def plan(
    wanted: Sequence[Wanted],
    selected: Callable[[Address], bool],
    seen: Observation,
    *,
    prune: bool = False,
    only: Label | None = None,
    gone: Sequence[Wanted] = (),
) -> Planned:
    """The plan for the selected resources; the others only lend their ids. `gone` are only in the base.

    Where two resources share a live object, the later one is decided against what the earlier one leaves.
    """
    by_address = {item.resource.address: item for item in wanted}
    facts = Facts({address: live.id for address, live in seen.live.items()}, prune, seen.clocks, only)
    parts = _Parts(by_address, facts, selected)
    for resource in order(item.resource for item in wanted):
        if selected(resource.address):
            parts.add(by_address[resource.address], seen.live.get(resource.address))
    kept = {_object(by_address[at], live) for at, live in seen.live.items() if gone and at in by_address}
    for item in gone:
        parts.drop(item, seen.live.get(item.resource.address), kept)
    return parts.planned()


@dataclass(slots=True)
class _Parts:
    """Collects the parts of a plan."""

    known: Mapping[Address, Wanted]
    facts: Facts
    selected: Callable[[Address], bool]
    steps: list[Step] = field(default_factory=list)
    blocked: list[Blocked] = field(default_factory=list)
    finished: list[Noted] = field(default_factory=list)
    unverified: list[Noted] = field(default_factory=list)
    dropped: list[Noted] = field(default_factory=list)
    unchanged: list[Address] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    acting: set[Address] = field(default_factory=set)
    """The resources that have an operation, or of which something is blocked."""

    left: dict[tuple[str, str, str], tuple[Step, Live]] = field(default_factory=dict)
    """For each live object that an operation changes: the operation, and what it leaves."""

    def add(self, item: Wanted, live: Live | None) -> None:
        """Decides one resource and puts each part of the verdict where it belongs."""
        earlier = None
        if live is not None and self.left:
            earlier, live = self.left.get(_object(item, live), (None, live))
        verdict = decide(item, live, self.facts)
        if verdict.requests and not item.resource.plain:
            verdict = within(Reach(self.known, self.facts, self.acting, self.selected), verdict)
        if verdict is not NOTHING:
            self._note(item.resource, verdict, live)
        if item.former is not None:
            self.dropped += _dropped(item.former, item, live)
        if verdict.requests:
            self._step(item, live, verdict, earlier)
        elif not verdict.blocked and not verdict.finished:
            self.unchanged.append(item.resource.address)

    def drop(self, item: Wanted, live: Live | None, kept: set[tuple[str, str, str]]) -> None:
        """Notes what only the base has, where its object is there and nobody's; parts of one each."""
        if live is None or _object(item, live) in kept:
            return
        resource, table = item.resource, item.kind.table
        if not resource.managed_as:
            self.dropped.append(Noted(resource.address, (), live.name, _DROPPED, resource.origin))
            return
        for address, share in resource.carries.items():
            value = ours(table, share.path, at(table, live.said, share.path))
            if value is not None:
                self.dropped.append(Noted(address, share.path, value, _DROPPED, share.origin))

    def _note(self, resource: Resource, verdict: Verdict, live: Live | None) -> None:
        address = resource.address
        if verdict.finished:
            self.finished.append(Noted(address, (), None, verdict.finished, resource.origin))
        if verdict.blocked:
            self.acting.add(address)
        for change, reason in verdict.blocked:
            held = _blocked(_claimant(resource, change), change, reason)
            self.blocked.append(held._replace(id=live.id) if live and change.path == ABSENT else held)
        for name in verdict.unverified:
            self.unverified.append(Noted(address, (name,), None, HIDDEN, resource.locate((name,))))

    def _step(self, item: Wanted, live: Live | None, verdict: Verdict, earlier: Step | None) -> None:
        held = frozenset(change.path for change, _ in verdict.blocked)
        after = earlier.operation.address if earlier else None
        step = Step(_operation(item, live, verdict), item, held, after, verdict.conflicts)
        self.steps.append(step)
        self.acting.add(step.operation.address)
        if earlier is not None:
            self.problems += _clashes(earlier.operation, step.operation)
        if live is not None:
            self.left[_object(item, live)] = step, _left(item, live, verdict, self.facts.ids)

    def planned(self) -> Planned:
        """The plan, each operation with what it waits for."""
        waits = _waits(self.known) if self.steps else {}
        steps = tuple(_waiting(step, waits, self.acting) for step in self.steps)
        whole = Plan(
            operations=tuple(step.operation for step in steps),
            blocked=tuple(self.blocked),
            finished=tuple(self.finished),
            unverified=tuple(self.unverified),
            dropped=tuple(self.dropped),
            unchanged=tuple(sorted(self.unchanged)),
            problems=tuple(self.problems),
        )
        return Planned(whole, steps, self.facts)


def _waiting(step: Step, waits: Mapping[Address, Sequence[Address]], acting: set[Address]) -> Step:
    found = _acting_needs(step.operation.address, waits, acting)
    after = () if step.after is None else (step.after,)
    return step._replace(operation=step.operation._replace(needs=tuple(sorted({*found, *after}))))


def _claimant(resource: Resource, change: Change) -> Address:
    """Whose the change is: the resource's own, or that of one which it carries and which has no other."""
    shares = resource.carries if resource.address in resource.carries else {}
    owners = (address for address, share in shares.items() if share.path == change.path[: len(share.path)])
    return next(owners, resource.address)


_DROPPED = "no longer managed; write null to clear it"
_DROPPED_UNSEEN = f"no longer managed, and what is live there is not known ({HIDDEN}); write null to clear it"


def _dropped(former: Resource, item: Wanted, live: Live | None) -> list[Noted]:
    """The fields that the base wrote and the manifests no longer do, with what is live there."""
    if live is None:
        return []
    table, resource = item.kind.table, item.resource
    paths = dropped(table, former.spec, resource.spec)
    unseen = names(item, live)
    found: list[Noted] = []
    for path in paths:
        value = ours(table, path, at(table, live.said, path))
        if blank(value) is not None:
            found.append(Noted(resource.address, path, value, _DROPPED, resource.locate(path)))
        elif path[0] in unseen and blank(at(table, former.spec, path)) is not None:
            found.append(Noted(resource.address, path, None, _DROPPED_UNSEEN, resource.locate(path)))
    return found


def _blocked(address: Address, change: Change, reason: str) -> Blocked:
    return Blocked(
        address=address,
        path=change.path,
        before=change.before,
        after=change.after,
        reason=reason,
        origin=change.origin,
        label=change.label,
        name=change.name,
        within=change.within,
    )


def _object(item: Wanted, live: Live) -> tuple[str, str, str]:
    return item.resource.address.system, item.kind.name, str(live.id)


def _left(item: Wanted, live: Live, verdict: Verdict, ids: Mapping[Address, Json]) -> Live:
    """What the operation is to leave of the live object."""
    held = [change.path for change, _ in verdict.blocked]
    want = withheld(item.kind.table, with_ids(item.resource, ids).spec, live.said, held)
    return live._replace(said={**live.said, **overlay(item.kind.table, live.said, want)})


def _clashes(earlier: Operation, later: Operation) -> list[Problem]:
    """Fields of one live object that two resources want otherwise."""
    first = {change.path: change.origin for change in earlier.changes}
    return [
        Problem(
            "claims-disagree",
            f"{later.address} and {earlier.address} are the same live object, and disagree on "
            f"{spell(change.path)}, written at {first[change.path]}; agree on one",
            change.origin,
        )
        for change in later.changes
        if change.path in first
    ]


def _waits(known: Mapping[Address, Wanted]) -> Mapping[Address, Sequence[Address]]:
    """What each resource comes after: what it needs; of tombstones, a needed one comes after its user."""
    found: dict[Address, list[Address]] = defaultdict(list)
    for address, item in known.items():
        for need in needs(item.resource):
            if need in known and item.resource.absent and known[need].resource.absent:
                found[need].append(address)
            elif need in known:
                found[address].append(need)
    return found


def _acting_needs(
    address: Address, waits: Mapping[Address, Sequence[Address]], acting: set[Address]
) -> tuple[Address, ...]:
    """What an operation waits for: through resources that need nothing, to the next that does."""
    found: set[Address] = set()
    seen: set[Address] = set()
    open_ = list(waits.get(address, ()))
    while open_:
        need = open_.pop()
        if need in seen:
            continue
        seen.add(need)
        if need in acting:
            found.add(need)
        else:
            open_ += waits.get(need, ())
    return tuple(sorted(found))


def _operation(item: Wanted, live: Live | None, verdict: Verdict) -> Operation:
    resource = item.resource
    return Operation(
        address=resource.address,
        action=verdict.action,
        id=live.id if live else None,
        name=live.name if live else _title(item),
        origin=resource.origin,
        requests=verdict.requests,
        changes=verdict.changes,
        precondition=precondition(item.kind.table, resource, live),
    )


def _title(item: Wanted) -> str:
    key = item.resource.spec.get(item.kind.key[-1])
    return key if isinstance(key, str) else item.resource.address.name


def opened(
    resource: Resource, environment: Mapping[str, str], table: Table
) -> tuple[Resource, tuple[Problem, ...]]:
    """`resource` with its `{env}` secrets read from the operator's environment, or what is missing there."""
    if resource.plain:
        return resource, ()

    def read(value: Json) -> Json:
        return Secret(environment[value.name]) if _is_set(value, environment) else value

    spec = seal(table, replaced(resource.spec, read))
    return resource._replace(spec=spec), tuple(_missing(resource, environment))


def _is_set(value: Json, environment: Mapping[str, str]) -> bool:
    return isinstance(value, Env) and value.name in environment


def _missing(resource: Resource, environment: Mapping[str, str]) -> Iterator[Problem]:
    """The secrets that are not set, each on the line of its field."""
    for place, value in late_values(resource.spec):
        if isinstance(value, Env) and value.name not in environment:
            message = f"{resource.address} reads {value.name}, which is not set: set it, or run where it is"
            yield Problem("missing-secret", message, resource.locate((str(place[0]),)))
