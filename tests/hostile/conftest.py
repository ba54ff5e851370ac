"""One sandbox for all files, one snapshot for the whole session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reconcile_sandbox import Sandbox, running

from .playing import Site
from .snapshot import REWRITE, Snapshot


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with running() as one:
        yield one


@pytest.fixture
def site(sandbox: Sandbox, tmp_path: Path) -> Site:
    return Site(tmp_path, sandbox)


@pytest.fixture(scope="session")
def snapshot() -> Iterator[Snapshot]:
    from .naming import every_name

    found = Snapshot()
    yield found
    if REWRITE:
        found.keep(every_name())
