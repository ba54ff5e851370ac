"""Makes the world that BRPM shows where none is seeded, and fills what a seed leaves out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC

from ..system import Fields
from .instants import instant, utc
from .states import normal_state, transitions

_SAMPLE_TIME = "2013-02-08T16:17:45Z"


def world() -> Fields:
    """Return the vendor's page's run and its plan, a deleted run of the same name, and an archived one."""
    return {
        "users": [
            _user(1, "demo", "Demo", "User"),
            _user(2, "jdoe", "Jane", "Doe"),
            _user(3, "ops", "Ops", "Team"),
        ],
        "plans": [
            _plan(1, "Sample Plan", {1: "uat", 2: "prod"}),
            _plan(2, "Other Plan", {3: "qa", 4: "prod"}),
        ],
        "runs": [
            _sample(),
            _run(2, "Sample Run", "deleted"),
            {**_run(3, "Old Run", "completed"), "archived": True},
        ],
        "transitions": transitions(),
    }


def complete(state: Fields) -> None:
    """Fill what a seed left out; raise ValueError for an id that stands twice and a plan that is missing."""
    state["transitions"] = {**transitions(), **state["transitions"]}
    state["users"] = [{**_user(row["id"], "", "", ""), **row} for row in state["users"]]
    state["plans"] = [_complete_plan(row) for row in state["plans"]]
    state["runs"] = [_complete_run(row) for row in state["runs"]]
    for collection in ("users", "plans", "runs"):
        _require_unique(collection, [row["id"] for row in state[collection]])
    for run in state["runs"]:
        _require_place(run, state["plans"])


def blank_run(number: int) -> Fields:
    """Return a run with nothing but its id: every other field is at its default."""
    return {
        "id": number,
        "name": None,
        "aasm_state": "created",
        "description": None,
        "duration": None,
        "owner_id": None,
        "requestor_id": None,
        "plan_id": None,
        "plan_stage_id": None,
        "start_at": None,
        "end_at": None,
        "created_at": _SAMPLE_TIME,
        "updated_at": _SAMPLE_TIME,
        "plan_members": [],
        "archived": False,
        "reads": 0,
    }


def _complete_plan(plan: Fields) -> Fields:
    template = {"id": plan["id"], "name": plan["name"], "stages": [], **plan.get("plan_template", {})}
    return {"aasm_state": "created", **plan, "plan_template": template}


def _complete_run(row: Fields) -> Fields:
    told = {key: value for key, value in row.items() if key not in ("plan", "plan_stage")}
    run = {**blank_run(row["id"]), **_ids(1, 1), **told}
    run["aasm_state"] = normal_state(run["aasm_state"])
    for key in ("start_at", "end_at", "created_at", "updated_at"):
        run[key] = _instant(key, run[key])
    run["plan_members"] = [
        {"position": index, **member, "request": _request(member)}
        for index, member in enumerate(run["plan_members"], 1)
    ]
    return run


def _request(member: Fields) -> Fields | None:
    """Return the request of a member, with a state; None for a member that has no request."""
    given = member.get("request")
    return given and {"aasm_state": "created", **given}


def _instant(key: str, text: str | None) -> str | None:
    try:
        return None if text is None else utc(instant(text, UTC))
    except (ValueError, OverflowError):
        raise ValueError(f"the state does not fit: brpm.runs has a {key} that is no date-time") from None


def _require_unique(collection: str, ids: Iterable[int]) -> None:
    seen: set[int] = set()
    for number in ids:
        if number in seen:
            raise ValueError(f"the state does not fit: brpm.{collection} has the id {number} twice")
        seen.add(number)


def _require_place(run: Fields, plans: list[Fields]) -> None:
    number, stage = run["plan_id"], run["plan_stage_id"]
    stages = {row["id"]: [it["id"] for it in row["plan_template"]["stages"]] for row in plans}
    if stage not in stages.get(number, ()):
        told = f"brpm.runs has a run in the stage {stage} of the plan {number}, which is not there"
        raise ValueError(f"the state does not fit: {told}")


def _user(number: int, login: str, first: str, last: str) -> Fields:
    return {"id": number, "login": login, "first_name": first, "last_name": last}


def _plan(number: int, name: str, stages: dict[int, str]) -> Fields:
    listed = [{"id": stage, "name": told} for stage, told in stages.items()]
    template = {"id": number, "name": f"{name} Template", "stages": listed}
    return {"id": number, "name": name, "aasm_state": "created", "plan_template": template}


def _ids(plan: int, stage: int) -> Fields:
    return {"owner_id": 1, "requestor_id": 1, "plan_id": plan, "plan_stage_id": stage}


def _run(number: int, name: str, state: str) -> Fields:
    return {**blank_run(number), **_ids(1, 1), "name": name, "aasm_state": state}


def _sample() -> Fields:
    request = {"aasm_state": "created", "id": 3, "name": "Sample Request 2"}
    members = [{"id": 1, "position": 1, "request": request}]
    return {**_run(1, "Sample Run", "created"), "plan_members": members}
