"""Makes the plan of an undo: the objects of a record as they were before, in the reverse of its order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from reconcile.desired import Wanted
from reconcile.model import Address, FieldPath, Live, Origin, Resource, Share
from reconcile.planfile.document import Document
from reconcile.planfile.document_parts import DocumentOperation
from reconcile.planfile.taking_back import Entry, judged, settled_by
from reconcile.planning.build import Planned, Step
from reconcile.planning.contents import Undone
from reconcile.planning.order import acting_needs
from reconcile.session.commits import revert_of
from reconcile.session.session import Session, Undoing

_HELD = "suspended: "
_NOT_PLANNED = "no request leads back to it"


def looked_at(operation: DocumentOperation, declared: Mapping[Address, Resource]) -> Resource | None:
    """Return what finds the object of an operation of a record; None of what was run.

    `declared` are the resources that manifests declare, by their addresses and those of what they carry. A
    `suspend` in them holds an undo too, and so does a freeze of what they carry, or the record says they did.
    """
    address, kept = Address.parse(operation.address), operation.kept
    if address is None or kept is None or operation.action == "run":
        return None
    origin, manifest = Origin(operation.source.file, operation.source.line), declared.get(address)
    parts = [part for part in map(Address.parse, kept.carries) if part is not None]
    hosts = [declared[each] for each in (*parts, address) if each in declared]
    carried = {*parts, *(each for host in hosts for each in (host.address, *host.carries))} - {address}
    return Resource(
        address=address,
        api_version=kept.api_version,
        spec=dict(kept.key),
        origin=origin,
        locate=lambda path, *, value=False: origin,
        id=kept.id,
        absent=True,
        suspend=manifest.suspend if manifest else None,
        held={path: hold for host in hosts for path, hold in host.held.items()},
        carries={part: Share((), origin) for part in sorted(carried)},
        managed_as="" if kept.kind == address.kind else kept.kind,
        is_literal=True,
    )


def wanted_back(
    record: Document, wanted: Sequence[Wanted], live: Mapping[Address, Live], *, prune: bool
) -> tuple[tuple[Wanted, ...], tuple[Undone, ...]]:
    """Return what is wanted of the objects that can be taken back, and what becomes of each change."""
    entries = [*_entries(record, wanted)]
    found = judged(entries, live, prune=prune)
    back = tuple(one.wanted for one in found.values() if one.wanted is not None)
    return back, tuple(row for entry in reversed(entries) for row in found[entry.address].rows)


def _entries(record: Document, wanted: Sequence[Wanted]) -> Iterator[Entry]:
    by_address = {item.resource.address: item for item in wanted}
    for operation in record.operations:
        address = Address.parse(operation.address)
        if address is not None and operation.kept is not None:
            yield Entry(address, operation, operation.kept, by_address.get(address))


def in_reverse(session: Session, undoing: Undoing, planned: Planned, undone: tuple[Undone, ...]) -> Planned:
    """Return the plan in the reverse of the record's order, with what becomes of each change of that.

    An operation waits for those that needed what it takes back.
    """
    places = {operation.address: at for at, operation in enumerate(undoing.record.operations)}
    users: dict[Address, list[Address]] = defaultdict(list)
    for operation in undoing.record.operations:
        for need in operation.needs:
            if (needed := Address.parse(need)) and (user := Address.parse(operation.address)):
                users[needed].append(user)
    held = tuple(item for item in planned.plan.blocked if item.reason.startswith(_HELD))
    acting = {each.address for each in planned.plan.operations} | {item.address for item in held}
    ordered = sorted(planned.steps, key=lambda step: -places.get(str(step.operation.address), 0))
    steps = tuple(_waiting(step, users, acting) for step in ordered)
    rows = settled_by(undone, _left_out(planned, undone))
    whole = planned.plan._replace(
        operations=tuple(step.operation for step in steps),
        blocked=held,  # what else no request leads back to is `cannot`, and keeps nothing from coming back
        unchanged=(),
        undone=rows,
        revert=revert_of(session, undoing, rows),
    )
    return planned._replace(plan=whole, steps=steps)


def _waiting(step: Step, users: Mapping[Address, Sequence[Address]], acting: set[Address]) -> Step:
    needs = acting_needs(step.operation.address, users, acting)
    return step._replace(operation=step.operation._replace(needs=needs))


def _left_out(planned: Planned, undone: Sequence[Undone]) -> dict[tuple[Address, FieldPath], str]:
    """Return why changes that were to be taken back are in no operation of the plan."""
    plan = planned.plan
    done = {(each.address, change.path) for each in plan.operations for change in each.changes}
    reasons = {(row.address, row.path): _NOT_PLANNED for row in undone if (row.address, row.path) not in done}
    ended = {item.address: item.reason for item in plan.finished}
    reasons |= {place: ended[place[0]] for place in reasons if place[0] in ended}
    return reasons | {(held.address, held.path): held.reason for held in plan.blocked}
