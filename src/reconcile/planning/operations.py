"""Makes the parts of a plan that come of one verdict: an operation, what is blocked, what is dropped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconcile.desired import Resolved, Wanted
from reconcile.fields.forms import blank
from reconcile.fields.table import Table
from reconcile.fields.walk import at, overlay, said_back, withheld
from reconcile.model import (
    Address,
    Change,
    FieldPath,
    KnownValue,
    Live,
    Noted,
    Problem,
    Resource,
    Spec,
    spell,
)
from reconcile.named_tuple import NamedTuple
from reconcile.planning.contents import Blocked, KnownDifference, Operation
from reconcile.planning.decide import Verdict
from reconcile.planning.diff import ours
from reconcile.planning.digest import precondition
from reconcile.planning.hidden import HIDDEN, names
from reconcile.planning.labels import dropped
from reconcile.planning.scheduled import with_times

DROPPED = "no longer managed; write null to clear it"
_DROPPED_UNSEEN = f"no longer managed, and what is live there is not known ({HIDDEN}); write null to clear it"


def claimant(resource: Resource, change: Change) -> Address:
    """Return the address that a change belongs to: the resource's own, or that of a part which it carries."""
    shares = resource.carries if resource.address in resource.carries else {}
    owners = (address for address, share in shares.items() if share.path == change.path[: len(share.path)])
    return next(owners, resource.address)


def what_dropped(former: Resource, item: Wanted, live: Live | None) -> list[Noted]:
    """Return the fields that the base wrote and the manifests no longer do, with what is live there."""
    if live is None or item.resource.absent:
        return []
    table, resource = item.kind.table, item.resource
    paths = dropped(table, former.spec, resource.spec)
    unseen = names(item, live)
    found: list[Noted] = []
    for path in paths:
        value = ours(table, path, at(table, live.fields, path))
        if blank(value) is not None:
            found.append(Noted(resource.address, path, value, DROPPED, resource.locate(path)))
        elif path[0] in unseen and blank(at(table, former.spec, path)) is not None:
            found.append(Noted(resource.address, path, None, _DROPPED_UNSEEN, resource.locate(path)))
    return found


def blocked(address: Address, change: Change, reason: str) -> Blocked:
    """Return a change that is held back, under the address that it belongs to."""
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


def known_differences(item: Wanted, verdict: Verdict) -> Iterator[KnownDifference]:
    """Yield what of a resource is left alone for a while; without a base nobody says what of it is new."""
    former = () if item.former is None else item.former.known
    before = {_said(entry) for entry in former}
    for change, entry in verdict.known:
        yield KnownDifference(
            address=claimant(item.resource, change),
            path=change.path,
            live=change.before,
            reason=entry.reason,
            until=entry.until.text,
            new=_said(entry) not in before if item.based else None,
            origin=entry.origin,
        )


def _said(entry: KnownValue) -> tuple[str, str, str, str]:
    return spell(entry.path), repr(entry.live), entry.reason, entry.until.text


def differing(verdict: Verdict) -> Iterator[FieldPath]:
    """Yield the places of all that differs and is not known."""
    yield from (change.path for change in verdict.changes)
    yield from (change.path for change, _ in verdict.blocked)
    yield from verdict.passed


def object_of(item: Wanted, live: Live) -> tuple[str, str, str]:
    """Return what tells a live object apart: its system, its kind, its id."""
    return item.resource.address.system, item.kind.name, str(live.id)


class Claim(NamedTuple):
    """Say what an operation is to make of a live object: what is wanted of it, less what is held back."""

    table: Table
    want: Spec
    held: tuple[FieldPath, ...]


def claim(item: Resolved, verdict: Verdict) -> Claim:
    """Return what the operation of a verdict is to make of its live object."""
    return Claim(
        item.kind.table,
        item.resource.spec,
        tuple(change.path for change, _ in (*verdict.blocked, *verdict.known)),
    )


def after(live: Live, claims: Iterable[Claim]) -> Live:
    """Return what operations leave of a live object, one after the other."""
    for table, want, held in claims:
        free = withheld(table, want, live.fields, held)
        live = live._replace(fields={**live.fields, **overlay(table, live.fields, free)})
    return live


def clashes(earlier: Operation, later: Operation) -> list[Problem]:
    """Return a problem for each field of one live object that two resources want otherwise."""
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


def claimed_twice(wanted: Mapping[Address, Wanted], live: Mapping[Address, Live]) -> Iterator[Problem]:
    """Yield a problem for each resource whose natural key leads to the live object of another one's."""
    every = [object_of(wanted[address], found) for address, found in live.items() if address in wanted]
    if len(set(every)) == len(every):  # nearly always
        return
    first: dict[tuple[str, str, str], Resource] = {}
    for address, found in live.items():
        item = wanted.get(address)
        if item is None or item.resource.id is not None or item.resource.absent:
            continue
        other = first.setdefault(object_of(item, found), item.resource)
        if other is not item.resource:
            both = f"{address} and {other.address} ({other.origin})"
            words = f"{both} claim the same live object, id {found.id}; keep one"
            yield Problem("claimed-twice", words, item.resource.origin)


def operation(item: Wanted, live: Live | None, verdict: Verdict) -> Operation:
    """Return the operation that a verdict asks for; what it waits for is added later."""
    resource = item.resource
    return Operation(
        address=resource.address,
        action=verdict.action,
        id=live.id if live else None,
        name=live.name if live else _title(item),
        origin=resource.origin,
        requests=verdict.requests,
        changes=with_times(item, live, verdict.changes),
        precondition=precondition(item.kind.table, resource, live),
        said_back=_said_back(item, live, verdict) if live else (),
    )


def _said_back(item: Wanted, live: Live, verdict: Verdict) -> tuple[FieldPath, ...]:
    bodies = (request.body for request in verdict.requests)
    found = (path for body in bodies for path in said_back(item.kind.table, live.fields, body))
    return tuple(dict.fromkeys(found))


def _title(item: Wanted) -> str:
    key = item.resource.spec.get(item.kind.key[-1])
    return key if isinstance(key, str) else item.resource.address.name
