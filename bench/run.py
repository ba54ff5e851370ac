"""Runs the benchmarks: `python -m bench.run [--smoke] [--count N] [--write DOCUMENT]`.

Ratios are only reported, since a machine may be busy; a counter that is wrong ends it with 1.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import octodns, terraform
from bench.applying import applying
from bench.far import Sizes, far
from bench.growth import growth
from bench.lists import lists, overlap
from bench.plans import PEERS, plans
from bench.reviews import reviews
from bench.singly import singly
from bench.stage import found
from bench.starts import starts
from bench.table import Count, Ratio, machine, rewritten, table


def main() -> None:
    """Measure, print, and write where a document is named."""
    asks = argparse.ArgumentParser(prog="python -m bench.run")
    asks.add_argument("--smoke", action="store_true", help="small and quick: for the counters")
    asks.add_argument("--count", type=int, help="releases in a plan, to try out less than is judged")
    asks.add_argument("--write", type=Path, metavar="DOCUMENT", help="put the tables between its marks")
    given = asks.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        ratios, counts = measured(Path(folder), smoke=given.smoke, count=given.count)
    judged = not given.smoke and given.count is None
    lines = [machine(() if given.smoke else tools()), "", *table(ratios, counts, judged=judged)]
    if not judged:
        lines[1:1] = ["The goals are for the sizes of `make bench`, and these are smaller."]
    sys.stdout.write("\n".join(lines) + "\n")
    if given.write is not None:
        rewritten(given.write, lines)
    wrong = [count for count in counts if not count.right]
    for it in wrong:
        sys.stderr.write(f"Error: {it.what}: should be {it.should}, is {it.is_}\n")
    sys.exit(1 if wrong else 0)


def measured(folder: Path, *, smoke: bool, count: int | None) -> tuple[list[Ratio], list[Count]]:
    """Return all rows, in the goals' order; the smoke run leaves out what says nothing of small sizes."""
    size = count or (1_000 if smoke else 10_000)
    ratios, counts = plans(folder / "plans", size, 3 if smoke else 5, peers=not smoke)
    more, again = reviews(folder / "reviews", size, 3 if smoke else 5)
    ratios += more
    counts += again
    if not smoke:
        ratios += growth(folder / "growth", (size // 10, size, size * 10), 2)
        ratios.append(overlap(folder / "overlap", 3))
    more, again = far(folder / "far", Sizes(80, 50) if smoke else Sizes(800, 500), 1 if smoke else 3)
    ratios += more
    counts += again
    applied, posts = applying(folder / "apply", 100 if smoke else 1_000, 1 if smoke else 3)
    ratios += applied
    ratios += starts(folder / "starts", 5 if smoke else 20)
    return ratios, [*counts, *lists(folder / "lists"), *singly(folder / "singly"), *posts]


def tools() -> Iterator[str]:
    """Yield the installed counterparts with their versions."""
    if tool := found(octodns.TOOL, [PEERS]):
        yield f"octoDNS {_said(str(Path(tool).with_name('python')), '-c', VERSION)}"
    if tool := found(terraform.TOOL):
        yield _said(tool, "version")


VERSION = "from importlib.metadata import version; print(version('octodns'))"


def _said(*argv: str) -> str:
    """Return the first line that a command prints."""
    run = subprocess.run(argv, capture_output=True, text=True, check=False)
    return (run.stdout.splitlines() or ["(unknown)"])[0]


if __name__ == "__main__":
    main()
