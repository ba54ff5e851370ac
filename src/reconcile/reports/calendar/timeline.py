"""Draws a line of time for each system: a lane for each thing that takes place, and freezes across them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from reconcile.named_tuple import NamedTuple
from reconcile.planfile.calendar_document import Calendar, CalendarEntry
from reconcile.reports.calendar.entry_words import WEEKDAYS, count_of_kinds, shown, what
from reconcile.reports.common.code_spans import clipped
from reconcile.reports.one_page import text

LANES = 24
"""How many things have a lane each; of more, those beyond share one."""

_LEFT, _WIDE, _TOP, _HIGH = 230, 960, 24, 24
_LABELS = 14
_DAY = timedelta(days=1)


class Line(NamedTuple):
    """Hold the span of time that is drawn."""

    start: datetime
    until: datetime

    def x(self, moment: datetime) -> float:
        """Return where a moment is, at the edge where it lies beyond."""
        share = (min(max(moment, self.start), self.until) - self.start) / (self.until - self.start)
        return round(_LEFT + _WIDE * share, 1)

    def shows(self, entry: CalendarEntry) -> bool:
        """Tell whether any of an entry is on the line."""
        goes_on = entry.kind == "freeze" and entry.ends is None
        over = self.until if goes_on else entry.ends or entry.begins
        return entry.begins < self.until and (over > self.start or entry.begins >= self.start)


def line_of(calendar: Calendar) -> Line:
    """Return what is drawn: the calendar's span of time, or as far as the firings go that were asked for."""
    start, until = (datetime.fromisoformat(each).astimezone(UTC) for each in (calendar.from_, calendar.until))
    if calendar.next is None:
        return Line(start, until)
    firings = [entry.begins for entry in calendar.entries if entry.kind == "firing"]
    last = max(firings, default=max((entry.begins for entry in calendar.entries), default=start))
    return Line(start, max(last, start) + _DAY)


def drawn(system: str, entries: Sequence[CalendarEntry], line: Line) -> Iterator[str]:
    """Yield the line of time of a system as inline SVG, whose title says in words what is on it."""
    on_it = [entry for entry in entries if line.shows(entry)]
    freezes = [entry for entry in on_it if entry.kind == "freeze"]
    lanes = _lanes([entry for entry in on_it if entry.kind != "freeze"])
    height = _TOP + _HIGH * (len(lanes) + bool(freezes)) + 6
    width = _LEFT + _WIDE + 10
    yield f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img">'
    yield f"<title>{text(f'{system}: {count_of_kinds(on_it)}; the table has them all')}</title>"
    yield from _days(line, height)
    yield from (_band(entry, line, height) for entry in freezes)
    y = _TOP
    if freezes:
        yield f'<text class="lane" x="4" y="{y + 16}">freezes</text>'
        yield from (_name(entry, line, y) for entry in freezes)
        y += _HIGH
    for name, lane in lanes.items():
        yield f'<text x="4" y="{y + 16}">{text(clipped(shown(name), 34))}</text>'
        yield from _marks(lane, line, y)
        y += _HIGH
    yield "</svg>"


def _lanes(entries: Sequence[CalendarEntry]) -> dict[str, list[CalendarEntry]]:
    """Return what is in each lane, under what stands before it."""
    addresses = list(dict.fromkeys(entry.address for entry in entries))
    own = {address: address.partition("/")[2] for address in addresses[:LANES]}
    rest = f"{len(addresses) - LANES} more"
    lanes: dict[str, list[CalendarEntry]] = {}
    for entry in entries:
        lanes.setdefault(own.get(entry.address, rest), []).append(entry)
    return lanes


def _days(line: Line, height: int) -> Iterator[str]:
    """Yield a rule at the beginning of each day, or of every few, with its date."""
    days = -(-(line.until - line.start) // _DAY)
    step = -(-days // _LABELS)
    at = datetime(line.start.year, line.start.month, line.start.day, tzinfo=UTC)
    at += _DAY if at < line.start else timedelta()
    while at < line.until:
        x = line.x(at)
        yield f'<path class="day" d="M{x} {_TOP - 4}V{height}"/>'
        name = f"{WEEKDAYS[at.weekday()]} {at.date().isoformat()[5:]}"
        yield f'<text class="note" x="{x + 3}" y="14">{name}</text>'
        at += _DAY * step


def _band(entry: CalendarEntry, line: Line, height: int) -> str:
    x, wide = _across(entry, line)
    return f'<rect class="frozen" x="{x}" y="{_TOP}" width="{wide}" height="{height - _TOP}"/>'


def _name(entry: CalendarEntry, line: Line, y: int) -> str:
    x, wide = _across(entry, line)
    letters = max(2, int(wide / 7))
    return f'<text class="note" x="{x + 4}" y="{y + 16}">{text(clipped(shown(entry.name), letters))}</text>'


def _across(entry: CalendarEntry, line: Line) -> tuple[float, float]:
    """Return where an entry begins, and how wide it is: an end that is not known is the line's own."""
    end = entry.ends or (line.until if entry.kind == "freeze" else entry.begins)
    x = line.x(entry.begins)
    return x, max(round(line.x(end) - x, 1), 3.0)


def _marks(lane: Sequence[CalendarEntry], line: Line, y: int) -> Iterator[str]:
    """Yield what is in a lane: a stroke for a firing, a bar for what lasts, a diamond for a request."""
    for tone in ("plain", "bad"):
        here = [entry for entry in lane if bool(entry.collides) == (tone == "bad")]
        strokes = "".join(f"M{line.x(entry.begins)} {y + 4}v16" for entry in here if _is_stroke(entry))
        if strokes:
            yield f'<path class="fires {tone}" d="{strokes}"/>'
        for entry in here:
            if entry.kind == "requested":
                yield f'<path class="bar {tone}" d="M{line.x(entry.begins)} {y + 4}l7 8l-7 8l-7 -8z"/>'
            elif not _is_stroke(entry):
                yield from _bar(entry, line, y, tone)


def _is_stroke(entry: CalendarEntry) -> bool:
    return entry.kind == "firing" and entry.last is None


def _bar(entry: CalendarEntry, line: Line, y: int, tone: str) -> Iterator[str]:
    """Yield a bar, with what it is written on it where there is room."""
    if entry.last:
        x = line.x(entry.begins)
        wide = max(round(line.x(datetime.fromisoformat(entry.last).astimezone(UTC)) - x, 1), 3.0)
    else:
        x, wide = _across(entry, line)
    yield f'<rect class="bar {tone}" x="{x}" y="{y + 4}" width="{wide}" height="16" rx="3"/>'
    words = what(entry)
    if wide > 7 * len(words):
        yield f'<text class="note" x="{x + 4}" y="{y + 16}">{text(words)}</text>'
