"""Compares a fresh plan with a saved one, which only approves: what is done comes from the fresh plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reconcile.endpoint import origin_of
from reconcile.model import Address, Json
from reconcile.planfile.document import Document
from reconcile.planfile.document_parts import DocumentChange, DocumentOperation
from reconcile.planfile.sealing import seal_of
from reconcile.planfile.write import RunInfo, document
from reconcile.planning.contents import Outcome, Plan
from reconcile.planning.last_write import since
from reconcile.provider.routes import path_steps


@dataclass(frozen=True, slots=True)
class Approval:
    """Hold why operations of a fresh plan are refused, and the outcomes of approved ones it does not need."""

    refused: Mapping[Address, str]
    settled: tuple[Outcome, ...]


def unfit(saved: Document, of: RunInfo) -> Iterator[str]:
    """Yield why the saved plan is no approval for this run: another environment or origin, or unread."""
    if saved.environment != of.environment:
        planned = _environment(saved.environment)
        yield f"the plan is for {planned}, this run is for {_environment(of.environment)}"
    if lost := len(saved.not_read):
        yield f"{lost} {'object was' if lost == 1 else 'objects were'} not read as it was made: plan again"
    for name in sorted({*saved.systems, *of.systems}):
        before, now = saved.systems.get(name), of.systems.get(name)
        if before is not None and now is not None and _place(before) != _place(now):
            yield f"system `{name}` was planned at {_place(before)}, and is now at {_place(now)}"


def _environment(name: Json) -> str:
    return f"environment `{name}`" if name else "no environment"


def _place(system: Mapping[str, Json]) -> str:
    try:
        return f"{origin_of(str(system['url']))} ({system['type']})"
    except (ValueError, KeyError):
        return "no address"


def approved(saved: Document, plan: Plan, of: RunInfo) -> Approval:
    """Return which operations of `plan` are approved: those that are in both plans.

    An operation whose requests are the last of the approved ones is resumed.
    """
    before = {operation.address: operation for operation in saved.operations}
    now = {operation.address: operation for operation in document(plan, of).operations}
    refused: dict[Address, str] = {}
    strict = saved.seal != seal_of(saved.operations)
    for operation in plan.operations:
        name = str(operation.address)
        waits = not operation.requests
        reason = None if waits else _refused(before.get(name), now[name], strict=strict)
        reason = reason and f"{reason}{since(operation.live_written, saved.created_at)}"
        if reason:
            refused[operation.address] = reason
    gone = [operation for address, operation in before.items() if address not in now]
    return Approval(refused, tuple(_settled(operation, plan) for operation in gone))


def _refused(before: DocumentOperation | None, now: DocumentOperation, *, strict: bool) -> str | None:
    if before is None:
        return f"not in the approved plan: {_fields(now.changes, {})}"
    same_state = (before.precondition, before.action) == (now.precondition, now.action)
    if same_state and _cover(_gist(before, strict=strict), _gist(now, strict=strict)):
        return None
    if _is_tail(_requests(now), _requests(before)):
        return None
    moved = _fields(now.changes, {change.path: change for change in before.changes})
    return f"moved since the plan was approved: {moved}; plan again"


def _gist(operation: DocumentOperation, *, strict: bool) -> list[Json]:
    """Return what was approved: the fields with their values, and the kind of requests that write them.

    The body of a full replacement also repeats live fields that no manifest sets; a change of those makes no
    approval stale. With `strict`, where the file is not as it was written, the bodies count as well.
    """
    fields = [(change.path, change.before, change.after) for change in operation.changes]
    requests = _requests(operation)
    return [fields, requests if strict else [request[:2] for request in requests]]


def _requests(operation: DocumentOperation) -> list[tuple[Json, ...]]:
    return [(each.method, path_steps(each.path), each.query, each.body) for each in operation.requests]


def _is_tail(now: Sequence[Json], before: Sequence[Json]) -> bool:
    return 0 < len(now) < len(before) and _cover(before[-len(now) :], now)


def _cover(before: Json, now: Json) -> bool:
    """Tell whether what was approved is what would be sent now, ids aside that were not known by then."""
    match before:
        case {"unknown": _}:
            return before == now or not (isinstance(now, dict) and "unknown" in now)
        case dict():
            names = before.keys() == now.keys() if isinstance(now, dict) else False
            return names and all(_cover(inner, now[name]) for name, inner in before.items())
        case list() | tuple():
            alike = isinstance(now, list | tuple) and len(before) == len(now)
            return alike and all(map(_cover, before, now))
    return bool(before == now)


def _fields(now: Sequence[DocumentChange], before: Mapping[str, DocumentChange]) -> str:
    """Return, as text, the fields whose difference is not the one that was approved."""
    left = {path for path in before if path not in {change.path for change in now}}
    for change in now:
        other = before.get(change.path)
        if other is None or (other.before, other.after) != (change.before, change.after):
            left.add(change.path)
    return ", ".join(sorted(left)) or "the manifest, the saved file, or what its requests say back"


def _settled(operation: DocumentOperation, plan: Plan) -> Outcome:
    """Return the outcome of an approved operation that a fresh plan does not need."""
    address = Address.parse(operation.address) or Address("", "", operation.address)
    if address in plan.nameless:
        words = "moved since the plan was approved: nothing has the name in its tombstone by now; plan again"
        return Outcome(address, "refused", words)
    if address in plan.unchanged or any(item.address == address for item in plan.finished):
        return Outcome(address, "unchanged", "already as wanted")
    if any(item.address == address for item in plan.known):
        return Outcome(address, "refused", "known by now, and left alone; plan again")
    if any(item.address == address for item in plan.blocked):
        return Outcome(address, "refused", "blocked since the plan was approved; plan again")
    return Outcome(address, "refused", "no longer declared, or not selected; plan again")
