"""Somebody else was quicker: what a server refuses since it is done already is looked at once, and passed."""

from __future__ import annotations

import pytest
from tests.support.servers import LampServer, Releases, desk, row
from tests.support.values import a_lamp, a_release, address, lamp, wanted
from tests.support.worlds import Fault, World, applied, carried, planned

from reconcile.model import Ref

REFUSALS = [400, 404, 409, 410, 412, 422]


@pytest.mark.parametrize("status", REFUSALS)
def test_what_somebody_else_created_as_it_is_wanted_is_unchanged(status: int) -> None:
    world = World(Releases(), faults=[Fault("overtaken", status=status)])
    outcome = applied(world, a_release({"description": "new"}))
    assert (outcome.status, outcome.requests_sent) == ("unchanged", 1)
    assert outcome.detail == "already as wanted: somebody else was quicker"
    assert outcome.result == {"releaseId": 101}
    assert [name for name, _ in world.seen] == ["read", "record", "write", "record", "read"]
    assert world.of("record")[-1]["effect"] == "none"


@pytest.mark.parametrize("status", REFUSALS)
def test_what_somebody_else_deleted_is_unchanged(status: int) -> None:
    world = World(LampServer(desk()), faults=[Fault("overtaken", status=status)])
    outcome = applied(world, a_lamp(absent=True), prune=True)
    assert (outcome.status, outcome.requests_sent) == ("unchanged", 1)


def test_what_somebody_else_changed_as_it_is_wanted_is_unchanged() -> None:
    world = World(Releases(row(description="old")), faults=[Fault("overtaken", status=409)])
    assert applied(world, a_release({"description": "new"})).status == "unchanged"


def test_what_somebody_else_did_after_a_lost_write_was_waited_for_leaves_no_doubt() -> None:
    world = World(Releases(), faults=[Fault("lost_before"), Fault("overtaken", status=409)])
    outcome = applied(world, a_release({"description": "new"}))
    assert (outcome.status, outcome.requests_sent) == ("done", 2)
    assert world.of("record")[-1]["event"] == "settled"


def test_of_a_chain_that_somebody_else_began_the_rest_is_done() -> None:
    world = World(LampServer(desk(note="old")), faults=[Fault("overtaken", status=409)])
    outcome = applied(world, a_lamp({"note": "new", "power": "WARM"}))
    assert (outcome.status, outcome.requests_sent) == ("done", 2)
    assert world.server.rows[1] == {**desk(), "note": "new", "power": "WARM"}


@pytest.mark.parametrize("status", REFUSALS)
def test_what_somebody_else_created_otherwise_fails_and_says_so(status: int) -> None:
    world = World(Releases(), faults=[Fault("refuse", status=status)])
    plan = planned(world, a_release({"description": "new"}))
    world.meddle = {1: lambda server: server.rows.update({7: row(7, description="theirs")})}
    (outcome,) = carried(plan, world)
    assert (outcome.status, outcome.requests_sent) == ("failed", 1)
    assert "somebody else made it meanwhile, and not as it is wanted (" in outcome.detail
    assert "description" in outcome.detail
    assert outcome.detail.endswith("plan again")
    assert world.server.rows[7]["description"] == "theirs"


@pytest.mark.parametrize("status", REFUSALS)
def test_what_was_refused_for_its_own_sake_fails_with_the_servers_words_after_one_look(status: int) -> None:
    world = World(Releases(), faults=[Fault("refuse", status=status)])
    outcome = applied(world, a_release({"description": "new"}))
    assert outcome.status == "failed"
    assert outcome.detail == f"flexdeploy: POST /releases: {status} Bad Request: no"
    assert (world.count("read"), world.count("wait")) == (2, 0)


@pytest.mark.parametrize("status", [401, 403, 405, 415])
def test_what_no_other_hand_can_have_caused_is_not_looked_at(status: int) -> None:
    world = World(Releases(), faults=[Fault("refuse", status=status)])
    assert applied(world, a_release()).status == "failed"
    assert world.count("read") == 1


def test_a_look_that_fails_leaves_the_servers_words() -> None:
    world = World(Releases(), faults=[Fault("overtaken", status=409)], unreadable={1})
    outcome = applied(world, a_release())
    assert (outcome.status, outcome.detail) == ("failed", "flexdeploy: POST /releases: 409 Taken")


def test_two_of_the_name_are_not_chosen_between() -> None:
    world = World(Releases(), faults=[Fault("refuse", status=409)])
    plan = planned(world, a_release())
    world.meddle = {1: lambda server: server.rows.update({1: row(1), 2: row(2)})}
    (outcome,) = carried(plan, world)
    assert (outcome.status, outcome.detail) == ("failed", "flexdeploy: POST /releases: 409 Bad Request: no")


def test_what_depends_on_it_gets_its_id() -> None:
    world = World(LampServer(), faults=[Fault("overtaken", status=409)])
    first, second = wanted(lamp("a", {})), wanted(lamp("b", {"beside": Ref(address("a"))}))
    outcomes = carried(planned(world, first, second), world)
    assert [outcome.status for outcome in outcomes] == ["unchanged", "done"]
    assert world.server.rows[2]["beside"] == 1


def test_a_create_that_was_lost_before_and_is_taken_at_its_second_sending_is_ours() -> None:
    """It came after the settle time; nobody can say whose it is, and it is as it is wanted."""
    faults = [Fault("lost_before"), Fault("overtaken", status=409)]
    outcome = applied(World(Releases(), faults=faults), a_release(), settle=1.0)
    assert (outcome.status, outcome.requests_sent) == ("done", 2)
