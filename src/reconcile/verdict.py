"""Decides what closes the difference between one resource and one live state, whoever asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from reconcile import diff
from reconcile.fields.walk import withheld
from reconcile.kinds import Case, Decision, Kind
from reconcile.model import Action, Address, Change, FieldPath, Json, Live, Request, Resource, Spec
from reconcile.observe import Wanted, with_ids

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
class Facts:
    """What a decision rests on beside the resource: known ids, whether to prune, the systems' clocks."""

    ids: Mapping[Address, Json]
    prune: bool = False
    clocks: Mapping[str, float] = field(default_factory=dict)


def decide(wanted: Wanted, live: Live | None, known: Facts) -> Verdict:
    """What closes the difference between a resource and `live`: the same for plan, recovery and read-back."""
    resource, kind = with_ids(wanted.resource, known.ids), wanted.kind
    system = resource.address.system
    case = Case(
        resource.address,
        resource.origin,
        wanted.options,
        resource.spec,
        live,
        now=known.clocks.get(system),
    )
    if resource.absent:
        return _removal(wanted, case, prune=known.prune)
    unverified = tuple(_unverified(wanted, live))
    want = {name: value for name, value in resource.spec.items() if name not in unverified}
    changes = diff.changes(kind.table, resource, want, live.said if live else None)
    held = tuple(_held(resource, changes, prune=known.prune))
    free = _less(changes, held)
    case = replace(case, changes=free, want=_left_out(kind, resource, live, held))
    decision = kind.decide(case) if free or not held else Decision()
    if decision.finished:
        return Verdict(finished=decision.finished)
    if live is not None and not free:
        return Verdict(blocked=(*held, *decision.blocked), unverified=unverified)
    sent = _less(free, decision.blocked) if decision.requests else ()
    blocked = (*held, *decision.blocked)
    return Verdict(decision.requests, sent, blocked, None, unverified, decision.action)


Held: TypeAlias = tuple[Change, str]


def _held(resource: Resource, changes: Sequence[Change], *, prune: bool) -> Iterator[Held]:
    """The changes that the manifests themselves hold back."""
    tombs = {} if prune else dict.fromkeys(resource.pruned, "a tombstone: it is removed only with --prune")
    reasons: dict[FieldPath, str] = {**tombs, **resource.held}
    if resource.suspend is not None:
        reasons[()] = f"suspended: {resource.suspend}"
    for change in changes if reasons else ():
        found = next((words for path, words in reasons.items() if change.path[: len(path)] == path), None)
        if found is not None:
            yield change, found


def _less(changes: Sequence[Change], held: Sequence[Held]) -> tuple[Change, ...]:
    paths = {change.path for change, _ in held}
    return tuple(change for change in changes if change.path not in paths) if paths else tuple(changes)


def _left_out(kind: Kind, resource: Resource, live: Live | None, held: Sequence[Held]) -> Spec:
    have = live.said if live else {}
    return withheld(kind.table, resource.spec, have, [change.path for change, _ in held])


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
