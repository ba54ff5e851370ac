"""Two sandboxes for the whole folder, and a stage for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reconcile_sandbox import Sandbox, running

from .stage import Stage


@pytest.fixture(scope="session")
def sandboxes() -> Iterator[tuple[Sandbox, Sandbox]]:
    with running() as one, running() as other:
        yield one, other


@pytest.fixture
def stage(sandboxes: tuple[Sandbox, Sandbox], tmp_path: Path) -> Stage:
    found = Stage(tmp_path, *sandboxes)
    found.live(None, {})
    found.project(None)
    return found
