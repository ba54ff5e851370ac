"""Measures an apply of N creates to a server that takes its time, beside what the latency alone costs."""

from __future__ import annotations

import shutil
from pathlib import Path
from statistics import median

from bench import estate
from bench.measure import once
from bench.stage import Stage, serving
from bench.table import Count, Ratio

LATENCY = 0.05
PARALLELISM = 16
LIMIT = 1.25


def applying(folder: Path, count: int, rounds: int) -> tuple[list[Ratio], list[Count]]:
    """Return the clock of an apply beside its requests' latency, and how many POSTs the server got."""
    seconds, ideal, posts = [], [], []
    for turn in range(rounds):
        run, requests, created = _run(folder / f"{turn}", count)
        seconds.append(run)
        ideal.append(requests * LATENCY / PARALLELISM)
        posts.append(created)
    what = f"apply of {count:,} creates ÷ ({PARALLELISM} requests in each {LATENCY * 1000:g} ms)"
    ratio = median(a / b for a, b in zip(seconds, ideal, strict=True))
    return [Ratio(what, LIMIT, ratio)], [Count(f"apply of {count:,} creates: POSTs", count, max(posts))]


def _run(folder: Path, count: int) -> tuple[float, int, int]:
    """Return the seconds, requests and creates of one apply to an empty server."""
    estate.write(folder, count)
    live = folder / estate.LIVE
    live.write_text("[]")
    with serving(live, LATENCY) as url:
        estate.attach(folder, url)
        stage = Stage(folder, url)
        cost = once(stage.reconcile("apply", "--yes", "--parallelism", str(PARALLELISM)))
        counts = stage.counts()
    shutil.rmtree(folder)
    return cost.seconds, counts.total(), counts["POST"]
