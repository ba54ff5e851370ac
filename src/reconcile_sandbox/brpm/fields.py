"""Holds the fields of BRPM's objects as schemas: those of requests, of answers, and of the seed."""

from __future__ import annotations

from ..system import Fields, Schema
from .alternates import keys
from .states import EVENTS, STATES

_RANGE = {"minimum": -(2**31), "maximum": 2**31 - 1}
ID: Schema = {"type": "integer", **_RANGE}
TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": ["integer", "string", "null"], **_RANGE}
"""A number or a text of digits, which Rails takes for the number; other texts are answered 422."""
_TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
_NAME: Schema = {"type": "string", "pattern": r"\S", "x-message": "must not be blank"}
_FLAG: Schema = {"type": "boolean"}
_SPELLINGS = [*STATES, "complete", "canceled"]
_INSTANT: Schema = {"type": ["string", "null"], "x-message": "must be a date-time"}


def _object(title: str, properties: Fields, *required: str) -> Schema:
    return {"title": title, "type": "object", "properties": properties, "required": list(required)}


def _maybe(schema: Schema) -> Schema:
    kept = {key: value for key, value in schema.items() if key != "title"}
    return {**kept, "type": [schema["type"], "null"]}


def _list_of(item: Schema) -> Schema:
    return {"type": "array", "items": item}


_SENT: Fields = {
    "name": _TEXT_OR_NULL,
    **dict.fromkeys(("owner_id", "plan_id", "plan_stage_id", "requestor_id"), _NUMBER),
    "description": _TEXT_OR_NULL,
    "duration": _NUMBER,
    "start_at": _INSTANT,
    "end_at": _INSTANT,
    **{key: {"type": ["string", "integer", "null"]} for key in (*keys("start_at"), *keys("end_at"))},
}
_EVENT: Schema = {"type": ["string", "null"]}
_EXAMPLE = {"name": "UAT", "owner_id": 1, "plan_id": 1, "plan_stage_id": 2, "requestor_id": 1}
CREATE = {
    **_object("BrpmRunToCreate", {"run": _object("BrpmNewRun", _SENT)}),
    "examples": [{"run": _EXAMPLE}],
}
UPDATE = {
    **_object(
        "BrpmRunToUpdate",
        {
            "run": _object("BrpmRunChange", {**_SENT, "aasm_event": _EVENT}),
            "aasm_event": _EVENT,
            "toggle_archive": _FLAG,
        },
    ),
    "examples": [{"run": {"description": "New"}}, {"run": {"aasm_event": "plan_it"}}],
}
_FILTERS: Fields = {
    "name": TEXT,
    "aasm_state": TEXT,
    "stage_id": ID,
    "owner_id": ID,
    "requestor_id": ID,
    "started_at": TEXT,
    "end_at": TEXT,
    "time": TEXT,
}
_PEOPLE: Fields = {"login": TEXT, "first_name": TEXT, "last_name": TEXT}


def in_query(filters: Fields) -> Fields:
    """Return filters as parameters of a query."""
    return {f"filters[{name}]": schema for name, schema in filters.items()}


RUN_QUERY, USER_QUERY = in_query(_FILTERS), in_query(_PEOPLE)
PLAN_QUERY = in_query({"name": TEXT, "aasm_state": TEXT, "plan_template_id": ID})
STAGE_QUERY = in_query({"name": TEXT, "plan_template_id": ID})
_IN_BODY = {
    name: {**schema, "type": ["string", "integer", "null"] if name.endswith("_id") else ["string", "null"]}
    for name, schema in _FILTERS.items()
}
RUN_FILTERS = _object("BrpmRunFilters", {"filters": {"type": ["object", "null"], "properties": _IN_BODY}})

_STATED = {"aasm_state": TEXT, "id": ID, "name": TEXT}
_REQUEST = _object("BrpmRequest", _STATED, *_STATED)
_NUMBERED = _object("BrpmNumberedRequest", {**_STATED, "number": ID}, *_STATED, "number")
_STAGE = _object("BrpmStage", {"id": ID, "name": TEXT}, "id", "name")
_MEMBER: Fields = {"id": ID, "position": ID, "request": _maybe(_REQUEST)}
_RUN: Fields = {
    "aasm_state": {"type": "string", "enum": list(STATES)},
    "created_at": TEXT,
    "description": _TEXT_OR_NULL,
    "duration": {"type": ["integer", "null"]},
    "end_at": _TEXT_OR_NULL,
    "id": ID,
    "name": TEXT,
    "owner_id": ID,
    "plan_id": ID,
    "plan_stage_id": ID,
    "requestor_id": ID,
    "start_at": _TEXT_OR_NULL,
    "updated_at": TEXT,
    "plan": _object("BrpmPlanOfRun", _STATED, *_STATED),
    "plan_stage": _STAGE,
    "plan_members": _list_of(_object("BrpmPlanMember", _MEMBER, "id", "position")),
}
RUN = _object("BrpmRun", _RUN, *_RUN)
RUNS = _list_of(RUN)
_TEMPLATE: Fields = {"id": ID, "name": TEXT, "stages": _list_of(_STAGE)}
_PLAN: Fields = {
    **_STATED,
    "plan_template": _object("BrpmPlanTemplate", _TEMPLATE, *_TEMPLATE),
    "members": _list_of(
        _object("BrpmMemberOfPlan", {"id": ID, "stage": _STAGE, "request": _maybe(_NUMBERED)})
    ),
}
PLAN = _object("BrpmPlan", _PLAN, *_PLAN)
PLANS = _list_of(PLAN)
STAGE = _object("BrpmPlanStage", {**_STAGE["properties"], "plan_template_id": ID}, "id", "name")
STAGES = _list_of(STAGE)
USER = _object("BrpmUser", {"id": ID, **_PEOPLE}, "id", *_PEOPLE)
USERS = _list_of(USER)
ERROR = _object("BrpmError", {"error": {"type": ["string", "array"]}})
"""`{"error": "..."}`, and at 422 a list of messages for each attribute."""

_SEEDED_STATED = {"aasm_state": TEXT, "id": ID, "name": _NAME}
_SEEDED_MEMBER = _object(
    "", {"id": ID, "position": ID, "request": _maybe(_object("", _SEEDED_STATED, "id", "name"))}, "id"
)
_SEEDED_RUN: Fields = {
    **_RUN,
    "aasm_state": {"type": "string", "enum": _SPELLINGS},
    "name": _NAME,
    "plan": {"type": "object"},
    "plan_stage": {"type": "object"},
    "plan_members": _list_of(_SEEDED_MEMBER),
    "archived": _FLAG,
    "reads": ID,
}
_SEEDED_STAGE = _object("", {"id": ID, "name": _NAME}, "id", "name")
_SEEDED_TEMPLATE = _object("", {"id": ID, "name": _NAME, "stages": _list_of(_SEEDED_STAGE)})
_STATE: Schema = {"type": "string", "enum": list(STATES)}
_BY_STATE = dict.fromkeys(STATES, _STATE)
_EDGES: Schema = {"type": "object", "additionalProperties": False, "properties": _BY_STATE}
SEED: Schema = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "users": _list_of(_object("", {"id": ID, **_PEOPLE}, "id")),
        "plans": _list_of(_object("", {**_SEEDED_STATED, "plan_template": _SEEDED_TEMPLATE}, "id", "name")),
        "runs": _list_of({**_object("", _SEEDED_RUN, "id", "name"), "additionalProperties": False}),
        "transitions": {
            "type": "object", "additionalProperties": False, "properties": dict.fromkeys(EVENTS, _EDGES),
        },
    },
}  # fmt: skip
