"""A server in memory behind real HTTP on loopback; it logs what it is asked, and can answer otherwise."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.support.servers import Releases

from reconcile.model import Request

Answer = tuple[int, Any]


class Wire:
    """A server of releases on loopback, and every request that came, as `METHOD path`."""

    def __init__(self, releases: Releases, url: str) -> None:
        self.releases = releases
        self.url = url
        self.log: list[str] = []
        self.authorizations: set[str] = set()
        self.fallbacks: dict[str, Answer] = {}
        """What a request of this method, or of this `METHOD path`, is answered instead."""
        self.before: Callable[[str], None] = lambda line: None
        """Hears of each request before it is answered."""

        self.lock = threading.Lock()

    @property
    def writes(self) -> list[str]:
        """The requests that could have changed something."""
        return [line for line in self.log if not line.startswith("GET ")]

    def answer(self, method: str, target: str, body: Any) -> Answer:
        """The answer to one request."""
        parts = urlsplit(target)
        self.before(f"{method} {parts.path}")
        with self.lock:
            self.log.append(f"{method} {parts.path}")
            for known in (f"{method} {parts.path}", method):
                if known in self.fallbacks:
                    return self.fallbacks[known]
            request = Request("", method, parts.path, tuple(parse_qsl(parts.query)), body)
            if method != "GET":
                return (201 if method == "POST" else 200), self.releases.write(request)
            found = self.releases.read(request)
            return (404, {"message": "no such release"}) if found is None else (200, found)


@contextmanager
def served(*rows: dict[str, Any]) -> Iterator[Wire]:
    """A wire to a server of these releases, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            wire.authorizations.add(self.headers.get("Authorization", ""))
            status, answer = wire.answer(self.command, self.path, body)
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            with suppress(ConnectionError):  # whoever asked may have gone
                self.end_headers()
                self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_PATCH = handle_any

        def log_message(self, format: str, *arguments: Any) -> None:
            """Nothing: the wire keeps its own log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    wire = Wire(Releases(*rows), f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield wire
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
