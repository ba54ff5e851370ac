"""The mutants fit the source as it is: each text stands in its file once, and makes another of it."""

from __future__ import annotations

from pathlib import Path

import pytest

import reconcile

from .run import ROOT, TESTS
from .table import MUTANTS, Mutant

SOURCE = Path(reconcile.__file__).parent


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_fits_the_source(mutant: Mutant) -> None:
    for file, old, new in mutant.edits:
        assert (SOURCE / file).read_text("utf-8").count(old) == 1
        assert old != new
    assert mutant.first in TESTS or (ROOT / mutant.first.partition("::")[0]).is_file()


def test_there_are_many_and_no_two_are_one() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len({mutant.edits for mutant in MUTANTS}) >= 30
