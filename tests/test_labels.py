"""Whose a difference is: the truth table of base, wanted and live, for fields, entries and whole objects."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from tests.support.lamps import Lamp

from reconcile.fields.table import table_of
from reconcile.model import Address, Origin, Resource
from reconcile.planning.diff import changes
from reconcile.planning.labels import dropped, labelled

TABLE = table_of(Lamp)
SIDES = ("absent", None, "one", "two", "three")


def labels(base: dict[str, Any] | None, want: dict[str, Any], live: dict[str, Any] | None) -> list[Any]:
    """The labels of the differences between `want` and `live`, seen from `base`."""
    here = Resource(
        Address("lamps", "Lamp", "a"), "lamps/v1", want, Origin("a.yaml"), lambda path: Origin("a.yaml")
    )
    found = changes(TABLE, here, want, live)
    return [change.label for change in labelled(TABLE, found, (base, want, live or {}))]


def expected(base: Any, want: Any, live: Any) -> list[Any]:
    """The definition in interface.md, section 3, in three comparisons; null and absent are both nothing."""
    wanted, there = (None if side == "absent" else side for side in (want, live))
    if want == "absent" or wanted == there:
        return []
    if base == "absent":
        return ["change"]
    if base == wanted:
        return ["drift"]
    return ["change"] if base == there else ["conflict"]


TRUTH = [case for case in itertools.product(SIDES, repeat=3)]


def said(value: Any) -> dict[str, Any]:
    return {} if value == "absent" else {"note": value}


@pytest.mark.parametrize(("base", "want", "live"), TRUTH)
def test_a_field_is_labelled_by_the_truth_table(base: Any, want: Any, live: Any) -> None:
    sides = ({"title": "a", **said(base)}, {"title": "a", **said(want)}, {"title": "a", **said(live)})
    assert labels(*sides) == expected(base, want, live)


@pytest.mark.parametrize(("base", "want", "live"), TRUTH)
def test_a_field_inside_an_object_is_labelled_alike(base: Any, want: Any, live: Any) -> None:
    def lamp(value: Any) -> dict[str, Any]:
        return {"title": "a", "mount": {} if value == "absent" else {"wall": value}}

    assert labels(lamp(base), lamp(want), lamp(live)) == expected(base, want, live)


@pytest.mark.parametrize(("base", "want", "live"), TRUTH)
def test_a_field_inside_an_entry_is_labelled_alike(base: Any, want: Any, live: Any) -> None:
    def lamp(value: Any) -> dict[str, Any]:
        inner = {} if value == "absent" else {"wall": value}
        return {"title": "a", "mount": {"hooks": [{"slot": 1, **({"hue": inner["wall"]} if inner else {})}]}}

    assert labels(lamp(base), lamp(want), lamp(live)) == expected(base, want, live)


@pytest.mark.parametrize(
    ("base", "want", "live", "label"),
    [
        ([], [1], [], ["change"]),
        ([1], [1], [], ["drift"]),
        ([1], [], [1], ["change"]),
        ([], [], [1], ["drift"]),
        ([1], [1], [1], []),
        (None, [1], [], ["change"]),
        (None, [], [1], ["change"]),
        ([1], [1, 2], [1, 3], ["change", "drift"]),
    ],
)
def test_a_whole_entry_is_labelled_by_who_put_it_there_or_took_it_away(
    base: list[int] | None, want: list[int], live: list[int], label: list[str]
) -> None:
    def lamp(slots: list[int] | None) -> dict[str, Any]:
        return (
            {"title": "a"} if slots is None else {"title": "a", "bulbs": [{"slot": slot} for slot in slots]}
        )

    assert labels(lamp(base), lamp(want), lamp(live)) == label


def test_an_entry_that_all_three_want_otherwise_is_a_conflict() -> None:
    def lamp(hue: str) -> dict[str, Any]:
        return {"title": "a", "mount": {"hooks": [{"slot": 1, "hue": hue}]}}

    assert labels(lamp("red"), lamp("green"), lamp("blue")) == ["conflict"]


@pytest.mark.parametrize(
    ("base", "label"),
    [
        (None, "change"),
        ({"title": "a", "note": "mine"}, "drift"),
        ({"title": "a", "note": "old"}, "conflict"),
    ],
)
def test_an_object_that_is_not_there_is_labelled_by_what_the_base_had(base: Any, label: str) -> None:
    """New in the manifests; deleted live behind their back; deleted live while the manifests changed it."""
    found = labels(base, {"title": "a", "note": "mine"}, None)
    assert found[-1] == label


def test_what_the_base_wrote_and_the_manifests_do_not_is_dropped_wherever_it_stood() -> None:
    base = {
        "title": "a",
        "note": "x",
        "mount": {"wall": "n", "height": 3},
        "bulbs": [{"slot": 1, "lumen": 2}],
    }
    want = {"title": "a", "mount": {"wall": "n"}, "bulbs": [{"slot": 1}]}
    assert list(dropped(TABLE, base, want)) == [("note",), ("mount", "height"), ("bulbs", ("1",), "lumen")]
