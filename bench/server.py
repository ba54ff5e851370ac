"""Serves releases at the vendor's paths with a chosen latency, and counts what is asked of it.

`python -m bench.server LIVE.json [--latency SECONDS]` prints its address, then serves until it is ended. The
prepared list is sent as it lies in the file, so that the system costs the same in every run. GET /counts says
how often each path was asked for.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bench.estate import filled

ROOT = "/flexdeploy/rest/v1/releases"
FIRST = 900_000


class Shelf:
    """Hold the releases of a server: the prepared list, and what was created since."""

    def __init__(self, prepared: bytes) -> None:
        self._prepared = prepared
        self._created: dict[int, dict[str, Any]] = {}
        self._lock = Lock()
        self.counts: Counter[str] = Counter()

    def count(self, what: str) -> None:
        """Count one more request of this sort."""
        with self._lock:
            self.counts[what] += 1

    def create(self, own: dict[str, Any]) -> dict[str, Any]:
        """Return the new release, with its number."""
        with self._lock:
            number = FIRST + len(self._created)
            made = self._created[number] = filled(number, own)
        return made

    def listed(self, name: str | None) -> bytes:
        """Return all releases, or those whose names hold `name`."""
        with self._lock:
            created = list(self._created.values())
            if name is None and not created:
                return self._prepared
            rows = [*self._rows, *created]
        return json.dumps([row for row in rows if (name or "") in row["releaseName"]]).encode()

    @cached_property
    def _rows(self) -> list[dict[str, Any]]:
        """Return the prepared list, read once: a real server looks a name up, and reads no list for it."""
        rows: list[dict[str, Any]] = json.loads(self._prepared)
        return rows

    def one(self, number: str) -> dict[str, Any] | None:
        """Return the created release with this number; None where there is none."""
        return self._created.get(int(number)) if number.isdecimal() else None


def main() -> None:
    """Serve the releases of a file until the process is ended."""
    asks = argparse.ArgumentParser(prog="python -m bench.server")
    asks.add_argument("live", type=Path)
    asks.add_argument("--latency", type=float, default=0.0)
    given = asks.parse_args()
    server = Server(("127.0.0.1", 0), answering(Shelf(given.live.read_bytes()), given.latency))
    sys.stdout.write(f"http://127.0.0.1:{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


class Server(ThreadingHTTPServer):
    """Serve each connection in a thread; as many connections at once as a client likes."""

    request_queue_size = 128


def answering(shelf: Shelf, latency: float) -> type[BaseHTTPRequestHandler]:
    """Return the handler of requests to `shelf`, each answered after `latency` seconds."""

    class Releases(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = 1 << 16  # head and body in one packet

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            if url.path == "/counts":
                return self._say(200, json.dumps(shelf.counts).encode())
            time.sleep(latency)
            if url.path == ROOT:
                name = parse_qs(url.query).get("releaseName")
                shelf.count("GET by name" if name else "GET list")
                return self._say(200, shelf.listed(name[0] if name else None))
            shelf.count("GET by id")
            found = shelf.one(url.path.rpartition("/")[2])
            return self._say(200 if found else 404, json.dumps(found or {"message": "none"}).encode())

        def do_POST(self) -> None:
            own = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            time.sleep(latency)
            shelf.count("POST")
            self._say(201, json.dumps(shelf.create(own)).encode())

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing."""

    return Releases


if __name__ == "__main__":
    main()
