"""What a plan holds for each resource, in which order, and what each operation waits for."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.lamps import LAMP
from tests.support.values import address, lamp, live_lamp, wanted

from reconcile.desired import with_secrets
from reconcile.live.observation import Observation
from reconcile.model import Address, Env, Live, Origin, Ref, Resource, Secret
from reconcile.planning.build import Planned, plan
from reconcile.planning.contents import Plan
from reconcile.planning.order import order


def planned(*resources: Resource, live: dict[str, Live] | None = None, **given: Any) -> Plan:
    return whole(*resources, live=live, **given).plan


def whole(
    *resources: Resource,
    live: dict[str, Live] | None = None,
    only: set[str] | None = None,
    prune: bool = False,
    **options: Any,
) -> Planned:
    seen = Observation({address(name): each for name, each in (live or {}).items()})
    items = [wanted(resource, **options) for resource in resources]
    return plan(items, lambda where: only is None or where.name in only, seen, prune=prune)


def names(addresses: tuple[Address, ...]) -> list[str]:
    return [each.name for each in addresses]


def differs(found: Plan) -> bool:
    return bool(found.operations or found.blocked)


def operations(found: Plan) -> dict[str, str]:
    return {each.address.name: each.action for each in found.operations}


def test_what_is_not_live_is_created_and_what_differs_is_updated() -> None:
    found = planned(
        lamp("a"), lamp("b", {"note": "x"}), lamp("c"), live={"b": live_lamp(2, "b"), "c": live_lamp(3, "c")}
    )
    assert operations(found) == {"a": "create", "b": "update"}
    assert names(found.unchanged) == ["c"]
    assert differs(found)


def test_a_plan_without_differences_says_so() -> None:
    found = planned(lamp("a"), live={"a": live_lamp()})
    assert (found.operations, found.blocked) == ((), ())


def test_an_operation_names_its_object_as_live_or_as_wanted() -> None:
    created, updated = planned(
        lamp("a"), lamp("b", {"note": "x"}), live={"b": live_lamp(7, "Bee")}
    ).operations
    assert (created.id, created.name) == (None, "a")
    assert (updated.id, updated.name) == (7, "Bee")
    assert created.origin == Origin("m.yaml", 1)


def test_operations_stand_in_the_order_in_which_they_are_applied_whatever_that_of_the_files() -> None:
    chain = [
        lamp("a", depends_on=(address("c"),)),
        lamp("b"),
        lamp("c", {"room": Ref(address("d"))}),
        lamp("d"),
    ]
    for files in (chain, chain[::-1], [chain[2], chain[0], chain[3], chain[1]]):
        assert [each.address.name for each in planned(*files).operations] == ["b", "d", "c", "a"]


def test_tombstones_stand_last() -> None:
    resources = [lamp("a", absent=True), lamp("b"), lamp("c", absent=True, depends_on=(address("b"),))]
    assert [each.address.name for each in order(resources)] == ["b", "c", "a"]


def test_an_operation_waits_for_what_it_needs_through_what_needs_nothing() -> None:
    resources = [
        lamp("a", {"note": "x"}),
        lamp("b", depends_on=(address("a"),)),
        lamp("c", {"note": "x"}, depends_on=(address("b"),)),
    ]
    live = {name: live_lamp(number, name) for number, name in enumerate("abc", 1)}
    assert {each.address.name: names(each.needs) for each in planned(*resources, live=live).operations} == {
        "a": [],
        "c": ["a"],
    }


def test_an_operation_waits_for_the_nearest_that_acts_and_not_for_what_that_one_needs() -> None:
    resources = [lamp("a"), lamp("b", depends_on=(address("a"),)), lamp("c", depends_on=(address("b"),))]
    assert {each.address.name: names(each.needs) for each in planned(*resources).operations} == {
        "a": [],
        "b": ["a"],
        "c": ["b"],
    }


def test_an_operation_waits_for_what_is_blocked() -> None:
    resources = [lamp("a", {"power": "OFF"}), lamp("b", depends_on=(address("a"),))]
    found = planned(*resources, live={"a": live_lamp(power="ON")})
    (operation,) = found.operations
    assert names(operation.needs) == ["a"]
    assert [(item.address.name, item.reason) for item in found.blocked] == [("a", "a lamp never cools down")]


def test_what_is_not_selected_is_not_planned_and_lends_its_id() -> None:
    resources = [lamp("a", {"note": "x"}), lamp("b", {"room": Ref(address("a"))})]
    found = planned(*resources, live={"a": live_lamp(7)}, only={"b"})
    assert operations(found) == {"b": "create"}
    assert found.operations[0].requests[0].body == {"title": "b", "room": 7}


def test_what_needs_an_id_that_nothing_selected_brings_about_is_blocked_and_says_what_to_select() -> None:
    resources = [
        lamp("z"),
        lamp("a", {"room": Ref(address("z"))}),
        lamp("b", {"room": Ref(address("a")), "note": "x"}),
        lamp("c", {"room": Ref(address("a"))}),
        lamp("d", depends_on=(address("b"),)),
        lamp("e", {"room": Ref(address("c"))}),
    ]
    found = planned(*resources, live={"b": live_lamp(2, "b")}, only=set("bcde"))
    which = "lamps/Lamp/a and lamps/Lamp/z, which do not exist yet and are not selected"
    reason = f"needs {which}: select them too"
    assert [(item.address.name, item.path, item.reason) for item in found.blocked] == [
        ("b", ("note",), reason),
        ("b", ("room",), reason),
        ("c", ("room",), reason),
    ]
    assert {each.address.name: names(each.needs) for each in found.operations} == {"d": ["b"], "e": ["c"]}


def test_what_needs_an_id_of_something_suspended_and_not_selected_says_both() -> None:
    resources = [lamp("a", suspend="INC-1"), lamp("b", {"room": Ref(address("a"))})]
    ((item,),) = (planned(*resources, only={"b"}).blocked,)
    assert item.reason == (
        "needs lamps/Lamp/a, which does not exist yet and is not selected; lamps/Lamp/a is blocked itself "
        "(suspended: INC-1): mend that, and select it too"
    )
    assert [each.address.name for each in planned(*resources).operations] == ["b"]


def test_a_reference_to_what_does_not_exist_yet_stays_one() -> None:
    found = planned(lamp("a"), lamp("b", {"room": Ref(address("a"))}))
    assert found.operations[1].requests[0].body == {"title": "b", "room": Ref(address("a"))}


def test_a_resource_that_is_blocked_in_part_sends_the_rest() -> None:
    found = planned(lamp("a", {"power": "OFF", "note": "x"}), live={"a": live_lamp(power="ON")})
    (operation,) = found.operations
    assert [change.path for change in operation.changes] == [("note",)]
    assert [item.path for item in found.blocked] == [("power",)]
    assert found.unchanged == ()


def test_what_is_suspended_is_compared_and_held_back_with_its_reason() -> None:
    found = planned(lamp("a", {"note": "x", "watts": 3}, suspend="INC-1"), live={"a": live_lamp(watts=3)})
    assert [(item.path, item.after, item.reason) for item in found.blocked] == [
        (("note",), "x", "suspended: INC-1")
    ]
    assert found.operations == ()


def test_what_is_suspended_is_not_created_either() -> None:
    found = planned(lamp("a", suspend="hands off"))
    assert [item.reason for item in found.blocked] == ["suspended: hands off"]
    assert found.operations == ()


def test_what_is_suspended_and_as_wanted_is_in_sync() -> None:
    assert not differs(planned(lamp("a", suspend="hands off"), live={"a": live_lamp()}))


def test_a_tombstone_is_blocked_until_pruning_is_asked_for() -> None:
    gone = lamp("a", absent=True)
    (held,) = planned(gone, live={"a": live_lamp()}).blocked
    assert (held.path, held.before, held.after) == (("absent",), "a", None)
    assert held.reason == "a tombstone: it is deleted only with --prune"
    (operation,) = planned(gone, live={"a": live_lamp()}, prune=True).operations
    assert (operation.action, operation.id) == ("delete", 1)
    assert [request.method for request in operation.requests] == ["DELETE"]


def test_a_tombstone_of_nothing_is_in_sync() -> None:
    found = planned(lamp("a", absent=True), prune=True)
    assert (differs(found), names(found.unchanged)) == (False, ["a"])


def test_a_suspended_tombstone_is_not_deleted() -> None:
    found = planned(lamp("a", absent=True, suspend="no"), live={"a": live_lamp()}, prune=True)
    assert [item.reason for item in found.blocked] == ["suspended: no"]


def test_a_field_that_is_never_shown_is_unverified_and_in_sync() -> None:
    found = planned(lamp("a", {"note": "x"}), live={"a": live_lamp()}, hidden=["note"])
    assert not differs(found)
    assert [(item.path, item.reason) for item in found.unverified] == [
        (("note",), "options.hidden: this server never shows it")
    ]


def test_a_field_that_is_never_shown_is_sent_on_creation() -> None:
    found = planned(lamp("a", {"note": "x"}), hidden=["note"])
    assert found.operations[0].requests[0].body == {"title": "a", "note": "x"}
    assert found.unverified == ()


def test_a_field_that_is_shown_after_all_is_compared() -> None:
    found = planned(lamp("a", {"note": "x"}), live={"a": live_lamp(note="y")}, hidden=["note"])
    assert differs(found)
    assert found.unverified == ()


def test_two_resources_of_one_live_object_that_disagree_are_a_problem_with_both_places() -> None:
    found = planned(
        lamp("a", {"note": "x"}, id=1), lamp("b", {"note": "y"}), live={"a": live_lamp(), "b": live_lamp()}
    )
    (problem,) = found.problems
    assert problem.code == "claims-disagree"
    assert "lamps/Lamp/b and lamps/Lamp/a are the same live object, and disagree on note" in problem.message


@pytest.mark.parametrize("name", ["title", "note"])
def test_a_secret_is_read_from_the_operators_environment(name: str) -> None:
    resource, problems = with_secrets(lamp("a", {name: Env("X")}), {"X": "canary"}, LAMP.table)
    assert problems == ()
    assert resource.spec[name] == Secret("canary")


def test_a_secret_that_is_not_set_is_named() -> None:
    _, problems = with_secrets(lamp("a", {"note": Env("X"), "pin": Env("Y")}), {"X": "x"}, LAMP.table)
    assert [str(problem) for problem in problems] == [
        "m.yaml:2:1: lamps/Lamp/a reads Y, which is not set: set it, or run where it is [missing-secret]"
    ]
