"""One sandbox for the whole folder: each test starts it anew."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconcile_sandbox import Sandbox, running


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with running() as one:
        yield one
