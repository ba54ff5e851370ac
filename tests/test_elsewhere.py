"""Which live objects may be the missing one that somebody moved by hand, and how they are told."""

from __future__ import annotations

import json
from typing import Any

from reconcile.desired import Wanted
from reconcile.live.observation import Observation
from reconcile.live.observe import observe
from reconcile.live.pages import Line
from reconcile.model import Address, FieldPath, Json, Origin, Problem, Request, Resource, Response
from reconcile.planning.build import plan
from reconcile.systems.brpm.run import RUN

PLACE: dict[str, Json] = {"plan_id": 1, "plan_stage_id": 2, "owner_id": 1, "requestor_id": 1}


def locate(path: FieldPath) -> Origin:
    return Origin("m.yaml", 1 + len(path))


def run(manifest: str, id: Json = None, **spec: Json) -> Wanted:
    where = Address("brpm", "Run", manifest)
    whole = {"name": "UAT", **PLACE, **spec}
    return Wanted(Resource(where, "brpm/v1", whole, Origin("m.yaml", 1), locate, id=id), RUN, {})


def row(id_: int, **said: Json) -> dict[str, Json]:
    return {"id": id_, "name": "UAT", **PLACE, "aasm_state": "created", **said}


def seen(wanted: list[Wanted], *rows: dict[str, Json]) -> Observation:
    def answer(request: Request) -> Response:
        found = [each for each in rows if request.path in {"/v1/runs", f"/v1/runs/{each['id']}"}]
        return Response(200, json.loads(json.dumps(found)))

    return observe(wanted, Line(answer), 1)


def told(wanted: list[Wanted], *rows: dict[str, Json]) -> tuple[Problem, ...]:
    return plan(wanted, lambda address: True, seen(wanted, *rows)).plan.problems


def ids(wanted: list[Wanted], *rows: dict[str, Any]) -> dict[str, list[Json]]:
    found = seen(wanted, *rows).elsewhere
    return {address.name: [live.id for live in lives] for address, lives in found.items()}


def test_one_of_its_name_in_another_stage_of_its_plan_may_be_it() -> None:
    assert ids([run("a")], row(7, plan_stage_id=3)) == {"a": [7]}
    assert ids([run("a")], row(7, plan_stage_id=3), row(8, plan_stage_id=4)) == {"a": [7, 8]}


def test_one_of_another_name_or_another_plan_is_not() -> None:
    assert ids([run("a")], row(7, plan_stage_id=3, name="uat"), row(8, plan_stage_id=3, plan_id=2)) == {}


def test_nothing_may_be_what_is_there() -> None:
    assert ids([run("a")], row(7), row(8, plan_stage_id=3)) == {}


def test_what_another_manifest_means_is_not_it_by_key_or_by_pin() -> None:
    assert ids([run("a"), run("b", plan_stage_id=3)], row(7, plan_stage_id=3)) == {}
    assert ids([run("a"), run("b", id=7, name="Other")], row(7, plan_stage_id=3)) == {}


def test_it_is_told_as_a_warning_at_the_line_of_the_place_with_each_id() -> None:
    there = {"plan_stage_id": 3, "plan_stage": {"id": 3, "name": "qa"}}
    (problem,) = told([run("a")], row(8, plan_stage_id=4), row(7, **there))
    assert (problem.code, problem.severity, problem.origin) == ("maybe-moved", "warning", locate(("x",)))
    assert "id 7 (plan_stage_id 3, qa), id 8 (plan_stage_id 4)" in problem.message
    assert "pin it with metadata.id" in problem.message


def test_of_a_tombstone_nothing_is_told() -> None:
    item = run("a")
    gone = item._replace(resource=item.resource._replace(absent=True))
    assert told([gone], row(7, plan_stage_id=3)) == ()
