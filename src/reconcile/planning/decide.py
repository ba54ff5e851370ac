"""Decides what closes the difference between one resource and one live state, whoever asks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from reconcile.desired import Resolved
from reconcile.fields.table import rows_on
from reconcile.fields.walk import withheld
from reconcile.live.tombstones import names_another
from reconcile.model import (
    EMPTY,
    Action,
    Address,
    Change,
    FieldPath,
    Json,
    KnownValue,
    Label,
    Live,
    Request,
    Resource,
    Secret,
    Spec,
)
from reconcile.named_tuple import NamedTuple, tuple_of
from reconcile.planning import diff
from reconcile.planning.hidden import alike, by_base, names, taken_as_sent
from reconcile.planning.labels import labelled
from reconcile.planning.left_alone import NONE_ALONE, Alone, left_alone, overdue, reasons, suspended
from reconcile.provider.cases import Case, Decision
from reconcile.provider.kinds import Kind

ABSENT: FieldPath = ("absent",)


class Verdict(NamedTuple):
    """Say what is to be done for one resource, seen against one live state."""

    requests: tuple[Request, ...] = ()
    changes: tuple[Change, ...] = ()
    blocked: tuple[tuple[Change, str], ...] = ()
    finished: str | None = None
    unverified: tuple[str, ...] = ()
    action: Action = "update"
    conflicts: tuple[FieldPath, ...] = ()
    """What beside the changes would be a conflict, were it asked for: the operation is refused for it too."""

    passed: tuple[FieldPath, ...] = ()
    """What differs and was not asked for: the object is not as it is wanted, though nothing is to be done."""

    waits: str | None = None
    """What the object has still to come to by itself, with nothing sent."""

    known: tuple[tuple[Change, KnownValue], ...] = ()
    """What differs, and is left alone for a while."""

    overdue: frozenset[FieldPath] = frozenset()
    """What of the blocked was held back for a time that is over."""


NOTHING = Verdict()
"""Live is as it is wanted."""


class Facts(NamedTuple):
    """Hold what a decision rests on beside the resource: known ids, whether to prune, the systems' clocks."""

    ids: Mapping[Address, Json]
    prune: bool = False
    clocks: Mapping[str, float] = EMPTY
    only: Label | None = None
    """Where only the differences of one label are asked for."""

    fresh: Collection[Address] = ()
    """What this apply has created: its system may not show it everywhere yet."""

    now: float = 0.0
    """When the run began, in seconds since the epoch: what is known then, is known to the run's end."""

    names: bool = True
    """Whether it is told who wrote what is live."""

    accounts: Mapping[str, Secret] = EMPTY
    """The name that this tool goes by in a system, where that is known."""

    written: bool = False
    """Whether this run has written the object: what its server never shows is believed then."""


NO_FACTS = Facts(EMPTY)
"""Nothing is known beside the resource."""


def decide(wanted: Resolved, live: Live | None, known: Facts) -> Verdict:
    """Return what closes the difference between a resource and `live`, which is sealed by the base.

    Plan, recovery and read-back all decide by it.
    """
    resource = wanted.resource
    if live is not None and _shows_at_once(wanted, live):
        return _settled(resource, wanted.kind.decide(_case(wanted, resource.spec, live, known)), ())
    if resource.absent:
        return _removal(wanted, _case(wanted, resource.spec, live, known), known)
    unseen = names(wanted, live)
    unverified = tuple(taken_as_sent(wanted, unseen, written=known.written)) if unseen else ()
    want = resource.spec
    if unverified:
        want = {name: value for name, value in want.items() if name not in unverified}
    changes = diff.changes(wanted.kind.table, resource, want, live.fields if live else None)
    if unseen and (moved := [name for name in unseen if name in want]):
        changes = by_base(wanted, changes, moved)
        unverified += tuple(name for name in moved if all(change.path[0] != name for change in changes))
    if wanted.based:
        changes = _labelled(wanted, changes, live, unseen)
    alone = left_alone(wanted, live, changes, known.now) if resource.known else NONE_ALONE
    changes = alone.others(changes) if alone.known else changes
    if not changes and live is not None:
        left_out = _left_out(wanted.kind, resource, live, alone.paths)
        verdict = _settled(resource, wanted.kind.decide(_case(wanted, left_out, live, known)), unverified)
        return verdict if verdict.finished or not alone.known else verdict._replace(known=alone.known)
    asked = _asked(changes, live, known.only)
    passed = tuple(change for change in changes if change not in asked)
    left = tuple(change.path for change in passed)
    if live is None and changes and not asked:
        return Verdict(passed=left)
    verdict = _closing(wanted, live, known, (asked, passed, alone))
    if verdict.finished:
        return verdict
    late = overdue(resource, (change.path for change, _ in verdict.blocked), alone, known.now)
    return verdict._replace(unverified=unverified, passed=left, known=alone.known, overdue=late)


def _shows_at_once(wanted: Resolved, live: Live) -> bool:
    """Tell whether a plain resource shows, at a first look, that it differs in nothing, base or not."""
    resource = wanted.resource
    if not resource.is_literal or resource.absent or wanted.options.get("hidden"):
        return False
    return diff.same(wanted.kind.table, resource.spec, live.fields)


def _closing(
    wanted: Resolved,
    live: Live | None,
    known: Facts,
    changes: tuple[tuple[Change, ...], tuple[Change, ...], Alone],
) -> Verdict:
    """Return what closes the changes that are asked for, and leaves the others."""
    (asked, passed, alone), resource, kind = changes, wanted.resource, wanted.kind
    held = (*_held(resource, asked, alone, known), *(_fixed(kind, asked) if live is not None else ()))
    free = _less(asked, held)
    paths = [change.path for change in (*passed, *(change for change, _ in held))]
    left = _left_out(kind, resource, live, [*alone.paths, *paths])
    case = _case(wanted, left, live, known, free)
    decision = kind.decide(case) if free or not held else Decision()
    if decision.finished:
        return Verdict(finished=decision.finished)
    blocked = (*held, *decision.blocked)
    if live is not None and not free:
        return Verdict(blocked=blocked)
    sent = _less(free, decision.blocked) if decision.requests else ()
    conflicts = tuple(change.path for change in passed if change.label == "conflict")
    return Verdict(decision.requests, sent, blocked, action=decision.action, conflicts=conflicts)


def _asked(changes: tuple[Change, ...], live: Live | None, only: Label | None) -> tuple[Change, ...]:
    """Return the changes that are asked for; an object is created whole, or not at all."""
    if only is None:
        return changes
    if live is not None:
        return tuple(change for change in changes if change.label == only)
    labels = {change.label for change in changes}
    return changes if (labels == {only} if only == "change" else only in labels) else ()


def _settled(resource: Resource, decision: Decision, unverified: tuple[str, ...]) -> Verdict:
    """Return what a kind says of an object that differs in nothing."""
    if decision.finished:
        return Verdict(finished=decision.finished)
    if decision.blocked or unverified:
        placed = ((c._replace(origin=resource.locate(c.path)), why) for c, why in decision.blocked)
        return Verdict(blocked=tuple(placed), unverified=unverified)
    return Verdict(action=decision.action, waits=decision.waits) if decision.waits else NOTHING


def _case(
    wanted: Resolved, want: Spec, live: Live | None, known: Facts, changes: tuple[Change, ...] = ()
) -> Case:
    resource = wanted.resource
    now = known.clocks.get(resource.address.system)
    return tuple_of(Case, (resource.address, resource.origin, wanted.options, want, live, changes, now))


Held: TypeAlias = tuple[Change, str]


def _held(resource: Resource, changes: Sequence[Change], alone: Alone, known: Facts) -> Iterator[Held]:
    """Yield the changes that the manifests themselves hold back, each with the reason."""
    tombs = () if known.prune else resource.pruned
    held: dict[FieldPath, str] = dict.fromkeys(tombs, "a tombstone: it is removed only with --prune")
    held |= reasons(resource, alone, known.now)
    for change in changes if held else ():
        found = next((words for path, words in held.items() if change.path[: len(path)] == path), None)
        if found is not None:
            yield change, found


def _fixed(kind: Kind, changes: Iterable[Change]) -> Iterator[Held]:
    """Yield the changes of what nothing changes once its object is there, each with the reason."""
    for change in changes:
        found = next((row for row in rows_on(kind.table, change.path) if row.fixed is not None), None)
        if found is not None:
            yield change, f"`{found.name}` never changes once it is there: {found.fixed}"


def _less(changes: Sequence[Change], held: Sequence[Held]) -> tuple[Change, ...]:
    paths = {change.path for change, _ in held}
    return tuple(change for change in changes if change.path not in paths) if paths else tuple(changes)


def _left_out(kind: Kind, resource: Resource, live: Live | None, paths: Sequence[FieldPath]) -> Spec:
    return withheld(kind.table, resource.spec, live.fields if live else {}, paths)


def _labelled(
    wanted: Resolved, changes: tuple[Change, ...], live: Live | None, unseen: Collection[str]
) -> tuple[Change, ...]:
    """Return the changes, each with its label.

    Where a kind picks what it looks for by what is wanted, nothing found is nothing that somebody took away:
    the manifests ask for another one.
    """
    base = wanted.former and wanted.former.spec
    want = wanted.resource.spec
    said = live.fields if live else {}
    if live is None and wanted.kind.pick is not None and base is not None:
        whose: Label = "drift" if alike(wanted.kind, base, want) else "change"
        return tuple(each._replace(label=whose) for each in changes)
    new: Label = "conflict" if wanted.unsure else "change"
    found = labelled(wanted.kind.table, changes, (base, want, said), new)
    return tuple(each._replace(label="change") if each.path[0] in unseen else each for each in found)


def _removal(wanted: Resolved, case: Case, known: Facts) -> Verdict:
    if case.live is None:
        return Verdict()
    resource, kind = wanted.resource, wanted.kind
    label = _label_of_removal(wanted, case.live)
    if known.only not in {None, label}:
        return Verdict(passed=(ABSENT,))
    change = Change(ABSENT, case.live.name, None, resource.origin, label)
    another = None if wanted.left else names_another(kind, resource, case.live)
    if another:
        return Verdict(blocked=((change, another.message),))
    decision = (
        kind.remove(case)
        if kind.remove
        else Decision(blocked=((change, f"no request deletes a {kind.name}: take the tombstone away"),))
    )
    if decision.finished or decision.blocked:
        return Verdict(finished=decision.finished, blocked=decision.blocked)
    if resource.suspend is not None:
        late = overdue(resource, [ABSENT], NONE_ALONE, known.now)
        return Verdict(blocked=((change, suspended(resource.suspend, known.now)),), overdue=late)
    if not known.prune:
        return Verdict(blocked=((change, "a tombstone: it is deleted only with --prune"),))
    return Verdict(decision.requests, (change,), action="delete")


def _label_of_removal(wanted: Resolved, live: Live) -> Label | None:
    """Return the label of a tombstone's difference; None without a base.

    Drift: the base had a tombstone too, and somebody made the object anew. Conflict: somebody changed what
    the base wanted of the object, or the base could not be read whole. Else it is a change.
    """
    if not wanted.based:
        return None
    former = wanted.former
    if former is None:
        return "conflict" if wanted.unsure else "change"
    if former.absent:
        return "drift"
    unseen = names(wanted, live)
    seen = {name: value for name, value in former.spec.items() if name not in unseen}
    return "change" if diff.same(wanted.kind.table, seen, live.fields) else "conflict"
