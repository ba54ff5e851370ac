"""Decides where an event leads, and what moves with a run that changes its state."""

from __future__ import annotations

from datetime import datetime

from ..system import Call, Fields, Refused
from .instants import utc

STATES = ("created", "planned", "started", "held", "blocked", "completed", "cancelled", "deleted")
EVENTS = ("plan_it", "start", "hold", "block", "cancel", "complete", "delete")
_ALIASES = {"complete": "completed", "canceled": "cancelled"}
_CALM = ("created", "planned", "held", "blocked")
_CASCADES = {
    "planned": {"created": "planned"},
    "started": {"created": "started", "planned": "started", "hold": "started"},
    "held": {"started": "hold"},
    "completed": {"started": "complete"},
    "cancelled": dict.fromkeys(("created", "planned", "started", "hold"), "cancelled"),
}


def transitions() -> dict[str, dict[str, str]]:
    """Return for each event the states that it may leave, each with the state that it then leads to."""
    return {
        "plan_it": {"created": "planned"},
        "start": dict.fromkeys(("planned", "held", "blocked"), "started"),
        "hold": dict.fromkeys(("planned", "started"), "held"),
        "block": dict.fromkeys(("planned", "started", "held"), "blocked"),
        "cancel": dict.fromkeys((*_CALM, "started"), "cancelled"),
        "complete": {"started": "completed"},
        "delete": dict.fromkeys((*_CALM, "completed", "cancelled"), "deleted"),
    }


def normal_state(text: str) -> str:
    """Return a state in the page's spelling."""
    return _ALIASES.get(text, text)


def spelled(state: str, completed: str, cancelled: str) -> str:
    """Return a state as answers spell it."""
    return {"completed": completed, "cancelled": cancelled}.get(state, state)


def fire(call: Call, run: Fields, event: str) -> None:
    """Move `run` along; raise Refused with 422 for an unknown event, or one not allowed in its state."""
    edges = call.state["transitions"].get(event)
    if edges is None:
        raise _illegal("is not an event of a run")
    after = edges.get(run["aasm_state"])
    if after is None:
        raise _illegal(f"{event} cannot transition from {run['aasm_state']}")
    enter(call, run, after)


def enter(call: Call, run: Fields, state: str) -> None:
    """Put `run` into `state`, and its requests with it."""
    run.update(aasm_state=state, reads=0, updated_at=utc(call.now))
    if state == "deleted" and call.switches["rename_deleted"] == "true":
        run["name"] += _deleted(call.now)
    if call.switches["cascades"] != "none":
        moves = _CASCADES.get(state, {})
        for request in filter(None, (member["request"] for member in run["plan_members"])):
            request["aasm_state"] = moves.get(request["aasm_state"], request["aasm_state"])


def lift_plan(call: Call, run: Fields) -> None:
    """Start the plan of a started run, where plans move with runs."""
    if call.switches["cascades"] != "all" or run["aasm_state"] != "started":
        return
    plan = next(row for row in call.state["plans"] if row["id"] == run["plan_id"])
    if plan["aasm_state"] in ("created", "planned"):
        plan["aasm_state"] = "started"


def progress(call: Call, run: Fields) -> Fields:
    """Count a read of a started run, and complete it once there were enough."""
    enough = int(call.switches["auto_progress"])
    if enough and run["aasm_state"] == "started":
        run["reads"] += 1
        if run["reads"] > enough:
            enter(call, run, "completed")
    return run


def _deleted(now: datetime) -> str:
    return f" [deleted {now:%Y-%m-%d %H:%M:%S}]"


def _illegal(message: str) -> Refused:
    return Refused(422, "the event is not possible", {"aasm_event": [message]})
