"""Writes the plan document as text for a terminal; the last line is stable, since people search for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reconcile.planfile.document import Document
from reconcile.planfile.document_parts import (
    DocumentBlocked,
    DocumentOperation,
    DocumentProblem,
    DocumentUnread,
)
from reconcile.reports.common.alike import (
    MANY,
    alike_blocked,
    alike_operations,
    alike_unread,
    kind_of,
    names_of,
)
from reconcile.reports.common.blocked_text import Beside, held_up, live_of, reason_of
from reconcile.reports.common.change_rows import (
    change_rows,
    difference,
    head,
    place,
    said_back,
)
from reconcile.reports.common.closing import beside_counts, last_line
from reconcile.reports.common.escape import inert
from reconcile.reports.common.layout import Row, laid_out, wrapped
from reconcile.reports.common.next_steps import next_steps
from reconcile.reports.common.notices import (
    not_compared,
    planned_only,
    unchecked,
    unmanaged,
    waiting,
    would_be_refused,
)
from reconcile.reports.common.outcome_rows import outcome_rows, rarer
from reconcile.reports.common.two_sides import is_drift
from reconcile.reports.common.undo_rows import to_revert, undo_rows
from reconcile.reports.common.whereabouts import whereabouts
from reconcile.reports.common.written_words import written_words
from reconcile.reports.formats import Options

_LONGEST = 1_500


def render(document: Document, options: Options | None = None) -> str:
    """Return a plan, or the record of an apply, as text that ends in its last line; else the problems."""
    options = options or Options()
    if document.failed:
        return "\n".join(problem_lines(document.problems)) + "\n"
    if document.valid is not None or options.quiet:
        return f"{last_line(document)}\n"
    parts = [headline(document)] if document.unread else [[*plan_lines(document, options)]]
    if reasons := document.refused:
        told = (f"Refused: {inert(reason)}" for reason in reasons)
        parts.append([line for words in told for line in wrapped(words, options.width)])
    if document.outcomes is not None:
        parts.append([*outcome_lines(document, options)])
    return "\n\n".join(map("\n".join, filter(None, parts))) + "\n"


def headline(document: Document, options: Options | None = None) -> list[str]:
    """Return the line that says where this is; none where it was asked to be quiet, or nothing was read."""
    options = options or Options()
    where = "" if options.quiet else whereabouts(document)
    return wrapped(where, options.width) if where else []


def plan_lines(document: Document, options: Options | None = None) -> Iterator[str]:
    """Yield where this is, the operations, what stands beside them, and the summary."""
    options = options or Options()
    if options.quiet:
        yield last_line(document._replace(outcomes=None))
        return
    plan = document._replace(outcomes=None)
    if where := headline(document, options):
        yield from (*where, "")
    rows = [*_rows(document, verbose=options.verbose)]
    yield from laid_out(rows, options.width)
    if rows:
        yield ""
    if document.undo:
        yield from (*laid_out([*undo_rows(document)], options.width), "")
    steps = next_steps(plan) if document.outcomes is None else ""
    left_out = (planned_only(document), not_compared(document), unmanaged(document), unchecked(document))
    beside = (*left_out, waiting(document), *would_be_refused(document))
    revert = to_revert(document) if document.outcomes is None else ()
    for words in filter(None, (*beside, beside_counts(plan), steps, *revert)):
        yield from wrapped(words, options.width)
    yield last_line(plan)


def outcome_lines(document: Document, options: Options | None = None) -> Iterator[str]:
    """Yield what became of each operation, what to type next, and the summary."""
    options = options or Options()
    rows = [] if options.quiet else [*outcome_rows(document, verbose=options.verbose, told=options.told)]
    yield from laid_out(rows, options.width)
    if rows:
        yield ""
    steps = "" if options.quiet else next_steps(document)
    revert = () if options.quiet else to_revert(document)
    for words in filter(None, (steps, *revert, rarer(document))):
        yield from wrapped(words, options.width)
    yield last_line(document)


def _rows(document: Document, *, verbose: bool) -> Iterator[Row]:
    """Yield the rows of a plan: the project file first, then operations, then what stands beside them."""
    drift, skipped = is_drift(document), held_up(document)
    for change in document.project_changes:
        words = difference(change, "update", 0, drift=False).strip()
        yield Row(f"# reconcile.yaml  {words}", "", place(change.source))
    yield from (_beside("*", item, drift=drift) for item in document.known if item.new)
    for group in alike_operations(document.operations, skipped):
        for some in (group,) if len(group) > MANY and not verbose else ((each,) for each in group):
            yield from _operation(some, skipped.get(some[0].address), drift=drift)
    for held in alike_blocked(document.blocked):
        for items in (held,) if len(held) > MANY and not verbose else ((each,) for each in held):
            yield _blocked(items, drift=drift)
    for mark, key in (("=", "finished"), ("?", "unverified"), (".", "dropped")):
        yield from (_beside(mark, item, drift=drift) for item in getattr(document, key))
    yield from (_beside("*", item, drift=drift) for item in document.known if not item.new)
    for unread in alike_unread(document.not_read):
        for lost in ((each,) for each in unread) if verbose else (unread,):
            yield _unread(lost)


def _operation(group: Sequence[DocumentOperation], skipped: str | None, *, drift: bool) -> Iterator[Row]:
    """Yield the rows of one operation, or of several that are alike."""
    first = group[0]
    yield _head(group)
    if len(group) == 1 and (words := written_words(first)):
        yield Row(f"    {words}")
    if first.said_back:
        yield said_back(first)
    if not first.requests:
        yield Row("    sends nothing: waits for what was started before")
    if skipped:
        yield Row(f"    will be skipped: {inert(skipped)}")
    yield from change_rows(first, drift=drift)


def _head(group: Sequence[DocumentOperation]) -> Row:
    first = group[0]
    if len(group) == 1:
        return head(first)
    names = names_of(operation.address for operation in group)
    words = f"{inert(kind_of(first.address))}  {len(group)} alike: {inert(names)}"
    return head(first, words)


def _blocked(group: Sequence[DocumentBlocked], *, drift: bool) -> Row:
    row = _beside("!", group[0], drift=drift)
    if len(group) == 1:
        return row
    names = names_of(item.address for item in group)
    told = f"{inert(kind_of(group[0].address))}  {len(group)} alike: {inert(names)}"
    return row._replace(left=row.left.replace(inert(group[0].address), told, 1))


def _unread(group: Sequence[DocumentUnread]) -> Row:
    """Yield the row of what was not read, all that was not for one reason together."""
    first = group[0]
    address = inert(first.address or first.system)
    many = f"{inert(first.system)}  {len(group)} objects"
    told = address if len(group) == 1 else f"{many}: {inert(names_of(i.address or '' for i in group))}"
    return Row(f"x {told}  not read: {_short(inert(first.reason))}", "", place(first.source))


def _beside(mark: str, item: Beside, *, drift: bool) -> Row:
    parts = (item.address, item.path, live_of(item), reason_of(item, drift=drift))
    words = "  ".join(inert(part) for part in parts if part)
    return Row(f"{mark} {words}", "", place(item.source))


def problem_lines(problems: Iterable[DocumentProblem]) -> Iterator[str]:
    """Yield each problem as `file:line:column: message [code]`."""
    for problem in problems:
        source = problem.source
        place = f"{inert(source.file)}:{source.line}:{source.column}: " if source else ""
        warning = "warning: " if problem.severity == "warning" else ""
        yield f"{place}{warning}{_short(inert(problem.message))} [{inert(problem.code)}]"


def _short(words: str) -> str:
    """Return `words`, or only their beginning where they are very long."""
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}… ({len(words):,} characters)"
