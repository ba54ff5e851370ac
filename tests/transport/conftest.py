"""Counterparts and clients that end with their test."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator

import pytest
from tests.support.settings import SETTINGS

from reconcile.endpoint import Credential, Endpoint
from reconcile.model import Request
from reconcile.transport import Writer

from .counterpart import Counterpart, Play, Time

GET = Request("sys", "GET", "/things", safe=True)
POST = Request("sys", "POST", "/things", body={"name": "a"})


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def serve() -> Iterator[Callable[..., Counterpart]]:
    """Starts a counterpart that plays the given plays."""
    started: list[Counterpart] = []

    def start(*plays: Play, tls: ssl.SSLContext | None = None) -> Counterpart:
        started.append(Counterpart(list(plays), tls))
        return started[-1]

    yield start
    for counterpart in started:
        counterpart.close()


@pytest.fixture
def connect(time: Time) -> Iterator[Callable[..., Writer]]:
    """Opens a client for a counterpart or an endpoint; its `random` always draws the upper bound."""
    opened: list[Writer] = []

    def client(to: Counterpart | Endpoint, credential: Credential | None = None, **options: object) -> Writer:
        endpoint = to.endpoint(credential) if isinstance(to, Counterpart) else to
        log = options.pop("log", None)
        environment = options.pop("environment", {})
        opened.append(
            Writer(
                {"sys": endpoint},
                SETTINGS._replace(**options),  # type: ignore[arg-type]
                environment=environment,  # type: ignore[arg-type]
                log=log,  # type: ignore[arg-type]
                clock=time.clock,
                sleep=time.sleep,
                random=lambda: 1.0,
            )
        )
        return opened[-1]

    yield client
    for writer in opened:
        writer.close()
