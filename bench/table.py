"""Writes a row for each goal: what was measured, against what limit, and whether the goal was met."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


@dataclass(frozen=True, slots=True)
class Ratio:
    """Hold a ratio, by the clock and, where it says something, of processor time. None: not measured."""

    what: str
    limit: float
    by_clock: float | None
    of_processor: float | None = None
    least: bool = False
    """Whether the limit is the least that is good, and not the most."""

    why_not: str = ""
    unit: str = ""

    @property
    def met(self) -> bool | None:
        """Tell whether the goal is met; None where it was not measured."""
        if self.by_clock is None:
            return None
        return self.by_clock >= self.limit if self.least else self.by_clock <= self.limit


@dataclass(frozen=True, slots=True)
class Count:
    """Hold a counter, which has to be what it should be on any machine."""

    what: str
    should: int
    is_: int

    @property
    def right(self) -> bool:
        """Tell whether the counter is what it should be."""
        return self.should == self.is_


def table(ratios: Iterable[Ratio], counts: Iterable[Count], *, judged: bool) -> Iterator[str]:
    """Yield the lines of both tables, in markdown; `judged`: the sizes are those that the goals are for."""
    yield "| what | goal | measured | of processor time | |"
    yield "|---|---:|---:|---:|---|"
    yield from (_ratio(it, judged) for it in ratios)
    yield ""
    yield "| counter | should be | is | |"
    yield "|---|---:|---:|---|"
    yield from (
        f"| {it.what} | {it.should:,} | {it.is_:,} | {'right' if it.right else '**wrong**'} |"
        for it in counts
    )


def _ratio(it: Ratio, judged: bool) -> str:
    sign = "≥" if it.least else "≤"
    goal, word = f"{sign} {it.limit:g}{it.unit}", it.why_not or (_word(it.met) if judged else "")
    clock, processor = _number(it.by_clock, it.unit), _number(it.of_processor, it.unit)
    return f"| {it.what} | {goal} | {clock} | {processor} | {word} |"


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}{unit}" if value >= 20 else f"{value:,.2f}{unit}"


def _word(met: bool | None) -> str:
    return "not measured" if met is None else "met" if met else "**not met**"


def machine(tools: Iterable[str]) -> str:
    """Return what the figures were taken with; nothing that tells whose machine it was."""
    python = f"Python {platform.python_version()} on {platform.system()}, {os.cpu_count()} cores"
    return f"Run on {datetime.now(UTC):%Y-%m-%d}: {', '.join([python, *tools])}."


def rewritten(document: Path, lines: Iterable[str]) -> None:
    """Put the lines between the document's marks."""
    text = document.read_text("utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    document.write_text(f"{before}{BEGIN}\n{chr(10).join(lines)}\n{END}{after}", "utf-8")
