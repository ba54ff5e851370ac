"""A Foundry schedule: created, replaced with everything said back, paused and unpaused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconcile.provider import (
    BadAnswer,
    Case,
    Change,
    Decision,
    Json,
    Kind,
    Live,
    Options,
    Page,
    Request,
    Resource,
    Response,
    Spec,
    creation_of,
    overlay,
    rows_of,
    table_of,
)
from reconcile.systems.foundry import routes
from reconcile.systems.foundry.fields import Schedule, branch, datasets
from reconcile.systems.foundry.times import known_times
from reconcile.systems.foundry.unions import carried, is_rid, known_variants, no_rid

TABLE = table_of(Schedule)
BATCH_AT_MOST = 1000
_ACTION_UNIONS = ("target", "retryBackoffDuration")
_UNFINDABLE = (
    "schedules are not listed, and its target names no dataset that leads to it, so that it would be created "
    "again each time: create it in Foundry, and pin it by metadata.id"
)


def lookup(system: str, resources: Sequence[Resource], options: Options) -> Sequence[Request]:
    """All pinned schedules in one batch, the others through the datasets that they build: none are listed."""
    pinned = sorted({str(resource.id) for resource in resources if resource.id is not None})
    free = [resource.spec for resource in resources if resource.id is None]
    targets = sorted({(rid, branch(spec)) for spec in free for rid in datasets(spec)})
    batches = [pinned[at : at + BATCH_AT_MOST] for at in range(0, len(pinned), BATCH_AT_MOST)]
    return (
        *(_batch(system, rids, options) for rids in batches),
        *(_of(system, rid, named, options) for rid, named in targets),
    )


def _batch(system: str, rids: Sequence[str], options: Options) -> Request:
    return routes.BATCH(system, [{"scheduleRid": rid} for rid in rids], routes.flagged(options))


def _of(system: str, dataset: str, named: str, options: Options) -> Request:
    on = {"branchName": named} if named else {}
    asked = routes.OF_DATASET(system, query=routes.flagged(options, **on), datasetRid=dataset)
    return asked._replace(context=dict(options))


def page(request: Request, response: Response) -> Page:
    """A batch's schedules, or the batch of those that a dataset names."""
    body = response.body
    if response.status in request.absent_on and request.absent_named:
        return Page((), proof=True)
    if not request.path.endswith(("/getBatch", "/getSchedules")):
        return Page(rows_of(response))
    data = body.get("data") if isinstance(body, dict) else None
    if request.path.endswith("/getBatch"):
        if not isinstance(data, dict):
            raise BadAnswer("the batch has no mapping `data`")
        return Page(list(data.values()))
    return _named(request, body, data)


def _named(request: Request, body: Json, data: Json) -> Page:
    if not isinstance(data, list) or not all(isinstance(rid, str) for rid in data):
        raise BadAnswer("the answer has no list of rids `data`")
    if body.get("nextPageToken"):
        raise BadAnswer(
            f"more than {len(data)} schedules build this dataset: pin the schedule by metadata.id"
        )
    return Page((), _batch(request.system, data, request.context) if data else None)


def decide(case: Case) -> Decision:
    """POST to create; PUT the whole live object with our fields changed; pausing is a request of its own."""
    if case.live is None and not datasets(case.want):
        return Decision(blocked=tuple((change, _UNFINDABLE) for change in case.changes[:1]), action="create")
    if case.live is None:
        create = routes.SCHEDULE.creation(case, creation_of(case, "paused"))
        pause = (_pausing(case, True, case.itself),) if case.want.get("paused") else ()
        return Decision((create, *pause), action="create")
    blocked = tuple(_hidden(case, case.live.fields))
    held = {change.path for change, _ in blocked}
    changed = [change for change in case.changes if change.path != ("paused",) and change.path not in held]
    requests = [_replacement(case, case.live)] if changed else []
    if any(change.path == ("paused",) for change in case.changes):
        requests.append(_pausing(case, bool(case.want["paused"]), case.live.id))
    return Decision(tuple(requests), blocked)


def _hidden(case: Case, live: Spec) -> Iterator[tuple[Change, str]]:
    """A replacement clears what it does not say, and a trigger may be there that this reader cannot see."""
    if "trigger" in live or "trigger" in case.want:
        return
    for change in case.changes:
        if change.path != ("paused",):
            reason = "only a replacement changes it, and this reader may not see the trigger: write trigger"
            yield change, f"{reason} (null for none)"


def _replacement(case: Case, live: Live) -> Request:
    whole = _carried(overlay(TABLE, live.fields, case.want), live.fields, ("trigger", "scopeMode"))
    whole["action"] = _carried(whole["action"], live.fields.get("action") or {}, _ACTION_UNIONS)
    left = {name for name, value in whole.items() if value is None and name in TABLE.rows} | {"paused"}
    body = {name: value for name, value in whole.items() if name not in left}
    return routes.SCHEDULE.change(case, body)


def _carried(said: Spec, live: Spec, unions: Sequence[str]) -> dict[str, Json]:
    return {name: carried(value, live.get(name)) if name in unions else value for name, value in said.items()}


def _pausing(case: Case, paused: bool, rid: Json) -> Request:
    route = routes.PAUSE if paused else routes.UNPAUSE
    return route(case.system, query=routes.flagged(case.options), scheduleRid=rid)


SCHEDULE = Kind(
    name="Schedule",
    api_version="foundry/v2",
    summary="A schedule: what it builds, when, whether it is paused. Pin it by metadata.id: none are listed.",
    model=Schedule,
    rest=routes.SCHEDULE,
    id_field="scheduleRid",
    lookup=lookup,
    decide=decide,
    listed=False,
    scope=lambda spec: (named,) if (named := branch(spec)) else (),
    usual_scope=("master",),
    page=page,
    rules=(known_variants, known_times),
    unlike_an_id=lambda value: None if is_rid(value) else no_rid("id", value),
)
