"""Fits a report to the terminal that it is printed on: how wide its lines may be, and what is coloured."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TextIO

from reconcile.cli.progress import SILENT_TERMINALS

_STYLES: Mapping[str, str] = {
    r"^ {0,2}\+(?= )": "green",
    r"^~(?= )": "yellow",
    r"^(?:  )?-(?= )|^x(?= )": "red",
    r"^>(?= )": "cyan",
    r"^!(?= )": "bold yellow",
    r"^[=?.#](?= )": "dim",
    r"  change(?=  |$)": "blue",
    r"  drift(?=   |$)": "yellow",
    r"  conflict(?=  |$)": "bold red",
    r"(?<=  )\S+:\d+$": "dim",
    r"^(?:done|unchanged)(?= {2,})": "green",
    r"^(?:failed|unknown|unsettled|refused)(?= {2,})|^Refused:": "bold red",
    r"^(?:skipped|blocked|not_begun|running)(?= {2,})": "yellow",
    r"^Next:": "bold",
    r"^(?:Plan|Drift|Apply): .*|^No (?:changes|drift)\.$": "bold",
}
"""How each part of a line of the text report is shown, by the expression that finds it."""


def width_of(stream: TextIO | None) -> int | None:
    """Return how many characters a line of a terminal has; None where nobody looks at a terminal."""
    if stream is None or not stream.isatty():
        return None
    return shutil.get_terminal_size().columns or None


def somebody_sits_there() -> bool:
    """Tell whether a question would be answered: standard input is a terminal, and not closed or a file."""
    return sys.stdin is not None and sys.stdin.isatty()


def one_terminal() -> bool:
    """Tell whether somebody sees standard output and standard error on one terminal."""
    with suppress(OSError, ValueError, AttributeError):  # one of them may be closed, or no file
        return sys.stdout.isatty() and os.ttyname(sys.stdout.fileno()) == os.ttyname(sys.stderr.fileno())
    return False


def painter(*, no_color: bool) -> Callable[[str], str]:
    """Return what colours a text for standard output; as it is where that shows none, or none is wanted."""
    term = os.environ.get("TERM", "").lower()
    plain = no_color or sys.stdout is None or not sys.stdout.isatty() or term in {"", *SILENT_TERMINALS}
    return str if plain else painted


def painted(text: str) -> str:
    """Return a report with the codes by which a terminal colours it; its words stay as they are."""
    from io import StringIO

    from rich.console import Console
    from rich.text import Text

    into = StringIO()
    console = Console(file=into, force_terminal=True, soft_wrap=True, highlight=False)
    for line in text.split("\n"):
        shown = Text(line)
        for pattern, style in _STYLES.items():
            shown.highlight_regex(pattern, style)
        console.print(shown)
    return into.getvalue().removesuffix("\n")
