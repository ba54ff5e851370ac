"""Serves the systems over HTTP on loopback, and keeps a log of what came."""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from . import brpm, flexdeploy, foundry, katalon
from .call import Call, Refused

Row = dict[str, Any]
_SYSTEMS = (flexdeploy, foundry, katalon, brpm)


@dataclass
class Today:
    """The systems' objects, by the names of their lists, and each request that came, as `METHOD target`."""

    url: str = ""
    releases: dict[int, Row] = field(default_factory=dict)
    projects: list[Row] = field(default_factory=lambda: [*flexdeploy.PROJECTS])
    """FlexDeploy's."""
    schedules: dict[str, Row] = field(default_factory=dict)
    runs: list[Row] = field(default_factory=list)
    """Foundry's, the newest first."""
    grants: list[str] = field(default_factory=list)
    """The scopes that tokens were asked for."""
    test_releases: dict[int, Row] = field(default_factory=dict)
    configurations: dict[int, Row] = field(default_factory=dict)
    """Katalon's."""
    brpm_runs: dict[int, Row] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def writes(self) -> list[str]:
        """The requests that could have changed something."""
        reads = ("/search", "/getBatch", "/token")
        return [each for each in self.log if not each.startswith("GET ") and not each.endswith(reads)]

    def answer(self, call: Call) -> tuple[int, Any]:
        """Return status and body of the answer to one request."""
        with self.lock:
            self.log.append(f"{call.method} {call.path}")
            try:
                for system in _SYSTEMS:
                    if call.path.startswith(system.PREFIXES):
                        return copy.deepcopy(system.answer(self, call))
            except Refused as refused:
                return refused.status, refused.body
        return 404, {"message": "nothing is here"}


@contextmanager
def serving() -> Iterator[Today]:
    """Serve the systems, without an object in them, until the block ends."""
    today = Today()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16  # an answer in one piece: nobody waits for the rest of it

        def handle_any(self) -> None:
            status, answer = today.answer(_call(self.command, self.path, self.headers, self._body()))
            is_text = isinstance(answer, str)
            data = answer.encode() if is_text else b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain" if is_text else "application/json")
            self.send_header("Content-Length", str(len(data)))
            with suppress(ConnectionError):  # whoever asked may have gone
                self.end_headers()
                self.wfile.write(data)

        def _body(self) -> bytes:
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

        def log_message(self, format: str, *arguments: Any) -> None:
            """Say nothing: there is a log of its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    today.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield today
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _call(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Call:
    parts = urlsplit(target)
    form = "urlencoded" in (headers.get("Content-Type") or "")
    said = dict(parse_qsl(body.decode())) if form else json.loads(body) if body else None
    known = {name.lower(): value for name, value in headers.items()}
    return Call(method, unquote(parts.path), dict(parse_qsl(parts.query)), known, said)
