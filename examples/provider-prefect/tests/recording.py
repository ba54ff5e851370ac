"""Asks a Prefect server what the package asks, and writes down what it answers: `python tests/recording.py URL`.

Ids are numbered in the order in which they appear, moments are one word, and what only echoes the request is
left out, so that two recordings of one server are equal.
"""

from __future__ import annotations

import json
import re
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple

FILE = Path(__file__).with_name("recorded.json")
NAME = "recorded"
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
_ECHOED = ("request_body", "input", "ctx", "url")


class Step(NamedTuple):
    """One request; `{flow}` in a path or a body is the id in the answer to the step of that name."""

    name: str
    method: str
    path: str
    body: Any = None


POOL = {
    "name": NAME,
    "type": "process",
    "description": "Nightly jobs.",
    "concurrency_limit": 3,
    "base_job_template": {"job_configuration": {"image": "large"}, "variables": {"type": "object"}},
}
SCHEDULES = "/deployments/{deployment}/schedules"
OF_FLOW = {"flows": {"name": {"any_": [NAME]}}}
SCRIPT = (
    Step("flow", "POST", "/flows/", {"name": NAME}),
    Step("flows", "POST", "/flows/filter", {**OF_FLOW, "offset": 0, "limit": 200}),
    Step("no flows", "POST", "/flows/filter", {**OF_FLOW, "offset": 1, "limit": 200}),
    Step("deployment", "POST", "/deployments/", {"name": NAME, "flow_id": "{flow}"}),
    Step("pool", "POST", "/work_pools/", POOL),
    Step("pool again", "POST", "/work_pools/", POOL),
    Step("pool with nothing", "POST", "/work_pools/", {"name": f"{NAME}-bare"}),
    Step("pool without a slash", "POST", "/work_pools", POOL),
    Step("pool with more", "POST", "/work_pools/", {**POOL, "name": "more", "colour": "red"}),
    Step("pool with half a template", "POST", "/work_pools/", {"name": "half", "base_job_template": {"variables": {}}}),
    Step("pool shown", "GET", f"/work_pools/{NAME}"),
    Step("pools of a name", "POST", "/work_pools/filter", {"work_pools": {"name": {"any_": [NAME]}}}),
    Step("pools of an id", "POST", "/work_pools/filter", {"work_pools": {"id": {"any_": ["{pool}"]}}}),
    Step("pools behind", "POST", "/work_pools/filter", {"work_pools": {"id": {"any_": ["{pool}"]}}, "offset": 1}),
    Step("too many pools", "POST", "/work_pools/filter", {"limit": 201}),
    Step("pool changed", "PATCH", f"/work_pools/{NAME}", {"is_paused": True, "concurrency_limit": None}),
    Step("pool as it is then", "GET", f"/work_pools/{NAME}"),
    Step("pool of another type", "PATCH", f"/work_pools/{NAME}", {"type": "docker"}),
    Step("schedule by cron", "POST", SCHEDULES, [
        {"slug": "a", "schedule": {"cron": "0 2 * * *", "timezone": "Europe/Berlin"}, "parameters": {"x": 1}},
    ]),
    Step("schedule by an interval", "POST", SCHEDULES, [{"slug": "b", "schedule": {"interval": 3600}}]),
    Step("schedule by a rule", "POST", SCHEDULES, [
        {"slug": "c", "schedule": {"rrule": "FREQ=DAILY"}, "active": False, "max_scheduled_runs": 3},
    ]),
    Step("schedule by cron in no zone", "POST", SCHEDULES, [{"slug": "d", "schedule": {"cron": "0 2 * * *"}}]),
    Step("schedule again", "POST", SCHEDULES, [{"slug": "a", "schedule": {"interval": 60}}]),
    Step("schedule in two ways", "POST", SCHEDULES, [{"slug": "e", "schedule": {"cron": "0 2 * * *", "interval": 60}}]),
    Step("schedules", "GET", SCHEDULES),
    Step("deployments", "POST", "/deployments/filter", {**OF_FLOW, "offset": 0, "limit": 200}),
    Step("schedule changed", "PATCH", f"{SCHEDULES}/{{schedule by cron}}", {"schedule": {"interval": 60}}),
    Step("schedules with its parameters cleared", "GET", SCHEDULES),
    Step("schedule changed again", "PATCH", f"{SCHEDULES}/{{schedule by cron}}", {"active": False, "parameters": {"x": 2}}),
    Step("schedules as they are then", "GET", SCHEDULES),
    Step("schedule deleted", "DELETE", f"{SCHEDULES}/{{schedule by cron}}"),
    Step("schedule deleted again", "DELETE", f"{SCHEDULES}/{{schedule by cron}}"),
    Step("schedules of nothing", "GET", "/deployments/00000000-0000-4000-8000-000000000000/schedules"),
    Step("pool deleted", "DELETE", f"/work_pools/{NAME}"),
    Step("pool deleted again", "DELETE", f"/work_pools/{NAME}"),
    Step("pool not there", "GET", f"/work_pools/{NAME}"),
    Step("bare pool deleted", "DELETE", f"/work_pools/{NAME}-bare"),
    Step("deployment deleted", "DELETE", "/deployments/{deployment}"),
    Step("flow deleted", "DELETE", "/flows/{flow}"),
)  # fmt: skip


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirect)


def asked(url: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """The status and the body of an answer."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data, {"content-type": "application/json"}, method=method)
    try:
        with _OPENER.open(request) as response:
            return response.status, _json(response.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, _json(error.read())


def _json(data: bytes) -> Any:
    return json.loads(data) if data else None


def recorded(url: str) -> dict[str, Any]:
    """What a server answers to each step."""
    ids: dict[str, str] = {}
    found: dict[str, Any] = {}
    for step in SCRIPT:
        status, body = asked(url, step.method, _filled(step.path, ids), _filled(step.body, ids))
        first = body[0] if isinstance(body, list) and body else body
        if isinstance(first, dict) and "id" in first:
            ids[step.name] = first["id"]
        found[step.name] = {"status": status, "body": body}
    numbered: dict[str, str] = {}
    plain: dict[str, Any] = _plain(found, numbered)
    return plain


def _filled(value: Any, ids: dict[str, str]) -> Any:
    """A path or a body with the ids of earlier answers in it."""
    text = json.dumps(value)
    for name, id_ in ids.items():
        text = text.replace(f"{{{name}}}", id_)
    return json.loads(text)


def _plain(value: Any, numbered: dict[str, str]) -> Any:
    match value:
        case dict():
            return {name: _plain(inner, numbered) for name, inner in value.items() if name not in _ECHOED}
        case list():
            rows = sorted(value, key=lambda row: str(row.get("slug"))) if _are_schedules(value) else value
            return [_plain(inner, numbered) for inner in rows]
        case str():
            return _MOMENT.sub("MOMENT", _ID.sub(lambda found: _number(found[0], numbered), value))
    return value


def _are_schedules(rows: list[Any]) -> bool:
    """Whether the order of rows means nothing: the server has them by the time of their last change."""
    return all(isinstance(row, dict) and "slug" in row for row in rows)


def _number(id_: str, numbered: dict[str, str]) -> str:
    return numbered.setdefault(id_, f"ID-{len(numbered) + 1}")


if __name__ == "__main__":
    FILE.write_text(json.dumps(recorded(sys.argv[1]), indent=1) + "\n", encoding="utf-8")
