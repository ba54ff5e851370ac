"""Plays what Prefect's own server answered (`recorded.json`), for any name and value: it keeps what it is told.

Each answer is a recorded one with other ids, names and values in it; `test_played.py` asks both the same.
"""

from __future__ import annotations

import copy
import json
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

from recording import FILE, asked

Row = dict[str, Any]
Answer = tuple[int, Any]
Handle = Callable[..., Answer]
RECORDED: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
POOL_FIELDS = {"name", "description", "type", "base_job_template", "is_paused", "concurrency_limit"}
SCHEDULE_FIELDS = {"slug", "schedule", "active", "max_scheduled_runs", "parameters"}
WAYS = {
    "cron": "schedule by cron in no zone",
    "interval": "schedule by an interval",
    "rrule": "schedule by a rule",
}


def told(step: str, **said: Any) -> Any:
    """The body of a recorded answer, with what is said in the place of what was recorded."""
    body = copy.deepcopy(RECORDED[step]["body"])
    row = body[0] if isinstance(body, list) else body
    now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    row |= {"id": str(uuid4()), "created": now, "updated": now, **said}
    return row


def refused(step: str) -> Answer:
    """A recorded refusal."""
    return RECORDED[step]["status"], RECORDED[step]["body"]


class Played:
    """Flows, deployments with their schedules, and work pools."""

    def __init__(self) -> None:
        self.flows: list[Row] = []
        self.deployments: list[Row] = []
        self.pools: list[Row] = []
        self.writes: list[str] = []

    def answer(self, method: str, path: str, body: Any) -> Answer:
        """The answer to a request; what is not played is 404."""
        if method != "GET" and not path.endswith("/filter"):
            self.writes.append(f"{method} {path}")
        for (verb, pattern), handle in ROUTES.items():
            found = re.fullmatch(pattern, path)
            if verb == method and found:
                return handle(self, body, *found.groups())
        return 404, {"detail": "Not Found"}

    def make_flow(self, body: Row) -> Answer:
        known = next((row for row in self.flows if row["name"] == body["name"]), None)
        if known is None:
            self.flows.append(told("flow", name=body["name"]))
        return (200, known) if known else (201, self.flows[-1])

    def make_deployment(self, body: Row) -> Answer:
        same = (
            row
            for row in self.deployments
            if (row["name"], row["flow_id"]) == (body["name"], body["flow_id"])
        )
        known = next(same, None)
        if known is None:
            labels = {"prefect.flow.id": body["flow_id"]}
            made = told("deployment", name=body["name"], flow_id=body["flow_id"], labels=labels, schedules=[])
            self.deployments.append(made)
        return (200, known) if known else (201, self.deployments[-1])

    def make_pool(self, body: Row) -> Answer:
        template = body.get("base_job_template")
        if body.keys() - POOL_FIELDS:
            return refused("pool with more")
        if template and not {"job_configuration", "variables"} <= {*template}:
            return refused("pool with half a template")
        if any(row["name"] == body["name"] for row in self.pools):
            return refused("pool again")
        made = told("pool with nothing", **body, default_queue_id=str(uuid4()))
        self.pools.append(_with_status(made))
        return 201, made

    def change_pool(self, body: Row, name: str) -> Answer:
        row = next((row for row in self.pools if row["name"] == name), None)
        if row is None:
            return self._no_pool(name)
        if body.keys() - POOL_FIELDS | body.keys() & {"name", "type"}:
            return refused("pool of another type")
        _with_status(row, **body)
        return 204, None

    def show_pool(self, body: None, name: str) -> Answer:
        row = next((row for row in self.pools if row["name"] == name), None)
        return self._no_pool(name) if row is None else (200, row)

    def delete_pool(self, body: None, name: str) -> Answer:
        row = next((row for row in self.pools if row["name"] == name), None)
        if row is None:
            return self._no_pool(name)
        self.pools.remove(row)
        return 204, None

    def _no_pool(self, name: str) -> Answer:
        return 404, {"detail": RECORDED["pool not there"]["body"]["detail"].replace("recorded", name)}

    def find_flows(self, body: Row) -> Answer:
        return _found(self.flows, body, "flows")

    def find_pools(self, body: Row) -> Answer:
        return _found(self.pools, body, "work_pools")

    def find_deployments(self, body: Row) -> Answer:
        flows = {row["id"] for row in _matching(self.flows, body.get("flows"))}
        return _found([row for row in self.deployments if row["flow_id"] in flows], body, "deployments")

    def schedules(self, body: None, deployment: str) -> Answer:
        row = self._deployment(deployment)
        return refused("schedules of nothing") if row is None else (200, row["schedules"])

    def make_schedule(self, body: list[Row], deployment: str) -> Answer:
        row = self._deployment(deployment)
        if row is None:
            return refused("schedules of nothing")
        (said,) = body
        shown = _when(said["schedule"])
        if shown is None or said.keys() - SCHEDULE_FIELDS:
            return refused("schedule in two ways")
        if any(other["slug"] == said.get("slug") for other in row["schedules"]):
            return refused("schedule again")
        made = told("schedule by an interval", **{**said, "schedule": shown}, deployment_id=deployment)
        row["schedules"].append(made)
        return 201, [made]

    def change_schedule(self, body: Row, deployment: str, id_: str) -> Answer:
        row = self._schedule(deployment, id_)
        if row is None:
            return refused("schedule deleted again")
        shown = _when(body["schedule"]) if "schedule" in body else row["schedule"]
        if shown is None or body.keys() - SCHEDULE_FIELDS:
            return refused("schedule in two ways")
        row |= {"parameters": {}, **body, "schedule": shown}  # what was recorded clears the parameters, too
        return 204, None

    def delete_schedule(self, body: None, deployment: str, id_: str) -> Answer:
        row, holder = self._schedule(deployment, id_), self._deployment(deployment)
        if row is None or holder is None:
            return refused("schedule deleted again")
        holder["schedules"].remove(row)
        return 204, None

    def delete_deployment(self, body: None, id_: str) -> Answer:
        self.deployments = [row for row in self.deployments if row["id"] != id_]
        return 204, None

    def delete_flow(self, body: None, id_: str) -> Answer:
        self.flows = [row for row in self.flows if row["id"] != id_]
        return 204, None

    def without_a_slash(self, body: Row) -> Answer:
        return refused("pool without a slash")

    def _deployment(self, id_: str) -> Row | None:
        return next((row for row in self.deployments if row["id"] == id_), None)

    def _schedule(self, deployment: str, id_: str) -> Row | None:
        row = self._deployment(deployment)
        return next((each for each in row["schedules"] if each["id"] == id_), None) if row else None


def _with_status(row: Row, **said: Any) -> Row:
    """The pool with what is said, and with what follows of that."""
    row |= said
    first = RECORDED["pool" if row["type"] != "prefect-agent" else "pool with nothing"]["body"]
    paused = RECORDED["pool as it is then"]["body"]["status"]
    row["status"] = paused if row["is_paused"] else first["status"]
    row["active_slots"] = None if row["concurrency_limit"] is None else 0
    return row


def _when(said: Row) -> Row | None:
    """When a schedule fires, as the server shows it; None where it is said in two ways, or in none."""
    ways = [way for way in WAYS if way in said]
    if len(ways) != 1:
        return None
    shown: Row = copy.deepcopy(RECORDED[WAYS[ways[0]]]["body"][0]["schedule"])
    if said.keys() - shown.keys():
        return None
    if "anchor_date" in shown:
        shown["anchor_date"] = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    begins = shown["rrule"].partition("FREQ")[0] if "rrule" in shown else ""
    shown |= said
    if "rrule" in shown and "DTSTART" not in said["rrule"]:
        shown["rrule"] = begins + said["rrule"]
    if "interval" in shown:
        shown["interval"] = float(said["interval"])
    return shown


def _found(rows: list[Row], body: Row, what: str) -> Answer:
    """One page of the rows that a filter matches."""
    limit = body.get("limit") or 200
    if limit > 200:
        return refused("too many pools")
    start = body.get("offset") or 0
    return 200, _matching(rows, body.get(what))[start : start + limit]


def _matching(rows: list[Row], wanted: Row | None) -> list[Row]:
    among = {field: test["any_"] for field, test in (wanted or {}).items()}
    return [row for row in rows if all(row[field] in values for field, values in among.items())]


ROUTES: dict[tuple[str, str], Handle] = {
    ("POST", "/flows/"): Played.make_flow,
    ("POST", "/flows/filter"): Played.find_flows,
    ("DELETE", "/flows/([^/]+)"): Played.delete_flow,
    ("POST", "/deployments/"): Played.make_deployment,
    ("POST", "/deployments/filter"): Played.find_deployments,
    ("DELETE", "/deployments/([^/]+)"): Played.delete_deployment,
    ("GET", "/deployments/([^/]+)/schedules"): Played.schedules,
    ("POST", "/deployments/([^/]+)/schedules"): Played.make_schedule,
    ("PATCH", "/deployments/([^/]+)/schedules/([^/]+)"): Played.change_schedule,
    ("DELETE", "/deployments/([^/]+)/schedules/([^/]+)"): Played.delete_schedule,
    ("POST", "/work_pools"): Played.without_a_slash,
    ("POST", "/work_pools/"): Played.make_pool,
    ("POST", "/work_pools/filter"): Played.find_pools,
    ("GET", "/work_pools/([^/]+)"): Played.show_pool,
    ("PATCH", "/work_pools/([^/]+)"): Played.change_pool,
    ("DELETE", "/work_pools/([^/]+)"): Played.delete_pool,
}


@contextmanager
def playing() -> Iterator[tuple[str, Played]]:
    """The url of a server on loopback, and what it keeps, until the block ends."""
    played, lock = Played(), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16

        def handle_any(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            with lock:
                status, said = played.answer(self.command, self.path.removeprefix("/api"), body)
                data = b"" if said is None else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            if status != 204:
                self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_DELETE = handle_any

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/api", played
        finally:
            server.shutdown()


@contextmanager
def server_url() -> Iterator[str]:
    """The url of the real server where PREFECT_API_URL names one, else of one that plays."""
    real = os.environ.get("PREFECT_API_URL")
    if real:
        yield real
        return
    with playing() as (url, _):
        yield url


def deployed(url: str, flow: str, deployment: str) -> str:
    """Make a flow with a deployment, where there is none of that name; return the deployment's id."""
    _, made = asked(url, "POST", "/flows/", {"name": flow})
    _, found = asked(url, "POST", "/deployments/", {"name": deployment, "flow_id": made["id"]})
    id_: str = found["id"]
    return id_
