"""Decides how BRPM shows runs, plans, users and errors; no other module reads the switches on answers."""

from __future__ import annotations

import hashlib
import html
import json
from collections.abc import Iterable
from dataclasses import replace

from ..system import Answer, Call, Fields, Json, Refused, Switches
from .instants import shown
from .states import spelled

_JSON = "application/json;charset=utf-8"
_INSTANTS = ("created_at", "end_at", "start_at", "updated_at")
_KEYS = (
    "aasm_state", "created_at", "description", "duration", "end_at", "id", "name", "owner_id", "plan_id",
    "plan_stage_id", "requestor_id", "start_at", "updated_at",
)  # fmt: skip


def one(call: Call, status: int, row: Fields) -> Answer:
    """Answer with one object."""
    return _answer(call, status, _changed(call.switches, row))


def many(call: Call, rows: Iterable[Fields]) -> Answer:
    """Answer with a bare list; with what the switch says where the list is empty."""
    ordered = _ordered(call, list(rows))
    if not ordered and call.switches["empty_list"] == "404":
        raise Refused(404, "no records found")
    return _answer(call, 200, [_changed(call.switches, row) for row in ordered])


def nothing(call: Call, status: int) -> Answer:
    """Answer without a body."""
    return Answer(status, b"", "", _headers(call))


def run_shown(call: Call, run: Fields) -> Fields:
    """Return a run with the 16 keys of the page's sample, in the order of that sample."""
    plan = next(row for row in call.state["plans"] if row["id"] == run["plan_id"])
    stage = next(row for row in plan["plan_template"]["stages"] if row["id"] == run["plan_stage_id"])
    row = {key: run[key] for key in _KEYS}
    row.update({key: shown(run[key], call.switches) for key in _INSTANTS})
    row["aasm_state"] = _state(run["aasm_state"], call.switches)
    members = sorted(run["plan_members"], key=lambda member: int(member["position"]))
    return {
        **row,
        "plan": {key: plan[key] for key in ("aasm_state", "id", "name")},
        "plan_stage": {"id": stage["id"], "name": stage["name"]},
        "plan_members": _ordered(call, [_member(call, member) for member in members]),
    }


def plan_shown(call: Call, plan: Fields) -> Fields:
    """Return a plan with its stages, and its members by stage."""
    stages = {row["id"]: row for row in plan["plan_template"]["stages"]}
    members = [
        _with_request(
            call, {"id": member["id"], "stage": stages[run["plan_stage_id"]]}, _numbered(call, member)
        )
        for run in call.state["runs"]
        for member in (run["plan_members"] if run["plan_id"] == plan["id"] else ())
    ]
    return {**plan, "members": members}


def require_format(call: Call) -> None:
    """Refuse with 406 a request that asks for XML, or not for JSON where it has to ask."""
    if call.path.endswith(".json"):
        return
    needed = call.switches["format"]
    accepts = "application/json" in call.headers.get("accept", "")
    asked = needed == "json" or (needed == "needs_accept" and accepts)
    if call.path.endswith(".xml") or not asked:
        raise Refused(406, "JSON is served to those who ask for it, and nothing else is")


def refusal(refused: Refused, switches: Switches) -> Answer:
    """Return the answer of an error: at 422 messages for each attribute, at 404 what the switch says."""
    if refused.status == 404 and switches["not_found_body"] == "html":
        page = f"<!DOCTYPE html><html><body><h1>{html.escape(refused.message)}</h1></body></html>"
        return Answer(404, page.encode(), "text/html; charset=utf-8", refused.headers)
    if refused.status == 404 and switches["not_found_body"] == "empty":
        return Answer(404, b"", "", refused.headers)
    body = {"error": refused.message} if refused.detail is None else refused.detail
    return Answer(refused.status, _dumped(body), _JSON, refused.headers)


def _member(call: Call, member: Fields) -> Fields:
    request = member["request"]
    told = request and {key: request[key] for key in ("aasm_state", "id", "name")}
    return _with_request(call, {"id": member["id"], "position": member["position"]}, told)


def _with_request(call: Call, member: Fields, request: Json) -> Fields:
    """Return a member with its request; one that has none says null, or nothing at all."""
    omitted = request is None and call.switches["empty_fields"] == "omit"
    return member if omitted else {**member, "request": request}


def _numbered(call: Call, member: Fields) -> Json:
    """Return the request of a member with the number that people know it by."""
    request = member["request"]
    return request and {**request, "number": request["id"] + int(call.switches["request_numbers"])}


def _answer(call: Call, status: int, value: Json) -> Answer:
    answer = Answer(status, _dumped(value), _JSON, _headers(call))
    return _tagged(call, answer) if call.method == "GET" and call.switches["etag"] == "true" else answer


def _tagged(call: Call, answer: Answer) -> Answer:
    tag = f'"{_digest(answer.body)}"'
    headers = (*answer.headers, ("etag", tag))
    if tag in call.headers.get("if-none-match", ""):
        return Answer(304, b"", "", headers)
    return replace(answer, headers=headers)


def _headers(call: Call) -> tuple[tuple[str, str], ...]:
    return (
        ("server", "Apache-Coyote/1.1"),
        ("cache-control", "max-age=0, private, must-revalidate"),
        ("x-request-id", _digest(f"{call.ordinal}".encode())),
    )


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _dumped(value: Json) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def _ordered(call: Call, rows: list[Fields]) -> list[Fields]:
    match call.switches["order"]:
        case "reversed":
            return rows[::-1]
        case "by_name":
            return sorted(rows, key=lambda row: str((row.get("request") or row).get("name")))
        case "shuffled":
            return sorted(rows, key=lambda row: _digest(f"{call.ordinal} {json.dumps(row)}".encode()))
        case _:
            return rows


def _state(state: str, switches: Switches) -> str:
    return spelled(state, switches["completed_spelling"], switches["cancelled_spelling"])


def _changed(switches: Switches, row: Fields) -> Fields:
    if switches["empty_description"] != "stored" and "description" in row:
        empty = None if switches["empty_description"] == "null" else ""
        row = {**row, "description": row["description"] or empty}
    if switches["extra_fields"] == "true":
        row = {**row, "run_template": None, "lock_version": 7, "audit": {"created_by_id": 1, "tags": []}}
    if switches["ids"] == "string":
        row = _with_text_ids(row)
    if switches["empty_fields"] == "omit":
        row = {key: value for key, value in row.items() if value is not None}
    return row


def _with_text_ids(value: Json) -> Json:
    if isinstance(value, list):
        return [_with_text_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: str(item) if (key == "id" or key.endswith("_id")) and item is not None else _with_text_ids(item)
        for key, item in value.items()
    }
