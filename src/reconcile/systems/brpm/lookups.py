"""How plans, their stages and users are found by name; an empty list is answered with 404."""

from __future__ import annotations

from collections.abc import Mapping

from reconcile.provider import (
    BadAnswer,
    Json,
    Live,
    Lookup,
    Page,
    Request,
    Response,
    Route,
    Sought,
    named,
    require_id,
)

PLANS = Route("GET /v1/plans", absent_on=(404,))
PLAN = Route("GET /v1/plans/{id}", absent_on=(404,))
USERS = Route("GET /v1/users", absent_on=(404,))


def _plans(sought: Sought) -> Request:
    return PLANS(sought.system, query={} if sought.text is None else {"filters[name]": sought.text})


def _plan(row: Json) -> Live:
    id_ = require_id(row, "id")
    return named(id_, row.get("name"), _inner(row, "plan_template").get("name"), row.get("aasm_state"))


def _stages(sought: Sought) -> Request:
    return PLAN(sought.system, id=sought.within)


def _stages_of(request: Request, response: Response) -> Page:
    """Return the stages of a plan's template; none where there is no such plan."""
    plan = response.body
    if plan is None and response.status in request.absent_on:
        return Page(())
    stages = _inner(plan, "plan_template").get("stages") if isinstance(plan, dict) else None
    if not isinstance(stages, list):
        raise BadAnswer("the plan has no list `plan_template.stages`")
    return Page(stages)


def _stage(row: Json) -> Live:
    return named(require_id(row, "id"), row.get("name"))


def _users(sought: Sought) -> Request:
    """Return the request for users: by login, or by `Last, First`."""
    text = sought.text
    if text is None:
        return USERS(sought.system)
    last, comma, first = (part.strip() for part in text.partition(","))
    by_name = {"filters[last_name]": last, "filters[first_name]": first}
    return USERS(sought.system, query=by_name if comma else {"filters[login]": text})


def _user(row: Json) -> Live:
    id_ = require_id(row, "id")
    last, first = (str(row.get(name) or "").strip() for name in ("last_name", "first_name"))
    called = f"{last}, {first}" if last and first else last or first
    login = row.get("login") or called
    return named(id_, login, called if called != login else None, also=[called] if "," in called else [])


def _inner(row: Mapping[str, Json], key: str) -> Mapping[str, Json]:
    value = row.get(key)
    return value if isinstance(value, dict) else {}


LOOKUPS = {
    "plan": Lookup("plan", _plans, _plan),
    "stage": Lookup("stage", _stages, _stage, _stages_of),
    "user": Lookup("user", _users, _user, called="the login, or `Last, First`"),
}
