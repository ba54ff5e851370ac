"""Declares BRPM's runs as the vendor's page tells them, with the routes and the answers to reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..system import Answer, Call, Fields, Refused, Route, System
from . import fields
from .answers import many, nothing, one, plan_shown, refusal, require_format, run_shown
from .filters import by_id, listed, listed_runs, listed_stages, run_by_id, stage_by_id
from .options import SWITCHES
from .states import progress
from .world import complete, world
from .writes import created, deleted, updated

_TOKENS = {"demo": True, "reader": False}


def _admit(_headers: Mapping[str, str], query: Mapping[str, str]) -> bool:
    may_write = _TOKENS.get(query.get("token", ""))
    if may_write is None:
        raise Refused(403, "the token is invalid")
    return may_write


def _in_json(answer: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
    def answered(call: Call) -> Answer:
        require_format(call)
        return answer(call)

    return answered


def _list(call: Call) -> Answer:
    return many(call, [run_shown(call, run) for run in listed_runs(call)])


def _get(call: Call) -> Answer:
    return _run(call, 200, progress(call, run_by_id(call)))


def _post(call: Call) -> Answer:
    return _run(call, 201, created(call))


def _put(call: Call) -> Answer:
    return _run(call, 202, updated(call, run_by_id(call)))


def _delete(call: Call) -> Answer:
    run = deleted(call, run_by_id(call))
    return _run(call, 202, run) if call.switches["delete_body"] == "run" else nothing(call, 202)


def _run(call: Call, status: int, run: Fields) -> Answer:
    return one(call, status, run_shown(call, run))


def _plans(call: Call) -> Answer:
    return many(call, [plan_shown(call, plan) for plan in listed(call, "plans")])


def _plan(call: Call) -> Answer:
    return one(call, 200, plan_shown(call, by_id(call, "plans")))


def _stages(call: Call) -> Answer:
    return many(call, listed_stages(call))


def _stage(call: Call) -> Answer:
    return one(call, 200, stage_by_id(call))


def _users(call: Call) -> Answer:
    return many(call, listed(call, "users"))


def _user(call: Call) -> Answer:
    return one(call, 200, by_id(call, "users"))


_ID = {"id": fields.ID}

SYSTEM = System(
    name="brpm",
    mount="/brpm/v1",
    about="BMC Release Process Management, runs. Tokens: demo, and reader, who may only read.",
    routes=(
        Route(
            "GET",
            "/runs",
            "Find runs",
            _in_json(_list),
            {200: fields.RUNS},
            (404,),
            query=fields.RUN_QUERY,
            body=fields.RUN_FILTERS,
            body_required=False,
        ),
        Route(
            "POST", "/runs", "Create a run", _in_json(_post), {201: fields.RUN}, (422,), body=fields.CREATE
        ),
        Route("GET", "/runs/{id}", "Get a run", _in_json(_get), {200: fields.RUN}, params=_ID),
        Route(
            "PUT",
            "/runs/{id}",
            "Change a run or send it an event",
            _in_json(_put),
            {202: fields.RUN},
            (422,),
            params=_ID,
            body=fields.UPDATE,
        ),
        Route("DELETE", "/runs/{id}", "Delete a run", _in_json(_delete), {202: None}, (422,), params=_ID),
        Route(
            "GET",
            "/plans",
            "Find plans",
            _in_json(_plans),
            {200: fields.PLANS},
            (404,),
            query=fields.PLAN_QUERY,
        ),
        Route("GET", "/plans/{id}", "Get a plan", _in_json(_plan), {200: fields.PLAN}, params=_ID),
        Route(
            "GET",
            "/plan_stages",
            "Find stages",
            _in_json(_stages),
            {200: fields.STAGES},
            (404,),
            query=fields.STAGE_QUERY,
        ),
        Route("GET", "/plan_stages/{id}", "Get a stage", _in_json(_stage), {200: fields.STAGE}, params=_ID),
        Route(
            "GET",
            "/users",
            "Find users",
            _in_json(_users),
            {200: fields.USERS},
            (404,),
            query=fields.USER_QUERY,
        ),
        Route("GET", "/users/{id}", "Get a user", _in_json(_user), {200: fields.USER}, params=_ID),
    ),
    seed=fields.SEED,
    world=world,
    complete=complete,
    switches=SWITCHES,
    admit=_admit,
    refusal=refusal,
    error=fields.ERROR,
    security={"brpm": {"type": "apiKey", "in": "query", "name": "token"}},
    id_key="id",
    suffixes=(".json", ".xml"),
    unauthorized=403,
    merges_slashes=True,
)
