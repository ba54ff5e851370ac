"""Walks beside a field table: merging for a replacement, holding back, sealing, the shapes of answers."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.support.lamps import LAMP
from tests.support.values import address

from reconcile.fields.annotations import Fields, KeyedList, doc
from reconcile.fields.table import table_of
from reconcile.fields.walk import (
    at,
    deferred_values,
    keyed,
    misshapen,
    overlay,
    plainly_shaped,
    replaced,
    said_back,
    seal,
    withheld,
)
from reconcile.model import Env, Part, Ref, Secret, spell
from reconcile.systems.flexdeploy.release import RELEASE

TABLE = LAMP.table
BULBS = TABLE.rows["bulbs"]
LIVE: dict[str, Any] = {
    "title": "a",
    "note": "n",
    "watts": None,
    "made": "by the server",
    "mount": {"wall": "n", "height": 3, "hooks": [{"slot": 1, "lumen": 5}], "age": 9},
    "bulbs": [{"slot": 1, "lumen": 5, "maker": "x"}, {"slot": 2, "hue": "b"}],
}


@pytest.mark.parametrize(
    ("want", "field", "said"),
    [
        ({}, "note", "n"),
        ({"note": "m"}, "note", "m"),
        ({"note": None}, "note", None),
        ({"watts": 4}, "watts", 4),
        ({}, "made", "by the server"),
        ({}, "mount", LIVE["mount"]),
        ({"mount": {"wall": "s"}}, "mount", {**LIVE["mount"], "wall": "s"}),
        ({"mount": {"hooks": []}}, "mount", {"wall": "n", "height": 3, "hooks": [], "age": 9}),
        ({"mount": None}, "mount", None),
        ({}, "bulbs", LIVE["bulbs"]),
        ({"bulbs": [{"slot": 1, "lumen": 6}]}, "bulbs", [{"slot": 1, "lumen": 6, "maker": "x"}]),
        ({"bulbs": [{"slot": 1}]}, "bulbs", [{"slot": 1, "lumen": 5, "maker": "x"}]),
        ({"bulbs": [{"slot": 1, "lumen": None}]}, "bulbs", [{"slot": 1, "lumen": 5, "maker": "x"}]),
        (
            {"mount": {"height": None}},
            "mount",
            {**LIVE["mount"], "height": None},
        ),
        ({"bulbs": []}, "bulbs", []),
        ({"bulbs": None}, "bulbs", None),
        (
            {"bulbs": Part([{"slot": 3}])},
            "bulbs",
            [*LIVE["bulbs"], {"slot": 3}],
        ),
        ({"bulbs": Part([], [("1",)])}, "bulbs", [{"slot": 2, "hue": "b"}]),
        (
            {"bulbs": Part([{"slot": 1, "lumen": 1}])},
            "bulbs",
            [{"slot": 1, "lumen": 1, "maker": "x"}, {"slot": 2, "hue": "b"}],
        ),
    ],
)
def test_a_full_replacement_says_back_what_is_live_under_what_is_wanted(
    want: dict[str, Any], field: str, said: Any
) -> None:
    assert overlay(TABLE, LIVE, want)[field] == said


def test_a_full_replacement_says_no_live_null_of_the_table_and_every_unknown_field_as_it_was_read() -> None:
    whole = overlay(TABLE, {**LIVE, "later": None}, {})
    assert list(whole) == ["title", "note", "mount", "bulbs", "made", "later"]
    assert whole["later"] is None


class Owned(Fields):
    """An object with a field that is the server's own."""

    server_own = ("made",)
    title: Annotated[str, doc("String", "Its name.", "a")]


class Owner(Owned):
    """An object that holds such objects."""

    one: Annotated[Owned | None, doc("Owned", "One.", {"title": "a"})] = None
    many: Annotated[list[Owned] | None, doc("List", "Many.", []), KeyedList(("title",))] = None


def test_what_is_the_servers_own_is_never_said_back() -> None:
    inner = {"title": "a", "made": 1, "later": 2}
    have = {**inner, "one": inner, "many": [inner]}
    left = {"title": "a", "later": 2}
    assert overlay(table_of(Owner), have, {"title": "b"}) == {
        **left,
        "title": "b",
        "one": left,
        "many": [left],
    }
    assert "server_own" not in table_of(Owner).rows


def test_what_is_said_back_is_named_by_its_place() -> None:
    body = overlay(TABLE, LIVE, {"bulbs": [{"slot": 1}]})
    assert [spell(path) for path in said_back(TABLE, LIVE, body)] == ["made", "bulbs[1].maker", "mount.age"]
    assert list(said_back(TABLE, LIVE, {"note": "m"})) == []
    assert list(said_back(TABLE, LIVE, None)) == []


@pytest.mark.parametrize(
    ("want", "path", "left"),
    [
        ({"note": "m", "watts": 1}, ("note",), {"watts": 1}),
        ({"mount": {"wall": "s", "height": 1}}, ("mount", "wall"), {"mount": {"height": 1}}),
        ({"mount": None}, ("mount", "wall"), {}),
        ({"bulbs": [{"slot": 1, "lumen": 6}]}, ("bulbs", ("1",), "lumen"), {"bulbs": [{"slot": 1}]}),
        ({"bulbs": [{"slot": 3}]}, ("bulbs", ("3",)), {"bulbs": []}),
        ({"bulbs": []}, ("bulbs", ("2", "b")), {"bulbs": [{"slot": 2, "hue": "b"}]}),
        ({"note": "m"}, ("watts",), {"note": "m"}),
    ],
)
def test_what_is_held_back_stays_as_it_is_live(want: dict[str, Any], path: Any, left: dict[str, Any]) -> None:
    assert withheld(TABLE, want, LIVE, [path]) == left


def test_holding_back_an_entry_of_a_part_leaves_it_a_part() -> None:
    want = {"bulbs": Part([{"slot": 1, "lumen": 6}, {"slot": 3}], [("2", "b")])}
    left = withheld(TABLE, want, LIVE, [("bulbs", ("1",)), ("bulbs", ("2", "b"))])["bulbs"]
    assert (list(left), left.gone) == ([{"slot": 3}], frozenset())


def test_a_replacement_with_a_held_back_field_of_an_entry_keeps_the_entry() -> None:
    want = {"bulbs": [{"slot": 1, "lumen": 6}, {"slot": 2, "hue": "b"}]}
    held = withheld(TABLE, want, LIVE, [("bulbs", ("1",), "lumen")])
    kept = keyed(BULBS, overlay(TABLE, LIVE, held)["bulbs"])
    assert kept == {("1",): {"slot": 1, "lumen": 5, "maker": "x"}, ("2", "b"): {"slot": 2, "hue": "b"}}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("note",), "n"),
        (("nothing",), None),
        (("mount", "height"), 3),
        (("mount", "hooks", ("1",), "lumen"), 5),
        (("bulbs", ("2", "b"), "hue"), "b"),
        (("bulbs", ("7",), "hue"), None),
        (("watts", "deeper"), None),
        ((), LIVE),
    ],
)
def test_a_path_leads_to_its_value(path: Any, value: Any) -> None:
    assert at(TABLE, LIVE, path) == value


@pytest.mark.parametrize(
    ("entry", "key"),
    [
        ({"slot": 1}, ("1",)),
        ({"slot": "01", "hue": None}, ("1",)),
        ({"slot": 1, "hue": ""}, ("1",)),
        ({"slot": 1, "hue": "red"}, ("1", "red")),
        ({}, ("",)),
        ({"hue": "red"}, ("", "red")),
    ],
)
def test_the_key_of_an_entry_is_in_normal_form_without_its_last_nulls(
    entry: dict[str, Any], key: tuple[str, ...]
) -> None:
    assert BULBS.key_of(entry) == key


def test_a_sensitive_text_is_sealed_in_lists_and_alone_and_nothing_else_is() -> None:
    said = {
        "description": "open",
        "properties": [
            {"propertyName": "TOKEN", "propertyValue": "x"},
            {"propertyName": "TOKEN2", "propertyValue": None},
            {"propertyName": "REGION", "propertyValue": "eu"},
        ],
    }
    sealed = seal(RELEASE.table, said)
    assert [entry["propertyValue"] for entry in sealed["properties"]] == [Secret("x"), None, "eu"]
    assert isinstance(sealed["properties"][0]["propertyValue"], Secret)
    assert seal(TABLE, {"pin": "x"})["pin"] == Secret("x")


def test_sealing_a_part_leaves_it_a_part() -> None:
    entries = [{"propertyName": name, "propertyValue": "x"} for name in ("APIKEY", "REGION")]
    sealed = seal(RELEASE.table, {"properties": Part(entries, [("B",)])})["properties"]
    assert [type(entry["propertyValue"]) for entry in sealed] == [Secret, str]
    assert isinstance(sealed, Part)
    assert sealed.gone == {("B",)}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (LIVE, None),
        ({"bulbs": "none"}, "`bulbs` is no list of objects"),
        ({"bulbs": [1]}, "`bulbs` is no list of objects"),
        ({"bulbs": {"slot": 1}}, "`bulbs` is no list of objects"),
        ({"mount": []}, "`mount` is no object"),
        ({"mount": {"hooks": [None]}}, "`hooks` is no list of objects"),
    ],
)
def test_an_answer_of_another_shape_is_told(said: dict[str, Any], words: str | None) -> None:
    assert misshapen(TABLE, said) == words


SCALARS = st.none() | st.integers() | st.text(max_size=2)
FIELDS = st.sampled_from(["title", "watts", "mount", "bulbs", "hooks", "slot", "hue", "tags", "made"])
HELD = st.recursive(
    SCALARS, lambda held: st.lists(held, max_size=2) | st.dictionaries(FIELDS, held, max_size=4), max_leaves=6
)


@given(st.lists(st.dictionaries(FIELDS, HELD, max_size=5), max_size=4))
@example([LIVE, LIVE])
@example([{"bulbs": {"slot": 1}}])
@example([{"bulbs": 1}])
def test_what_is_plainly_shaped_at_once_is_so_one_by_one(many: list[dict[str, Any]]) -> None:
    one_by_one = all(misshapen(TABLE, said) is None for said in many)
    assert one_by_one or not plainly_shaped(TABLE, many)
    beneath = max(map(depth, many), default=1) - 1
    assert plainly_shaped(TABLE, many, beneath) is plainly_shaped(TABLE, many)


def depth(value: object) -> int:
    if not isinstance(value, dict | list):
        return 0
    return 1 + max(map(depth, value.values() if isinstance(value, dict) else value), default=0)


@pytest.mark.parametrize(("more", "plain"), [({}, True), ({"tags": []}, False), ({"mount": None}, True)])
def test_live_objects_are_plainly_shaped_unless_something_else_holds_values(
    more: dict[str, Any], plain: bool
) -> None:
    assert plainly_shaped(TABLE, [LIVE, {**LIVE, **more}]) is plain


def test_late_values_are_found_with_their_places() -> None:
    ref, env, secret = Ref(address("b")), Env("X"), Secret("y")
    value = {"a": ref, "b": [1, {"c": env}], "d": Part([secret])}
    assert list(deferred_values(value)) == [(("a",), ref), (("b", 1, "c"), env), (("d", 0), secret)]


def test_every_leaf_is_replaced_and_a_part_stays_a_part() -> None:
    value = {"a": 1, "b": [2, {"c": 3}], "d": Part([4], [("x",)])}
    doubled = replaced(value, lambda leaf: leaf * 2)
    assert doubled == {"a": 2, "b": [4, {"c": 6}], "d": [8]}
    assert doubled["d"].gone == {("x",)}
