"""A server over raw sockets that does to its clients what a play says, and remembers what they sent."""

from __future__ import annotations

import contextlib
import itertools
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from reconcile.endpoint import Bearer, Credential, Endpoint
from reconcile.model import Secret

CRLF = b"\r\n"


@dataclass(frozen=True)
class Seen:
    """One request as it came in."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int

    @property
    def raw(self) -> str:
        return f"{self.method} {self.target} {self.headers} {self.body!r}"


Play: TypeAlias = Callable[[socket.socket, Seen], bool]
"""Plays one answer; whether the connection stays open."""


@dataclass
class Counterpart:
    """Plays its plays in the order in which requests come; the last one again and again."""

    plays: list[Play]
    tls: ssl.SSLContext | None = None
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._next = itertools.count()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def origin(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def endpoint(self, credential: Credential | None = None, base: str = "/base") -> Endpoint:
        return Endpoint("sys", self.origin + base, credential or Bearer(Secret("canary-token-1")))

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(
                socket.SHUT_RDWR
            )  # else `accept` goes on, on whoever gets the number next
        self._listener.close()
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                with self._lock:
                    self.connections += 1
                    self._open.append(connection)
                    number = self.connections
                threading.Thread(target=self._serve, args=(connection, number), daemon=True).start()

    def _serve(self, plain: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError):
            connection = self.tls.wrap_socket(plain, server_side=True) if self.tls else plain
            with connection, connection.makefile("rb") as stream:
                while (request := self._receive(stream, number)) is not None:
                    play = self.plays[min(next(self._next), len(self.plays) - 1)]
                    if not play(connection, request):
                        return

    def _receive(self, stream: Any, number: int) -> Seen | None:
        first = stream.readline().decode("latin-1").split()
        if not first:
            return None
        lines = iter(lambda: stream.readline().decode("latin-1").strip(), "")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = stream.read(int(headers.get("content-length", 0)))
        seen = Seen(first[0], first[1], headers, body, number)
        with self._lock:
            self.seen.append(seen)
        return seen


def head(status: int, *headers: str) -> bytes:
    return CRLF.join(
        [f"HTTP/1.1 {status} Said".encode(), *(line.encode("latin-1") for line in headers), b"", b""]
    )


def answer(body: Any = None, status: int = 200, *headers: str) -> Play:
    """A whole answer; a body that is not bytes is sent as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = any(line.lower().startswith("content-type") for line in headers)
    kind = () if given else ("Content-Type: application/json",)
    return raw(head(status, *kind, *headers, f"Content-Length: {len(data)}") + data)


def raw(data: bytes, *, stays: bool = True) -> Play:
    def play(connection: socket.socket, seen: Seen) -> bool:
        connection.sendall(data)
        return stays

    return play


def echo(status: int, spell: Callable[[str], str] = str) -> Play:
    """Says back, in plain text, all that the client sent."""

    def play(connection: socket.socket, seen: Seen) -> bool:
        data = spell(seen.raw).encode()
        return answer(data, status, "Content-Type: text/plain")(connection, seen)

    return play


def hang(connection: socket.socket, seen: Seen) -> bool:
    """Says nothing until the client gives up."""
    connection.recv(1)
    return False


def close(connection: socket.socket, seen: Seen) -> bool:
    """Closes without an answer."""
    return False


def reset(connection: socket.socket, seen: Seen) -> bool:
    """Resets the connection without an answer."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    return False


def trickle(start: bytes, drop: bytes) -> Play:
    """Sends `start`, then `drop` every 20 ms for as long as somebody listens."""

    def play(connection: socket.socket, seen: Seen) -> bool:
        connection.sendall(start)
        connection.settimeout(0.02)
        while _listens(connection):
            connection.sendall(drop)
        return False

    return play


def _listens(connection: socket.socket) -> bool:
    try:
        return bool(connection.recv(1))
    except TimeoutError:
        return True


@dataclass
class Time:
    """A clock that only its own sleep moves."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@contextlib.contextmanager
def closed_port() -> Iterator[int]:
    """A port that is taken, and on which nobody listens."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


@contextlib.contextmanager
def listener(greeting: bytes, drop: bytes = b"") -> Iterator[int]:
    """A port that greets whoever connects and says `drop` again and again, without ever listening."""
    guests: list[socket.socket] = []
    over = threading.Event()

    def babble(guest: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while drop and not over.wait(0.02):
                guest.sendall(drop)

    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            with contextlib.suppress(OSError):
                while True:
                    guests.append(server.accept()[0])
                    guests[-1].sendall(greeting)
                    threading.Thread(target=babble, args=(guests[-1],), daemon=True).start()

        threading.Thread(target=greet, daemon=True).start()
        yield server.getsockname()[1]
    over.set()
    for guest in guests:
        guest.close()
