"""Writes the rows of a record: what became of each operation; what was not begun is counted."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from reconcile.planfile.document import Document
from reconcile.planfile.document_parts import DocumentOutcome, Source
from reconcile.reports.common.alike import MANY, names_of
from reconcile.reports.common.change_rows import place
from reconcile.reports.common.closing import beside_counts, rarer_outcomes
from reconcile.reports.common.escape import inert, value
from reconcile.reports.common.layout import Row

_WELL = frozenset({"done", "unchanged"})
_COUNTED = frozenset({"not_begun", "skipped"})


def outcome_rows(document: Document, *, verbose: bool, told: Collection[str] = ()) -> Iterator[Row]:
    """Yield a row for each outcome; of many that were not begun, or not for the same reason, one for all.

    What went well and was `told` as it ended has none.
    """
    sources = {item.address: item.source for item in document.blocked}
    sources |= {item.address: item.source for item in document.operations}
    every = document.outcomes or ()
    outcomes = [each for each in every if each.status not in _WELL or each.address not in told]
    groups: dict[tuple[str, str], list[DocumentOutcome]] = {}
    for outcome in outcomes:
        groups.setdefault((outcome.status, outcome.detail), []).append(outcome)
    for outcome in outcomes:
        group = groups[outcome.status, outcome.detail]
        if verbose or outcome.status not in _COUNTED or len(group) <= MANY:
            yield outcome_row(outcome, sources.get(outcome.address))
        elif outcome is group[0]:
            yield _counted(group)


def outcome_row(outcome: DocumentOutcome, source: Source | None = None) -> Row:
    """Return the row of one outcome; where it is not well, with the place of its manifest."""
    sent = outcome.requests_sent
    words = (
        f"{sent} {'request' if sent == 1 else 'requests'}, {outcome.seconds:.1f} s"
        if sent
        else "nothing sent"
    )
    result = "  ".join(f"{inert(name)} {value(found)}" for name, found in outcome.result.items())
    where = "" if outcome.status in _WELL else place(source)
    told = (inert(outcome.address), words, result, inert(outcome.detail), where)
    return Row("  ".join(part for part in (f"{outcome.status:<9}", *told) if part))


def rarer(document: Document) -> str:
    """Return the line before the last: counts that the last has no place for; nothing where all are zero."""
    return " ".join(filter(None, (rarer_outcomes(document), beside_counts(document))))


def _counted(group: list[DocumentOutcome]) -> Row:
    first = group[0]
    names = inert(names_of(outcome.address for outcome in group))
    parts = (f"{first.status:<9}", f"{len(group)} operations: {names}", inert(first.detail))
    return Row("  ".join(filter(None, parts)))
