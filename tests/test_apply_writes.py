"""What apply does with the answer to a write: waits, reads back, goes on, and what it writes down."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.servers import LampServer, Releases, desk, row
from tests.support.values import a_lamp, a_release, lamp, wanted
from tests.support.worlds import Fault, World, applied, carried, planned

from reconcile.execution.journal import Journal
from reconcile.model import Secret
from reconcile.planning.build import Planned

LATER = Fault("later", 7.0)
REFUSED = Fault("refuse")
NOT_KEPT = Fault("ignored")


def test_a_refused_write_fails_with_the_servers_words_and_is_not_sent_again() -> None:
    world = World(Releases(row(description="old")), [REFUSED])
    outcome = applied(world, a_release({"description": "new"}))
    assert outcome.status == "failed"
    assert outcome.detail == ": PATCH /releases/12101: 400 Bad Request: no".replace(":", "flexdeploy:", 1)
    assert world.count("write") == 1


def test_a_write_put_off_by_the_server_waits_as_long_as_it_asks_looks_again_and_is_sent_again() -> None:
    world = World(Releases(row(description="old")), [LATER, LATER])
    outcome = applied(world, a_release({"description": "new"}))
    assert (outcome.status, outcome.requests_sent) == ("done", 3)
    assert world.of("wait") == [7.0, 7.0]
    assert world.count("read") == 4


def test_a_write_put_off_for_ever_fails_after_five_waits() -> None:
    world = World(Releases(row(description="old")), [LATER] * 9)
    outcome = applied(world, a_release({"description": "new"}))
    assert (outcome.status, outcome.requests_sent) == ("failed", 6)


def test_live_that_moved_while_a_write_was_put_off_is_refused() -> None:
    world = World(Releases(row(description="old")), [LATER])
    world.meddle = {1: lambda server: server.rows[12101].update(description="by hand")}
    outcome = applied(world, a_release({"description": "new"}))
    assert (outcome.status, outcome.requests_sent) == ("refused", 1)


def test_a_field_that_is_not_kept_is_unsettled_with_both_values_after_five_seconds() -> None:
    world = World(Releases(row(description="old")), [NOT_KEPT])
    outcome = applied(world, a_release({"description": "new"}))
    assert outcome.status == "unsettled"
    assert outcome.detail == 'the server took the write and did not keep description: "old", wanted "new"'
    assert 5.0 <= outcome.seconds < 5.2
    assert world.count("write") == 1


def in_doubt(world: World, root: Path) -> list[str]:
    """What the next apply would look for, by what this one wrote down."""
    with Journal(root) as journal:
        for entry in world.of("record"):
            journal.append(entry)
    with Journal(root) as journal:
        return [*journal.past.in_doubt]


def test_a_write_that_was_answered_and_not_kept_is_in_no_doubt(tmp_path: Path) -> None:
    world = World(Releases(row(description="old")), [NOT_KEPT])
    assert applied(world, a_release({"description": "new"})).status == "unsettled"
    assert in_doubt(world, tmp_path) == []


def test_a_write_that_was_answered_with_a_refusal_is_in_no_doubt(tmp_path: Path) -> None:
    world = World(Releases(row(description="old")), [REFUSED])
    assert applied(world, a_release({"description": "new"})).status == "failed"
    assert in_doubt(world, tmp_path) == []


def test_a_create_that_was_answered_and_that_no_list_shows_yet_is_looked_for_by_the_next_apply(
    tmp_path: Path,
) -> None:
    world = World(Releases(), [NOT_KEPT])
    assert applied(world, a_release()).status == "unsettled"
    assert in_doubt(world, tmp_path) == ["flexdeploy/Release/a"]


def test_a_field_that_the_answer_lacks_names_the_option_that_says_so() -> None:
    world = World(Releases(row(pipelineName="P")), [NOT_KEPT])
    outcome = applied(world, a_release({"properties": [{"propertyName": "A", "propertyValue": "1"}]}))
    assert outcome.status == "unsettled"
    assert "(its answer lacks properties: options.hidden names fields never shown)" in outcome.detail


def test_a_secret_that_is_not_kept_is_named_and_not_shown() -> None:
    world = World(LampServer(desk(pin="1111")), [NOT_KEPT])
    outcome = applied(world, a_lamp({"pin": Secret("canary")}))
    assert outcome.detail == "the server took the write and did not keep pin"


def test_a_write_that_shows_late_is_read_until_it_does() -> None:
    world = World(Releases(row(description="old")), [Fault("shows_late", 3.0)])
    outcome = applied(world, a_release({"description": "new"}))
    assert outcome.status == "done"
    assert 3.0 <= outcome.seconds < 5.0


def test_live_state_that_cannot_be_read_at_first_fails_before_anything_is_sent() -> None:
    world = World(Releases(row(description="old")), unreadable={0})
    outcome = applied(world, a_release({"description": "new"}))
    assert outcome.status == "failed"
    assert outcome.detail.startswith("not sent, live state could not be read: ")
    assert outcome.requests_sent == world.count("record") == 0


def test_a_read_back_that_fails_for_a_while_is_tried_again() -> None:
    world = World(Releases(row(description="old")), unreadable={1, 2})
    assert applied(world, a_release({"description": "new"})).status == "done"


def test_a_write_that_can_never_be_read_back_is_unknown() -> None:
    world = World(Releases(row(description="old")), unreadable=set(range(1, 99)))
    outcome = applied(world, a_release({"description": "new"}))
    assert outcome.status == "unknown"
    assert outcome.detail.startswith("written, but it could not be read back: ")


def test_a_chain_of_requests_is_read_back_after_each() -> None:
    world = World(LampServer(desk()))
    outcome = applied(world, a_lamp({"note": "n", "power": "ON"}))
    assert (outcome.status, outcome.requests_sent) == ("done", 3)
    assert [request.body for request in world.of("write")] == [{"note": "n"}, {"to": "WARM"}, {"to": "ON"}]
    assert world.count("read") == 4


def test_an_operation_whose_first_requests_others_have_done_goes_on_with_the_rest() -> None:
    world = World(LampServer(desk()))
    plan = planned(world, a_lamp({"power": "ON"}))
    world.server.rows[1]["power"] = "WARM"
    (outcome,) = carried(plan, world)
    assert (outcome.status, outcome.requests_sent) == ("done", 1)


def test_an_object_is_deleted_where_pruning_was_asked_for() -> None:
    world = World(LampServer(desk()))
    outcome = applied(world, a_lamp(absent=True), prune=True)
    assert (outcome.status, outcome.result) == ("done", {})
    assert world.server.rows == {}


def test_the_answer_of_another_object_is_no_answer() -> None:
    class Confused(Releases):
        def read(self, request: Any) -> Any:
            found = super().read(request)
            return found if isinstance(found, list) else {**found, "releaseId": 13607}

    world = World(Confused(row(description="old")))
    outcome = applied(world, a_release({"description": "new"}))
    assert outcome.status == "failed"
    assert outcome.detail.endswith("flexdeploy: GET /releases/12101: the answer is about id 13607")


def test_references_are_the_ids_of_what_was_made_before() -> None:
    world = World(LampServer())
    plan = _two(world)
    assert [outcome.status for outcome in carried(plan, world)] == ["done", "done"]
    assert world.server.rows[2]["room"] == 1


def test_references_to_what_others_made_meanwhile_are_its_id() -> None:
    world = World(LampServer())
    plan = _two(world)
    world.server.rows[7] = {"lampId": 7, "title": "a"}
    assert [outcome.status for outcome in carried(plan, world)] == ["unchanged", "done"]
    assert world.server.rows[8]["room"] == 7


def _two(world: World) -> Planned:
    from reconcile.model import Ref

    first = a_lamp()
    return planned(world, first, wanted(lamp("b", {"room": Ref(first.resource.address)})))


def test_the_journal_holds_no_value_and_no_secret() -> None:
    world = World(LampServer(desk()))
    spec = {"note": "canary-note", "pin": Secret("canary-pin")}
    applied(world, a_lamp(spec))
    intent, result, seen = world.of("record")
    about = {"address", "environment", "origin", "key", "object"}
    assert set(intent) == {"event", *about, "method", "path", "body"}
    assert intent["event"] == "intent"
    assert intent["body"].startswith("sha256:")
    assert result == {**intent, "event": "outcome", "effect": "taken", "status": 200}
    assert seen == {"event": "settled", **{name: intent[name] for name in about}}
    assert "canary" not in repr(world.of("record"))


def test_the_digest_of_a_body_in_the_journal_does_not_depend_on_a_secret() -> None:
    bodies = []
    for secret in ("one", "two"):
        world = World(LampServer(desk()))
        applied(world, a_lamp({"pin": Secret(secret)}))
        bodies.append(world.of("record")[0]["body"])
    assert bodies[0] == bodies[1]
