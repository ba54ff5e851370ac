"""What is as wanted stays "No changes.", however the server puts it."""

from __future__ import annotations

import pytest

from reconcile.laws.subject import left

from .bench import Bench
from .cases import CASES, Case
from .transformations import transformations

by_title = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind} {case.title}")


def converged(bench: Bench, case: Case) -> None:
    bench.start(case.state)
    bench.declare(case.manifest)
    bench.apply()
    assert left(bench) == ""


def test_there_are_more_than_twelve_ways_to_say_the_same() -> None:
    assert len(transformations(CASES[0])) >= 12


@by_title
def test_the_same_said_otherwise_is_no_difference(bench: Bench, case: Case) -> None:
    converged(bench, case)
    wrong = {name: left(bench, change) for name, change in transformations(case).items()}
    assert {name: words for name, words in wrong.items() if words} == {}
