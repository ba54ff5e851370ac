"""A BRPM run: what it is, when it is planned for, and the state that it is brought to, event by event."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal

from reconcile.provider import (
    AtLeast,
    BadAnswer,
    Begins,
    Case,
    Change,
    Dated,
    Decision,
    Fields,
    Finding,
    Form,
    FromName,
    Json,
    Kind,
    LastWrite,
    Nameable,
    NamedBy,
    Page,
    Request,
    Resource,
    Response,
    Rest,
    Route,
    Spec,
    creation_of,
    doc,
    forms,
    patch_of,
    rows_of,
)
from reconcile.systems.brpm.lookups import LOOKUPS
from reconcile.systems.brpm.states import AGAIN, BEGUN, ORDER, TRANSITIONS, chain
from reconcile.systems.brpm.states import state as one_spelling

EVENT = Route("PUT /v1/runs/{id}", at_most_once=True)
REPEATABLE_EVENT = Route("PUT /v1/runs/{id}")
PLANS = Route("GET /v1/plans")
ANY_PLAN = Route("GET /v1/plans", absent_on=(404,))
PLAN = Route("GET /v1/plans/{id}", absent_on=(404,))
_DELETED = re.compile(r" \[deleted .*\]$")


class Run(Fields):
    """An ordered collection of requests, executed as one deployment activity of a plan's stage."""

    name: Annotated[
        str, doc("String", "Its name; the manifest's name where it is silent.", "UAT"), FromName()
    ]
    plan_id: Annotated[
        int, doc("Integer", "The plan that it belongs to.", 1), NamedBy("plan_name"), Nameable("plan")
    ]
    plan_stage_id: Annotated[
        int,
        doc("Integer", "The stage of that plan.", 2),
        NamedBy("plan_stage_name"),
        Nameable("stage", within="plan_id"),
    ]
    owner_id: Annotated[int, doc("Integer", "The user that owns it.", 1), Nameable("user")]
    requestor_id: Annotated[int, doc("Integer", "The user that requested it.", 1), Nameable("user")]
    description: Annotated[
        str | None, doc("String", "What it is.", "User acceptance."), Form(forms.prose)
    ] = None
    duration: Annotated[int | None, doc("Integer", "How long it takes.", 60)] = None
    start_at: Annotated[
        str | None,
        doc("DateTime", "When it starts, with an offset.", "2026-12-01T09:00:00Z"),
        Form(forms.instant),
        Begins(),
    ] = None
    end_at: Annotated[
        str | None,
        doc("DateTime", "When it ends, with an offset.", "2026-12-01T10:00:00Z"),
        Form(forms.instant),
    ] = None
    state: Annotated[
        Literal["created", "planned", "started", "held", "blocked", "completed", "cancelled"],
        doc("String", "The state that it is brought to; further along is in sync.", "started"),
        Form(one_spelling),
        AtLeast(ORDER),
    ] = "created"


def _plan(resources: Sequence[Resource]) -> Json:
    """Return a plan of the runs that a list is asked for: it shows whether the path of an empty one is
    right."""
    plans = (forms.integer(resource.spec.get("plan_id")) for resource in resources)
    return {"plan": next((plan for plan in plans if isinstance(plan, int)), None)}


def _fields(row: Json) -> Spec:
    """Return what a row says: `aasm_state` is its state, and plan and stage have names."""
    return {
        **row,
        "state": row.get("aasm_state"),
        "plan_name": _name(row, "plan"),
        "plan_stage_name": _name(row, "plan_stage"),
    }


def _name(row: Mapping[str, Json], key: str) -> Json:
    inner = row.get(key)
    return inner.get("name") if isinstance(inner, dict) else None


REST = Rest(
    id="id",
    name="name",
    list=Route("GET /v1/runs", absent_on=(404,)),  # which an empty list is answered with
    get=Route("GET /v1/runs/{id}"),
    create=Route("POST /v1/runs"),
    update=Route("PUT /v1/runs/{id}"),
    delete=Route("DELETE /v1/runs/{id}", at_most_once=True),
    filter="filters[name]",  # names match exactly on our side only
    is_partial=True,  # archived ones are shown by their id alone
    may_be_nameless=True,
    envelope="run",
    fields=_fields,
    context=_plan,
)


def page(request: Request, response: Response) -> Page:
    """The runs that are not deleted. "404 Not Found occurs when no records are found": a plan is read then,
    since a wrong base path looks the same."""
    if "/plans" in request.path:
        if response.body is None:
            words = "neither runs nor this plan are found: check plan_id, and the url of"
            raise BadAnswer(f"{words} {request.system}")
        rows_of(response)
        return Page((), proof=True)
    if response.body is None and response.status in request.absent_on and request.context is not None:
        plan = request.context["plan"]
        return Page((), _asking_for(request.system, plan))
    return Page([row for row in rows_of(response) if not _is_deleted(row)])


def _asking_for(system: str, plan: Json) -> Request:
    return ANY_PLAN(system) if plan is None else PLAN(system, id=plan)


def _is_deleted(row: Json) -> bool:
    if not isinstance(row, dict):
        return False
    return one_spelling(row.get("aasm_state")) == "deleted" or bool(_DELETED.search(str(row.get("name"))))


def decide(case: Case) -> Decision:
    """One POST or PUT for what the run is, then one PUT an event for its state, in this order.

    PUT is a partial update here. Events and attributes never share a request: their order there is not said.
    """
    if case.live is None:
        return _create(case)
    requests: list[Request] = []
    sent = patch_of(case, "state")
    if sent:
        requests.append(REST.change(case, sent))
    moved = next((change for change in case.changes if change.path == ("state",)), None)
    if moved is None:
        return Decision(tuple(requests))
    events = _events(case, one_spelling(case.live.fields.get("state")), moved)
    if events is None:
        return Decision(tuple(requests), ((moved, _nowhere(moved)),))
    return Decision((*requests, *_event_requests(case, events, case.live.id)))


def _create(case: Case) -> Decision:
    post = REST.creation(case, creation_of(case, "state"))
    moved = next((change for change in case.changes if change.path == ("state",)), None)
    if moved is not None and (over := _over(case, moved)):
        return Decision(blocked=((moved, over),), action="create")
    events = _events(case, "created", moved) if moved else ()
    if moved is not None and events is None:
        return Decision((post,), ((moved, _nowhere(moved, "created")),), action="create")
    return Decision((post, *_event_requests(case, events or (), case.itself)), action="create")


def _over(case: Case, moved: Change) -> str | None:
    """Why a run that no list shows may have been there and be over; None where it cannot be.

    A list leaves out what is archived. By a server that shows no clock nobody can tell what is past.
    """
    starts, wanted = forms.instant(case.want.get("start_at")), one_spelling(moved.after)
    if not isinstance(starts, int) or wanted not in BEGUN or (case.now is not None and starts >= case.now):
        return None
    past = "is past" if case.now is not None else "may be past (the server shows no clock)"
    return (
        f"no list shows this run, and its start_at ({case.want['start_at']}) {past}: it may be over and "
        "archived; pin it with metadata.id, move start_at, or take it out"
    )


def _events(case: Case, live: Json, moved: Change) -> tuple[str, ...] | None:
    return chain(str(live), str(one_spelling(moved.after)), case.options.get("transitions") or TRANSITIONS)


def _event_requests(case: Case, events: Sequence[str], id_: Json) -> tuple[Request, ...]:
    return tuple(
        (REPEATABLE_EVENT if event in AGAIN else EVENT)(case.system, {"run": {"aasm_event": event}}, id=id_)
        for event in events
    )


def _nowhere(moved: Change, live: Json = None) -> str:
    return f"{one_spelling(moved.before) or live}, wanted {moved.after}: no event leads there"


def in_their_order(spec: Spec) -> Iterator[Finding]:
    """A run does not end before it starts."""
    begins, ends = (forms.instant(spec.get(name)) for name in ("start_at", "end_at"))
    if isinstance(begins, int) and isinstance(ends, int) and ends < begins:
        words = f"`end_at` {spec['end_at']} is before `start_at` {spec['start_at']}: turn them round"
        yield Finding(("end_at",), "end-before-start", words, "warning")


RUN = Kind(
    name="Run",
    api_version="brpm/v1",
    summary="A run of a plan's stage: its dates and people, and the state that it is brought to.",
    model=Run,
    key=("plan_id", "plan_stage_id", "name"),
    movable=("plan_stage_id",),
    rest=REST,
    last_write=LastWrite("updated_at"),
    decide=decide,
    page=page,
    in_paths=("plan_id",),
    lookups=LOOKUPS,
    rules=(in_their_order,),
    dated=Dated(
        "run",
        "start_at",
        "end_at",
        alone_in=("plan_id", "plan_stage_id"),
        called_off=lambda spec: one_spelling(spec.get("state")) == "cancelled",
    ),
)
