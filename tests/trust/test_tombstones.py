"""A tombstone removes the object that it names, and no other one, whoever pinned it, and when."""

from __future__ import annotations

import pytest
from tests.support.lamps import LAMP
from tests.support.values import HERE, address, lamp, live_lamp, wanted

from reconcile.desired import Wanted
from reconcile.live.match import matched
from reconcile.live.tombstones import names_another
from reconcile.model import EMPTY, Live, Origin, Problem, Ref, Resource
from reconcile.planning.decide import Facts, decide

PRUNE = Facts(EMPTY, prune=True)
NAMED = {"title": "a"}


def silent(resource: Resource) -> Resource:
    """The same, where the manifest writes no field: each has the place of what is around it."""
    return resource._replace(locate=lambda path: HERE)


def tombstone(title: str, **more: object) -> Wanted:
    return wanted(lamp("a", {"title": title}, absent=True, **more))


@pytest.mark.parametrize("pin", [2, "2"])
@pytest.mark.parametrize("title", ["a", "A", " b", ""])
def test_a_pinned_tombstone_whose_key_is_another_is_an_error_that_names_both(pin: object, title: str) -> None:
    ((_, found),) = matched([tombstone(title, id=pin)], [live_lamp(1, "a"), live_lamp(2, "b")])
    assert isinstance(found, Problem)
    assert (found.code, found.origin) == ("wrong-tombstone", Origin("m.yaml", 2))
    assert f"lamps/Lamp/a is pinned to id {2}" in found.message
    assert f"`title` is `{title}` here and `b` there" in found.message


def test_it_is_no_delete_either_where_the_object_was_renamed_since_the_plan() -> None:
    item = tombstone("a", id=1)
    assert decide(item, live_lamp(1, "a"), PRUNE).action == "delete"
    verdict = decide(item, live_lamp(1, "b"), PRUNE)
    assert verdict.requests == ()
    ((_, why),) = verdict.blocked
    assert "`title` is `a` here and `b` there" in why


def test_a_tombstone_that_the_base_leads_to_another_object_is_an_error() -> None:
    item = tombstone("new")._replace(former=lamp("a", {"title": "old"}), based=True)
    ((_, found),) = matched([item], [live_lamp(1, "old")])
    assert isinstance(found, Problem)
    assert "was id 1 at the base" in found.message


def test_a_key_that_only_defaults_from_the_name_says_nothing_of_the_object() -> None:
    item = wanted(silent(lamp("a", absent=True, id=2)))
    assert [*matched([item], [live_lamp(2, "b")])] == [(address("a"), live_lamp(2, "b"))]
    assert decide(item, live_lamp(2, "b"), PRUNE).action == "delete"


def test_a_pin_that_renames_is_no_tombstone() -> None:
    item = wanted(lamp("a", {"title": "new"}, id=2))
    assert [*matched([item], [live_lamp(2, "b")])] == [(address("a"), live_lamp(2, "b"))]


def test_what_only_the_base_has_is_looked_at_under_any_name() -> None:
    item = tombstone("a", id=2)._replace(left=True)
    assert [*matched([item], [live_lamp(2, "b")])] == [(address("a"), live_lamp(2, "b"))]


def test_a_key_by_a_reference_to_nothing_is_that_of_no_live_object() -> None:
    resource = lamp("a", {"title": Ref(address("b"))}, absent=True, id=2)
    found = names_another(LAMP, resource, Live(2, "b", NAMED))
    assert found is not None
    assert "`title` is `lamps/Lamp/b, which is not there` here and `a` there" in found.message
