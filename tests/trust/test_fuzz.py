"""Whatever stands in a manifest, a plan, a journal or an answer: an error with words, or a result."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from .figures import TIER, counted, figure, seeds
from .fuzzing import TARGETS, corpus, mutated

INPUTS = figure(test=150, mutants=20, deep=2_000)
SECONDS = figure(test=1, mutants=1, deep=60)


@pytest.mark.parametrize("target", TARGETS)
def test_changed_inputs_of_the_corpus_break_nothing(target: str) -> None:
    inputs, feed = corpus(target), TARGETS[target]
    for data in inputs:
        feed(data)
    for seed in seeds(INPUTS):
        data = mutated(Random(f"{target} {seed}"), inputs)
        try:
            feed(data)
        except Exception as error:
            words = f"RECONCILE_TRUST_SEED={seed} python -m pytest 'tests/trust/test_fuzz.py' -k {target}"
            raise AssertionError(
                f"{type(error).__name__}: {error}\n{data[:500]!r}\n\nreplay it with: {words}"
            ) from error
    counted("fuzz seeded", target=target, inputs=len(seeds(INPUTS)))


@pytest.mark.skipif(TIER != "deep", reason="make deep fuzzes for a minute a target")
@pytest.mark.parametrize("target", TARGETS)
def test_a_minute_of_fuzzing_finds_nothing(target: str, tmp_path: Path) -> None:
    told = tmp_path / "told.json"
    done = subprocess.run(
        [sys.executable, "-m", "tests.trust.fuzz", target, str(SECONDS)],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "RECONCILE_FUZZ_TOLD": str(told)},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS * 3 + 120,
    )
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-6000:]}"
    counted("fuzz", seconds=SECONDS, **json.loads(told.read_text()))
