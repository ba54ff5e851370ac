"""One sandbox for the folder, as it is when it has just started."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconcile_sandbox import Sandbox, running


@pytest.fixture(scope="session")
def _sandbox() -> Iterator[Sandbox]:
    with running() as found:
        yield found


@pytest.fixture
def sandbox(_sandbox: Sandbox) -> Sandbox:
    _sandbox.reset()
    return _sandbox
