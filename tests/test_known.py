"""Known differences: left alone for their live value and until their day, and never let through by time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.support.values import address, lamp, live_lamp, release, wanted

from reconcile.fields.table import Table
from reconcile.live.observation import Observation
from reconcile.manifests.known_entries import path_of
from reconcile.manifests.terms import is_far, term_of
from reconcile.model import FieldPath, Hold, Json, KnownValue, Live, Origin, Resource, Secret, Term
from reconcile.planning.build import plan
from reconcile.planning.contents import LiveWritten, Plan
from reconcile.planning.decide import NO_FACTS
from reconcile.planning.digest import fingerprint
from reconcile.planning.last_write import live_written, since
from reconcile.provider import Kind, LastWrite

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC).timestamp()
LINE = Origin("m.yaml", 7)
NOTE: FieldPath = ("note",)


def term(text: str = "2026-12-24") -> Term:
    found = term_of(text)
    assert found is not None
    return found


def known(path: FieldPath = NOTE, live: Json = "by hand", until: str = "2026-12-24") -> KnownValue:
    return KnownValue(path, live, "INC-1", term(until), LINE)


def planned(resource: Resource, live: Live | None, former: Resource | None = None, **facts: Any) -> Plan:
    item = wanted(resource)
    if former is not None:
        item = item._replace(former=former, based=True)
    seen = Observation({} if live is None else {address("a"): live})
    return plan([item], lambda where: True, seen, known=NO_FACTS._replace(**{"now": NOW, **facts})).plan


def codes(found: Plan) -> list[str]:
    return [problem.code for problem in found.problems]


def test_a_known_difference_is_neither_operation_nor_blocked_nor_unchanged() -> None:
    found = planned(lamp("a", {"note": "ours"}, known=(known(),)), live_lamp(note="by hand"))
    assert (found.operations, found.blocked, found.unchanged, found.problems) == ((), (), (), ())
    (item,) = found.known
    assert (item.path, item.live, item.reason, item.until) == (NOTE, "by hand", "INC-1", "2026-12-24")
    assert (item.new, item.origin) == (None, LINE)


def test_what_else_differs_is_written_without_the_known_field() -> None:
    resource = lamp("a", {"note": "ours", "watts": 3}, known=(known(),))
    (operation,) = planned(resource, live_lamp(note="by hand", watts=1)).operations
    assert [change.path for change in operation.changes] == [("watts",)]
    assert [request.body for request in operation.requests] == [{"watts": 3}]


def test_any_other_live_value_is_a_difference_with_a_warning_at_the_entry() -> None:
    found = planned(lamp("a", {"note": "ours"}, known=(known(),)), live_lamp(note="else"))
    assert [each.changes[0].after for each in found.operations] == ["ours"]
    assert [(problem.code, problem.severity, problem.origin) for problem in found.problems] == [
        ("known-other", "warning", LINE)
    ]


@pytest.mark.parametrize("now", [NOW - 86_400 * 400, term("2026-12-24").ends - 1])
def test_a_day_counts_to_its_end(now: float) -> None:
    assert planned(lamp("a", {"note": "ours"}, known=(known(),)), live_lamp(note="by hand"), now=now).known


@pytest.mark.parametrize("now", [term("2026-12-24").ends, NOW + 86_400 * 4000])
def test_past_its_day_it_counts_warns_and_is_held(now: float) -> None:
    found = planned(lamp("a", {"note": "ours"}, known=(known(),)), live_lamp(note="by hand"), now=now)
    assert (found.operations, found.known, codes(found)) == ((), (), ["known-over"])
    (held,) = found.blocked
    assert held.reason == "known until 2026-12-24: accept it, renew it or take the entry out"
    assert held.overdue


def test_past_its_day_it_counts_though_the_manifests_made_the_difference() -> None:
    former = lamp("a", {"note": "by hand"})
    resource = lamp("a", {"note": "ours"}, known=(known(until="2026-11-01"),))
    overdue = planned(resource, live_lamp(note="by hand"), former)
    assert [(item.label, item.overdue) for item in overdue.blocked] == [("change", True)]
    assert fingerprint(overdue) != fingerprint(Plan())


def test_with_a_base_a_new_entry_is_new_and_stands_first() -> None:
    both, live = {"note": "ours", "watts": 3}, live_lamp(note="by hand", watts=1)
    old, new = known(), known(("watts",), 1)
    found = planned(lamp("a", both, known=(old, new)), live, lamp("a", both, known=(old,)))
    assert [(item.path, item.new) for item in found.known] == [(("watts",), True), (NOTE, False)]


def test_a_renewed_entry_is_new() -> None:
    spec, live = {"note": "ours"}, live_lamp(note="by hand")
    found = planned(
        lamp("a", spec, known=(known(),)), live, lamp("a", spec, known=(known(until="2026-12-01"),))
    )
    assert [item.new for item in found.known] == [True]


def test_an_entry_that_fits_nothing_and_an_object_that_is_not_there_are_warned_of() -> None:
    resource = lamp("a", {"note": "ours"}, known=(known(live=None),))
    assert codes(planned(resource, live_lamp(note="ours"))) == ["known-nothing"]
    missing = planned(resource, None)
    assert [each.action for each in missing.operations] == ["create"]
    assert codes(missing) == ["known-nothing"]


BULB = ("bulbs", ("1", "red"))


@pytest.mark.parametrize(
    ("path", "said", "bulbs", "is_known"),
    [
        (BULB, {"lumen": 800}, [{"slot": 1, "hue": "red", "lumen": 800}], True),
        (BULB, {"slot": "1"}, [{"slot": 1, "hue": "red", "lumen": 800}], True),
        (BULB, {"lumen": 1}, [{"slot": 1, "hue": "red", "lumen": 800}], False),
        (BULB, {"lumen": None}, [{"slot": 1, "hue": "red", "lumen": 800}], False),
        (BULB, {}, [{"slot": 1, "hue": "red"}], False),
        (BULB, None, [{"slot": 1, "hue": "red"}], False),
        (("bulbs", ("2",)), None, [], True),
        (("bulbs", ("2",)), {}, [], False),
    ],
)
def test_an_entry_of_a_list_is_known_as_far_as_it_is_said(
    path: FieldPath, said: Json, bulbs: Json, is_known: bool
) -> None:
    want = [] if path == BULB else [{"slot": 2}]
    found = planned(lamp("a", {"bulbs": want}, known=(known(path, said),)), live_lamp(bulbs=bulbs))
    assert [item.path for item in found.known] == ([path] if is_known else [])


@pytest.mark.parametrize(("said", "is_known"), [(9, True), ("9", True), (8, False), (None, False)])
def test_what_a_server_may_choose_is_known_for_its_value_alone(said: Json, is_known: bool) -> None:
    resource = lamp("a", {"port": 5}, known=(known(("port",), said),))
    assert bool(planned(resource, live_lamp(port=9)).known) is is_known


def test_a_request_that_replaces_the_object_says_the_known_value_back() -> None:
    resource = release(
        "a", {"description": "ours", "scheduleBuildExpression": None}, known=(known(("description",)),)
    )
    said = {
        "description": "by hand",
        "scheduleBuildExpression": "0 0 2 * * ?",
        "properties": [],
        "cmsDetails": {},
        "releaseStatus": "STARTED",
    }
    live = Live(1, "a", {"releaseId": 1, "releaseName": "a", **said})
    seen = Observation({resource.address: live})
    found = plan([wanted(resource)], lambda where: True, seen, known=NO_FACTS._replace(now=NOW)).plan
    (request,) = found.operations[0].requests
    assert (request.method, request.body["description"]) == ("PUT", "by hand")


def test_a_value_that_is_a_secret_is_never_known() -> None:
    resource = lamp("a", {"pin": Secret("new")}, known=(known(("pin",), "old"),))
    found = planned(resource, live_lamp(pin=Secret("old")))
    assert (len(found.operations), found.known) == (1, ())


def test_a_suspension_that_is_over_lets_nothing_through_and_counts() -> None:
    hold = Hold("INC-1", term("2026-11-01"), LINE)
    found = planned(lamp("a", {"note": "ours"}, suspend=hold), live_lamp(note="by hand"))
    assert found.operations == ()
    assert [item.overdue for item in found.blocked] == [True]
    assert "until 2026-11-01, which has passed" in found.blocked[0].reason
    assert codes(found) == ["suspend-over"]


def test_a_suspension_within_its_time_is_not_overdue() -> None:
    hold = Hold("INC-1", term("2026-12-24"), LINE)
    found = planned(lamp("a", {"note": "ours"}, suspend=hold), live_lamp(note="by hand"))
    assert ([item.overdue for item in found.blocked], codes(found)) == ([False], [])


@pytest.mark.parametrize(
    ("text", "far"),
    [("2027-02-27", False), ("2027-02-28", True), ("2027-02-28T12:00:00Z", True), ("2026-01-01", False)],
)
def test_ninety_days_ahead_is_the_last(text: str, far: bool) -> None:
    assert is_far(term(text), NOW) is far


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01", "2026-12-24T10:00:00", "24.12.2026", "20261224"])
def test_no_other_text_is_a_day_or_an_instant(text: str) -> None:
    assert term_of(text) is None


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("note", NOTE),
        ("mount.hooks[1].hue", ("mount", "hooks", ("1",), "hue")),
        ("bulbs[01,a.b]c].lumen", ("bulbs", ("1", "a.b]c"), "lumen")),
        ("bulbs[1]", ("bulbs", ("1",))),
        ("", None),
        ("nothing", None),
        ("note.x", None),
        ("note[1]", None),
        ("bulbs[1]hue", None),
        ("bulbs[1].", None),
        ("mount[1]", None),
    ],
)
def test_a_path_is_read_as_a_plan_writes_it(text: str, path: FieldPath | None) -> None:
    table: Table = wanted(lamp("a")).kind.table
    assert path_of(table, text) == path


def marked() -> Kind:
    return replace(wanted(lamp("a")).kind, last_write=LastWrite("at", "by"))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"at": "2026-11-28T03:14:00+01:00", "by": "anna"}, LiveWritten("2026-11-28T02:14:00Z", "anna")),
        ({"at": "yesterday", "by": 7}, None),
        ({"by": "robot"}, LiveWritten(None, "robot (this tool's own account)")),
        ({"at": 10**30}, None),
    ],
)
def test_who_and_when_are_said_as_far_as_the_answer_says_them(said: Json, told: LiveWritten | None) -> None:
    assert live_written(marked(), live_lamp(**said), Secret("robot")) == told


def test_nobody_is_named_where_that_is_asked_for() -> None:
    assert live_written(marked(), live_lamp(by="anna"), names=False) is None


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-11-29T12:14:10Z", ", the object was changed 14 minutes after this plan by anna"),
        ("2026-11-29T13:00:00Z", ", the object was changed 1 hour after this plan by anna"),
        ("2026-12-01T13:00:00Z", ", the object was changed 2 days after this plan by anna"),
        ("2026-11-29T11:59:59Z", ""),
    ],
)
def test_a_refusal_says_how_long_after_the_plan_an_object_was_changed(at: str, words: str) -> None:
    assert since(LiveWritten(at, "anna"), "2026-11-29T12:00:00Z") == words
    assert since(LiveWritten(at, "anna"), NOW) == words
    assert since(None, NOW) == ""
