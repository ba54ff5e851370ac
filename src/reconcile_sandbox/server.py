"""Decides how the sandbox starts and ends: in a thread for tests and the demo, or until a signal."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from types import FrameType
from typing import Any, TextIO

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from .app import TRANSPORT, App
from .faults import Fault
from .registry import SYSTEMS
from .switches import Described, Options
from .system import Fields, Json
from .wirelog import Entry
from .world import World

LOOPBACK = "127.0.0.1"


class Sandbox:
    """Hold a running sandbox, seen from its own process; every member may be used from any thread."""

    def __init__(self, url: str, world: World) -> None:
        self.url = url
        self._world = world

    @property
    def state(self) -> Fields:
        """Return a copy of the whole state; assigning a document starts again from it, as from a seed."""
        with self._world.lock:
            return copy.deepcopy(self._world.state)

    @state.setter
    def state(self, document: Json) -> None:
        self._world.reseed(document)

    @contextlib.contextmanager
    def editing(self) -> Iterator[Fields]:
        """Yield the live state, to be changed in place, as by hand, while no request is handled."""
        with self._world.lock:
            yield self._world.state

    def reset(self, state: Json = None, options: Iterable[str] = ()) -> None:
        """Start again as a new sandbox would: with this state, these options, no log, no faults."""
        self._world.reset(state, options)

    @property
    def log(self) -> list[Entry]:
        """Return the requests so far, in the order of arrival."""
        with self._world.lock:
            return self._world.log.entries()

    def clear_log(self) -> None:
        """Forget the requests so far."""
        with self._world.lock:
            self._world.log.clear()

    @property
    def options(self) -> dict[str, str]:
        """Return every switch with its value."""
        return self._world.options.document()

    def set_options(self, *assignments: str) -> None:
        """Put `NAME=VALUE` switches in force; raise ValueError for an unknown name or value."""
        with self._world.lock:
            for assignment in assignments:
                self._world.options.set(assignment)

    def plan_faults(self, *faults: Fields) -> list[Fault]:
        """Plan faults, as `POST /_sandbox/faults` does; the returned ones count what they saw and struck."""
        with self._world.lock:
            return self._world.faults.plan(list(faults))

    def clear_faults(self) -> None:
        """Forget all faults."""
        with self._world.lock:
            self._world.faults.clear()


def describe() -> tuple[Described, ...]:
    """Return every switch, with its values, its default and a sentence."""
    return Options(SYSTEMS).described()


def check(options: Iterable[str]) -> None:
    """Raise ValueError for an assignment that no sandbox would take."""
    known = Options(SYSTEMS)
    for assignment in options:
        known.set(assignment)


@contextlib.contextmanager
def running(
    port: int = 0, state: Json = None, options: Iterable[str] = (), log: TextIO | None = None
) -> Iterator[Sandbox]:
    """Yield a sandbox on a loopback port (0: a free one), served from a thread until the block ends.

    `state` is a document as `seeding.seeded` takes it, `options` are `NAME=VALUE`; `log` gets each request.
    Raises ValueError for a bad state or option, OSError for a port that cannot be had.
    """
    world = World(SYSTEMS, state, options)
    with _listening(port) as listener:
        server = _server(world, log)
        thread = threading.Thread(
            target=server.run, args=([listener],), name="reconcile-sandbox", daemon=True
        )
        thread.start()
        try:
            if not server.ready.wait(10):
                raise OSError("the sandbox did not start")
            yield Sandbox(_url(listener), world)
        finally:
            server.should_exit = True
            thread.join(10)


def serve_forever(
    port: int = 0,
    state: Json = None,
    options: Iterable[str] = (),
    announce: Callable[[str], None] | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM, then return; requests are lines on standard error.

    `announce` gets the address once requests are taken. Errors are those of `running`.
    """
    world = World(SYSTEMS, state, options)
    with _listening(port) as listener:
        server = _server(world, sys.stderr)
        server.announcement = partial(announce, _url(listener)) if announce is not None else None
        server.run([listener])


class _Server(uvicorn.Server):
    """Run uvicorn's server, say also when it is ready, and take a signal for no error."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self.announcement: Callable[[], None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.ready.set()
        if self.announcement is not None:
            self.announcement()

    async def main_loop(self) -> None:
        while not await self.on_tick(0):
            await asyncio.sleep(0.02)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


class _Protocol(H11Protocol):
    """Speak uvicorn's HTTP, with the transport in the scope for faults that ASGI has no words for."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        app = self.app

        async def with_transport(scope: Any, receive: Any, send: Any) -> None:
            scope[TRANSPORT] = transport
            await app(scope, receive, send)

        self.app = with_transport


def _server(world: World, log: TextIO | None) -> _Server:
    return _Server(
        uvicorn.Config(
            App(world, log), http=_Protocol, ws="none", lifespan="off", loop="asyncio", log_config=None,
            access_log=False,
            date_header=False, server_header=False, timeout_graceful_shutdown=1, proxy_headers=False,
        )
    )  # fmt: skip


@contextlib.contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen(1024)
        yield listener


def _url(listener: socket.socket) -> str:
    return f"http://{LOOPBACK}:{listener.getsockname()[1]}"
