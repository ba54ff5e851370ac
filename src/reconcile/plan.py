"""Puts what is wanted beside what is live: operations in their order, and all that none can bring about."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter

from reconcile import diff
from reconcile.fields.table import Table
from reconcile.fields.walk import replaced, seal
from reconcile.kinds import Case, Decision
from reconcile.manifests.relations import needs
from reconcile.model import (
    Action,
    Address,
    Blocked,
    Change,
    Env,
    FieldPath,
    Json,
    Live,
    Noted,
    Operation,
    Plan,
    Problem,
    Ref,
    Request,
    Resource,
    Secret,
    spell,
)
from reconcile.observe import Observation, Wanted, with_ids

ABSENT: FieldPath = ("absent",)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be done for one resource, seen against one live state."""

    requests: tuple[Request, ...] = ()
    changes: tuple[Change, ...] = ()
    blocked: tuple[tuple[Change, str], ...] = ()
    finished: str | None = None
    unverified: tuple[str, ...] = ()
    action: Action = "update"


@dataclass(frozen=True, slots=True)
class Step:
    """One operation with what apply needs to decide it again."""

    operation: Operation
    wanted: Wanted
    """The resource as declared: its references are not resolved, its secrets are."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and what carries it out."""

    plan: Plan
    steps: tuple[Step, ...]
    ids: Mapping[Address, Json]
    """The live ids known when the plan was made."""


def decide(wanted: Wanted, live: Live | None, ids: Mapping[Address, Json], *, prune: bool = False) -> Verdict:
    """What closes the difference between a resource and `live`: the same for plan, recovery and read-back."""
    resource, kind = with_ids(wanted.resource, ids), wanted.kind
    case = Case(resource.address.system, wanted.options, resource.spec, live)
    if resource.absent:
        return _removal(wanted, case, prune=prune)
    unverified = tuple(_unverified(wanted, live))
    want = {name: value for name, value in resource.spec.items() if name not in unverified}
    changes = diff.changes(kind.table, resource, want, live.said if live else None)
    if live is not None and not changes:
        finished = kind.decide(case).finished
        return Verdict(finished=finished, unverified=unverified)
    decision = kind.decide(replace(case, changes=changes))
    if decision.finished:
        return Verdict(finished=decision.finished)
    if resource.suspend is not None:
        decision = Decision(blocked=tuple((change, f"suspended: {resource.suspend}") for change in changes))
    held = {change.path for change, _ in decision.blocked}
    sent = tuple(change for change in changes if change.path not in held) if decision.requests else ()
    return Verdict(decision.requests, sent, decision.blocked, None, unverified, decision.action)


def _removal(wanted: Wanted, case: Case, *, prune: bool) -> Verdict:
    if case.live is None:
        return Verdict()
    resource, kind = wanted.resource, wanted.kind
    change = Change(ABSENT, case.live.name, None, resource.origin)
    decision = (
        kind.remove(case)
        if kind.remove
        else Decision(blocked=((change, f"no request deletes a {kind.name}"),))
    )
    if decision.finished or decision.blocked:
        return Verdict(finished=decision.finished, blocked=decision.blocked)
    if resource.suspend is not None:
        return Verdict(blocked=((change, f"suspended: {resource.suspend}"),))
    if not prune:
        return Verdict(blocked=((change, "a tombstone: it is deleted only with --prune"),))
    return Verdict(decision.requests, (change,), action="delete")


def _unverified(wanted: Wanted, live: Live | None) -> Iterator[str]:
    """The written fields that this server is declared never to show, and does not show."""
    if live is None:
        return
    hidden = wanted.options.get("hidden") or ()
    yield from (name for name in hidden if name in wanted.resource.spec and name not in live.said)


def order(resources: Iterable[Resource]) -> list[Resource]:
    """What each resource needs before it, the same whatever the order of files; deletes in reverse, last."""
    known = {resource.address: resource for resource in resources}
    graph = {
        address: [need for need in needs(resource) if need in known] for address, resource in known.items()
    }
    sorter, ordered = TopologicalSorter(graph), list[Resource]()
    sorter.prepare()
    while sorter.is_active():
        batch = sorted(sorter.get_ready())
        ordered += [known[address] for address in batch]
        sorter.done(*batch)
    return [r for r in ordered if not r.absent] + [r for r in reversed(ordered) if r.absent]


def plan(
    wanted: Sequence[Wanted], selected: Callable[[Address], bool], seen: Observation, *, prune: bool = False
) -> Planned:
    """The plan for the selected resources; the others only lend their ids."""
    by_address = {item.resource.address: item for item in wanted}
    ids = {address: live.id for address, live in seen.live.items()}
    parts = _Parts()
    for resource in order(item.resource for item in wanted):
        if selected(resource.address):
            item, live = by_address[resource.address], seen.live.get(resource.address)
            parts.add(item, live, decide(item, live, ids, prune=prune))
    return parts.planned(by_address, ids)


class _Parts:
    """Collects the parts of a plan."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.blocked: list[Blocked] = []
        self.finished: list[Noted] = []
        self.unverified: list[Noted] = []
        self.unchanged: list[Address] = []

    def add(self, item: Wanted, live: Live | None, verdict: Verdict) -> None:
        resource = item.resource
        address, origin = resource.address, resource.origin
        if verdict.finished:
            self.finished.append(Noted(address, (), None, verdict.finished, origin))
        for change, reason in verdict.blocked:
            self.blocked.append(
                Blocked(address, change.path, change.before, change.after, reason, change.origin)
            )
        for name in verdict.unverified:
            place = resource.locate((name,))
            self.unverified.append(
                Noted(address, (name,), None, "options.hidden: this server never shows it", place)
            )
        if verdict.requests:
            self.steps.append(Step(_operation(item, live, verdict), item))
        elif not verdict.blocked and not verdict.finished:
            self.unchanged.append(address)

    def planned(self, known: Mapping[Address, Wanted], ids: Mapping[Address, Json]) -> Planned:
        """The plan, each operation with what it waits for."""
        acting = {step.operation.address for step in self.steps} | {item.address for item in self.blocked}
        steps = tuple(
            replace(
                step,
                operation=replace(step.operation, needs=_acting_needs(step.operation.address, known, acting)),
            )
            for step in self.steps
        )
        whole = Plan(
            operations=tuple(step.operation for step in steps),
            blocked=tuple(self.blocked),
            finished=tuple(self.finished),
            unverified=tuple(self.unverified),
            unchanged=tuple(sorted(self.unchanged)),
        )
        return Planned(whole, steps, ids)


def _acting_needs(
    address: Address, known: Mapping[Address, Wanted], acting: set[Address]
) -> tuple[Address, ...]:
    """What an operation waits for: through resources that need nothing, to the next that does."""
    found: set[Address] = set()
    seen: set[Address] = set()
    open_ = list(needs(known[address].resource))
    while open_:
        need = open_.pop()
        if need in seen or need not in known:
            continue
        seen.add(need)
        if need in acting:
            found.add(need)
        else:
            open_ += needs(known[need].resource)
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
        precondition=precondition(resource, live),
    )


def _title(item: Wanted) -> str:
    key = item.resource.spec.get(item.kind.key[-1])
    return key if isinstance(key, str) else item.resource.address.name


def precondition(resource: Resource, live: Live | None) -> str:
    """A digest of the manifest, references unresolved, and of the live values that it covers; no secrets."""
    said = {name: live.said.get(name) for name in resource.spec} if live else None
    return digest({"id": live.id if live else None, "want": resource.spec, "have": said})


def digest(value: Json) -> str:
    """`sha256:…` of a value's canonical JSON, in which a secret is a word."""
    plain = replaced(value, _word)
    return "sha256:" + hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def _word(value: Json) -> Json:
    match value:
        case Ref(address):
            return {"unknown": str(address)}
        case Secret() | Env():
            return {"sensitive": True}
    return value


def fingerprint(whole: Plan) -> str:
    """A stable digest of the differences: the same for the same drift on any machine, in any order."""
    found = [
        [str(owner), spell(change.path), _word(change.before), _word(change.after)]
        for owner, changes in _differences(whole)
        for change in changes
    ]
    return digest(sorted(found, key=lambda item: json.dumps(replaced(item, _word), sort_keys=True)))


def _differences(whole: Plan) -> Iterator[tuple[Address, Sequence[Change | Blocked]]]:
    yield from ((operation.address, operation.changes) for operation in whole.operations)
    yield from ((item.address, (item,)) for item in whole.blocked)


def opened(
    resource: Resource, environment: Mapping[str, str], table: Table
) -> tuple[Resource, tuple[Problem, ...]]:
    """`resource` with its `{env}` secrets read from the operator's environment, or what is missing there."""
    problems: list[Problem] = []

    def read(value: Json) -> Json:
        if not isinstance(value, Env):
            return value
        if value.name not in environment:
            message = f"{resource.address} reads {value.name}, which is not set: set it, or run where it is"
            problems.append(Problem("missing-secret", message, resource.origin))
            return value
        return Secret(environment[value.name])

    spec = seal(table, replaced(resource.spec, read))
    return replace(resource, spec=spec), tuple(problems)
