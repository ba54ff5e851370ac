"""Lays rows out in columns that fit a width: what is too long wraps, and its place moves below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconcile.build_logs import is_command
from reconcile.named_tuple import NamedTuple
from reconcile.reports.common.escape import inert

_WIDEST, _NARROWEST = 72, 40
_LABEL = 10
_HANGING, _DEEPEST = 4, 12
_SPELLED = 5
"""How much longer a line may become by what is spelled out in it."""


class Row(NamedTuple):
    """Hold one line of a report: what it says, its label and its place."""

    left: str
    label: str = ""
    place: str = ""
    unbroken: bool = False
    """Whether it is there to be pasted, so that it is one line however long."""


def laid_out(rows: Sequence[Row], width: int | None = None) -> Iterator[str]:
    """Yield the rows in columns; without a width, a text too long for its column pushes the others."""
    label = _LABEL if any(row.label for row in rows) else 0
    place = max((len(row.place) for row in rows), default=0)
    most = _WIDEST if width is None else min(_widest(width), max(_NARROWEST, width - label - place - 2))
    column = min(max((len(row.left) for row in rows), default=0), most)
    for row in rows:
        whole = f"{row.left:<{column}}  {row.label:<{label}}{row.place}".rstrip()
        if width is None or row.unbroken or len(whole) <= width:
            yield whole
        else:
            yield from _broken(row, column, width)


def _widest(width: int) -> int:
    """Return how wide the column of the texts may be on a terminal: more of a wide one, not all of it."""
    return max(_WIDEST, 3 * width // 5)


def _broken(row: Row, column: int, width: int) -> Iterator[str]:
    """Yield a row that does not fit its line: its text wrapped, its label beside it, its place below."""
    *lines, last = wrapped(row.left, width)
    beside = f"{last:<{column}}  {row.label}" if row.label else last
    fits = len(beside) <= width
    yield from (*lines, beside if fits else last)
    indent = " " * (_indent(row.left) + _HANGING)
    place = inert(row.place)  # which begins a line now: of a file called `:` with `::`
    below = place if fits else f"{row.label}  {place}".strip()
    parts = [below] if len(indent + below) <= width else [*([] if fits else [row.label]), place]
    yield from (f"{indent}{part}" for part in parts if part)


def wrapped(text: str, width: int | None) -> list[str]:
    """Return a text as lines of a width, those after the first with an indent; no word is broken."""
    if width is None or len(text) <= width:
        return [text]
    import textwrap  # where every line fits, nothing needs it

    hanging = " " * (_indent(text) + _HANGING)
    fill = textwrap.TextWrapper(
        width, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False
    )
    lines = fill.wrap(text)
    if any(map(is_command, lines)):  # by a word that begins a line now
        fill.width = width - _SPELLED
        lines = [*map(inert, fill.wrap(text))]
    return lines


def _indent(text: str) -> int:
    """Return how far the lines below a text are indented: as it is, where nothing is missing before it."""
    return min(len(text) - len(text.lstrip()), _DEEPEST)
