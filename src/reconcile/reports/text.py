"""Writes the plan document as text for a terminal; the last line is stable, since people search for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from reconcile.model import Json
from reconcile.planfile.document import (
    Document,
    DocumentBlocked,
    DocumentChange,
    DocumentNote,
    DocumentOperation,
    DocumentOutcome,
    DocumentProblem,
    Source,
    Summary,
)
from reconcile.planning.contents import WELL
from reconcile.reports.common.blocked_text import held_up, live_of, reason_of
from reconcile.reports.common.escape import inert, named_part, named_value, value
from reconcile.reports.common.keep_line import keep_it
from reconcile.reports.common.notices import planned_only, unmanaged, waiting, would_be_refused
from reconcile.reports.formats import Options

SYMBOLS = {"create": "+", "update": "~", "delete": "-", "run": ">"}
_WIDEST = 72
_LONGEST = 1_500
_NARROWEST_PATH, _WIDEST_PATH = 15, 26
_KEY = re.compile(r"\[[^\]]*\]")


class Row(NamedTuple):
    """Hold one line of a plan: what it says, its label and its place."""

    left: str
    label: str = ""
    place: str = ""


def render(document: Document, options: Options | None = None) -> str:
    """Return a plan, or the record of an apply, as text that ends in its summary line; else the problems."""
    if document.failed:
        return "\n".join(problem_lines(document.problems)) + "\n"
    if document.valid is not None:
        return f"{last_line(document)}\n"
    parts = [] if document.unread else [[*plan_lines(document)]]
    if reasons := document.refused:
        parts.append([f"Refused: {inert(reason)}" for reason in reasons])
    if document.outcomes is not None:
        parts.append([*outcome_lines(document)])
    return "\n\n".join(map("\n".join, parts)) + "\n"


def plan_lines(document: Document) -> Iterator[str]:
    """Yield the operations, what stands beside them, and the summary."""
    rows = [row for change in document.project_changes for row in _project(change)]
    skipped = held_up(document)
    for operation in document.operations:
        rows += _operation(operation, skipped.get(operation.address))
    rows += [_beside("!", item) for item in document.blocked]
    for mark, key in (("=", "finished"), ("?", "unverified"), (".", "dropped")):
        rows += [_beside(mark, item) for item in getattr(document, key)]
    yield from _aligned(rows)
    if rows:
        yield ""
    beside = (planned_only(document), unmanaged(document), waiting(document), *would_be_refused(document))
    yield from filter(None, beside)
    yield summary(document.summary)


def _aligned(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the rows in columns; a text too long for its column pushes the others of its line."""
    width = min(max((len(row.left) for row in rows), default=0), _WIDEST)
    label = 10 if any(row.label for row in rows) else 0
    for row in rows:
        yield f"{row.left:<{width}}  {row.label:<{label}}{row.place}".rstrip()


def summary(counts: Summary) -> str:
    """Return the plan's last line."""
    if not any((counts.create, counts.update, counts.delete, counts.run, counts.blocked, counts.waiting)):
        return "No changes."
    removed = counts.entries_removed
    entries = f" ({removed} {'entry' if removed == 1 else 'entries'} removed)" if removed else ""
    return (
        f"Plan: {counts.create} to create, {counts.update} to change, "
        f"{counts.delete} to delete{entries}, {counts.run} to run, {counts.blocked} blocked."
    )


def last_line(document: Document) -> str:
    """Return the last line of a plan, of the record of an apply, or of what was only validated."""
    if document.outcomes is not None:
        return outcome_summary(document)
    if valid := document.valid:
        return f"Valid: {_count(valid.resources, 'resource')} in {_count(valid.files, 'file')}."
    return summary(document.summary)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def outcome_lines(document: Document) -> Iterator[str]:
    """Yield what became of each operation, what to type next, and the summary."""
    outcomes = document.outcomes or ()
    sources = {item.address: item.source for item in document.blocked}
    sources |= {item.address: item.source for item in document.operations}
    for outcome in outcomes:
        yield _outcome(outcome, sources.get(outcome.address))
    counts = _statuses(outcomes)
    if outcomes:
        yield ""
    left = any(counts[status] for status in counts if status not in WELL | {"blocked"})
    if left and not document.refused:
        unseen = ", after it has looked again for what is unknown" if counts["unknown"] else ""
        yield f"Next: reconcile plan shows what is left; apply again sends only that{unseen}."
    if words := rarer_outcomes(document):
        yield words
    yield outcome_summary(document)


def outcome_summary(document: Document) -> str:
    """Return the record's last line, which always has these five counts."""
    counts = _statuses(document.outcomes or ())
    return "Apply: " + ", ".join(f"{counts[status]} {status}" for status in _ALWAYS) + "."


def rarer_outcomes(document: Document) -> str:
    """Return the line before the last: counts that the last has no place for; nothing where all are zero."""
    counts = _statuses(document.outcomes or ())
    words = ", ".join(f"{counts[status]} {told}" for status, told in _OTHERS.items() if counts[status])
    return f"{words}." if words else ""


def _statuses(outcomes: Sequence[DocumentOutcome]) -> dict[str, int]:
    return {status: sum(outcome.status == status for outcome in outcomes) for status in (*_ALWAYS, *_OTHERS)}


_ALWAYS = ("done", "failed", "skipped", "unknown", "blocked")
_OTHERS = {
    "refused": "refused",
    "unsettled": "unsettled",
    "running": "running",
    "unchanged": "already as wanted",
    "not_begun": "not begun",
}


def _outcome(outcome: DocumentOutcome, source: Source | None) -> str:
    sent = outcome.requests_sent
    words = (
        f"{sent} {'request' if sent == 1 else 'requests'}, {outcome.seconds:.1f} s"
        if sent
        else "nothing sent"
    )
    result = "  ".join(f"{inert(name)} {value(found)}" for name, found in outcome.result.items())
    place = "" if outcome.status in WELL else _place(source)
    told = (inert(outcome.address), words, result, inert(outcome.detail), place)
    parts = (f"{outcome.status:<9}", *told)
    return "  ".join(part for part in parts if part)


def _project(change: DocumentChange) -> Iterator[Row]:
    """Yield a change of the project file, which stands first as it says where the run goes and as whom."""
    yield Row(f"# reconcile.yaml  {_difference(change, 'update', 0).strip()}", "", _place(change.source))


def _operation(operation: DocumentOperation, skipped: str | None) -> Iterator[Row]:
    methods = " ".join(dict.fromkeys(request.method for request in operation.requests))
    known = ", ".join(inert(part) for part in (operation.name, operation.id) if part is not None)
    head = f"{SYMBOLS[operation.action]} {inert(operation.address)}  ({known})  {methods}"
    yield Row(head, "", _place(operation.source))
    if operation.said_back:
        every = dict.fromkeys(_KEY.sub("[]", path) for path in operation.said_back)
        yield Row(f"    said back as read: {inert(', '.join(every))}")
    if not operation.requests:
        yield Row("    sends nothing: waits for what was started before")
    if skipped:
        yield Row(f"    will be skipped: {inert(skipped)}")
    fields = (_path(change) for change in operation.changes if not change.is_entry)
    width = min(max(map(len, fields), default=0), _WIDEST_PATH)
    for change in operation.changes:
        yield from _change(change, operation.action, max(width, _NARROWEST_PATH))


def _change(change: DocumentChange, action: str, width: int) -> Iterator[Row]:
    yield Row(_difference(change, action, width), change.label or "", _place(change.source))
    if line := keep_it(action, change):
        yield Row(f"    {'':<{width}} {line}")


def _difference(change: DocumentChange, action: str, width: int) -> str:
    path, before, after = _path(change), change.before, change.after
    named = f" ({inert(change.value_name)})" if change.value_name else ""
    if change.is_entry:
        mark, entry = ("+", after) if before is None else ("-", before)
        called = f"  {inert(change.name)}" if change.name else ""
        return f"  {mark} {path}{called}{_inside(entry, change)}"
    if action == "create":
        return f"    {path:<{width}} {named_value(after, change.named)}"
    if action == "delete":
        return f"    {value(before)}"
    return f"    {path:<{width}} {value(before)}{named} -> {named_value(after, change.named)}"


def _path(change: DocumentChange) -> str:
    """Return the path, and what the entry that it leads into is called."""
    entry = change.entry_name
    return inert(f"{change.path} ({entry})" if entry else change.path)


def _inside(entry: Json, change: DocumentChange) -> str:
    if not isinstance(entry, dict) or change.after is None:
        return ""
    keys = set(change.path.split("[")[-1].rstrip("]").split(","))
    rest = {
        name: inner
        for name, inner in entry.items()
        if inner is not None and (str(inner) not in keys or name in change.named)
    }
    told = (f"{inert(name)}: {named_part(name, inner, change.named)}" for name, inner in rest.items())
    return "  " + ", ".join(told) if rest else ""


def _beside(mark: str, item: DocumentBlocked | DocumentNote) -> Row:
    parts = (item.address, item.path, live_of(item), reason_of(item))
    words = "  ".join(inert(part) for part in parts if part)
    return Row(f"{mark} {words}", "", _place(item.source))


def _place(source: Source | None) -> str:
    return f"{inert(source.file)}:{source.line}" if source else ""


def problem_lines(problems: Iterable[DocumentProblem]) -> Iterator[str]:
    """Yield each problem as `file:line:column: message [code]`."""
    for problem in problems:
        source = problem.source
        place = f"{inert(source.file)}:{source.line}:{source.column}: " if source else ""
        warning = "warning: " if problem.severity == "warning" else ""
        yield f"{place}{warning}{_short(inert(problem.message))} [{problem.code}]"


def _short(words: str) -> str:
    """Return `words`, or only their beginning where they are very long."""
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}… ({len(words):,} characters)"
