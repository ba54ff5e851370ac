"""What differs between a manifest and a live object, for every kind of field."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.lamps import LAMP
from tests.support.values import address, lamp

from reconcile.model import Change, Part, Ref, Secret, Spec, spell
from reconcile.planning import diff

TABLE = LAMP.table


def differing(want: Spec, have: Spec | None) -> dict[str, tuple[Any, Any]]:
    """The paths that differ, each with what is live and what is wanted."""
    return {spell(change.path): (change.before, change.after) for change in found(want, have)}


def found(want: Spec, have: Spec | None) -> tuple[Change, ...]:
    return diff.changes(TABLE, lamp("a"), want, have)


@pytest.mark.parametrize(
    ("field", "want", "have"),
    [
        ("note", "x", "x"),
        ("note", "", None),
        ("note", None, ""),
        ("note", "3", 3),
        ("note", "true", True),
        ("watts", 3, "3"),
        ("watts", 3, " 03 "),
        ("watts", None, None),
        ("dim", True, "true"),
        ("dim", False, None),
        ("dim", None, False),
        ("dim", None, "false"),
        ("power", "ON", "on"),
        ("power", "ON", " O_N "),
        ("since", "2026-12-01T09:00:00Z", "2026-12-01T10:00:00+01:00"),
        ("since", "2026-12-01T09:00:00Z", "2026-12-01T10:00:00+0100"),
        ("since", "2026-12-01T09:00:00Z", "2026-12-01T09:00:00.000Z"),
        ("port", None, 4711),
        ("tags", ["a", "b"], ["b", "a"]),
        ("tags", [], None),
        ("tags", None, []),
        ("trigger", {"type": "time", "cron": "x"}, {"cron": "x", "type": "time"}),
        ("trigger", None, {}),
        ("mount", {"wall": "n"}, {"wall": "n", "height": 3, "hidden": 1}),
        ("mount", {"height": 180}, {"wall": "n"}),
        ("mount", {"height": 180}, None),
        ("mount", {}, None),
        ("mount", None, {"height": 180, "wall": ""}),
        ("mount", None, None),
        ("mount", {"hooks": [{"slot": 1}]}, {"hooks": [{"slot": "1", "hue": "red"}]}),
        ("bulbs", [], None),
        ("bulbs", None, []),
        ("bulbs", [{"slot": 1}, {"slot": 2}], [{"slot": 2}, {"slot": 1, "lumen": 8}]),
        ("bulbs", [{"slot": 1, "hue": None}], [{"slot": 1, "hue": ""}]),
        ("bulbs", [{"slot": 1, "lumen": None}], [{"slot": 1, "lumen": 800}]),
        ("bulbs", [{"slot": 1, "hue": "red"}, {"slot": 1}], [{"slot": 1}, {"slot": 1, "hue": "red"}]),
        ("room", 3, "3"),
        ("pin", Secret("x"), Secret("x")),
        ("pin", Secret("x"), "x"),
        ("pin", "x", Secret("x")),
        ("pin", Secret(""), None),
    ],
)
def test_two_spellings_of_one_value_are_no_difference(field: str, want: Any, have: Any) -> None:
    assert diff.same(TABLE, {field: want}, {field: have})
    assert found({field: want}, {field: have}) == ()


@pytest.mark.parametrize("have", [None, {}, {"title": "b", "note": "x", "watts": 3, "bulbs": [{"slot": 1}]}])
def test_what_the_manifest_does_not_write_is_no_difference(have: Spec | None) -> None:
    assert found({}, have or {}) == ()


@pytest.mark.parametrize(
    ("field", "want", "have", "path"),
    [
        ("note", "x", "y", "note"),
        ("note", "x", "X", "note"),
        ("note", None, "y", "note"),
        ("note", "x", None, "note"),
        ("note", "1.10", "1.1", "note"),
        ("watts", 3, 4, "watts"),
        ("watts", None, 4, "watts"),
        ("watts", 3, "three", "watts"),
        ("dim", True, None, "dim"),
        ("dim", None, True, "dim"),
        ("power", "ON", "OFF", "power"),
        ("power", "ON", "SOMETHING NEW", "power"),
        ("since", "2026-12-01T09:00:00Z", "2026-12-01T09:00:01Z", "since"),
        ("since", "2026-12-01T09:00:00Z", "2026-12-01T09:00:00", "since"),
        ("port", 5, 4711, "port"),
        ("tags", ["a"], ["a", "a"], "tags"),
        ("tags", None, ["a"], "tags"),
        ("trigger", {"type": "time"}, {"type": "time", "cron": "x"}, "trigger"),
        ("mount", {"wall": "n"}, {"wall": "s"}, "mount.wall"),
        ("mount", {"wall": "n"}, None, "mount.wall"),
        ("mount", None, {"wall": "s"}, "mount"),
        ("mount", {"hooks": [{"slot": 1}]}, {}, "mount.hooks[1]"),
        ("mount", {"hooks": [{"slot": 1, "hue": "a"}]}, {"hooks": [{"slot": 1}]}, "mount.hooks[1].hue"),
        ("bulbs", [{"slot": 1}], None, "bulbs[1]"),
        ("bulbs", [], [{"slot": 1}], "bulbs[1]"),
        ("bulbs", None, [{"slot": 1, "hue": "red"}], "bulbs[1,red]"),
        ("bulbs", [{"slot": 1, "lumen": 5}], [{"slot": 1, "lumen": 6}], "bulbs[1].lumen"),
        ("room", Ref(address("b")), 3, "room"),
        ("pin", Secret("x"), Secret("y"), "pin"),
        ("pin", None, Secret("y"), "pin"),
    ],
)
def test_a_difference_is_named_by_its_path(field: str, want: Any, have: Any, path: str) -> None:
    (change,) = found({field: want}, {field: have})
    assert spell(change.path) == path


def test_the_values_of_a_change_are_as_they_are_written_and_as_they_are_live() -> None:
    want = {"watts": 40, "bulbs": [{"slot": 1, "hue": "red"}], "mount": {"height": 10}}
    have = {"watts": "60", "bulbs": [{"slot": 2, "lumen": 3, "maker": "x"}], "mount": {"height": 20}}
    assert differing(want, have) == {
        "watts": ("60", 40),
        "mount.height": (20, 10),
        "bulbs[1,red]": (None, {"slot": 1, "hue": "red"}),
        "bulbs[2]": ({"slot": 2, "lumen": 3}, None),
    }


def test_changes_stand_in_the_vendors_order_and_entries_in_that_of_their_keys() -> None:
    want = {"bulbs": [{"slot": 10}, {"slot": 9}, {"slot": 100}], "watts": 1, "note": "n", "power": "ON"}
    assert list(differing(want, {})) == ["power", "note", "watts", "bulbs[9]", "bulbs[10]", "bulbs[100]"]


def test_a_new_object_gets_what_is_written_and_nothing_that_is_empty() -> None:
    want = {
        "title": "a",
        "note": None,
        "tags": [],
        "trigger": {},
        "watts": 0,
        "dim": False,
        "mount": {"wall": "n"},
    }
    assert differing(want, None) == {
        "title": (None, "a"),
        "watts": (None, 0),
        "dim": (None, False),
        "mount": (None, {"wall": "n"}),
    }


def test_whole_entries_are_marked_as_such() -> None:
    want = {"bulbs": [{"slot": 1}, {"slot": 2, "lumen": 1}]}
    marks = {
        spell(change.path): change.entry for change in found(want, {"bulbs": [{"slot": 2}, {"slot": 3}]})
    }
    assert marks == {"bulbs[1]": True, "bulbs[2].lumen": False, "bulbs[3]": True}


def test_a_part_leaves_the_entries_of_others_alone() -> None:
    want = {"bulbs": Part([{"slot": 1, "lumen": 5}])}
    assert found(want, {"bulbs": [{"slot": 1, "lumen": 5}, {"slot": 2}]}) == ()
    assert list(differing(want, {"bulbs": [{"slot": 2}]})) == ["bulbs[1]"]


def test_a_part_names_the_entries_that_must_be_gone() -> None:
    want = {"bulbs": Part([], gone=[("2",)])}
    assert list(differing(want, {"bulbs": [{"slot": 1}, {"slot": 2}]})) == ["bulbs[2]"]
    assert found(want, {"bulbs": [{"slot": 1}]}) == ()


def test_a_change_of_a_secret_is_marked_on_whichever_side_it_stands() -> None:
    assert [change.sensitive for change in found({"pin": Secret("x")}, {"pin": "old"})] == [True]
    assert [change.sensitive for change in found({"pin": None}, {"pin": Secret("old")})] == [True]
    assert [change.sensitive for change in found({"note": "x"}, {"note": "old"})] == [False]


@pytest.mark.parametrize("field", ["pin", "note"])
def test_what_a_secret_would_replace_is_a_secret_too(field: str) -> None:
    (change,) = found({field: Secret("new")}, {field: "old"})
    assert change.sensitive
    assert isinstance(change.before, Secret)


def test_names_that_the_live_answer_gives_stand_beside_ids_and_entries() -> None:
    have = {"room": 3, "roomName": "Hall", "bulbs": [{"slot": 1, "slotName": "Left", "lumen": 1}]}
    changes = found({"room": 4, "bulbs": [{"slot": 1, "lumen": 2}], "note": "x"}, have)
    assert {spell(change.path): (change.name, change.within) for change in changes} == {
        "room": ("Hall", False),
        "bulbs[1].lumen": ("Left", True),
        "note": (None, False),
    }


def test_an_entry_that_goes_carries_its_name() -> None:
    (change,) = found({"bulbs": []}, {"bulbs": [{"slot": 1, "slotName": "Left"}]})
    assert (change.name, change.within) == ("Left", False)


def test_the_place_of_a_change_is_that_of_its_path() -> None:
    (change,) = found({"mount": {"wall": "n"}}, {})
    assert change.origin.line == 3


def test_duplicates_in_a_live_list_are_seen_by_their_first() -> None:
    assert (
        found({"bulbs": [{"slot": 1, "lumen": 1}]}, {"bulbs": [{"slot": 1, "lumen": 1}, {"slot": 1}]}) == ()
    )


def test_what_is_managed_of_a_live_object_is_what_the_manifest_writes() -> None:
    have = {"note": "n", "watts": "3", "bulbs": [{"slot": 2, "hue": "b"}, {"slot": 1, "lumen": 5}]}
    want = {"watts": 9, "bulbs": [{"slot": 1, "lumen": 6}]}
    assert diff.managed(TABLE, want, have) == {"watts": 3, "bulbs": {"1": {"slot": 1, "lumen": 5}, "2,b": {}}}


def test_what_goes_is_shown_as_a_manifest_may_hold_it_without_the_servers_own() -> None:
    live = {
        "bulbs": [{"slot": "1", "hue": "red", "lumen": None, "serial": "X-1"}],
        "mount": {"wall": "n", "height": None, "fittedBy": "Jo"},
    }
    assert differing({"bulbs": [], "mount": None}, live) == {
        "bulbs[1,red]": ({"slot": 1, "hue": "red"}, None),
        "mount": ({"wall": "n"}, None),
    }
