"""Serves what is read one by one and what comes in pages, each answer after a while.

`python -m bench.far_server RELEASES LATENCY` prints its address, then serves until it is ended. The runs of a
Foundry schedule are one answer each; Katalon's releases are searched page by page. GET /counts says how many
requests there were.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from threading import Lock
from typing import Any

from bench.server import Server

SIZE = 100
"""Rows of a page, as reconcile asks for them."""

PROJECT = 4711
RUNS = "/api/v2/orchestration/schedules/"
WANTED, CREATED = "2026-12-01T08:00:00Z", "2026-12-01T09:00:00Z"


def schedules(count: int) -> Iterator[str]:
    """Yield the rids of so many schedules."""
    yield from (f"ri.scheduler.main.schedule.{uuid.UUID(int=n + 1)}" for n in range(count))


def main() -> None:
    """Serve so many releases until the process is ended."""
    asks = argparse.ArgumentParser(prog="python -m bench.far_server")
    asks.add_argument("releases", type=int)
    asks.add_argument("latency", type=float)
    given = asks.parse_args()
    server = Server(("127.0.0.1", 0), answering(given.releases, given.latency))
    sys.stdout.write(f"http://127.0.0.1:{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


def answering(releases: int, latency: float) -> type[BaseHTTPRequestHandler]:
    """Return the handler of requests, each answered after `latency` seconds."""
    counts: Counter[str] = Counter()
    lock = Lock()

    class Far(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = 1 << 16  # head and body in one packet

        def do_GET(self) -> None:
            if self.path == "/counts":
                return self._say(counts)
            self._wait()
            schedule = self.path.removeprefix(RUNS).partition("/")[0]
            self._say({"data": [run(schedule)]})

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._wait()
            self._say(page(asked["pagination"]["page"], releases))

        def _wait(self) -> None:
            with lock:
                counts["all"] += 1
            time.sleep(latency)

        def _say(self, body: Any) -> None:
            text = json.dumps(body).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing."""

    return Far


def run(schedule: str) -> dict[str, Any]:
    """Return the one run of a schedule, as the list of its runs shows it."""
    own = schedule.rpartition(".")[2]
    return {
        "rid": f"ri.scheduler.main.run.{own}",
        "scheduleRid": schedule,
        "scheduleVersionRid": f"ri.scheduler.main.schedule-version.{own}",
        "createdTime": CREATED,
        "createdBy": own,
        "result": {"type": "submitted", "buildRid": f"ri.foundry.main.build.{own}"},
    }


def page(number: int, releases: int) -> dict[str, Any]:
    """Return one page of all releases, the newest first."""
    pages = -(-releases // SIZE)
    first = releases - number * SIZE
    rows = [
        {"id": n, "name": f"tests-{n}", "projectId": PROJECT} for n in range(first, max(first - SIZE, 0), -1)
    ]
    return {"content": rows, "last": number + 1 >= pages, "totalPages": pages, "totalElements": releases}


if __name__ == "__main__":
    main()
