"""The routes of Foundry's orchestration API, and the preview flag that goes with them."""

from __future__ import annotations

from collections.abc import Mapping

from reconcile.provider import Json, Options, Request, Rest, Route


def flagged(options: Options, **query: Json) -> Mapping[str, Json]:
    """The query of a request: what it asks, and the preview flag."""
    preview = {} if options.get("preview") is False else {"preview": "true"}
    return {**query, **preview}


READ, WRITE = "api:orchestration-read", "api:orchestration-write"
_BASE = "/api/v2/orchestration/schedules"
RUNS = Route(f"GET {_BASE}/{{scheduleRid}}/runs", scope=READ)
RUN = Route(f"POST {_BASE}/{{scheduleRid}}/run", at_most_once=True, scope=WRITE)
PAUSE = Route(f"POST {_BASE}/{{scheduleRid}}/pause", scope=WRITE)
UNPAUSE = Route(f"POST {_BASE}/{{scheduleRid}}/unpause", scope=WRITE)
SCHEDULE = Rest(
    id="rid",
    name="displayName",
    get=Route(f"GET {_BASE}/{{scheduleRid}}", scope=READ),
    create=Route(f"POST {_BASE}", scope=WRITE),
    update=Route(f"PUT {_BASE}/{{scheduleRid}}", scope=WRITE),
    delete=Route(f"DELETE {_BASE}/{{scheduleRid}}", at_most_once=True, scope=WRITE),
    has_text_id=True,
    may_be_nameless=True,
    query=flagged,
)
BUILD = Route(
    "GET /api/v2/orchestration/builds/{buildRid}",
    absent_on=(404,),
    absent_named="BuildNotFound",
    scope=READ,
)
BATCH = Route(f"POST {_BASE}/getBatch", safe=True, scope=READ)
OF_DATASET = Route(
    "GET /api/v2/datasets/{datasetRid}/getSchedules",
    absent_on=(404,),
    absent_named="BranchNotFound",
    scope=f"api:datasets-read {READ}",
)


def probe(system: str, options: Options) -> Request:
    """A read that finds nothing, and shows whether the credentials are good."""
    return BATCH(system, [{"scheduleRid": "ri.scheduler.main.schedule.reconcile-doctor"}], flagged(options))
