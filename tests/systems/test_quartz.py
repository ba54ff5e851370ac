"""The cron grammar against real Quartz 2.3.2 (the oracle), Quartz's documentation and the calendar."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reconcile.systems.flexdeploy.rules import known_cron
from reconcile.timetables.quartz import QuartzVerdict, assess, normal

ORACLE = Path(__file__).parents[1] / "data" / "quartz-oracle.tsv"
FIRST_YEAR, LAST_YEAR = 1970, 2099
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]

DOCUMENTED = """\
0 0 12 * * ?
0 15 10 ? * *
0 15 10 * * ?
0 15 10 * * ? *
0 15 10 * * ? 2005
0 * 14 * * ?
0 0/5 14 * * ?
0 0/5 14,18 * * ?
0 0-5 14 * * ?
0 10,44 14 ? 3 WED
0 15 10 ? * MON-FRI
0 15 10 15 * ?
0 15 10 L * ?
0 15 10 L-2 * ?
0 15 10 ? * 6L
0 15 10 ? * 6L 2002-2005
0 15 10 ? * 6#3
0 0 12 1/5 * ?
0 11 11 11 11 ?
0/5 14,18,3-39,52 * ? JAN,MAR,SEP MON-FRI 2002-2010
0 0 12 ? * WED
0 0/5 * * * ?
10 0/5 * * * ?
0 30 10-13 ? * WED,FRI
0 0/30 8-9 5,20 * ?
0 0 10 ? * MON,WED,FRI
0 0 10 ? * MON-WED,SAT
5/15 0 0 * * ?
*/15 0 0 * * ?
0 0 0 1/3 * ?
0 0 0 ? * 7
0 0 0 ? * L
0 0 0 ? * SAT
0 0 0 ? * FRIL
0 0 0 15W * ?
0 0 0 1W * ?
0 0 0 LW * ?
0 0 0 L-3 * ?
0 0 0 ? * FRI#3
0 0 0 ? * 2#1
0 0 0 ? * 4#5
0 0 22-2 * * ?
0 0 0 ? NOV-FEB MON
0 0 0 ? * FRI-MON""".splitlines()

# By Quartz's table of allowed values: the field, an expression around it, both ends, the largest step.
RANGES = [
    ("second", "{} 0 0 * * ?", 0, 59, 59),
    ("minute", "0 {} 0 * * ?", 0, 59, 59),
    ("hour", "0 0 {} * * ?", 0, 23, 23),
    ("day-of-month", "0 0 0 {} * ?", 1, 31, 31),
    ("month", "0 0 0 ? {} MON", 1, 12, 12),
    ("day-of-week", "0 0 0 ? * {}", 1, 7, 7),
    ("year", "0 0 0 1 1 ? {}", 1970, 2099, 129),
]
RANGE_IDS = [row[0] for row in RANGES]


def oracle(verdict: str) -> list[str]:
    rows = (line.split("\t", 1) for line in ORACLE.read_text(encoding="utf-8").splitlines())
    return [row[1] for row in rows if row[0] == verdict]


def error(text: str) -> str:
    """The one flaw of a text that has exactly one."""
    found = assess(text)
    (only,) = (*found.errors, *found.unknown)
    return only


def accepted(text: str) -> bool:
    return not assess(text).errors and not assess(text).unknown


def test_nothing_that_quartz_rejects_is_accepted() -> None:
    rejected = oracle("bad")
    assert len(rejected) == 3401
    assert [text for text in rejected if accepted(text)] == []


def test_most_of_what_quartz_accepts_is_accepted() -> None:
    known = oracle("ok")
    assert len(known) == 1709
    assert sum(map(accepted, known)) / len(known) >= 0.78


def test_nearly_nothing_that_quartz_accepts_is_an_error() -> None:
    known = oracle("ok")
    errors = [text for text in known if assess(text).errors]
    assert len(errors) / len(known) < 0.04
    assert all("0" in text or "?" in text for text in errors)


def test_what_quartz_rejects_is_an_error_but_for_what_a_newer_one_may_take() -> None:
    rejected = oracle("bad")
    unsure = [text for text in rejected if not assess(text).errors]
    assert len(unsure) / len(rejected) < 0.02


@pytest.mark.parametrize(
    "text",
    [
        "0 0 0 1-5W * ?",
        "0 15 10 1,L * ?",
        "0 0 2 ? * MON;",
        "0 0 2 ? * MON;;0 0 3 ? * TUE",
        "0 0 0 ? * MON#1,TUE",
        "1,,2 0 0 * * ?",
        "*,5 0 0 * * ?",
        "0 0 0 ? JAN/3 MON",
        "*/0 0 0 * * ?",
        "0 0 0 * January ?",
        "0 0 0 1 1 ? 2100",
    ],
)
def test_what_some_quartz_takes_is_no_error(text: str) -> None:
    assert not assess(text).errors
    assert len(assess(text).unknown) == 1


def test_what_no_quartz_takes_is_told_first() -> None:
    found = assess("0 0 0 1-5W,32 * ?;H 0 0 L,1 * ?")
    assert [one[:30] for one in found.errors] == [
        "expression 1: day-of-month: 32",
        "expression 2: second: H is not",
    ]
    assert [one[:30] for one in found.unknown] == ["expression 2: day-of-month: L "]


def test_what_some_quartz_takes_is_left_to_live() -> None:
    (finding,) = known_cron({"scheduleBuildExpression": "0 0 0 1-5W * ?"})
    assert (finding.code, finding.severity, finding.unless_live) == ("cron", "warning", True)
    (finding,) = known_cron({"scheduleBuildExpression": "0 0 0 32 * ?"})
    assert (finding.code, finding.severity, finding.unless_live) == ("cron", "error", False)


@pytest.mark.parametrize("text", [";", " ; ;", "0 0 0 1 1 ? 2023-20250000", "H 0 0 * * ?", "0 ? 0 * * ?"])
def test_what_no_quartz_takes_is_an_error(text: str) -> None:
    assert assess(text).errors


@pytest.mark.parametrize("text", DOCUMENTED)
def test_every_example_of_the_documentation_is_accepted(text: str) -> None:
    assert assess(text) == QuartzVerdict()


@pytest.mark.parametrize(("name", "around", "low", "high", "step"), RANGES, ids=RANGE_IDS)
def test_each_field_takes_exactly_its_range(name: str, around: str, low: int, high: int, step: int) -> None:
    spoken = [
        str(low),
        str(high),
        f"{low}-{high}",
        f"{low},{high}",
        f"*/{step}",
        f"{low}/{step}",
        f"{high}/1",
    ]
    assert [one for one in spoken if not accepted(around.format(one))] == []
    silent = [f"{low - 1}", f"{high + 1}", f"{low}-{high + 1}", f"{low},{high + 1}", f"*/{step + 1}", "*/0"]
    for one in (*silent, f"{low}/0", f"{high + 1}/1"):
        assert error(around.format(one)).startswith(f"{name}: ")


@pytest.mark.parametrize(("name", "around", "low", "high", "step"), RANGES, ids=RANGE_IDS)
def test_an_error_names_the_field_the_part_and_the_range(
    name: str, around: str, low: int, high: int, step: int
) -> None:
    words = {"month": " or JAN-DEC", "day-of-week": " or SUN-SAT (Quartz counts SUN as 1)"}.get(name, "")
    assert error(around.format(high + 1)) == f"{name}: {high + 1} is not {low}-{high}{words}"
    assert error(around.format(f"*/{step + 1}")) == f"{name}: step {step + 1} in */{step + 1} is not 1-{step}"


@pytest.mark.parametrize(
    ("fits", "fails"),
    [
        ("0 0 0 L-1 * ?", "0 0 0 L-0 * ?"),
        ("0 0 0 L-30 * ?", "0 0 0 L-31 * ?"),
        ("0 0 0 L-27W * ?", "0 0 0 L-28W * ?"),
        ("0 0 0 1W * ?", "0 0 0 0W * ?"),
        ("0 0 0 31W * ?", "0 0 0 32W * ?"),
        ("0 0 0 ? * MON#1", "0 0 0 ? * MON#0"),
        ("0 0 0 ? * MON#5", "0 0 0 ? * MON#6"),
        ("0 0 0 ? * 1L", "0 0 0 ? * 0L"),
        ("0 0 0 ? * 7L", "0 0 0 ? * 8L"),
        ("0 0 0 ? * 1#1", "0 0 0 ? * 0#1"),
        ("0 0 0 ? * 7#1", "0 0 0 ? * 8#1"),
    ],
)
def test_what_stands_alone_in_a_field_has_bounds_too(fits: str, fails: str) -> None:
    assert accepted(fits)
    assert " is not " in error(fails)


@pytest.mark.parametrize("name", MONTHS)
def test_months_have_names_in_any_case(name: str) -> None:
    assert all(accepted(f"0 0 0 1 {spelled} ?") for spelled in (name, name.lower(), name.title()))


@pytest.mark.parametrize("name", WEEKDAYS)
def test_weekdays_have_names_in_any_case(name: str) -> None:
    assert all(accepted(f"0 0 0 ? * {spelled}") for spelled in (name, name.lower(), f"{name}L", f"{name}#2"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0 0 0 ? * 0", "day-of-week: 0 is not 1-7 or SUN-SAT (Quartz counts SUN as 1)"),
        ("0 0 24 * * ?", "hour: 24 is not 0-23"),
        ("0 0 0 * * *", "write exactly one of day-of-month and day-of-week as ?"),
        ("0 0 0 ? * ?", "write exactly one of day-of-month and day-of-week as ?"),
        ("0 0 0 1 * MON", "write exactly one of day-of-month and day-of-week as ?"),
        ("30 2 * * MON-FRI", "5 fields: Quartz starts with seconds: `0 30 2 ? * MON-FRI`"),
        ("15 4 1 * *", "5 fields: Quartz starts with seconds: `0 15 4 1 * ?`"),
        ("15 4 * * 1-5", "5 fields: Quartz starts with seconds: `0 30 2 ? * MON-FRI`"),
        ("15 4 1 * MON", "5 fields: Quartz starts with seconds: `0 30 2 ? * MON-FRI`"),
        ("99 4 1 * *", "5 fields: Quartz starts with seconds: `0 30 2 ? * MON-FRI`"),
        ("@daily", "@daily is not Quartz: write `0 0 0 * * ?`"),
        ("@Weekly", "@weekly is not Quartz: write `0 0 0 ? * SUN`"),
        ("@hourly", "@hourly is not Quartz: write `0 0 * * * ?`"),
        ("@monthly", "@monthly is not Quartz: write `0 0 0 1 * ?`"),
        ("@every 5m", "@every is not Quartz: write `0 0 2 ? * MON-FRI`"),
        ("0 0 2", "not 6 fields, or 7 with a year, but 3: write such as `0 30 2 ? * MON-FRI`"),
        ("0 0 0 1 1 ? 2005 x", "not 6 fields, or 7 with a year, but 8: write such as `0 30 2 ? * MON-FRI`"),
        ("0 0 0 ? JAN/3 MON", "month: JAN/3: Quartz ignores a step after a name: write numbers (1-12)"),
        (
            "0 0 0 ? * MON-FRI/2",
            "day-of-week: MON-FRI/2: Quartz ignores a step after a name: write numbers (1-7)",
        ),
        ("0 0 0 ? SEP-4 MON", "month: SEP-4 mixes a number and a name: write both ends in one way"),
        ("0 0 0 1 1 ? 2005-2002", "year: 2005-2002 runs backwards: write 2002-2005"),
        ("0 0 0 0W * ?", "day-of-month: 0 is not 1-31"),
        ("0 0 0 L-31 * ?", "day-of-month: 31 in L-31 is not 1-30"),
        ("0 0 0 L-28W * ?", "day-of-month: 28 in L-28W is not 1-27"),
        ("0 0 0 ? * MON#6", "day-of-week: 6 in MON#6 is not 1-5"),
        ("*/0 0 0 * * ?", "second: step 0 in */0 is not 1-59"),
        ("1, 0 0 * * ?", "second: nothing beside a comma: remove that comma, or write 0-59"),
        (
            "0 0 0 1,15W * ?",
            "day-of-month: 15W stands alone in its field: write a second expression after a `;`",
        ),
        (
            "0 0 0 * January ?",
            "month: JANUARY is not 1-12 or JAN-DEC: write *, 12, JAN-DEC, */2 or 1/2, or several with commas",
        ),
        ("*,5 0 0 * * ?", "second: * in a list already means every value: write * alone, or leave it out"),
        ("H 0 0 * * ?", "second: H is not 0-59: write *, 59, 0-59, */2 or 0/2, or several with commas"),
    ],
)
def test_an_error_says_what_is_wrong_and_what_to_write(text: str, message: str) -> None:
    assert error(text) == message


@pytest.mark.parametrize(
    "text",
    [
        "* * * * ? *",  # stands in the tutorial by mistake: Quartz rejects it
        "0 0 0 3C * ?",
        "0 0 0 1-5W * ?",
        "0 0 0 15LW * ?",
        "0 0 0 1,L * ?",
        "0 0 0 * January ?",
        "0 0 0 ? * Monday",
        "0 0 0 ? * LW",
        "0 0 0 ? * MON/2",
        "0 0 0 ? * MON#1,TUE",
        "0 0 0 ? * MON#1-3",
        "0 0 0 1 1 ? 1969",
        "0 0 0 1 1 ? 2100",
        "0 0 0 1 1 ? 2023-20250000",  # exhausts the memory of a server that parses it
        "0 0 0 10-0 * ?",
        "0 ? 0 * * ?",
        "/5 0 0 * * ?",
        ",1 0 0 * * ?",
        "1,,2 0 0 * * ?",
        "1-2-3 0 0 * * ?",
        "*-5 0 0 * * ?",
        "1/2/3 0 0 * * ?",
        "-1 0 0 * * ?",
        "00059 0 0 * * ?",
    ],
)
def test_what_quartz_rejects_or_half_reads_is_refused(text: str) -> None:
    assert not accepted(text)


@pytest.mark.parametrize(
    "char",
    ["\u00a0", "\n", "\r", "\x0b", "\x00", "\x7f", "\u2003", "\u200b", "٣", "\uff13", "\u017f", "\u0131"],
)
def test_a_character_outside_printable_ascii_is_named_with_its_place(char: str) -> None:
    assert error(f"0 0 {char} * * ?") == f"character 5 is U+{ord(char):04X}: write ASCII on one line"


def test_spaces_and_tabs_may_surround_fields() -> None:
    assert assess(" \t0  0\t2 ? *   MON-FRI ; 0 0 3 ? * SUN\t") == QuartzVerdict()


def test_each_expression_of_several_is_judged_and_numbered() -> None:
    found = assess("0 0 2 ? * MON;0 0 24 ? * TUE;;0 0 2 * * *")
    assert [one[:13] for one in found.errors] == ["expression 2:", "expression 4:"]
    assert found.errors[0] == "expression 2: hour: 24 is not 0-23"
    assert [one[:43] for one in found.unknown] == ["expression 3: empty expression beside a `;`"]


def test_a_trailing_semicolon_leaves_an_empty_expression() -> None:
    assert error("0 0 2 ? * MON;").startswith("expression 2: empty expression")


def test_what_follows_a_semicolon_is_never_swallowed() -> None:
    assert not accepted("0 0 2 ? * MON; tomorrow")


@pytest.mark.parametrize("text", ["", "  ", "\t"])
def test_a_blank_text_is_no_schedule_and_in_order(text: str) -> None:
    assert assess(text, 2026) == QuartzVerdict()


def test_every_faulty_field_is_told_once() -> None:
    named = [one.split(":")[0] for one in assess("60,61 60 24 32 13 ? 999").errors]
    assert named == ["second", "minute", "hour", "day-of-month", "month", "year"]


@pytest.mark.parametrize(
    "text",
    [
        "0 0 0 31 2 ?",
        "0 0 0 30 FEB ?",
        "0 0 0 30,31 2 ?",
        "0 0 0 30/1 2 ?",
        "0 0 0 31 2,4,6,9,11 ?",
        "0 0 0 31W 4 ?",
        "0 0 0 L-29 2 ?",
        "0 0 0 L-30 2,4 ?",
        "0 0 0 29 2 ? 2027",
        "0 0 0 29 2 ? 2025-2027",
        "0 0 0 L-28 2 ? 2027",
        "0 0 0 ? 2 1#5 2027",
        "0 0 0 ? 2 SUN#5 2028",
        "0 0 0 29 2 ? 2024,2027",
    ],
)
def test_an_expression_without_a_day_is_warned_of(text: str) -> None:
    (warning,) = assess(text, 2026).warnings
    assert warning == f"no day matches `{text[6:]}`: never fires, as Quartz documents it"
    assert accepted(text)


@pytest.mark.parametrize(
    "text",
    [
        "0 0 0 31 * ?",
        "0 0 0 30,29 2 ?",
        "0 0 0 30-1 2 ?",
        "0 0 0 31 2-3 ?",
        "0 0 0 31 NOV-FEB ?",
        "0 0 0 31W 3 ?",
        "0 0 0 L-28 2 ?",
        "0 0 0 L-29 4 ?",
        "0 0 0 L-30 1 ?",
        "0 0 0 LW 2 ?",
        "0 0 0 29 2 ?",
        "0 0 0 29 2 ? 2028",
        "0 0 0 29 2 ? 2024/2",
        "0 0 0 ? 2 TUE#5 2028",
        "0 0 0 ? * SUN#5",
        "0 0 0 ? 2 4#5",
        "0 0 0 1 1 ? 2026",
    ],
)
def test_an_expression_with_some_day_is_not_warned_of(text: str) -> None:
    assert assess(text, 2026) == QuartzVerdict()


def test_years_are_past_only_for_a_caller_who_says_the_year() -> None:
    text = "0 0 0 1 1 ? 2002-2005"
    assert assess(text) == assess(text, 2005) == QuartzVerdict()
    assert assess(text, 2006).warnings == ("year 2002-2005 is past: never fires again",)


def test_a_warning_names_its_expression_among_several() -> None:
    (warning,) = assess("0 0 2 ? * MON;0 0 2 31 2 ?").warnings
    assert warning.startswith("expression 2: no day matches `31 2 ?`")


days, months = st.sets(st.integers(1, 31), min_size=1), st.sets(st.integers(1, 12), min_size=1)
years = st.sets(st.integers(2000, 2040), min_size=1, max_size=3)


def listed(numbers: set[int]) -> str:
    return ",".join(map(str, sorted(numbers)))


def on_calendar(year: int, month: int, day: int) -> bool:
    try:
        return date(year, month, day).day == day
    except ValueError:
        return False


@given(days, months, years, st.integers(2000, 2040))
@example({29}, {2}, {2024, 2027}, 2025)
def test_a_warning_is_right_by_the_calendar(dom: set[int], mon: set[int], yrs: set[int], now: int) -> None:
    fires = any(on_calendar(y, m, d) for y in yrs for m in mon for d in dom if y >= now)
    assert (not assess(f"0 0 0 {listed(dom)} {listed(mon)} ? {listed(yrs)}", now).warnings) == fires


@given(st.integers(1, 7), st.integers(1, 12), st.integers(2000, 2040))
def test_a_fifth_weekday_is_right_by_the_calendar(weekday: int, month: int, year: int) -> None:
    late = [date(year, month, day) for day in (29, 30, 31) if on_calendar(year, month, day)]
    fires = any(day.isoweekday() % 7 + 1 == weekday for day in late)
    assert (not assess(f"0 0 0 ? {month} {weekday}#5 {year}").warnings) == fires


def entries(low: int, high: int, step: int, names: list[str] | None = None) -> st.SearchStrategy[str]:
    """Lists as the documentation describes them: values, ranges, steps; names only in values and ranges."""
    value, by = st.integers(low, high).map(str), st.integers(1, step).map(str)
    pair = st.tuples(value, value) if high < FIRST_YEAR else st.tuples(value, value).map(sorted)
    span = pair.map("-".join)
    forms = [value, span, *(st.tuples(base, by).map("/".join) for base in (value, span, st.just("*")))]
    if names:
        named = st.sampled_from(names)
        forms += [named, st.tuples(named, named).map("-".join)]
    return st.just("*") | st.lists(st.one_of(forms), min_size=1, max_size=4).map(",".join)


def day_pairs() -> st.SearchStrategy[tuple[str, str]]:
    weekday = st.integers(1, 7).map(str) | st.sampled_from(WEEKDAYS)
    last = st.integers(1, 30).map("L-{}".format) | st.integers(1, 27).map("L-{}W".format)
    dom = entries(1, 31, 31) | st.sampled_from(["L", "LW"]) | last | st.integers(1, 31).map("{}W".format)
    nth = st.tuples(weekday, st.integers(1, 5).map(str)).map("#".join)
    dow = entries(1, 7, 7, WEEKDAYS) | st.just("L") | weekday.map("{}L".format) | nth
    return st.tuples(dom, st.just("?")) | st.tuples(st.just("?"), dow)


@st.composite
def expressions(draw: st.DrawFn) -> str:
    time_of_day = [draw(entries(0, high, high)) for high in (59, 59, 23)]
    day, weekday = draw(day_pairs())
    year = draw(st.just("") | entries(FIRST_YEAR, LAST_YEAR, 129))
    text = " ".join([*time_of_day, day, draw(entries(1, 12, 12, MONTHS)), weekday, year]).strip()
    return draw(st.sampled_from([text, text.lower(), text.replace(" ", " \t ")]))


@given(st.lists(expressions(), min_size=1, max_size=3).map(";".join))
def test_whatever_the_documented_grammar_can_spell_is_accepted(text: str) -> None:
    assert accepted(text)


@given(st.text(alphabet="0123456789*?,-/LW# ;@MONJAN\t", max_size=40) | st.text(max_size=40))
def test_any_text_gets_a_verdict(text: str) -> None:
    found = assess(text, 2026)
    flaws = (*found.errors, *found.unknown)
    assert not (flaws and found.warnings)
    assert all(len(one) < 250 and one.isprintable() for one in (*flaws, *found.warnings))


@given(st.text(max_size=40))
def test_a_normal_form_is_its_own_normal_form(text: str) -> None:
    assert normal(normal(text)) == normal(text)


@given(expressions())
def test_a_normal_form_is_accepted_like_its_text(text: str) -> None:
    assert assess(normal(text), 2026).errors == ()


def test_the_normal_form_drops_what_quartz_does_not_see() -> None:
    assert normal(" 0 0\t2 ?  * mon-fri ;\n0 0 3 ? * sun ") == "0 0 2 ? * MON-FRI;0 0 3 ? * SUN"
    assert normal("") == normal(" \n ") == ""


def test_the_normal_form_keeps_what_quartz_would_trip_over() -> None:
    assert normal("0 0\u00a02 ? * MON") != normal("0 0 2 ? * MON")


def test_a_long_text_is_refused_by_its_length() -> None:
    text = "0 0 2 ? * MON" + " " * (4096 - 13)
    assert assess(text) == QuartzVerdict()
    assert error(text + " ") == "4097 characters: write at most 4096"


@pytest.mark.parametrize(
    "text",
    [
        "0 0 0 30 2 ?;" * 315 + "*",
        ("0 0 0 31 2,4,6,9,11 ?;" * 186)[:-1],
        "0 0 0 " + "30," * 1350 + "30 2 ?",
        "1-" * 2048,
        "L-" * 2048,
        "9" * 4096 + " 0 0 * * ?",
        "a" * 10_000_000,
        "99 " * 1365,
        "99," * 1360 + "1 0 0 * * ?",
    ],
)
def test_the_time_of_a_verdict_is_bounded(text: str) -> None:
    begun = time.process_time()
    assess(text, 2026)
    assert time.process_time() - begun < 2
