"""Draws what a terminal was sent as an SVG, in the colours of a light or a dark one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import NamedTuple

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text

WIDE, HIGH, AROUND = 8, 18, 12
"""Of one character, and around all of them, in pixels."""


class Colours(NamedTuple):
    """The colours of a terminal: behind and of the text, and those that a report asks for by number."""

    ground: str
    text: str
    named: Mapping[int, str]


LIGHT = Colours(
    "#ffffff",
    "#1f2328",
    {1: "#a40e26", 2: "#116329", 3: "#7d4e00", 4: "#0550ae", 6: "#1b6f7b"},
)
DARK = Colours(
    "#0d1117",
    "#e6edf3",
    {1: "#ff7b72", 2: "#56d364", 3: "#e3b341", 4: "#79c0ff", 6: "#56d4dd"},
)
THEMES = {"light": LIGHT, "dark": DARK}


STYLE = """\
text {{ font: 13px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: {text} }}
.bold {{ font-weight: bold }} .dim {{ opacity: 0.65 }}
"""


def picture(shown: str, columns: int, colours: Colours) -> str:
    """The SVG of a terminal of so many columns; a line that is wider goes on in the next, as there."""
    console = Console(width=columns, legacy_windows=False)
    rows = [
        row
        for line in shown.rstrip("\n").split("\n")
        for row in console.render_lines(Text.from_ansi(line or " ", overflow="fold"), pad=False)
    ]
    wide, high = 2 * AROUND + WIDE * columns, 2 * AROUND + HIGH * len(rows)
    size = f'viewBox="0 0 {wide} {high}" width="{wide}" height="{high}"'
    named = " ".join(f".c{number} {{ fill: {colour} }}" for number, colour in colours.named.items())
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" {size}>',
        f"<style>\n{STYLE.format(text=colours.text)}{named}\n</style>",
        f'<rect width="{wide}" height="{high}" rx="6" fill="{colours.ground}"/>',
    ]
    for number, row in enumerate(rows, 1):
        parts += _row(row, AROUND + HIGH * number - 5)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _row(row: list[Segment], y: int) -> Iterator[str]:
    """Each part of a line in its place, whatever the width of a character is where it is looked at."""
    x = AROUND
    for text, style, _ in row:
        before, told = cell_len(text) - cell_len(text.lstrip()), text.strip()
        if told:
            at, wide = x + WIDE * before, WIDE * cell_len(told)
            of = f' class="{classes}"' if (classes := " ".join(_classes(style))) else ""
            yield f'<text x="{at}" y="{y}" textLength="{wide}"{of}>{escape(told, quote=False)}</text>'
        x += WIDE * cell_len(text)


def _classes(style: Style | None) -> Iterator[str]:
    if style is not None:
        yield from ["bold"] * bool(style.bold) + ["dim"] * bool(style.dim)
        if style.color is not None and style.color.number is not None:
            yield f"c{style.color.number}"
