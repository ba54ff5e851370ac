"""What the change of a schedule moves, counted from a moment that the caller gives."""

from __future__ import annotations

from typing import Any

import pytest

from reconcile.model import Change, Origin
from reconcile.planfile.document_parts import DocumentChange, Source
from reconcile.planfile.moved_firings import DocumentFirings, moved_firings
from reconcile.reports.common.firing_lines import firing_lines
from reconcile.systems.flexdeploy.build_times import build_times
from reconcile.systems.foundry.trigger_times import trigger_times

NOW = "2026-11-29T14:00:00Z"
BERLIN = {"timeZone": "Europe/Berlin"}


def build(before: str | None, after: str | None, options: Any = BERLIN) -> DocumentFirings | None:
    return moved_firings(build_times(before, {}, options), build_times(after, {}, options), NOW)


def trigger(before: Any, after: Any, **around: Any) -> DocumentFirings | None:
    return moved_firings(trigger_times(before, around, {}), trigger_times(after, around, {}), NOW)


def cron(text: str, zone: str = "UTC") -> dict[str, str]:
    return {"type": "time", "cronExpression": text, "timeZone": zone}


def found(told: DocumentFirings | None) -> DocumentFirings:
    assert told is not None
    return told


def test_a_change_names_its_next_firings_those_a_week_and_those_that_are_gone_or_new() -> None:
    told = found(build("0 0 2 ? * MON-FRI", "0 0 12 ? * MON"))
    assert (told.zone, told.zone_from, told.a_week) == ("Europe/Berlin", "option", (5, 1))
    assert told.before == tuple(
        f"2026-{day}T02:00:00+01:00" for day in ("11-30", "12-01", "12-02", "12-03", "12-04")
    )
    assert (told.after or ())[:2] == (
        "2026-11-30T12:00:00+01:00",
        "2026-12-07T12:00:00+01:00",
    )
    assert len(told.lost or ()) == 10
    assert told.new == ("2026-11-30T12:00:00+01:00", "2026-12-07T12:00:00+01:00")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("0 0 2 ? * MON-FRI", "0 0 2 ? * 2-6"),
        ("0 0 2 ? * MON-FRI", "0 0 2 ? * MON-WED; 0 0 2 ? * THU,FRI"),
        ("0 * * * * ?", "0 0/2 * * * ?; 0 1/2 * * * ?"),
        ("0 0 0 30 2 ?", None),
    ],
)
def test_nothing_is_said_where_no_firing_moves(before: str, after: str | None) -> None:
    assert build(before, after) is None


def test_a_firing_that_moves_in_some_year_to_come_is_a_change() -> None:
    assert build("0 0 * * * ?", "0 0 * * * ? 2026-2040") is not None


def test_an_expression_that_never_fires_says_so() -> None:
    told = found(build("0 0 2 * * ?", "0 0 0 30 2 ?"))
    assert (told.after, told.a_week, told.new) == ((), (7, 0), ())
    assert lines(told)[0].startswith("fires never")


def test_what_the_grammar_does_not_read_is_not_guessed() -> None:
    told = found(build("0 0 0 1-5W * ?", "0 0 2 * * ?"))
    assert (told.before, told.a_week, told.lost, told.new) == (None, (None, 7), None, None)
    assert "cannot be told" in lines(told)[1]


def test_the_day_on_which_the_clocks_take_or_double_a_firing_is_told() -> None:
    assert [tuple(day) for day in found(build(None, "0 30 2 * * ?")).clocks] == [("2027-03-28", 1, 0)]
    told = found(trigger(None, cron("30 2 * * *", "Europe/Berlin")))
    assert [tuple(day) for day in told.clocks] == [("2027-03-28", 1, 0), ("2027-10-31", 0, 1)]


def test_each_side_is_in_its_own_zone_and_the_zone_told_is_that_of_after() -> None:
    told = found(trigger(cron("0 6 * * *"), cron("0 6 * * *", "Europe/Berlin")))
    assert (told.zone, told.zone_from) == ("Europe/Berlin", "system")
    assert (told.before or ("",))[0] == "2026-11-30T06:00:00+00:00"
    assert (told.after or ("",))[0] == "2026-11-30T06:00:00+01:00"
    assert found(build(None, "0 0 2 * * ?", {})).zone_from == "default"


def test_a_zone_of_another_name_with_the_same_clock_moves_nothing() -> None:
    assert trigger(cron("0 6 * * *", "Europe/Berlin"), cron("0 6 * * *", "Europe/Paris")) is None


def test_several_time_triggers_fire_together_and_one_among_conditions_cannot_be_told() -> None:
    either = {"type": "or", "triggers": [cron("0 6 * * *"), cron("0 6,7 * * *"), {"type": "manual"}]}
    assert found(trigger(None, either)).a_week == (0, 14)
    both = {"type": "and", "triggers": [cron("0 6 * * *"), {"type": "newLogic"}]}
    assert found(trigger(None, both)).after is None
    assert trigger(None, {"type": "newLogic", "datasetRid": "ri.a"}) is None


def test_a_paused_schedule_fires_never() -> None:
    assert trigger(cron("0 6 * * *"), cron("0 7 * * *"), paused=True) is None


def test_text_has_two_lines_at_most() -> None:
    told = lines(found(build("0 0 2 ? * MON-FRI", "0 30 2 ? * *")))
    assert len(told) == 2
    assert told[0].startswith("fires Mon 2026-11-30 02:30+01:00, Tue 2026-12-01 02:30+01:00")
    assert (
        "1 lost as the clocks change on 2027-03-28; Europe/Berlin (the system's option timeZone)" in told[0]
    )
    assert "; 5 a week; 10 gone in 14 days: Mon 2026-11-30 02:00+01:00, " in told[1]
    assert told[1].endswith(" and 7 more")


def lines(told: DocumentFirings) -> tuple[str, ...]:
    change = DocumentChange("schedule", "a", "b", None, False, Source("a.yaml", 1), firings=told)
    return firing_lines(change)


def test_a_field_that_holds_no_schedule_says_nothing() -> None:
    assert Change(("a",), 1, 2, Origin("a")).fires is None
