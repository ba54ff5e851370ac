"""Lists what a document says, one finding at a time, the worst first; how many are shown a report decides."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.named_tuple import NamedTuple
from reconcile.planfile.document import Document
from reconcile.planfile.document_parts import DocumentBlocked, DocumentChange, DocumentOperation, Source
from reconcile.planning.guards import FROZEN, GUARD, LOCKED, READ_ONLY, UNFIT
from reconcile.reports.common.blocked_text import Beside, live_of, reason_of
from reconcile.reports.common.escape import named_value, value
from reconcile.reports.common.firing_lines import firing_words, firings_of
from reconcile.reports.common.keep_line import keep_it
from reconcile.reports.common.notices import not_compared
from reconcile.reports.common.two_sides import is_drift, two_sides, whole_side
from reconcile.reports.common.undo_rows import to_revert
from reconcile.reports.common.written_words import written_words

URGENT = (
    "project file", "newly known", "problem", "not read", "refused", "failed", "unknown", "unsettled",
    "conflict", "delete", "removed entry", "blocked", "cannot", "needs_prune",
)  # fmt: skip
"""What no report leaves out: changes of the project file (where all goes, as whom), what is left alone from
now on, then the worst first."""

RANKED = (
    *URGENT, "running", "warning", "drift", "moved", "dropped", "skipped", "not begun", "create", "run",
    "change", "update", "revert", "back", "already", "unverified", "known", "finished",
    "not compared",
)  # fmt: skip
LONGEST_LINE = 700
"""How many characters a line to be pasted may have where there is little room."""

_REFUSING = {GUARD, FROZEN, LOCKED, READ_ONLY, UNFIT}
_TOLD = {"failed", "unknown", "unsettled", "running", "refused", "skipped", "not_begun"}


class Finding(NamedTuple):
    """Hold one thing that a report says, and where its cause stands."""

    what: str
    address: str = ""
    path: str = ""
    words: str = ""
    source: Source | None = None
    keep: str = ""
    """What to write in order to keep the live value, where somebody changed it."""
    label: str | None = None
    """The label of the difference, or the worst of those of an operation that is told as one."""


def findings(document: Document) -> list[Finding]:
    """Return everything that the document says, the worst first, else in the document's order."""
    return sorted(_all(document), key=lambda finding: RANKED.index(finding.what))


def _all(document: Document) -> Iterator[Finding]:
    yield from of_the_run(document)
    yield from _outcomes(document)
    for change in document.project_changes:
        yield Finding("project file", "", change.path, words(change), change.source)
    drift = is_drift(document)
    for operation in document.operations:
        yield from of_operation(operation, drift=drift)
    for item in document.not_read:
        yield Finding("not read", item.address or item.system, "", item.reason, item.source)
    for known in document.known:
        yield _beside("newly known" if known.new else "known", known, drift=drift)
    yield from (Finding(each.status, *each[:2], each.reason, each.source) for each in document.undo or ())
    for what in ("blocked", "dropped", "unverified", "finished"):
        yield from (_beside(what, item, drift=drift) for item in getattr(document, what))
    if left_out := not_compared(document):
        yield Finding("not compared", words=left_out)


def of_the_run(document: Document) -> Iterator[Finding]:
    """Yield what is wrong with the whole run, and why it was refused; once what both of these say."""
    refused = document.refused
    told = {*document.faults} if document.not_read else {*document.problems}
    for problem in document.problems:
        if problem.severity != "warning" and problem not in told:
            continue
        what = "warning" if problem.severity == "warning" else "problem"
        if problem.code not in _REFUSING or problem.message not in refused:
            yield Finding(what, "", "", f"{problem.message} [{problem.code}]", problem.source)
    yield from (Finding("refused", words=reason) for reason in refused)
    if lines := to_revert(document):
        yield Finding("revert", words="; ".join(lines))


def _outcomes(document: Document) -> Iterator[Finding]:
    """Yield what became of each operation; that all were refused together is said once, by `of_the_run`."""
    sources = {operation.address: operation.source for operation in document.operations}
    whole = ("refused", "; ".join(document.refused))
    for outcome in document.outcomes or ():
        if outcome.status in _TOLD and (outcome.status, outcome.detail) != whole:
            what, address = outcome.status.replace("_", " "), outcome.address
            yield Finding(what, address, "", outcome.detail, sources.get(address))


def of_operation(operation: DocumentOperation, *, drift: bool = False) -> Iterator[Finding]:
    """Yield the changes of an update; of any other operation one finding, and each conflict in it."""
    address, action = operation.address, operation.action
    whom = f"; {by}" if (by := written_words(operation)) else ""
    if action != "update" or not operation.changes:
        told = "; ".join(filter(None, (operation.known_as, firings_of(operation)))) + whom
        yield Finding(action, address, "", told, operation.source, "", _worst(operation))
    for change in operation.changes:
        if action == "update" or change.label == "conflict":
            what = _what(change)
            whose = f" [{change.label}]" if change.label == "drift" != what else ""
            who = whom if change.label != "change" else ""
            said, keep = words(change, drift=drift) + whose + who, keep_it(action, change, LONGEST_LINE)
            yield Finding(what, address, change.path, said, change.source, keep, change.label)


def _worst(operation: DocumentOperation) -> str | None:
    labels = {change.label for change in operation.changes}
    return next((label for label in ("conflict", "drift", "change") if label in labels), None)


def _what(change: DocumentChange) -> str:
    if change.label == "conflict":
        return "conflict"
    if change.removes:
        return "removed entry"
    return change.label or "change"


def _beside(what: str, item: Beside, *, drift: bool) -> Finding:
    live = f"{live_of(item)}: " if live_of(item) else ""
    label = item.label if isinstance(item, DocumentBlocked) else None
    said = live + reason_of(item, drift=drift)
    return Finding(what, item.address, item.path, said, item.source, "", label)


def words(change: DocumentChange, *, drift: bool = False) -> str:
    """Return what the change does to the value, with the name of the value or of the entry around it."""
    named = f" ({change.value_name})" if change.value_name else ""
    before, within = value(change.before) + named, f" (in {change.entry_name})" if change.entry_name else ""
    base = f", base {value(change.base)}" if change.label == "conflict" else ""
    if change.removes:
        return f"{before}{f' {whole_side(coming=False)}' if drift else ''}{within}{base}"
    moved = f"; {firing_words(change)}" if change.firings else ""
    return f"{two_sides(before, named_value(change.after, change.named), drift=drift)}{base}{within}{moved}"
