"""A write that could not leave while its look was fresh: looked at again, sent once, or given up in words."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.servers import LampServer, Releases, desk, row
from tests.support.values import a_lamp, a_release
from tests.support.worlds import Fault, World, applied, carried, planned


def slow(world: World, *seconds: float) -> World:
    world.records_take = [*seconds]
    return world


def events(world: World) -> list[tuple[Any, Any]]:
    return [(entry["event"], entry.get("effect")) for entry in world.of("record")]


@pytest.mark.parametrize("seconds", [1.6, 5.0, 600.0])
def test_a_look_that_is_too_old_is_taken_again_with_a_turn_of_its_own(seconds: float) -> None:
    world = slow(World(Releases(row(description="old"))), seconds)
    outcome = applied(world, a_release({"description": "new"}))
    assert (outcome.status, outcome.requests_sent) == ("done", 1)
    names = [name for name, _ in world.seen]
    assert names == ["read", "record", "keep", "read", "write", "record", "read", "record"]
    assert world.of("keep") == ["flexdeploy"]


@pytest.mark.parametrize("seconds", [0.0, 1.0, 1.4])
def test_a_look_that_is_fresh_is_the_only_one(seconds: float) -> None:
    world = slow(World(Releases(row(description="old"))), seconds)
    applied(world, a_release({"description": "new"}))
    assert [name for name, _ in world.seen] == ["read", "record", "write", "record", "read", "record"]


def test_the_intent_of_a_request_that_is_sent_later_is_recorded_once() -> None:
    world = slow(World(Releases(row(description="old"))), 5.0)
    applied(world, a_release({"description": "new"}))
    assert events(world) == [("intent", None), ("outcome", "taken"), ("settled", None)]


def test_what_somebody_changed_meanwhile_is_not_overwritten_and_is_in_no_doubt() -> None:
    world = slow(World(Releases(row(description="old"))), 5.0)
    world.meddle = {2: lambda server: server.rows[12101].update(description="by hand")}
    plan = planned(world, a_release({"description": "new"}))
    world.meddle = {1: world.meddle[2]}
    (outcome,) = carried(plan, world)
    assert outcome.status == "refused"
    assert world.count("write") == outcome.requests_sent == 0
    assert events(world) == [("intent", None), ("outcome", "none")]


def test_what_somebody_did_meanwhile_is_passed_and_is_in_no_doubt() -> None:
    world = slow(World(LampServer(desk(note="old"))), 5.0)
    plan = planned(world, a_lamp({"note": "new"}))
    world.meddle = {1: lambda server: server.rows[1].update(note="new")}
    (outcome,) = carried(plan, world)
    assert (outcome.status, outcome.requests_sent) == ("unchanged", 0)
    assert events(world) == [("intent", None), ("outcome", "none")]


def test_another_request_than_was_meant_has_an_intent_of_its_own() -> None:
    """What a PUT says back of what is not ours is as the second look shows it."""
    world = slow(
        World(Releases(row(description="old", pipelineName="P", properties=[], cmsDetails=None))), 5.0
    )
    plan = planned(world, a_release({"description": None}))
    world.meddle = {1: lambda server: server.rows[12101].update(pipelineName="Q")}
    (outcome,) = carried(plan, world)
    assert outcome.status == "done"
    assert world.server.rows[12101]["pipelineName"] == "Q"
    assert [event for event, _ in events(world)][:4] == ["intent", "outcome", "intent", "outcome"]


def never_in_time(moment: float) -> bool:
    return False


def test_a_process_that_is_stopped_again_and_again_writes_nothing_and_says_why() -> None:
    """Each look was answered long ago: the answer lay there while nobody could read it."""
    world = World(Releases(row(description="old")))
    world.reads_take = 3.0
    outcome = applied(world, a_release({"description": "new"}), ran_since=never_in_time)
    assert (outcome.status, outcome.requests_sent, world.count("write")) == ("failed", 0, 0)
    assert "6 times in a row more than 1.5 s passed" in outcome.detail
    assert "apply again" in outcome.detail
    assert events(world)[-1] == ("outcome", "none")


def test_a_server_that_reads_slowly_is_written_to_all_the_same() -> None:
    """The age of a look counts from its answer where nothing else can have passed."""
    world = World(Releases(row(description="old")))
    world.reads_take = 6.0
    assert applied(world, a_release({"description": "new"})).status == "done"


def test_a_lost_create_that_can_then_not_be_sent_in_time_stays_unknown() -> None:
    world = World(Releases(), faults=[Fault("lost_before")])
    world.reads_take = 1.6
    outcome = applied(world, a_release(), ran_since=lambda moment: not world.count("write"), settle=8.0)
    assert (outcome.status, outcome.requests_sent) == ("unknown", 1)


def test_a_look_that_cannot_be_taken_again_leaves_no_doubt() -> None:
    world = slow(World(Releases(row(description="old")), unreadable={1}), 5.0)
    outcome = applied(world, a_release({"description": "new"}))
    assert (outcome.status, world.count("write")) == ("failed", 0)
    assert events(world) == [("intent", None), ("outcome", "none")]


def test_each_request_of_a_chain_rests_on_a_look_of_its_own() -> None:
    world = World(LampServer(desk(note="old")))
    plan = planned(world, a_lamp({"note": "new", "power": "ON"}))
    world.records_take = [5.0] * 9
    (outcome,) = carried(plan, world)
    assert (outcome.status, outcome.requests_sent) == ("done", len(plan.plan.operations[0].requests))
    names = [name for name, _ in world.seen]
    assert all(names[at - 1] == "read" for at, name in enumerate(names) if name == "write")
    assert world.count("keep") == outcome.requests_sent
