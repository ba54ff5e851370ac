"""How deployments are found by their names: as `FLOW/DEPLOYMENT`, like Prefect's own command line has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from reconcile.provider import BadAnswer, Json, Live, Lookup, Page, Request, Response, Route, Sought, named

FLOWS = Route("POST /flows/filter", safe=True)
DEPLOYMENTS = Route("POST /deployments/filter", safe=True)
SIZE = 200


class Asked(NamedTuple):
    """Hold what is asked for after an answer: the deployments of these flows, then more flows."""

    deployment: str | None = None
    """The name that is looked for; None: every one."""

    flow: str = ""
    """The name of the flow whose deployments an answer shows."""

    coming: tuple[Request, ...] = ()


def ask(sought: Sought) -> Request:
    """Return the request for the flows of a name, or for all of them."""
    flow, _, deployment = (sought.text or "").partition("/")
    wanted = {} if sought.text is None else {"flows": _with("name", flow)}
    asked = Asked(None if sought.text is None else deployment)
    return FLOWS(sought.system, {**wanted, "offset": 0, "limit": SIZE})._replace(context=asked)


def page(request: Request, response: Response) -> Page:
    """Return the deployments of a flow with its name, and the request for what comes next.

    A page of flows has no deployment: those of each flow are asked for, then the next page of flows.
    """
    rows, asked = response.body, request.context
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadAnswer("the answer is no list of objects")
    more = _next_page(request, len(rows))
    if FLOWS.matches(request):
        coming = (*(_of_flow(request.system, asked, flow) for flow in rows), *more)
        return Page((), *_first(coming), proof=bool(rows))
    shown = [{**row, "flow": asked.flow} for row in rows]
    return Page(shown, *_first((*more, *asked.coming)))


def _next_page(request: Request, shown: int) -> tuple[Request, ...]:
    if shown < SIZE:
        return ()
    body = {**request.body, "offset": request.body["offset"] + shown}
    return (request._replace(body=body, context=request.context._replace(coming=())),)


def _of_flow(system: str, asked: Asked, flow: Mapping[str, Json]) -> Request:
    narrowed = {} if asked.deployment is None else {"deployments": _with("name", asked.deployment)}
    body = {**narrowed, "flows": _with("id", flow.get("id")), "offset": 0, "limit": SIZE}
    return DEPLOYMENTS(system, body)._replace(context=asked._replace(flow=str(flow.get("name"))))


def _first(coming: tuple[Request, ...]) -> tuple[Request] | tuple[()]:
    """Return the first of what comes, which knows of the others."""
    if not coming:
        return ()
    return (coming[0]._replace(context=coming[0].context._replace(coming=coming[1:])),)


def _with(field: str, value: Json) -> Json:
    return {field: {"any_": [value]}}


def read(row: Json) -> Live:
    """Return a deployment's id and its name; BadAnswer where it has no id."""
    id_ = row.get("id") if isinstance(row, dict) else None
    if not isinstance(id_, str):
        raise BadAnswer("a deployment has no id")
    return named(id_, f"{row['flow']}/{row.get('name')}", row.get("work_pool_name"))


LOOKUPS = {"deployment": Lookup("deployment", ask, read, page, called="`FLOW/DEPLOYMENT`")}
