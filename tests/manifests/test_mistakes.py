"""Mistaken projects: each problem with its place, its words and its code, all of them at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.mistakes import Mistake, found, mistakes
from tests.support.projects import lines

DATA = Path(__file__).parents[1] / "data" / "mistakes"
CASES = [mistake for file in sorted(DATA.glob("*.txt")) for mistake in mistakes(file)]


@pytest.mark.parametrize("mistake", CASES, ids=lambda mistake: mistake.title)
def test_every_mistake_is_told_with_its_place_and_what_to_write(mistake: Mistake, tmp_path: Path) -> None:
    assert tuple(lines(found(mistake, tmp_path))) == mistake.problems


@pytest.mark.parametrize("mistake", CASES, ids=lambda mistake: mistake.title)
def test_problems_stand_in_the_order_of_files_and_lines(mistake: Mistake, tmp_path: Path) -> None:
    origins = [problem.origin for problem in found(mistake, tmp_path)]
    assert origins == sorted(origin for origin in origins if origin)


def test_no_problem_repeats_a_literal_secret() -> None:
    written = [mistake for mistake in CASES if any("canary" in text for text in mistake.files.values())]
    assert len(written) >= 6
    assert not any("canary" in line for mistake in written for line in mistake.problems)


def test_there_are_many_and_all_are_different() -> None:
    assert len({mistake.title for mistake in CASES}) == len(CASES) >= 150
    assert len({line.split(": ", 1)[1] for mistake in CASES for line in mistake.problems}) >= 120
    assert len({line.rsplit("[", 1)[1] for mistake in CASES for line in mistake.problems}) >= 40
