"""Writes what a report ends with: its last line, which people search for, and the counts before that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconcile.planfile.document import Document, DocumentOutcome, Summary
from reconcile.reports.common.two_sides import is_drift

_COUNTED = frozenset({"drift", "conflict"})
_ALWAYS = ("done", "failed", "skipped", "unknown", "blocked")
_OTHERS = {
    "refused": "refused",
    "unsettled": "unsettled",
    "running": "running",
    "unchanged": "already as wanted",
    "not_begun": "not begun",
}


def last_line(document: Document) -> str:
    """Return the last line of a plan, a drift check, a record, or of what was only validated."""
    if document.outcomes is not None:
        return outcome_summary(document)
    if valid := document.valid:
        return f"Valid: {count(valid.resources, 'resource')} in {count(valid.files, 'file')}."
    return drift_summary(document) if is_drift(document) else plan_summary(document.summary)


def plan_summary(counts: Summary) -> str:
    """Return a plan's last line; that nothing changes is only said where everything was read."""
    differs = any((counts.create, counts.update, counts.delete, counts.run, counts.blocked))
    if not differs and not counts.not_read:
        return "No changes."
    removed = counts.entries_removed
    entries = f" ({removed} {'entry' if removed == 1 else 'entries'} removed)" if removed else ""
    return (
        f"Plan: {counts.create} to create, {counts.update} to change, "
        f"{counts.delete} to delete{entries}, {counts.run} to run, {counts.blocked} blocked."
    )


def drift_summary(document: Document) -> str:
    """Return a drift check's last line, which counts objects; with a base, only what nobody asked for."""
    labels = dict(_differing(document))
    counts, based = document.summary, document.base is not None
    held = sum(not based or item.label in _COUNTED for item in document.blocked)
    if not labels and not counts.not_read:
        return "No drift."
    conflicts = [*labels.values()].count("conflict")
    whose = f" ({len(labels) - conflicts} drift, {conflicts} conflict)" if based else ""
    differ = f"{len(labels)} object differs" if len(labels) == 1 else f"{len(labels)} objects differ"
    return f"Drift: {differ}{whose}, {counts.known} known, {held} blocked, {counts.not_read} not read."


def _differing(document: Document) -> Iterator[tuple[str, str]]:
    """Yield each object that counts as drift with the worst of its labels, which comes last."""
    found = [
        (operation.address, change.label) for operation in document.operations for change in operation.changes
    ]
    bare = [operation.address for operation in document.operations if not operation.changes]
    found += [*((address, None) for address in bare), *((i.address, i.label) for i in document.blocked)]
    based = document.base is not None
    counted = [(address, label or "drift") for address, label in found if not based or label in _COUNTED]
    yield from sorted(counted, key=lambda each: each[1] == "conflict")


def beside_counts(document: Document) -> str:
    """Return the line before the last, which counts what was not read and what is known; nothing of zeros."""
    counts = document.summary
    told = [(counts.known, "known")]
    told += [] if is_drift(document) else [(counts.not_read, "not read")]
    words = ", ".join(f"{number} {what}" for number, what in told if number)
    return f"{words}." if words else ""


def outcome_summary(document: Document) -> str:
    """Return the record's last line, which always has these five counts."""
    counts = statuses(document.outcomes or ())
    return "Apply: " + ", ".join(f"{counts[status]} {status}" for status in _ALWAYS) + "."


def rarer_outcomes(document: Document) -> str:
    """Return the line before the last: counts that the last has no place for; nothing where all are zero."""
    counts = statuses(document.outcomes or ())
    words = ", ".join(f"{counts[status]} {told}" for status, told in _OTHERS.items() if counts[status])
    return f"{words}." if words else ""


def statuses(outcomes: Sequence[DocumentOutcome]) -> dict[str, int]:
    """Return how many outcomes have each status."""
    return {status: sum(outcome.status == status for outcome in outcomes) for status in (*_ALWAYS, *_OTHERS)}


def count(number: int, what: str) -> str:
    """Return a number with its noun: `1 file`, `2 files`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
