"""Measures how time and memory grow with the estate: what one more object costs, late beside early."""

from __future__ import annotations

from pathlib import Path

from bench.measure import Cost, costs
from bench.stage import staged
from bench.table import Ratio

LIMIT = 1.3
PEAK_KB = 10.0


def growth(folder: Path, sizes: tuple[int, int, int], rounds: int) -> list[Ratio]:
    """Return the cost of one more object from the second size to the third ÷ from the first to the second."""
    found = {count: _cost(folder / f"{count}", count, rounds) for count in sizes}
    small, _, large = sizes
    spent = {count: plan for count, (plan, _) in found.items()}
    based = found[large][1]
    what = f"growth from {small:,} to {large:,} objects:"
    clock = {count: cost.seconds for count, cost in spent.items()}
    processor = {count: cost.processor for count, cost in spent.items()}
    peak = {count: cost.peak for count, cost in spent.items()}
    return [
        Ratio(f"{what} time of one more object, late ÷ early", LIMIT, bend(clock), bend(processor)),
        Ratio(f"{what} memory of one more object, late ÷ early", LIMIT, bend(peak)),
        Ratio(f"peak of {large:,} objects, of each", PEAK_KB, peak[large] / large / 1000, unit=" KB"),
        Ratio(
            f"peak of {large:,} objects with a base, of each", PEAK_KB, based.peak / large / 1000, unit=" KB"
        ),
    ]


def bend(costs: dict[int, float]) -> float:
    """Return 1.0 where the line through three sizes is straight, more where it bends upwards."""
    (one, a), (two, b), (three, c) = sorted(costs.items())
    return ((c - b) / (three - two)) / ((b - a) / (two - one))


def _cost(folder: Path, count: int, rounds: int) -> tuple[Cost, Cost]:
    """Return what a plan costs, and one with a base that is the same commit."""
    with staged(folder, count) as stage:
        commands = {"plan": stage.reconcile("plan"), "based": stage.reconcile("plan", "--base", "HEAD")}
        spent = costs(commands, rounds)
        return spent["plan"], spent["based"]
