"""One sandbox and one client for all laws, and a bench for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.today import Today, serving

from reconcile.transport import Writer
from reconcile_sandbox import Sandbox, running

from .bench import Bench, client


@pytest.fixture(scope="session")
def served() -> Iterator[tuple[Sandbox, Writer]]:
    with running() as sandbox, client(sandbox.url) as writer:
        yield sandbox, writer


@pytest.fixture
def bench(served: tuple[Sandbox, Writer], tmp_path: Path) -> Bench:
    return Bench(tmp_path, *served)


@pytest.fixture
def today() -> Iterator[Today]:
    with serving() as found:
        yield found
