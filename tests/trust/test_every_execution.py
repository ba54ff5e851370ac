"""Every execution within bounds, of each shape of an operation, by the shipped code: none breaks a promise.

Up to so many crashes, lost answers and failed reads, at every place where one can strike, and for each write
whose answer nobody saw every lateness of its effect, over so many applies, each right after the one before.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .choosing import Below
from .enumeration import Bounds, Enumeration
from .figures import BOUNDS, TIER, counted
from .journal_rules import Refused, macros, stands_after
from .one_life import NEVER
from .shapes import Shape, shapes
from .two_machines import MORE, TwoBounds, TwoMachines

NAMES = ("create", "PATCH", "PUT", "delete", "events", "run")
AT_LEAST = 3_000

MODEL = Path(__file__).parents[2] / "docs" / "model" / "journal.inc"
AS_SENT_AGAIN = ("unknown", "settled", "intent")
"""Without the second of these, a journal is that of a request that went out again."""

SMALL = Bounds(crashes=1, lost=1, reads=0, applies=2)
WITHIN = {
    "test": (Bounds(),),
    "mutants": (SMALL._replace(reads=1), Bounds(crashes=0, applies=1)),
    "deep": (Bounds(crashes=3, applies=5),),
}[BOUNDS]
EARLY = {
    "test": Bounds(crashes=1, lost=1, reads=0, early=1, applies=2),
    "mutants": Bounds(crashes=1, lost=0, reads=0, early=1, applies=2),
    "deep": Bounds(early=1),
}[BOUNDS]
"""A server answers before it acts, as one whose listing lags does; or it does not do what it answered."""

HALF = TwoBounds(pushes=0, stops=0)
FEW = TwoBounds(together=1)
TWO = {
    "test": (TwoBounds(),),
    "mutants": (FEW, HALF, TwoBounds(crashes=0, pushes=0)),
    "deep": (TwoBounds(begins=MORE),),
}[BOUNDS]
"""Of two machines, for a create."""

OTHERS = (TwoBounds(),) if BOUNDS == "deep" else (FEW,)


@pytest.mark.parametrize("name", NAMES)
def test_no_execution_within_bounds_breaks_a_promise(tmp_path: Path, name: str) -> None:
    shape = shapes(tmp_path)[name]
    executions = sum(led(shape, bounds) for bounds in WITHIN)
    assert executions >= AT_LEAST or TIER == "mutants"


@pytest.mark.parametrize("name", NAMES)
def test_no_answer_that_comes_before_its_effect_breaks_a_promise(tmp_path: Path, name: str) -> None:
    assert led(shapes(tmp_path)[name], EARLY)


def led(shape: Shape, bounds: Bounds) -> int:
    """How many executions there are of a shape, none of which breaks a promise."""
    every = Enumeration(shape, bounds)
    return held(every.all(), shape, bounds=str(bounds), machines=1, led=every.lives, states=every.states)


def held(found: Below, shape: Shape, **counts: Any) -> int:
    """How many executions were found, which are counted and of which none breaks a promise."""
    counts["executions"] = found.executions
    print(f"{shape.name}: {counts}")  # noqa: T201
    counted("executions", shape=shape.name, **counts)
    assert found.violation is None, "\n".join(found.violation)
    return found.executions


@pytest.mark.parametrize("name", NAMES)
def test_no_execution_of_two_machines_breaks_a_promise(tmp_path: Path, name: str) -> None:
    shape = shapes(tmp_path)[name]
    executions = sum(led_by_two(shape, bounds) for bounds in (TWO if name == "create" else OTHERS))
    assert executions >= AT_LEAST or name != "create" or TIER == "mutants"


def led_by_two(shape: Shape, bounds: TwoBounds) -> int:
    """How many executions there are of a shape by two machines, none of which breaks a promise."""
    every = TwoMachines(shape, bounds)
    return held(every.all(), shape, bounds=str(bounds), machines=2, led=every.lives)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_led_once_counts_as_often_as_it_is_reached(tmp_path: Path, name: str) -> None:
    shape = shapes(tmp_path)[name]
    merged, single = Enumeration(shape, SMALL), Enumeration(shape, SMALL, merges=False)
    assert merged.all() == single.all()
    assert merged.journals == single.journals
    assert merged.lives < single.lives


def test_the_shortest_duplicate_comes_from_a_server_that_acts_later_than_settle(tmp_path: Path) -> None:
    late = SMALL._replace(lateness=(NEVER, 0.0, 0.5, 1.05))
    found = Enumeration(shapes(tmp_path)["create"], late).all()
    counted("duplicate", history=found.violation, by="one machine")
    assert found.violation == (
        "the answer of the POST sent after 1 s is lost, and it acts 5.25 s later",
        "the apply ends: done",
        "violated: 2 releases are called Train",
    )


def test_what_two_machines_lead_once_counts_as_often_as_it_is_reached(tmp_path: Path) -> None:
    shape = shapes(tmp_path)["create"]
    merged, single = TwoMachines(shape, HALF), TwoMachines(shape, HALF, merges=False)
    assert merged.all() == single.all()
    assert merged.lives < single.lives


def test_the_shortest_duplicate_of_two_machines_comes_from_a_server_that_acts_later_than_is_waited_for(
    tmp_path: Path,
) -> None:
    late = FEW._replace(lateness=(NEVER, 0.0, 0.5, 2.0))
    found = TwoMachines(shapes(tmp_path)["create"], late).all()
    counted("duplicate", history=found.violation, by="two machines")
    assert found.violation == (
        "killed with the POST sent after 1.0625 s under way, and it acts 10 s later",
        "violated: 2 releases are called Train",
    )


@pytest.mark.parametrize("name", NAMES)
def test_no_entry_of_a_journal_may_be_missing(tmp_path: Path, name: str) -> None:
    every = Enumeration(shapes(tmp_path)[name], SMALL)
    every.all()
    whole = {
        events for before, events in every.journals if before == stands_after(()) and events[-1] == "done"
    }
    assert whole
    for events in whole:
        stands_after(events)
        for at in range(len(events) - 1):
            if events[at - 1 : at + 2] == AS_SENT_AGAIN:
                continue
            with pytest.raises(Refused):
                stands_after((*events[:at], *events[at + 1 :]))


def test_the_model_reads_the_same_table() -> None:
    assert MODEL.read_text("utf-8") == macros(), (
        "python -m tests.trust.journal_rules > docs/model/journal.inc"
    )
