"""Writes what the change of a schedule moves: a line for when it fires now on, and one for when it did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from reconcile.planfile.document_parts import DocumentChange, DocumentOperation
from reconcile.reports.common.escape import inert

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_NAMED = 3
_WHENCE = {
    "option": "the system's option timeZone",
    "system": "its own timeZone",
    "default": "no zone is named, so UTC",
}


def firing_lines(change: DocumentChange) -> tuple[str, ...]:
    """Return two lines at most on what the change of a schedule moves; none where it moves nothing."""
    told = change.firings
    if told is None:
        return ()
    then, now = (*told.a_week, None, None)[:2]
    zone = f"{inert(told.zone)} ({_WHENCE[told.zone_from]})"
    after = (_next(told.after, now), _some(told.new, "new"), *_clocks(change), zone)
    lines = [f"fires {'; '.join(filter(None, after))}"]
    if change.before is not None:
        before = (_next(told.before, then), _some(told.lost, "gone"))
        lines.append(f"before {'; '.join(filter(None, before))}")
    return tuple(lines)


def firing_words(change: DocumentChange) -> str:
    """Return the same as one line; nothing where no firing moves."""
    return "; ".join(firing_lines(change))


def firings_of(operation: DocumentOperation) -> str:
    """Return when what an operation makes fires, as one line; nothing where it fires by no clock."""
    return "; ".join(filter(None, map(firing_words, operation.changes)))


def _next(instants: Sequence[str] | None, a_week: int | None) -> str:
    if instants is None:
        return "at times that cannot be told: the expression is not one that every scheduler reads alike"
    if not instants:
        return "never"
    count = "more a week than are counted" if a_week is None else f"{a_week:,} a week"
    return f"{', '.join(map(_spelled, instants))}; {count}"


def _some(instants: Sequence[str] | None, what: str) -> str:
    """Return how many firings within 14 days are gone or new, the first of them by name."""
    if not instants:
        return ""
    more = f" and {len(instants) - _NAMED:,} more" if len(instants) > _NAMED else ""
    return f"{len(instants):,} {what} in 14 days: {', '.join(map(_spelled, instants[:_NAMED]))}{more}"


def _clocks(change: DocumentChange) -> Iterator[str]:
    for day, lost, doubled in change.firings.clocks if change.firings else ():
        what = [f"{lost:,} lost"] * bool(lost) + [f"{doubled:,} doubled"] * bool(doubled)
        yield f"{' and '.join(what)} as the clocks change on {day}"


def _spelled(instant: str) -> str:
    """Return an instant as people read it: its weekday, and no seconds where they are zero."""
    try:
        found = datetime.fromisoformat(instant)
    except ValueError:
        return inert(instant)
    text = found.isoformat(sep=" ", timespec="minutes" if found.second == 0 else "seconds")
    return f"{_DAYS[found.weekday()]} {text}"
