"""Two sandboxes for the folder, each as it is when it has just started."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconcile_sandbox import Sandbox, running


@pytest.fixture(scope="session")
def _started() -> Iterator[tuple[Sandbox, Sandbox]]:
    with running() as one, running() as other:
        yield one, other


@pytest.fixture
def sandboxes(_started: tuple[Sandbox, Sandbox]) -> tuple[Sandbox, Sandbox]:
    for each in _started:
        each.reset()
    return _started


@pytest.fixture
def sandbox(sandboxes: tuple[Sandbox, Sandbox]) -> Sandbox:
    return sandboxes[0]
