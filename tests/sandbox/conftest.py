"""One sandbox for the whole folder, started anew in memory for each test."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from reconcile.sandbox import Sandbox, running


@pytest.fixture(scope="session")
def server() -> Iterator[Sandbox]:
    with running() as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def client(server: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=5) as client:
        yield client


@pytest.fixture(scope="session")
def flexdeploy(server: Sandbox) -> Iterator[httpx.Client]:
    base = f"{server.url}/flexdeploy/rest/v1"
    with httpx.Client(base_url=base, auth=("demo", "demo"), timeout=5) as client:
        yield client


@pytest.fixture
def sandbox(server: Sandbox) -> Sandbox:
    server.reset()
    return server
