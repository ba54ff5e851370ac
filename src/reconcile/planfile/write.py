"""Makes the plan document of a plan and its outcomes; `planfile.document` describes what it can hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from reconcile.cleaning import Clean
from reconcile.fields.walk import deferred_values, replaced
from reconcile.model import EMPTY, Address, Change, Json, Label, Noted, Origin, Problem, Request, spell
from reconcile.named_tuple import NamedTuple
from reconcile.planfile.document import FORMAT_VERSION, Document
from reconcile.planfile.document_parts import (
    DocumentBlocked,
    DocumentChange,
    DocumentKnown,
    DocumentNote,
    DocumentOperation,
    DocumentOutcome,
    DocumentProblem,
    DocumentRecord,
    DocumentRefusal,
    DocumentRequest,
    DocumentUndo,
    DocumentUnread,
    Labels,
    LastWritten,
    Source,
    Summary,
)
from reconcile.planfile.moved_firings import moved_firings
from reconcile.planfile.record_parts import Kept
from reconcile.planfile.sealing import written
from reconcile.planning.contents import Blocked, KnownDifference, Operation, Outcome, Plan, Undone, Unread
from reconcile.planning.digest import digest_value as late_shown
from reconcile.planning.digest import fingerprint
from reconcile.planning.guards import Refusal, counted, entries_removed, started


class RunInfo(NamedTuple):
    """Hold what a document says of the run that made it."""

    tool_version: str
    created_at: str
    environment: str | None = None
    systems: Mapping[str, Json] = EMPTY
    commit: str | None = None
    dirty: bool | None = False
    base: str | None = None
    prune: bool = False
    selected: tuple[str, ...] | None = None
    """The addresses that were planned, where PATH or --target left only a part; None for all."""
    only: Label | None = None
    """The label of the only differences that were planned; None for all."""
    not_compared: int | None = None
    """How many manifests were left out since they say what they said at the base; None: all were compared."""
    project_changes: tuple[Change, ...] = ()
    unmanaged: Mapping[str, int | None] | None = None
    """How many live objects no manifest manages, by system and kind; None where they were not counted."""

    base_name: str | None = None
    """The ref or folder that the base was asked for as; without a `base`, it has none yet."""

    command: Literal["plan", "drift"] = "plan"
    """Whether the document is that of a scheduled check."""

    would_refuse: tuple[Refusal, ...] = ()

    undo_of: DocumentRecord | None = None
    """The record that is taken back; None of any other run."""

    clean: Clean = str
    """Takes the secrets of the run out of each text of the document."""


def document(
    plan: Plan,
    of: RunInfo,
    outcomes: Sequence[Outcome] | None = None,
    refused: Sequence[str] = (),
    kept: Mapping[Address, Kept] = EMPTY,
) -> Document:
    """Return the plan as a document; with `outcomes`, the record of an apply, and what it keeps for an undo.

    No leaf of it holds a secret that the run knows; digests are those of the plan itself.
    """
    return written(recorded(unsealed(plan, of), outcomes, refused, kept), of.clean).document


def unsealed(plan: Plan, of: RunInfo) -> Document:
    """Return the plan as a document that is neither clean nor sealed yet."""
    return Document(
        format_version=FORMAT_VERSION,
        tool_version=of.tool_version,
        created_at=of.created_at,
        commit=of.commit,
        dirty=of.dirty,
        base=of.base,
        environment=of.environment,
        prune=of.prune,
        selected=of.selected,
        systems=of.systems,
        project_changes=tuple(map(_change, of.project_changes)),
        summary=_summary(plan, of.unmanaged)._replace(not_compared=of.not_compared),
        unmanaged=of.unmanaged,
        operations=tuple(_operation(each, of.created_at) for each in plan.operations),
        blocked=tuple(map(_blocked, plan.blocked)),
        finished=tuple(map(_note, plan.finished)),
        dropped=tuple(map(_note, plan.dropped)),
        unverified=tuple(map(_note, plan.unverified)),
        unchanged=tuple(map(str, plan.unchanged)),
        fingerprint=None if plan.not_read else fingerprint(plan),
        seal=None,
        known=tuple(map(_known, plan.known)),
        not_read=tuple(map(_unread, plan.not_read)),
        would_refuse=tuple(map(document_refusal, of.would_refuse)),
        problems=tuple(map(_problem, plan.problems)),
        only=of.only,
        base_name=of.base_name,
        command=of.command,
        undo=None if plan.undone is None else tuple(map(_undone, plan.undone)),
        undo_of=of.undo_of,
        revert=plan.revert,
        unchecked=tuple(map(_note, plan.unchecked)),
    )


def recorded(
    plan: Document,
    outcomes: Sequence[Outcome] | None,
    refused: Sequence[str] = (),
    kept: Mapping[Address, Kept] = EMPTY,
) -> Document:
    """Return a plan that was `unsealed` with what became of it, and what its record keeps for an undo."""
    told = None if outcomes is None else tuple(map(document_outcome, outcomes))
    by_address = {str(address): each for address, each in kept.items()}
    operations = tuple(each._replace(kept=by_address.get(each.address)) for each in plan.operations)
    return plan._replace(operations=operations, outcomes=told, refused=tuple(refused))


def _summary(plan: Plan, others: Mapping[str, int | None] | None) -> Summary:
    labels = [change.label for operation in plan.operations for change in operation.changes]
    return Summary(
        create=counted(plan, "create"),
        update=counted(plan, "update"),
        delete=counted(plan, "delete"),
        run=started(plan),
        entries_removed=entries_removed(plan),
        blocked=len(plan.blocked),
        finished=len(plan.finished),
        unchanged=len(plan.unchanged),
        known=len(plan.known),
        not_read=len(plan.not_read),
        dropped=len(plan.dropped),
        labels=Labels(labels.count("change"), labels.count("drift"), labels.count("conflict")),
        unmanaged=_total(others),
        waiting=sum(not operation.requests for operation in plan.operations),
    )


def _total(unmanaged: Mapping[str, int | None] | None) -> int | None:
    counts = [count for count in (unmanaged or {}).values() if count is not None]
    return sum(counts) if counts else None


def _operation(operation: Operation, now: str) -> DocumentOperation:
    return DocumentOperation(
        str(operation.address),
        operation.action,
        operation.id,
        operation.name,
        _source(operation.origin),
        tuple(map(_request, operation.requests)),
        tuple(_with_firings(change, now) for change in operation.changes),
        tuple(map(str, operation.needs)),
        operation.precondition,
        tuple(map(spell, operation.said_back)),
        LastWritten(*operation.live_written) if operation.live_written else None,
    )


def _request(request: Request) -> DocumentRequest:
    return DocumentRequest(
        request.method, request.path, document_value(dict(request.query)), document_value(request.body)
    )


def _with_firings(change: Change, now: str) -> DocumentChange:
    """Return a change, and of a schedule which firings it moves, counted from `now`."""
    found = _change(change)
    return found if change.fires is None else found._replace(firings=moved_firings(*change.fires, now))


def _change(change: Change) -> DocumentChange:
    return DocumentChange(
        spell(change.path),
        document_value(change.before),
        document_value(change.after),
        change.label,
        change.sensitive,
        _source(change.origin),
        change.name or None,
        bool(change.name and change.within),
        dict(change.named),
        document_value(change.base),
    )


def _blocked(item: Blocked) -> DocumentBlocked:
    return DocumentBlocked(
        str(item.address),
        spell(item.path),
        document_value(item.before),
        document_value(item.after),
        item.reason,
        item.label,
        _source(item.origin),
        item.id,
        item.name or None,
        bool(item.name and item.within),
        item.overdue,
        LastWritten(*item.live_written) if item.live_written else None,
    )


def _known(item: KnownDifference) -> DocumentKnown:
    return DocumentKnown(
        str(item.address),
        spell(item.path),
        document_value(item.live),
        item.reason,
        item.until,
        item.new,
        _source(item.origin),
    )


def _note(item: Noted) -> DocumentNote:
    value, source = document_value(item.value), _source(item.origin)
    return DocumentNote(str(item.address), spell(item.path), value, item.reason, source)


def _unread(item: Unread) -> DocumentUnread:
    origin, address = item.problem.origin, item.address
    source = Source(*origin) if origin else None
    return DocumentUnread(address.system, str(address), item.problem.message, source)


def document_refusal(item: Refusal) -> DocumentRefusal:
    """Return what an apply would refuse as a document says it."""
    addresses, waits = (tuple(map(str, each)) for each in (item.addresses, item.waits))
    return DocumentRefusal(item.code, item.message, addresses, waits, item.until)


def _problem(problem: Problem) -> DocumentProblem:
    source = Source(*problem.origin) if problem.origin else None
    return DocumentProblem(problem.code, problem.message, problem.severity, source)


def document_outcome(outcome: Outcome) -> DocumentOutcome:
    """Return what became of one operation as a document says it."""
    return DocumentOutcome(str(outcome.address), *outcome[1:6])


def _undone(item: Undone) -> DocumentUndo:
    source = _source(item.origin)
    return DocumentUndo(str(item.address), spell(item.path), item.status, item.reason, source)


def _source(origin: Origin) -> Source:
    return Source(origin.file, origin.line)


def document_value(value: Json) -> Json:
    """Return a value as a document holds it: deferred values as what they are, secrets as a word."""
    return replaced(value, late_shown) if any(True for _ in deferred_values(value)) else value


def failed(problems: Iterable[Problem], of: RunInfo) -> Document:
    """Return the document of a run that planned nothing, because of these problems."""
    return document(Plan(problems=tuple(problems)), of)
