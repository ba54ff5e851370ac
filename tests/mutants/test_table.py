"""A mutant says exactly where it breaks the source: a row that fits nothing would be caught by nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.mutants.table import MUTANTS, Mutant

SOURCE = Path(__file__).parents[2] / "src" / "reconcile"


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_each_text_that_a_mutant_replaces_stands_once_in_its_file(mutant: Mutant) -> None:
    for file, old, new in mutant.edits:
        assert (SOURCE / file).read_text(encoding="utf-8").count(old) == 1, (file, old)
        assert old != new


def test_no_two_mutants_have_one_name() -> None:
    names = [mutant.name for mutant in MUTANTS]
    assert len(set(names)) == len(names)
