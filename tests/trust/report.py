"""Writes the figures of a run into docs/trust.md: `python -m tests.trust.report FIGURES DOCUMENT`."""

from __future__ import annotations

import json
import platform
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

MARKS = "<!-- {name}: begin -->", "<!-- {name}: end -->"
WORDS = {
    "worlds": "simulated worlds lived through: {worlds:,}, with {requests:,} requests and {faults:,} faults; "
    "edits undone that came after the last look (6.5): {unseen:,}",
    "creates": "creates and runs that were struck: {creates:,}; made twice: 0",
    "kills": "kills in process, before and after every effect of {worlds:,} worlds: {kills:,}",
    "forks": "kills of a forked process by SIGKILL: {kills:,}",
    "plans": "saved plans that something had overtaken: {plans:,}, of which refused by name: {refused:,}",
    "undo": "applies taken back after edits by hand: {worlds:,}; changes that were back as before: {back:,}, "
    "left alone as somebody had edited them: {moved:,}; edits overwritten: 0",
    "foreign records": "records that somebody else wrote or changed: {records:,}, of which refused in words: "
    "{refused:,}",
    "races": "races of three processes for one lock: {races:,}",
    "leases enumerated": "executions of two machines and one lock, all within their bounds: {executions:,}",
    "leases sampled": "executions of three machines and one lock, beyond those bounds: {executions:,}",
    "machines raced": "races of two real machines for a lock at a remote: {races:,}, refused by it: {met:,}",
    "machines killed": "races after one of them was killed: {races:,}, inside its apply: {met:,}",
    "machines stopped": "races after one of them was stopped past its lease: {races:,}, holding it: {met:,}",
    "machines unlocked": "races in which somebody gave it back for its holder: {races:,}, in time: {met:,}",
    "machines lost": "applies of a machine whose pushes lose each second answer: {races:,}",
    "sockets killed": "kills of the real command over real sockets: {kills:,}",
    "sockets faulted": "applies of the real command under faults over real sockets: {worlds:,}",
    "sockets raced": "races of two real commands: {races:,}",
    "sockets SIGINT": "stops by SIGINT: {stops:,}",
    "sockets SIGTERM": "stops by SIGTERM: {stops:,}",
    "renderers": "hostile strings shown to each of {formats} formats, and read back: {strings:,}",
    "fuzz seeded": "inputs changed by seed, over {targets} targets: {inputs:,}",
    "fuzz": "inputs tried by fuzzing, {seconds:,} s over {targets} targets: {tried:,}",
}
ENUMERATED = frozenset({"executions", "model", "duplicate"})
"""What is counted whole, and stands between marks of its own."""


def main(figures: Path, document: Path) -> None:
    """Puts the figures between their marks; those of which the run has none stay as they are."""
    rows = [json.loads(line) for line in figures.read_text().splitlines()]
    counted = [row for row in rows if row["name"] not in ENUMERATED]
    text = document.read_text()
    text = _between(text, "figures", _lines(counted)) if counted else text
    if any(row["name"] == "executions" for row in rows):
        text = _between(text, "executions", _enumerated(rows))
    document.write_text(text)


def _between(text: str, name: str, lines: Iterator[str]) -> str:
    begin, end = (mark.format(name=name) for mark in MARKS)
    before, after = text.split(begin)[0], text.split(end)[1]
    return f"{before}{begin}\n{chr(10).join(lines)}\n{end}{after}"


def _enumerated(rows: list[dict[str, Any]]) -> Iterator[str]:
    """The executions of each shape, the model's states, and the shortest executions with a duplicate."""
    found = sorted((row for row in rows if row["name"] == "executions"), key=_order)
    yield "| shape | machines | within | executions, none of which breaks a promise |"
    yield "| --- | ---: | --- | ---: |"
    for row in found:
        count = f"{row['executions']:,} of {row['executions']:,}"
        yield f"| {row['shape']} | {row['machines']} | {row['bounds']} | {count} |"
    yield f"| all | | | {sum(row['executions'] for row in found):,} |"
    yield ""
    alone, together = (sum(row["led"] for row in found if row["machines"] == number) for number in (1, 2))
    states = sum(row.get("states", 0) for row in found)
    yield "What is the same was led once, by the code that is shipped: on one machine"
    yield f"{alone:,} applies, which begin in {states:,} states; of two machines {together:,} executions."
    yield ""
    for row in rows:
        if row["name"] == "model":
            yield f"- The model of {row['what']}: {row['states']:,} states, and nothing is made twice."
    for row in sorted((row for row in rows if row["name"] == "duplicate"), key=lambda row: str(row["by"])):
        yield f"- The shortest execution of {row['by']} in which a duplicate is possible, where a server"
        steps = (step.removeprefix("violated: ") for step in row["history"])
        yield f"  acts later than it is waited for: {'; '.join(steps)}."


def _order(row: dict[str, Any]) -> tuple[int, str, int]:
    return row["machines"], str(row["shape"]), -row["executions"]


def _lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    tiers = ", ".join(sorted({row["tier"] for row in rows}))
    here = f"Python {platform.python_version()} on {platform.system()}"
    yield f"Run on {datetime.now(UTC):%Y-%m-%d} with the {tiers} figures, {here}; violations: 0."
    yield ""
    yield from (f"- {line}" for line in _sums(rows))
    struck = _struck(rows, "phases")
    if struck:
        yield ""
        yield "| struck | times |\n| --- | ---: |"
        yield from (f"| {name} the effect | {count:,} |" for name, count in sorted(struck.items()))
    faults = _struck(rows, "struck")
    if faults:
        yield ""
        rarest = min(faults, key=lambda it: faults[it])
        yield f"{len(faults)} kinds of fault struck; the rarest, {rarest}, {faults[rarest]:,} times."


def _sums(rows: list[dict[str, Any]]) -> Iterator[str]:
    for name, words in WORDS.items():
        found = [row for row in rows if row["name"] == name]
        if found:
            keys = {key for row in found for key, value in row.items() if isinstance(value, int | float)}
            sums = {key: sum(row.get(key, 0) for row in found) for key in keys}
            yield words.format(**sums, targets=len({row.get("target") for row in found}))


def _struck(rows: list[dict[str, Any]], key: str) -> Counter[str]:
    total: Counter[str] = Counter()
    for row in rows:
        total.update(row.get(key, {}) if row["name"] == "worlds" else {})
    return total


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
