"""Measures a plan of a far server, one that answers after 50 ms, beside what the latency alone costs.

The ideal is the number of requests that were made, times the latency, by how many may be under way at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.far_server import PROJECT, SIZE, WANTED, schedules
from bench.measure import once
from bench.stage import Stage, far_serving
from bench.table import Count, Ratio

LATENCY = 0.05
PARALLELISM = 8
LIMIT = 1.3
PROJECT_FILE = """version: 1
systems:
  foundry: {{url: "{url}", auth: {{bearer: {{env: BENCH_PASSWORD}}}}}}
  katalon: {{url: "{url}", options: {{projectId: {project}}}, auth: {{apiKey: {{env: BENCH_PASSWORD}}}}}}
"""
RUN = """apiVersion: foundry/v2
kind: ScheduleRun
metadata: {{name: run-{n}}}
spec: {{scheduleRid: {rid}, requestedAt: "{at}"}}
"""
RELEASE = "apiVersion: katalon/v1\nkind: Release\nmetadata: {name: tests-1}\n"


@dataclass(frozen=True, slots=True)
class Sizes:
    """Say how much is asked for: single reads, and pages of one list."""

    reads: int
    pages: int


def far(folder: Path, sizes: Sizes, rounds: int) -> tuple[list[Ratio], list[Count]]:
    """Return the clock of plans beside their requests' latency, and how many requests each made."""
    runs = (RUN.format(n=n, rid=rid, at=WANTED) for n, rid in enumerate(schedules(sizes.reads)))
    at = f"÷ ({PARALLELISM} requests in each {LATENCY * 1000:g} ms)"
    cases = (
        (f"plan of {sizes.reads:,} that are read one by one", [*runs], sizes.reads),
        (f"plan over a list of {sizes.pages:,} pages", [RELEASE], sizes.pages),
    )
    ratios, counts = [], []
    for turn, (what, documents, requests) in enumerate(cases):
        with _staged(folder / f"{turn}", sizes.pages * SIZE, documents) as stage:
            found = [_run(stage) for _ in range(rounds)]
        ratios.append(Ratio(f"{what} {at}", LIMIT, median(ratio for ratio, _ in found)))
        counts.append(Count(f"{what}: requests", requests, found[-1][1]))
    return ratios, counts


def _run(stage: Stage) -> tuple[float, int]:
    """Return the seconds of a plan by those that its requests take, and how many these are."""
    before = stage.counts().total()
    cost = once(stage.reconcile("plan", "--parallelism", str(PARALLELISM), cold=False))
    asked = stage.counts().total() - before
    return cost.seconds / (asked * LATENCY / PARALLELISM), asked


@contextmanager
def _staged(folder: Path, releases: int, documents: Iterable[str]) -> Iterator[Stage]:
    (folder / "manifests").mkdir(parents=True)
    (folder / "manifests" / "all.yaml").write_text("---\n".join(documents))
    with far_serving(releases, LATENCY) as url:
        (folder / "reconcile.yaml").write_text(PROJECT_FILE.format(url=url, project=PROJECT))
        yield Stage(folder, url)
