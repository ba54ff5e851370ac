"""One sandbox for the folder, a fresh checkout and a fresh forge for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.checkout import REPORTS, Checkout, Forge

from reconcile.model import Json
from reconcile_sandbox import Sandbox, running


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with running() as found:
        yield found


@pytest.fixture(scope="session")
def pristine(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A checkout that nothing was done with."""
    made = Checkout(tmp_path_factory.mktemp("pristine") / "home", sandbox)
    made.make()
    return made


@pytest.fixture
def checkout(pristine: Checkout, tmp_path: Path) -> Checkout:
    """A checkout of one commit, of which nothing is live yet."""
    pristine.sandbox.reset()
    return pristine.copy(tmp_path / "home")


@pytest.fixture(scope="session")
def settled(pristine: Checkout, tmp_path_factory: pytest.TempPathFactory) -> tuple[Checkout, Json]:
    """A checkout that was applied and tagged, and what was live then."""
    pristine.sandbox.reset()
    made = pristine.copy(tmp_path_factory.mktemp("settled") / "home")
    assert made.script("run.sh", "apply", "--yes").code == 0
    assert made.script("move-tag.sh", REPORTS).code == 0
    return made, made.sandbox.state


@pytest.fixture
def applied(settled: tuple[Checkout, Json], tmp_path: Path) -> Checkout:
    """A checkout of one commit, which is live, and tagged as such."""
    made, state = settled
    made.sandbox.reset(state)
    return made.copy(tmp_path / "home")


@pytest.fixture
def forge(request: pytest.FixtureRequest) -> Forge:
    """A forge beside the checkout of the test, whichever it is."""
    name = "applied" if "applied" in request.fixturenames else "checkout"
    where: Checkout = request.getfixturevalue(name)
    return Forge(where.bin)
