"""Decides what POST, PUT and DELETE do, as one change or none."""

from __future__ import annotations

import copy

from ..system import Call, Fields, Refused
from .instants import utc
from .states import fire, lift_plan
from .values import WRITABLE, invalid, take
from .world import blank_run

_TOP = ("run", "toggle_archive", "aasm_event", "token", "format")


def created(call: Call) -> Fields:
    """Return the run that a POST makes, stored."""
    sent = _attributes(call)
    _require_known(call, sent)
    now = utc(call.now)
    number = max((row["id"] for row in call.state["runs"]), default=0) + 1
    run = {**blank_run(number), "created_at": now, "updated_at": now}
    take(call, run, sent)
    call.state["runs"].append(run)
    return run


def updated(call: Call, before: Fields) -> Fields:
    """Return the run that a PUT leaves, stored: attributes that the request does not name stay."""
    sent = _attributes(call)
    event = _event(call, sent)
    sent.pop("aasm_event", None)
    _require_known(call, sent)
    run = copy.deepcopy(before)
    order = call.switches["attributes_and_event"]
    if event is not None and order == "reject" and _is_edit(sent):
        raise invalid([("aasm_event", "cannot be sent with attributes")])
    if event is not None and order == "event_first":
        fire(call, run, event)
    _edit(call, run, sent)
    if event is not None and order != "event_first":
        fire(call, run, event)
    if call.body.get("toggle_archive"):
        run["archived"] = not run["archived"]
    return _stored(call, run)


def deleted(call: Call, before: Fields) -> Fields:
    """Return the run that a DELETE leaves, stored: it gets the event `delete`; a second DELETE gets a 404."""
    if before["aasm_state"] == "deleted":
        raise Refused(404, "no records found")
    run = copy.deepcopy(before)
    fire(call, run, "delete")
    return _stored(call, run)


def _attributes(call: Call) -> Fields:
    if "run" in call.body:
        return dict(call.body["run"])
    beside = {key: value for key, value in call.body.items() if key not in _TOP}
    if call.switches["wrapper"] == "optional":
        return beside
    if call.switches["wrapper"] == "ignored" or (call.method == "PUT" and _says_enough(call, beside)):
        return {}
    raise invalid([("run", "can't be blank")])


def _says_enough(call: Call, beside: Fields) -> bool:
    event = call.switches["events"] != "wrapped" and "aasm_event" in call.body
    return not beside and (event or "toggle_archive" in call.body)


def _event(call: Call, sent: Fields) -> str | None:
    inside, beside = sent.get("aasm_event"), call.body.get("aasm_event")
    match call.switches["events"]:
        case "wrapped":
            found = inside if "run" in call.body or call.switches["wrapper"] != "optional" else beside
        case "top_level":
            found = beside
        case _:
            found = beside if inside is None else inside
    return found or None


def _require_known(call: Call, sent: Fields) -> None:
    unknown = [(key, "is not known here") for key in sent if key not in WRITABLE]
    if unknown and call.switches["unknown_keys"] == "reject":
        raise invalid(unknown)


def _is_edit(sent: Fields) -> bool:
    return any(key in WRITABLE for key in sent)


def _edit(call: Call, run: Fields, sent: Fields) -> None:
    if not _is_edit(sent):
        return
    state = run["aasm_state"]
    closed = ("planned", "started") if call.switches["started_edits"] == "reject" else ()
    if state in (*closed, "deleted"):
        raise invalid([(key, f"cannot be changed while {state}") for key in sent if key in WRITABLE])
    take(call, run, sent)
    run["updated_at"] = utc(call.now)


def _stored(call: Call, run: Fields) -> Fields:
    rows = call.state["runs"]
    place = next(index for index, row in enumerate(rows) if row["id"] == run["id"])
    rows[place] = run
    lift_plan(call, run)
    return run
