"""Measures a review: what a base costs beside a plan without one, and what a plan of what changed costs.

The estate is that of `plans`, its commit the base, and one of its manifests says something else than there.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.asking import Asking
from bench.measure import Cost, costs
from bench.stage import Counted, Stage, staged
from bench.table import Count, Ratio

BASE = ("--base", "HEAD")
CHANGED = (*BASE, "--changed")
BASED, HALF = 1.3, 0.5
FILE, BEFORE, AFTER = "manifests/000000.yaml", "Nightly rollout 0 of", "Weekly rollout 0 of"


def reviews(folder: Path, count: int, rounds: int) -> tuple[list[Ratio], list[Count]]:
    """Return what a plan costs with a base that is the same, and one of what changed beside one of all."""
    with staged(folder / "estate", count) as stage:
        asking = Asking(folder / "git")
        ratios, counts = _based(stage, asking, count, rounds)
        _edit(stage)
        more, again = _changed(stage, asking, count, rounds)
    return [*ratios, *more], [*counts, *again]


def _based(stage: Stage, asking: Asking, count: int, rounds: int) -> tuple[list[Ratio], list[Count]]:
    commands = {
        "cold": stage.reconcile("plan"),
        "cold, based": stage.reconcile("plan", *BASE),
        "warm": stage.reconcile("plan", cold=False),
        "warm, based": stage.reconcile("plan", *BASE, cold=False),
    }
    spent = costs(commands, rounds)
    what = f"plan of {count:,} with a base that is the same commit ÷ without"
    ratios = [
        _ratio(f"{what}, {name}", BASED, spent[f"{name}, based"], spent[name]) for name in ("cold", "warm")
    ]
    counts = []
    for name, cold in (("cold", True), ("warm", False)):
        ran = stage.counting("plan", *BASE, cold=cold, environment=asking.environment)
        asked = asking.taken()
        counts += [
            Count(
                f"plan with the same commit as base, {name}: processes of git that read objects",
                1,
                asked.processes,
            ),
            Count(f"plan with the same commit as base, {name}: files read of the base", 0, asked.files),
            Count(f"plan with the same commit as base, {name}: all requests", 1, ran.requests.total()),
        ]
    return ratios, counts


def _changed(stage: Stage, asking: Asking, count: int, rounds: int) -> tuple[list[Ratio], list[Count]]:
    commands = {
        "all": stage.reconcile("plan", *BASE, cold=False),
        "changed": stage.reconcile("plan", *CHANGED, cold=False),
    }
    spent = costs(commands, rounds)
    what = f"plan of the one manifest of {count:,} that changed ÷ plan of all"
    peaks = spent["changed"].peak / spent["all"].peak
    ratios = [
        _ratio(f"{what}, warm", HALF, spent["changed"], spent["all"]),
        Ratio(f"{what}, warm: memory at the peak", HALF, peaks),
    ]
    cold = stage.counting("plan", *CHANGED, environment=asking.environment)
    counts = [*_counts("cold", cold, asking)]
    warm = stage.counting("plan", *CHANGED, cold=False, environment=asking.environment)
    return ratios, [*counts, *_counts("warm", warm, asking)]


def _counts(name: str, ran: Counted, asking: Asking) -> Iterator[Count]:
    asked, said = asking.taken(), "Plan: 0 to create, 1 to change,"
    yield Count(
        f"plan of what changed, {name}: runs that end with `{said}`", 1, int(ran.last.startswith(said))
    )
    yield Count(f"plan of what changed, {name}: DeepDiff calls = objects that differ", 1, ran.deepdiffs)
    yield Count(f"plan of what changed, {name}: requests, by name", 1, ran.requests["GET by name"])
    yield Count(f"plan of what changed, {name}: all requests", 1, ran.requests.total())
    yield Count(f"plan of what changed, {name}: processes of git that read objects", 1, asked.processes)
    yield Count(f"plan of what changed, {name}: files read of the base", 1, asked.files)


def _edit(stage: Stage) -> None:
    file = stage.folder / FILE
    text = file.read_text()
    if BEFORE not in text:
        raise ValueError(f"{FILE} does not say {BEFORE}")
    file.write_text(text.replace(BEFORE, AFTER, 1))


def _ratio(what: str, limit: float, above: Cost, below: Cost) -> Ratio:
    return Ratio(what, limit, above.seconds / below.seconds, above.processor / below.processor)
