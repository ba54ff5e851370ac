"""Every file of tests/scenarios, played over real sockets; adding one needs no Python."""

from __future__ import annotations

from pathlib import Path

import pytest

from .scenario import play
from .stage import Stage

FOLDER = Path(__file__).parent.parent / "scenarios"
FILES = sorted(FOLDER.rglob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_scenario(path: Path, stage: Stage) -> None:
    play(path, stage)
