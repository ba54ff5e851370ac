"""One sandbox for the whole folder, started anew in memory for each test."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from reconcile_sandbox import Sandbox, running


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


@pytest.fixture(scope="session")
def katalon(server: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{server.url}/api/v1", auth=("", "demo"), timeout=5) as client:
        yield client


@pytest.fixture(scope="session")
def brpm(server: Sandbox) -> Iterator[httpx.Client]:
    """A client of BRPM; httpx drops a query in the URL for `params`, so filters are given as `params`."""
    with httpx.Client(base_url=f"{server.url}/brpm/v1", params={"token": "demo"}, timeout=5) as client:
        yield client


@pytest.fixture(scope="session")
def foundry(server: Sandbox) -> Iterator[httpx.Client]:
    """A client of Foundry's orchestration, in preview."""
    base, headers = f"{server.url}/api/v2/orchestration", {"authorization": "Bearer demo"}
    with httpx.Client(base_url=base, headers=headers, params={"preview": "true"}, timeout=5) as client:
        yield client


@pytest.fixture
def sandbox(server: Sandbox) -> Sandbox:
    server.reset()
    return server
