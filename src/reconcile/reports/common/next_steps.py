"""Says what to type next, once a drift check or an apply has said what it found."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.planfile.document import Document
from reconcile.planning.guards import CONFLICT, FROZEN, GUARD, LOCKED, READ_ONLY, UNFIT
from reconcile.reports.common.closing import statuses
from reconcile.reports.common.escape import inert
from reconcile.reports.common.two_sides import is_drift

_QUIET = frozenset({"done", "unchanged", "blocked", "refused"})


def next_steps(document: Document) -> str:
    """Return the line that says what to type next; nothing where there is nothing to do."""
    if document.outcomes is not None:
        steps = [*_after_apply(document)]
    else:
        steps = [*_after_drift(document)] if is_drift(document) else [*_unread(document)]
    return f"Next: {'; '.join(steps)}." if steps else ""


def _after_drift(document: Document) -> Iterator[str]:
    labels = {change.label for operation in document.operations for change in operation.changes}
    base, where = _base(document), _where(document)
    if "drift" in labels:
        yield f"`reconcile apply{where}{base} --only drift` puts back what drifted, and asks first"
        yield f"`reconcile accept{where}{base}` writes what is live into the manifests"
    elif document.operations and not document.base:
        yield f"`reconcile apply{where}` puts it back, and asks first"
        yield f"`reconcile accept{where} PATH` writes what is live into the manifests"
    if "conflict" in labels:
        accepted = f"`reconcile accept{where}{base} --only conflict`"
        yield f"of each conflict, write what all agree on into the manifest, or take over live by {accepted}"
    elif labels == {"change"}:
        yield f"`reconcile apply{where}{base}` brings what the manifests changed"
    yield from _unread(document)


def _unread(document: Document) -> Iterator[str]:
    systems = list(dict.fromkeys(item.system for item in document.not_read))
    if systems:
        yield f"`reconcile doctor{_where(document)}` looks at what was not read ({inert(', '.join(systems))})"


def _after_apply(document: Document) -> Iterator[str]:
    """Yield what is to be done after an apply that is not complete, by what stood against it."""
    counts = statuses(document.outcomes or ())
    codes = {problem.code for problem in document.problems if problem.severity != "warning"}
    if not document.refused:
        codes = {*_refused_by_name(document)}
    where, base = _where(document), _base(document)
    yield from (words.format(where=where, base=base) for code, words in _HELPS.items() if code in codes)
    if not document.refused and any(counts[status] for status in counts if status not in _QUIET):
        unseen = ", after it has looked again for what is unknown" if counts["unknown"] else ""
        yield f"`reconcile plan{where}` shows what is left; apply again sends only that{unseen}"


def _refused_by_name(document: Document) -> Iterator[str]:
    """Yield why operations were refused of which the others were done."""
    conflicts = {
        operation.address
        for operation in document.operations
        if any(change.label == "conflict" for change in operation.changes)
    }
    for outcome in document.outcomes or ():
        if outcome.status == "refused":
            in_conflict = outcome.address in conflicts and outcome.detail.startswith("conflict on ")
            yield CONFLICT if in_conflict else THAWS if outcome.detail.startswith("frozen by ") else UNFIT


THAWS = "thaws"
"""What is refused for a freeze of the project, which --force lifts; one of the operator nothing lifts."""

_HELPS = {
    GUARD: "`reconcile plan{where}` shows what would be done; if all of that is meant, apply with --force",
    CONFLICT: "`reconcile plan{where}{base}` shows all three values; agree on one in the manifest, "
    "or take over live by `reconcile accept{where}{base} --only conflict`",
    FROZEN: "wait until the freeze is over: no flag lifts it",
    THAWS: "`reconcile plan{where}` says until when it is frozen",
    LOCKED: "wait until the other apply is over",
    READ_ONLY: "apply where RECONCILE_READ_ONLY is not set: no flag lifts it",
    UNFIT: "`reconcile plan{where} --out FILE` makes a plan that fits, to be approved anew",
}


def _base(document: Document) -> str:
    return f" --base {inert(document.base_name or document.base)}" if document.base else ""


def _where(document: Document) -> str:
    return f" --env {inert(document.environment)}" if document.environment else ""
