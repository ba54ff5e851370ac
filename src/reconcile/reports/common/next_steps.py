"""Says what to type next, once a drift check, an apply or an undo has said what it found."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.planfile.document import Document
from reconcile.planning.guards import CONFLICT, FROZEN, GUARD, LIFTED, LOCKED, READ_ONLY, UNFIT
from reconcile.reports.common.closing import statuses
from reconcile.reports.common.escape import inert
from reconcile.reports.common.two_sides import is_drift

_QUIET = frozenset({"done", "unchanged", "blocked", "refused"})
_MANIFESTS_OWN = frozenset({"no-such-name", "no-such-object", "ambiguous"})
"""The problems of what was not read that its manifest mends: the server answered well."""

_NAMED = 3
"""Selected objects that are named to a command; of more it says that there is a PATH to give."""


def next_steps(document: Document) -> str:
    """Return the line that says what to type next; nothing where there is nothing to do."""
    if document.outcomes is not None:
        steps = [*_after_writing(document)]
    else:
        steps = [*_after_drift(document)] if is_drift(document) else [*_unread(document)]
    return f"Next: {'; '.join(steps)}." if steps else ""


def _after_drift(document: Document) -> Iterator[str]:
    labels = {change.label for operation in document.operations for change in operation.changes}
    base, where, only = _base(document), _where(document), _only(document)
    if "drift" in labels:
        yield f"`reconcile apply{where}{base} --only drift{only}` puts back what drifted, and asks first"
    elif document.operations and not document.base:
        yield f"`reconcile apply{where}{only}` puts it back, and asks first"
    if "drift" in labels or (document.base and _is_held(document)):
        yield f"`reconcile accept{where}{base}{only}` writes what is live into the manifests"
    elif not document.base and (document.operations or _is_held(document)):
        yield f"`reconcile accept{where}{only or ' PATH'}` writes what is live into the manifests"
    if "conflict" in labels:
        accepted = f"`reconcile accept{where}{base} --only conflict{only}`"
        yield f"of each conflict, write what all agree on into the manifest, or take over live by {accepted}"
    elif labels == {"change"}:
        yield f"`reconcile apply{where}{base}{only}` brings what the manifests changed"
    yield from _unread(document)


def _is_held(document: Document) -> bool:
    """Tell whether a field differs that no request closes, so that a manifest may say what is live."""
    held = (item for item in document.blocked if not item.is_whole and item.path != "absent")
    return any(item.counts_as_drift or document.base is None for item in held)


def _unread(document: Document) -> Iterator[str]:
    own = {problem.message for problem in document.problems if problem.code in _MANIFESTS_OWN}
    systems = list(dict.fromkeys(item.system for item in document.not_read if item.reason not in own))
    if systems:
        yield f"`reconcile doctor{_where(document)}` looks at what was not read ({inert(', '.join(systems))})"


def _after_writing(document: Document) -> Iterator[str]:
    """Yield what is to be done after an apply or undo that is not complete, by what stood against it."""
    counts = statuses(document.outcomes or ())
    codes = {problem.code for problem in document.problems if problem.severity != "warning"}
    if not document.refused:
        codes = {*_refused_by_name(document)}
    told = {"where": _where(document), "base": _base(document), "record": _record(document)}
    helps = _HELPS if document.undo_of is None else {**_HELPS, **_HELPS_OF_AN_UNDO}
    yield from (words.format(**told) for code, words in helps.items() if code in codes)
    if frozen := _frozen(document):
        yield f"wait: {frozen}"
    left = {status for status in counts if counts[status]} - _QUIET
    if document.refused:
        return
    if document.undo_of is not None:
        yield from _rest_of_an_undo(document, told["where"] + told["record"], is_left=bool(left or codes))
    elif left - ({"skipped"} if codes else set()):
        unseen = ", after it has looked again for what is unknown" if counts["unknown"] else ""
        yield f"`reconcile plan{_where(document)}{_base(document)}` shows what is left; {_AGAIN}{unseen}"


def _rest_of_an_undo(document: Document, record: str, *, is_left: bool) -> Iterator[str]:
    """Yield how the same record is taken back further: an undo that sent something is the last one by now."""
    created = any(item.status == "needs_prune" for item in document.undo or ())
    if is_left or created:
        prune = ", with --prune to delete what was created" if created else ""
        sent = any(outcome.requests_sent for outcome in document.outcomes or ())
        last = "; without its name, undo takes back this undo" if sent else ""
        yield f"`reconcile undo{record}` goes on with what is left of that record{prune}{last}"


def _refused_by_name(document: Document) -> Iterator[str]:
    """Yield why operations were refused of which the others were done; a freeze of the project apart."""
    conflicts = {
        operation.address
        for operation in document.operations
        if any(change.label == "conflict" for change in operation.changes)
    }
    for outcome in document.outcomes or ():
        if outcome.status == "refused":
            in_conflict = outcome.address in conflicts and outcome.detail.startswith("conflict on ")
            yield CONFLICT if in_conflict else _THAWS if _is_frozen(outcome.detail) else UNFIT


_THAWS = "thaws"
"""What is refused for a freeze of the project, which ends by itself; one of the operator may not."""


def _frozen(document: Document) -> str:
    """Return by what operations are frozen and until when; the flag that lifts it is no advice."""
    refused = [item.detail for item in document.outcomes or () if item.status == "refused"]
    freezes = dict.fromkeys(each.removesuffix(f": {LIFTED}") for each in refused if _is_frozen(each))
    return "" if document.refused else inert("; ".join(freezes))


def _is_frozen(detail: str) -> bool:
    return detail.startswith("frozen by ")


_AGAIN = "apply again sends only that"
_HELPS = {
    GUARD: "`reconcile plan{where}` shows what would be done; if all of that is meant, apply with --force",
    CONFLICT: "`reconcile plan{where}{base}` shows all three values; agree on one in the manifest, "
    "or take over live by `reconcile accept{where}{base} --only conflict`",
    FROZEN: "wait until the freeze is over: no flag lifts it",
    LOCKED: "wait until the other apply is over",
    READ_ONLY: "apply where RECONCILE_READ_ONLY is not set: no flag lifts it",
    UNFIT: "`reconcile plan{where} --out FILE` makes a plan that fits, to be approved anew",
}
_HELPS_OF_AN_UNDO = {
    GUARD: "`reconcile undo{where}{record} --dry-run` shows what would be done; if all of that is meant, "
    "undo with --force",
    READ_ONLY: "undo where RECONCILE_READ_ONLY is not set: no flag lifts it",
    UNFIT: "an undo needs a record of this environment and of these servers: name one, or by --env its own",
}


def _base(document: Document) -> str:
    return f" --base {inert(document.base_name or document.base)}" if document.base else ""


def _where(document: Document) -> str:
    return f" --env {inert(document.environment)}" if document.environment else ""


def _record(document: Document) -> str:
    """Return the record that an undo is of, as it is named to the command."""
    return f" {inert(document.undo_of.name) or 'RECORD'}" if document.undo_of else ""


def _only(document: Document) -> str:
    """Return how a command is told to take no more than this run did: what PATH and --target left."""
    if document.selected is None or document.summary.not_compared is not None:
        return ""
    targets = (f" --target {inert(address)}" for address in document.selected)
    return "".join(targets) if len(document.selected) <= _NAMED else " PATH"
