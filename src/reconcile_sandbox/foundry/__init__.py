"""Declares Palantir Foundry's orchestration API, version 2, as its vendor's page and SDKs tell it."""

from __future__ import annotations

from ..system import Route, Schema, System
from . import fields, runs, schedules, tokens
from .access import admit, authorize
from .errors import ERROR, refusal
from .options import SWITCHES
from .world import complete, world

_TEXT = {"type": "string"}
_PREVIEW = {"preview": {"type": "boolean"}}
_INT: Schema = {"type": "integer", "format": "int32", "minimum": -(2**31), "maximum": 2**31 - 1}
_PAGES: dict[str, Schema] = {"pageSize": _INT, "pageToken": _TEXT}
_SCHEDULES = "/orchestration/schedules"
_SCHEDULE = f"{_SCHEDULES}/{{scheduleRid}}"
_VERSION = "/orchestration/scheduleVersions/{scheduleVersionRid}"
_RID = {"scheduleRid": _TEXT}
_VERSION_RID = {"scheduleVersionRid": _TEXT}
_ONE, _SENT = fields.SCHEDULE, fields.SENT_SCHEDULE

SYSTEM = System(
    name="foundry",
    mount="/api/v2",
    about="Palantir Foundry's schedules and runs. Tokens: demo, and reader who may only read; an application "
    "demo/demo gets tokens at /multipass/api/oauth2/token, and so does reader/demo, for reading.",
    routes=(
        Route(
            "POST", _SCHEDULES, "Create a schedule", schedules.create, {200: _ONE}, (404,),
            query=_PREVIEW, body=_SENT,
        ),
        Route(
            "POST", f"{_SCHEDULES}/getBatch", "Get schedules", schedules.get_batch, {200: fields.BATCH},
            query=_PREVIEW, body=fields.BATCH_SENT, safe=True,
        ),
        Route("GET", _SCHEDULE, "Get a schedule", schedules.get, {200: _ONE}, params=_RID, query=_PREVIEW),
        Route(
            "PUT", _SCHEDULE, "Replace a schedule", schedules.replace, {200: _ONE},
            params=_RID, query=_PREVIEW, body=_SENT,
        ),
        Route(
            "DELETE", _SCHEDULE, "Delete a schedule", schedules.delete, {204: None},
            params=_RID, query=_PREVIEW,
        ),
        Route(
            "POST", f"{_SCHEDULE}/run", "Run a schedule", runs.run, {200: fields.RUN}, (409,),
            params=_RID, query=_PREVIEW,
        ),
        Route(
            "GET", f"{_SCHEDULE}/runs", "Get the runs of a schedule", runs.runs, {200: fields.RUNS},
            params=_RID, query={**_PREVIEW, **_PAGES}, lag="runs_lag",
        ),
        Route(
            "POST", f"{_SCHEDULE}/pause", "Pause a schedule", schedules.pause, {204: None}, (409,),
            params=_RID, query=_PREVIEW,
        ),
        Route(
            "POST", f"{_SCHEDULE}/unpause", "Unpause a schedule", schedules.unpause, {204: None}, (409,),
            params=_RID, query=_PREVIEW,
        ),
        Route(
            "POST", f"{_SCHEDULE}/getAffectedResources", "Get what a schedule builds", schedules.affected,
            {200: fields.AFFECTED}, params=_RID, query=_PREVIEW, safe=True,
        ),
        Route(
            "GET", "/datasets/{datasetRid}/getSchedules", "Get the schedules that target a dataset",
            schedules.of_dataset, {200: fields.OF_DATASET},
            params={"datasetRid": _TEXT}, query={**_PREVIEW, **_PAGES, "branchName": _TEXT},
        ),
        Route(
            "GET", _VERSION, "Get a version", schedules.version, {200: fields.VERSION},
            params=_VERSION_RID, query=_PREVIEW,
        ),
        Route(
            "GET", f"{_VERSION}/schedule", "Get the schedule of a version", schedules.schedule_of_version,
            {200: _ONE}, params=_VERSION_RID, query=_PREVIEW,
        ),
        Route(
            "GET", "/orchestration/builds/{buildRid}", "Get a build", runs.get_build, {200: fields.BUILD},
            params={"buildRid": _TEXT},
        ),
        Route(
            "POST", "/oauth2/token", "Get a token", tokens.token, tokens.REPLIES,
            body=tokens.FORM_SENT, mount="/multipass/api", form=True, public=True,
        ),
    ),
    seed=fields.SEED,
    world=world,
    complete=complete,
    switches=SWITCHES,
    admit=admit,
    refusal=refusal,
    error=ERROR,
    security={"foundry": {"type": "http", "scheme": "bearer"}},
    id_key="rid",
    rows_key="data",
    authorize=authorize,
)  # fmt: skip
