"""Measures a plan of N releases in 100 files, beside the bare reference and the installed counterparts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench import octodns, terraform
from bench.estate import changed
from bench.measure import Command, costs
from bench.stage import ROOT, Counted, Stage, found, staged, written
from bench.table import Count, Ratio

PERCENT = 1.0
PEERS = ROOT / ".venv" / "peers" / "bin"
"""Where `make bench` installs octoDNS."""

OURS, AGAIN, GOOD, CACHED, CSAFE = "plan", "plan again", "good", "cached", "csafe"
ONE, ONE_GOOD = "plan of 1 %", "good of 1 %"


def plans(folder: Path, count: int, rounds: int, *, peers: bool) -> tuple[list[Ratio], list[Count]]:
    """Return what a plan costs where nothing differs, the same again, and where one in a hundred differs."""
    with (
        staged(folder / "same", count) as same,
        staged(folder / "one", count, percent=PERCENT) as one,
    ):
        differ = len(list(changed(count, PERCENT)))
        counts = [*_counts("nothing changed", same.counting("plan"), 0)]
        counts += _counts("1 % changed", one.counting("plan"), differ)
        counts += _counts("1 % changed, cache warm", one.counting("plan", cold=False), differ)
        rivals = _rivals(folder, count) if peers else {}
        spent = costs({**_ours(same, one), **rivals}, rounds)
    pairs = [
        (f"plan of {count:,}, nothing changed ÷ reference good", 2.0, OURS, GOOD),
        ("the same again, cache warm ÷ reference cached", 2.5, AGAIN, CACHED),
        (f"plan of {count:,}, 1 % changed ÷ reference good", 2.0, ONE, ONE_GOOD),
        (f"plan of {count:,} ÷ a process that only runs CSafeLoader, cold", 1.5, OURS, CSAFE),
        (f"plan of {count:,} ÷ a process that only runs CSafeLoader, warm", 0.5, AGAIN, CSAFE),
    ]
    ratios = []
    for what, limit, above, below in pairs:
        a, b = spent[above], spent[below]
        ratios.append(Ratio(what, limit, a.seconds / b.seconds, a.processor / b.processor))
    for name, least in (("octoDNS", 10.0), ("Terraform", 25.0)) if peers else ():
        what = f"{name}, {count:,} objects, nothing changed ÷ the plan"
        if name in rivals:
            a, b = spent[name], spent[OURS]
            ratio = Ratio(what, least, a.seconds / b.seconds, a.processor / b.processor, least=True)
        else:
            ratio = Ratio(what, least, None, least=True, why_not="not installed")
        ratios.append(ratio)
    return ratios, counts


def _ours(same: Stage, one: Stage) -> dict[str, Command]:
    return {
        OURS: same.reconcile("plan"),
        AGAIN: same.reconcile("plan", cold=False),
        GOOD: same.reference("good"),
        CACHED: same.reference("cached"),
        CSAFE: same.reference("csafe"),
        ONE: one.reconcile("plan"),
        ONE_GOOD: one.reference("good"),
    }


def _rivals(folder: Path, count: int) -> dict[str, Command]:
    """Return the counterparts that are installed, each with an estate of its own where nothing differs."""
    rivals = {}
    if tool := found(octodns.TOOL, [PEERS]):
        written("bench.octodns", folder / "octodns", count)
        rivals["octoDNS"] = Command([tool, *octodns.arguments(folder / "octodns")], rounds=2, warmed=False)
    if tool := found(terraform.TOOL):
        written("bench.terraform", folder / "terraform", count)
        argv = [tool, *terraform.arguments(folder / "terraform")]
        rivals["Terraform"] = Command(argv, {"CHECKPOINT_DISABLE": "1"}, rounds=1, warmed=False)
    return rivals


def _counts(name: str, plan: Counted, differ: int) -> Iterator[Count]:
    said = f"Plan: 0 to create, {differ} to change," if differ else "No changes."
    yield Count(f"plan, {name}: runs that end with `{said}`", 1, int(plan.last.startswith(said)))
    yield Count(f"plan, {name}: DeepDiff calls = objects that differ", differ, plan.deepdiffs)
    yield Count(f"plan, {name}: list requests = pages", 1, plan.requests["GET list"])
    yield Count(f"plan, {name}: all requests", 1, plan.requests.total())
