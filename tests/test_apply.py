"""One operation carried out: what it looks at before it writes, and what it then refuses or passes."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.servers import LampServer, Releases, desk, row
from tests.support.values import a_lamp, a_release, lamp, wanted
from tests.support.worlds import Fault, World, applied, carried, planned

from reconcile.model import Env, Secret

LATER = Fault("later", 7.0)
REFUSED = Fault("refuse")
NOT_KEPT = Fault("ignored")


def test_a_create_is_one_post_read_back_by_the_id_that_it_was_given() -> None:
    world = World(Releases())
    outcome = applied(world, a_release({"description": "new"}))
    assert (outcome.status, outcome.detail, outcome.requests_sent) == ("done", "", 1)
    assert outcome.result == {"releaseId": 101}
    assert [request.path for request in world.of("read")] == ["/releases", "/releases/101"]
    assert [request.method for request in world.of("write")] == ["POST"]


def test_an_update_reads_by_id_writes_once_and_reads_again() -> None:
    world = World(Releases(row(description="old")))
    outcome = applied(world, a_release({"description": "new"}))
    assert (outcome.status, outcome.result) == ("done", {"releaseId": 12101})
    assert [name for name, _ in world.seen] == ["read", "record", "write", "record", "read", "record"]
    assert world.server.rows[12101]["description"] == "new"


def test_the_seconds_of_an_operation_are_those_of_the_clock() -> None:
    world = World(Releases(row(description="old")))
    assert applied(world, a_release({"description": "new"})).seconds == 0.03


def test_what_is_already_as_wanted_by_now_is_passed_without_a_write() -> None:
    world = World(Releases(row(description="old")))
    plan = planned(world, a_release({"description": "new"}))
    world.server.rows[12101]["description"] = "new"
    (outcome,) = carried(plan, world)
    assert (outcome.status, outcome.requests_sent) == ("unchanged", 0)
    assert outcome.detail == "already as wanted"
    assert world.count("record") == world.count("write") == 0


def test_an_operation_that_found_its_object_made_by_others_still_tells_its_id() -> None:
    world = World(LampServer())
    plan = planned(world, a_lamp())
    world.server.rows[7] = {"lampId": 7, "title": "a"}
    (outcome,) = carried(plan, world)
    assert (outcome.status, outcome.result) == ("unchanged", {"lampId": 7})


@pytest.mark.parametrize(
    ("moved", "named"),
    [
        ({"description": "by hand"}, "description"),
        ({"scheduleBuildExpression": "0 0 3 * * ?"}, "scheduleBuildExpression"),
        ({"description": "by hand", "scheduleBuildExpression": None}, "description, scheduleBuildExpression"),
    ],
)
def test_what_moved_since_the_plan_is_refused_by_the_name_of_its_fields(
    moved: dict[str, Any], named: str
) -> None:
    world = World(Releases(row(description="old", scheduleBuildExpression="0 0 2 * * ?")))
    plan = planned(world, a_release({"description": "new", "scheduleBuildExpression": "0 0 2 * * ?"}))
    world.server.rows[12101].update(moved)
    (outcome,) = carried(plan, world)
    assert outcome.status == "refused"
    assert outcome.detail == f"live changed since the plan: {named}; plan again"
    assert world.count("write") == 0


def test_what_moved_and_is_not_ours_neither_refuses_nor_is_lost() -> None:
    world = World(Releases(row(description="old", pipelineName="P", properties=[], cmsDetails=None)))
    plan = planned(world, a_release({"description": None}))
    world.server.rows[12101]["pipelineName"] = "Q"
    (outcome,) = carried(plan, world)
    assert outcome.status == "done"
    assert world.server.rows[12101]["pipelineName"] == "Q"


def test_a_server_that_lists_in_another_order_refuses_nothing() -> None:
    projects = [{"projectId": 1, "priority": 1}, {"projectId": 2, "priority": 1}]
    world = World(Releases(row(projects=projects)))
    plan = planned(world, a_release({"projects": [{"projectId": 1}, {"projectId": 2, "priority": 5}]}))
    world.server.rows[12101]["projects"].reverse()
    (outcome,) = carried(plan, world)
    assert outcome.status == "done"


def test_a_release_that_was_suspended_since_the_plan_is_refused_though_the_manifest_says_no_status() -> None:
    world = World(Releases(row(description="old", properties=[], cmsDetails=None)))
    plan = planned(world, a_release({"description": None}))
    world.server.rows[12101]["releaseStatus"] = "SUSPENDED"
    (outcome,) = carried(plan, world)
    assert outcome.status == "refused"
    assert world.count("write") == 0


def test_a_part_that_became_blocked_since_the_plan_refuses_the_whole() -> None:
    world = World(Releases(row(description="old", pipelineName="P", properties=[], cmsDetails=None)))
    plan = planned(world, a_release({"description": None, "pipelineName": "Q"}))
    world.server.rows[12101]["releaseStatus"] = "SUSPENDED"
    (outcome,) = carried(plan, world)
    assert outcome.status == "refused"
    assert world.count("write") == 0


def test_an_object_that_was_replaced_by_another_of_its_name_is_refused() -> None:
    world = World(LampServer(desk(note="old")))
    plan = planned(world, a_lamp({"note": "new"}))
    world.server.rows.clear()
    (outcome,) = carried(plan, world)
    assert outcome.status == "refused"
    assert world.count("write") == 0


def test_a_plan_that_was_made_for_another_object_of_the_name_is_refused() -> None:
    world = World(LampServer(desk(note="old")))
    plan = planned(world, a_lamp({"note": "new"}))
    (step,) = plan.steps
    moved = step._replace(operation=step.operation._replace(precondition="sha256:0"))
    (outcome,) = carried(plan._replace(steps=(moved,)), world)
    assert outcome.status == "refused"


def test_two_live_objects_of_the_name_are_never_chosen_between() -> None:
    world = World(Releases())
    plan = planned(world, a_release())
    world.server.rows.update({1: row(1), 2: row(2)})
    (outcome,) = carried(plan, world)
    assert outcome.status == "failed"
    assert "ids 1, 2 have the same name" in outcome.detail


@pytest.mark.parametrize("base", [{"note": Env("NOTE")}, {"note": Secret("x", "NOTE")}])
def test_a_fresh_look_seals_what_the_base_holds_as_a_secret(base: Any) -> None:
    world = World(LampServer(desk(note="canary")), [NOT_KEPT])
    outcome = applied(world, a_lamp({"note": "plain"})._replace(former=lamp("a", base), based=True))
    assert outcome.status == "unsettled"
    assert "note" in outcome.detail
    assert "canary" not in outcome.detail


def test_of_two_resources_that_are_one_object_each_is_compared_with_what_its_own_base_holds() -> None:
    world = World(LampServer(desk(note="canary", watts=1)))
    first = wanted(lamp("a", {"watts": 2}))
    base = lamp("b", {"title": "a", "note": Secret("x", "NOTE")})
    later = wanted(lamp("b", {"title": "a", "note": "plain", "watts": 2}))._replace(former=base, based=True)
    steps = planned(world, first, later).steps
    changes = [[change.before for change in step.operation.changes] for step in steps]
    assert changes == [[1], [Secret("canary")]]
    assert steps[1].after == first.resource.address
