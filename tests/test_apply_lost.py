"""Writes whose answer was lost: looked for, adopted, sent once more after the settle time, or unknown."""

from __future__ import annotations

import pytest
from tests.support.servers import LampServer, Releases, desk, row
from tests.support.values import a_lamp, a_release
from tests.support.worlds import Fault, World, applied, carried, planned

NEVER_ARRIVED = Fault("lost_before")
ARRIVED = Fault("lost_after")


def arrives(seconds: float) -> Fault:
    return Fault("lost_after", seconds)


def test_a_create_that_took_effect_is_adopted_and_never_sent_again() -> None:
    world = World(Releases(), [ARRIVED])
    outcome = applied(world, a_release())
    assert (outcome.status, outcome.requests_sent, outcome.result) == ("done", 1, {"releaseId": 101})
    assert world.of("wait") == [0.25]


@pytest.mark.parametrize("delay", [0.1, 1.0, 9.0, 29.9])
def test_a_create_that_takes_effect_within_the_settle_time_is_made_once(delay: float) -> None:
    world = World(Releases(), [arrives(delay)])
    outcome = applied(world, a_release())
    assert (outcome.status, outcome.requests_sent) == ("done", 1)
    assert len(world.server.rows) == 1


def test_a_create_that_never_arrived_is_sent_once_more_when_the_settle_time_is_over() -> None:
    world = World(Releases(), [NEVER_ARRIVED])
    outcome = applied(world, a_release())
    assert (outcome.status, outcome.requests_sent) == ("done", 2)
    assert sum(world.of("wait")) >= 29.5
    assert outcome.seconds >= 30


def test_nothing_is_sent_again_before_a_look_that_began_after_the_settle_time() -> None:
    world = World(Releases(), [NEVER_ARRIVED])
    applied(world, a_release())
    kinds = [name for name, _ in world.seen]
    again = len(kinds) - 1 - kinds[::-1].index("write")
    assert kinds[again - 3 : again] == ["wait", "read", "record"]


def test_a_create_that_is_lost_twice_is_unknown() -> None:
    world = World(Releases(), [NEVER_ARRIVED, NEVER_ARRIVED])
    outcome = applied(world, a_release(), settle=8.0)
    assert (outcome.status, outcome.requests_sent, outcome.result) == ("unknown", 2, {})
    assert outcome.detail == (
        "flexdeploy: POST /releases: the connection was lost; sent twice, and no effect was seen within 8 s"
    )


def test_the_second_of_two_lost_creates_is_adopted_too() -> None:
    world = World(Releases(), [NEVER_ARRIVED, ARRIVED])
    assert applied(world, a_release()).status == "done"
    assert len(world.server.rows) == 1


@pytest.mark.parametrize("settle", [0.0, 0.1, 3.0, 30.0, 600.0])
def test_the_settle_time_is_as_long_as_the_terms_say(settle: float) -> None:
    world = World(Releases(), [NEVER_ARRIVED])
    outcome = applied(world, a_release(), settle=settle)
    assert outcome.status == "done"
    assert settle <= outcome.seconds <= settle + 1.0


def test_the_looks_become_rarer() -> None:
    world = World(Releases(), [NEVER_ARRIVED])
    applied(world, a_release(), settle=60.0)
    assert world.of("wait")[:7] == [0.25, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0]


def test_an_update_that_took_effect_is_done() -> None:
    world = World(Releases(row(description="old")), [arrives(2.0)])
    outcome = applied(world, a_release({"description": "new"}))
    assert (outcome.status, outcome.requests_sent) == ("done", 1)


def test_live_that_changed_in_another_way_meanwhile_is_unknown_by_the_fields_name() -> None:
    world = World(Releases(row(description="old")), [NEVER_ARRIVED])
    world.meddle = {2: lambda server: server.rows[12101].update(description="by hand")}
    outcome = applied(world, a_release({"description": "new"}))
    assert (outcome.status, outcome.requests_sent) == ("unknown", 1)
    assert outcome.detail.endswith("live has changed since in another way: description")


def test_a_release_completed_while_its_write_is_looked_for_is_unknown_with_the_reason() -> None:
    world = World(Releases(row(description="old")), [NEVER_ARRIVED])
    world.meddle = {1: lambda server: server.rows[12101].update(releaseStatus="COMPLETED")}
    outcome = applied(world, a_release({"description": "new"}))
    assert outcome.status == "unknown"
    assert outcome.detail.endswith("in another way: the release is COMPLETED")


def test_a_release_suspended_while_its_write_is_looked_for_is_never_called_done() -> None:
    live = row(description="old", properties=[], cmsDetails=None)
    world = World(Releases(live), [NEVER_ARRIVED])
    world.meddle = {1: lambda server: server.rows[12101].update(releaseStatus="SUSPENDED")}
    outcome = applied(world, a_release({"description": None}))
    assert outcome.status == "unknown"
    assert "cannot say back the status SUSPENDED" in outcome.detail


def test_reads_that_fail_while_a_write_is_looked_for_make_no_second_write() -> None:
    world = World(Releases(), [NEVER_ARRIVED], unreadable=set(range(1, 99)))
    outcome = applied(world, a_release())
    assert (outcome.status, outcome.requests_sent) == ("unknown", 1)
    assert "and live state could not be read since: " in outcome.detail


def test_one_read_that_works_is_enough_where_it_comes_last() -> None:
    world = World(Releases(), [NEVER_ARRIVED], unreadable=set(range(1, 8)))
    assert applied(world, a_release()).status == "done"


def test_a_chain_goes_on_after_a_lost_request_that_took_effect() -> None:
    world = World(LampServer(desk()), [Fault("none"), ARRIVED])
    outcome = applied(world, a_lamp({"note": "n", "power": "ON"}))
    assert (outcome.status, outcome.requests_sent) == ("done", 3)
    assert world.server.rows[1]["power"] == "ON"


def test_only_one_request_of_a_chain_is_ever_sent_again() -> None:
    world = World(LampServer(desk()), [NEVER_ARRIVED, Fault("none"), NEVER_ARRIVED])
    outcome = applied(world, a_lamp({"note": "n", "power": "ON"}))
    assert (outcome.status, outcome.requests_sent) == ("unknown", 3)


def test_a_lost_delete_is_adopted_where_the_object_is_gone() -> None:
    world = World(LampServer(desk()), [ARRIVED])
    assert applied(world, a_lamp(absent=True), prune=True).status == "done"


def test_two_live_objects_after_a_lost_create_are_unknown_and_named() -> None:
    world = World(Releases(), [ARRIVED])
    world.meddle = {1: lambda server: server.rows.update({9: row(9)})}
    outcome = applied(world, a_release())
    assert outcome.status == "unknown"
    assert "ids 101, 9 have the same name" in outcome.detail


def test_a_run_that_is_stopped_while_it_looks_ends_with_unknown() -> None:
    world = World(Releases(), [NEVER_ARRIVED], interrupt_at=1)
    outcome = applied(world, a_release())
    assert (outcome.status, outcome.requests_sent) == ("unknown", 1)
    assert outcome.detail == "interrupted while looking for the outcome"


def test_a_run_that_is_stopped_while_a_write_is_put_off_says_that_nothing_was_taken() -> None:
    world = World(Releases(row(description="old")), [Fault("later", 5.0)], interrupt_at=0)
    outcome = applied(world, a_release({"description": "new"}))
    assert outcome.status == "failed"
    assert outcome.detail.endswith("429 Too Many Requests; interrupted before it was sent again")


def test_a_stop_while_a_second_sending_is_put_off_leaves_the_first_unknown() -> None:
    world = World(Releases(), [NEVER_ARRIVED, Fault("later", 5.0)], interrupt_at=7)
    outcome = applied(world, a_release(), settle=10.0)
    assert world.of("wait")[-1] == 5.0
    assert (outcome.status, outcome.requests_sent) == ("unknown", 2)


def test_the_journal_says_that_an_effect_is_unknown_and_later_that_it_was_seen() -> None:
    world = World(Releases(), [ARRIVED])
    applied(world, a_release())
    said = [(entry["event"], entry.get("effect")) for entry in world.of("record")]
    assert said == [("intent", None), ("outcome", "unknown"), ("settled", None)]


def test_a_release_completed_since_the_plan_is_passed_with_that_word() -> None:
    world = World(Releases(row(description="old")))
    plan = planned(world, a_release({"description": "new"}))
    world.server.rows[12101]["releaseStatus"] = "COMPLETED"
    (outcome,) = carried(plan, world)
    assert (outcome.status, outcome.detail) == ("unchanged", "the release is COMPLETED")
