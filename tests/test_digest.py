"""Digests: what moves a precondition and a fingerprint and what does not, and that no secret does."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.lamps import LAMP
from tests.support.values import HERE, address, lamp, live_lamp, operation

from reconcile.model import Change, Json, Origin, Ref, Request, Secret
from reconcile.planning.contents import Blocked, Operation, Plan
from reconcile.planning.digest import digest, fingerprint, precondition

WANT = {
    "note": "x",
    "bulbs": [{"slot": 1, "lumen": 5}, {"slot": 2}],
    "room": Ref(address("b")),
    "pin": Secret("s"),
}


def of(want: dict[str, Json] | None = None, id_: int = 1, **said: Json) -> str:
    live = live_lamp(id_, **{"note": "y", "bulbs": [{"slot": 1, "lumen": 4}, {"slot": 2}], **said})
    return precondition(LAMP.table, lamp("a", WANT if want is None else want), live)


@pytest.mark.parametrize(
    "said",
    [
        {"watts": 5},
        {"made": "today"},
        {"bulbs": [{"slot": 2}, {"slot": "1", "lumen": "4"}]},
        {"bulbs": [{"slot": 1, "lumen": 4, "maker": "m"}, {"slot": 2, "lumen": 9}]},
        {"pin": "another secret"},
        {"pin": Secret("a third")},
    ],
)
def test_what_is_not_ours_or_only_spelled_otherwise_moves_no_precondition(said: dict[str, Json]) -> None:
    assert of(**said) == of()


@pytest.mark.parametrize(
    "said",
    [
        {"note": "z"},
        {"note": None},
        {"bulbs": [{"slot": 1, "lumen": 5}, {"slot": 2}]},
        {"bulbs": [{"slot": 1, "lumen": 4}]},
        {"bulbs": [{"slot": 1, "lumen": 4}, {"slot": 2}, {"slot": 3}]},
        {"room": 3},
    ],
)
def test_what_is_ours_moves_the_precondition(said: dict[str, Json]) -> None:
    assert of(**said) != of()


def test_another_object_or_another_manifest_moves_the_precondition() -> None:
    assert of(id_=2) != of()
    assert of({**WANT, "note": "w"}) != of()
    assert of({**WANT, "room": Ref(address("c"))}) != of()
    assert precondition(LAMP.table, lamp("a", WANT), None) != of()


def test_a_secret_moves_no_precondition() -> None:
    assert of({**WANT, "pin": Secret("other")}) == of()


def test_what_a_secret_would_replace_moves_no_precondition_either() -> None:
    want = {"note": Secret("new")}
    assert of(want, note="one") == of(want, note="two")


def test_a_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert digest({"a": 1, "b": [1, {"c": 2, "d": 3}]}) == digest({"b": [1, {"d": 3, "c": 2}], "a": 1})
    assert digest([1, 2]) != digest([2, 1])
    assert digest("x").startswith("sha256:")


def change(path: str, before: Json, after: Json) -> Change:
    return Change((path,), before, after, HERE)


def changed(name: str, *changes: Change, **more: Any) -> Operation:
    plain = operation(name)
    return Operation(plain.address, "update", 1, name, HERE, (), changes, **more)


ONE = changed("a", change("note", "x", "y"), change("watts", 1, 2))
TWO = changed("b", change("note", None, "y"))


def test_a_fingerprint_is_that_of_the_differences_in_any_order() -> None:
    turned = changed("a", change("watts", 1, 2), change("note", "x", "y"), needs=(address("b"),))
    assert fingerprint(Plan((ONE, TWO))) == fingerprint(Plan((TWO, turned)))


@pytest.mark.parametrize(
    "other",
    [
        Plan((ONE,)),
        Plan((ONE, changed("b", change("note", None, "z")))),
        Plan((ONE, changed("c", change("note", None, "y")))),
        Plan((ONE, changed("b", change("watts", None, "y")))),
        Plan((ONE, TWO), (Blocked(address("c"), ("note",), 1, 2, "why", HERE),)),
        Plan(),
    ],
)
def test_every_difference_counts_in_a_fingerprint(other: Plan) -> None:
    assert fingerprint(other) != fingerprint(Plan((ONE, TWO)))


def test_a_secret_moves_no_fingerprint() -> None:
    first = changed("a", change("pin", Secret("x"), Secret("y")))
    second = changed("a", change("pin", Secret("p"), Secret("q")))
    assert fingerprint(Plan((first,))) == fingerprint(Plan((second,)))


def test_unchanged_and_finished_resources_have_no_part_in_a_fingerprint() -> None:
    assert fingerprint(Plan((ONE,), unchanged=(address("z"),))) == fingerprint(Plan((ONE,)))


def labelled(label: Any, after: str = "y") -> Change:
    return change("note", "x", after)._replace(label=label)


def test_what_the_manifests_ask_for_has_no_part_in_a_fingerprint() -> None:
    """A merge that waits for its apply does not make last night's drift another one."""
    drift = changed("a", change("watts", 1, 2)._replace(label="drift"))
    both = changed("a", change("watts", 1, 2)._replace(label="drift"), labelled("change"))
    waiting = changed("b", labelled("change"))
    held = Blocked(address("c"), ("note",), 1, 2, "why", HERE, "change")
    assert fingerprint(Plan((both, waiting), (held,))) == fingerprint(Plan((drift,)))
    assert fingerprint(Plan((waiting,), (held,))) == fingerprint(Plan())


def test_a_drift_a_conflict_and_what_either_blocks_have_their_part() -> None:
    found = [
        fingerprint(Plan((changed("a", labelled("drift")),))),
        fingerprint(Plan((changed("a", labelled("conflict", "z")),))),
        fingerprint(Plan((), (Blocked(address("a"), ("watts",), 1, 2, "why", HERE, "drift"),))),
        fingerprint(Plan()),
    ]
    assert len(set(found)) == len(found)


def test_neither_the_line_nor_the_file_nor_the_requests_move_a_fingerprint() -> None:
    """Another machine, another folder, a comment above it: the drift is the same."""
    elsewhere = Origin("other/place.yaml", 99)
    note = change("note", "x", "y")._replace(origin=elsewhere)
    there = changed("a", note)._replace(origin=elsewhere, requests=(Request("lamps", "PUT", "/lamps/1"),))
    assert fingerprint(Plan((there,))) == fingerprint(Plan((changed("a", change("note", "x", "y")),)))
