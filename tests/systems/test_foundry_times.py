"""Foundry's times, checked offline: cron expressions, zones, and durations that are one value."""

from __future__ import annotations

import pytest

from reconcile.systems.foundry.cron import Verdict, judge, normal
from reconcile.systems.foundry.fields import duration
from reconcile.systems.foundry.times import known_times
from reconcile_sandbox.foundry.cron import is_cron

DOCUMENTED = """\
* * * * *
30 2 * * 1-5
0 6 * * *
*/15 * * * *
25/10 * * * *
0 0 L * *
0 0 1,15,L * *
0 0 * * L
0 0 * * 2L
0 0 * * 2#4
0 0 * * 7
0 0 1 1 MON
0 22 * JAN-MAR SUN,WED
5,10-20/5 3 1-7 * 2
0 0 13 * 5
59 23 31 12 6""".splitlines()
REFUSED = {
    "60 * * * *": "minute: 60 is not 0-59",
    "* 24 * * *": "hour: 24 is not 0-23",
    "* * 0 * *": "day of month: 0 is not 1-31",
    "* * 32 * *": "day of month: 32 is not 1-31",
    "* * * 13 *": "month: 13 is not 1-12 or JAN-DEC",
    "* * * MARCH *": "month: MARCH is not 1-12 or JAN-DEC",
    "* * * * 8": "day of week: 8 is not 0-7 or SUN-SAT",
    "* * * * MONDAY": "day of week: MONDAY is not",
    "*/0 * * * *": "step 0 in */0 is not 1-59",
    "1,,2 * * * *": "an empty entry is not 0-59",
    ",1 * * * *": "an empty entry",
    "0 6 * *": "not 5 fields, but 4",
    "every day": "not 5 fields, but 2",
    "0 0 6 * * ?": "6 fields: Foundry has no seconds and no year",
    "0 0 6 * * ? 2027": "7 fields",
    "* * * * *" + ",1" * 1000: "2009 characters: write at most 1024",
}
UNKNOWN = [
    "0 6 ? * *",
    "0 6 L-3 * *",
    "0 6 * * 1#6",
    "0 6 * * 2#4-5",
    "0 6 15W * *",
    "0 6 LW * *",
    "H 6 * * *",
    "0 6 #1 * *",
    "0 6 (1) * *",
]


@pytest.mark.parametrize("text", DOCUMENTED)
def test_what_is_documented_is_in_order_here_and_in_the_sandbox(text: str) -> None:
    assert judge(text) == judge(text.lower()) == Verdict()
    assert is_cron(text)


@pytest.mark.parametrize("text", REFUSED)
def test_what_no_scheduler_takes_is_an_error_that_names_the_field(text: str) -> None:
    assert REFUSED[text] in judge(text).errors[0]


WRAPPED = {
    "0 22-2 * * *": "hour: 22-2 goes past the end of its field, for which 22-23,0-2 can stand",
    "0 23-0 * * *": "23,0 can stand",
    "50-10/5 * * * *": "minute: 50-10/5 goes past the end of its field, for which two ranges can stand",
    "0 6 * * FRI-MON": "FRI-SAT,SUN-MON can stand",
    "0 6 * * 6-1": "6,0-1 can stand",
    "0 6 25-5 * *": "25-31,1-5 can stand",
    "0 6 * NOV-FEB *": "NOV-DEC,JAN-FEB can stand",
}


@pytest.mark.parametrize("text", WRAPPED)
def test_a_range_past_the_end_of_its_field_is_left_to_live_and_never_turned_round(text: str) -> None:
    verdict = judge(text)
    assert not verdict.errors
    assert verdict.unknown[0].endswith(WRAPPED[text])
    assert (is_cron(text), is_cron(text, wraps=True)) == (False, True)


def test_a_step_beyond_its_field_is_left_to_live() -> None:
    assert judge("*/60 * * * *") == Verdict((), ("minute: step 60 in */60 is more than 59",))


@pytest.mark.parametrize("text", [*REFUSED, *UNKNOWN])
def test_the_sandbox_takes_nothing_that_is_refused_here_or_unknown(text: str) -> None:
    assert not is_cron(text) or "characters" in REFUSED.get(text, "")


@pytest.mark.parametrize("text", UNKNOWN)
def test_a_form_that_the_grammar_does_not_know_is_left_to_live(text: str) -> None:
    verdict = judge(text)
    assert not verdict.errors
    assert len(verdict.unknown) == 1


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("0 0 30 2 *", False),
        ("0 0 31 2,4,6 *", False),
        ("0 0 29 2 *", True),
        ("0 0 * 2 1#5", True),
        ("0 0 30 2 1", True),
    ],
)
def test_an_expression_that_no_day_fits_is_a_warning(text: str, fires: bool) -> None:
    found = [*known_times({"trigger": {"type": "time", "cronExpression": text, "timeZone": "UTC"}})]
    assert [each.code for each in found] == ["cron-never-fires"] * (not fires)
    assert all(each.severity == "warning" for each in found)


def test_case_and_blanks_of_an_expression_mean_nothing() -> None:
    assert normal(" 0  6 * * mon-fri ") == normal("0 6 * * MON-FRI")
    assert normal("0 6 * * MON") != normal("0 6 * * TUE")


def said(zone: str) -> list[tuple[str, str, bool]]:
    inner = {"type": "time", "cronExpression": "0 6 * * *", "timeZone": zone}
    spec = {"trigger": {"type": "or", "triggers": [{"type": "and", "triggers": [inner]}]}}
    return [(finding.code, finding.severity, finding.unless_live) for finding in known_times(spec)]


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Etc/GMT-3", "EST"]
)
def test_a_zone_of_iana_is_in_order(zone: str) -> None:
    assert said(zone) == []


@pytest.mark.parametrize(
    "zone", ["Europe/Berln", "europe/berlin", "Mars/Base", "../etc/passwd", "CEST", "x" * 999]
)
def test_a_zone_that_is_none_is_an_error(zone: str) -> None:
    assert said(zone) == [("time-zone", "error", False)]


@pytest.mark.parametrize("zone", ["+02:00", "UTC+2", "GMT-0330", "Z"])
def test_an_offset_in_place_of_a_zone_is_left_to_live(zone: str) -> None:
    assert said(zone) == [("time-zone", "warning", True)]


def test_a_zone_that_was_meant_is_named() -> None:
    spec = {"trigger": {"type": "time", "cronExpression": "0 6 * * *", "timeZone": "europe/berlin"}}
    (finding,) = known_times(spec)
    assert finding.message.endswith("did you mean `Europe/Berlin`?")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"value": 60, "unit": "SECONDS"}, {"value": 1, "unit": "MINUTES"}),
        ({"value": 1500, "unit": "MILLISECONDS"}, {"unit": "MILLISECONDS", "value": "1500"}),
        ({"value": 2, "unit": "DAYS"}, {"value": 48, "unit": "HOURS"}),
        ({"value": 1, "unit": "WEEKS"}, {"value": 7, "unit": "DAYS"}),
        ({"value": 0, "unit": "SECONDS"}, {"value": 0, "unit": "HOURS"}),
        ({"value": 1, "unit": "MONTHS"}, {"unit": "MONTHS", "value": 1}),
    ],
)
def test_a_duration_is_one_value(one: object, other: object) -> None:
    assert duration(one) == duration(other) == duration(duration(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"value": 60, "unit": "SECONDS"}, {"value": 60, "unit": "MINUTES"}),
        ({"value": 1, "unit": "MONTHS"}, {"value": 30, "unit": "DAYS"}),
        ({"value": 1, "unit": "YEARS"}, {"value": 12, "unit": "MONTHS"}),
        ({"value": 0, "unit": "SECONDS"}, None),
    ],
)
def test_two_durations_are_two(one: object, other: object) -> None:
    assert duration(one) != duration(other)
