"""Firings that are counted, and spans that begin with one, are those of a walk from one to the next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile.systems.foundry.cron_times import wall_times
from reconcile.timetables.covered import covered
from reconcile.timetables.firings import WallTimes
from reconcile.timetables.quartz_times import quartz_times
from reconcile.timetables.spans import Span, spans
from reconcile.timetables.timetable import Times, Timetable, timetable

NOW = datetime(2026, 11, 29, 14, tzinfo=UTC)
EXPRESSIONS = (
    "0 0 2 ? * MON-FRI",
    "0 30 1,2 * * ?",
    "0 0/20 0-5 * * ?",
    "30 0 0 L * ?",
    "0/15 0 2 ? * SUN",
    "0 0 2 ? * MON;0 0 2,3 ? * MON,SUN;0 59 23 * * ?",
    "0 0 0 30 2 ?",
)
ZONES = ("UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/New_York", "America/Havana", "Asia/Kolkata")

zones = st.sampled_from(ZONES)
quartz = st.sampled_from(EXPRESSIONS).map(quartz_times)
foundry = st.sampled_from(["30 2 * * *", "*/20 1-3 * * 7", "0 0 13 * 5"]).map(
    lambda text: (wall_times(text),)
)
starts = st.one_of(
    st.datetimes(datetime(2026, 3, 1), datetime(2026, 4, 10), timezones=st.just(UTC)),
    st.datetimes(datetime(2026, 10, 1), datetime(2026, 11, 10), timezones=st.just(UTC)),
)
lengths = st.integers(1, 9000).map(lambda minutes: timedelta(minutes=minutes))


@st.composite
def tables(draw: st.DrawFn) -> Timetable:
    """One or two schedules, each in a zone of its own."""
    drawn = draw(st.lists(st.tuples(st.one_of(quartz, foundry), zones), min_size=1, max_size=2))
    return Timetable(tuple(Times(schedules, ZoneInfo(zone)) for schedules, zone in drawn))


def table(text: str, zone: str = "UTC") -> Timetable:
    return timetable(quartz_times(text), zone, "option")


def walked(times: Timetable, start: datetime, end: datetime) -> list[datetime]:
    return [*takewhile(lambda at: at.astimezone(UTC) <= end, times.firings(start))]


def met(times: Timetable, length: timedelta, after: datetime, end: datetime) -> Iterator[Span]:
    """The spans, by a walk from one firing to the next."""
    first: datetime | None = None
    last = after
    for at in walked(times, after - length, end):
        instant = at.astimezone(UTC)
        if first is not None and instant > last + length:
            yield Span(first, last + length)
            first = None
        first, last = first or instant, instant
    if first is not None:
        yield Span(first, last + length)


@given(tables(), starts, st.integers(0, 70))
@settings(max_examples=60)
def test_a_number_is_that_of_the_firings_in_between(times: Timetable, start: datetime, days: int) -> None:
    end = start + timedelta(days=days, seconds=7)
    found = [at.astimezone(UTC) for at in walked(times, start, end)]
    assert times.number(start, end) == len(found)
    assert found == sorted(set(found))


@given(tables(), starts, lengths)
@settings(max_examples=60)
def test_spans_begin_with_a_firing_and_end_when_none_meets_them(
    times: Timetable, after: datetime, length: timedelta
) -> None:
    far = after + timedelta(days=40)
    found = [*takewhile(lambda span: span.end and span.end < far, spans(times, length, after))]
    assert found == [*takewhile(lambda span: span.end and span.end < far, met(times, length, after, far))]


@given(tables(), tables(), starts, lengths)
@settings(max_examples=60)
def test_what_fires_inside_of_spans_is_counted_and_its_first_is_named(
    times: Timetable, freeze: Timetable, after: datetime, length: timedelta
) -> None:
    far = after + timedelta(days=40)
    every = [span for span in met(freeze, length, after, far) if span.end and span.end > after]
    inside = [
        at
        for at in walked(times, after, far + length)
        if any(span.holds(at.astimezone(UTC)) for span in every)
    ]
    number, first = covered(every, after, far).firings(times)
    assert number == len(inside)
    assert first == (inside[0] if inside else None)


@pytest.mark.parametrize(
    ("text", "number"),
    [("* * * * * ?", 604_800), ("* * * * * ?;0 0 2 * * ?;30 * * * * ?", 604_800), ("0 0/2 * * * ?", 5_040)],
)
def test_a_schedule_that_fires_every_second_is_counted_like_any_other(text: str, number: int) -> None:
    assert table(text).number(NOW, NOW + timedelta(days=7)) == number


def test_all_firings_up_to_the_last_year_of_schedulers_are_counted_however_far_the_end_is() -> None:
    years = datetime(2100, 1, 1, tzinfo=UTC) - NOW
    for end in (datetime(2100, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)):
        assert table("* * * * * ?").number(NOW, end) == years // timedelta(seconds=1) - 1


@pytest.mark.parametrize("moment", [datetime.min, datetime.max])
@pytest.mark.parametrize("zone", ZONES)
def test_no_moment_is_too_early_or_too_late_to_be_asked_for(moment: datetime, zone: str) -> None:
    at = moment.replace(tzinfo=UTC)
    times = table("0 0 0 1 1 ?", zone)
    assert [*times.firings(at)][:1] == ([] if at > NOW else [next(table("0 0 0 1 1 ?", zone).firings(at))])
    assert times.number(at, at) == 0


def test_a_day_that_loses_an_hour_loses_what_fires_in_it() -> None:
    times = table("* * * * * ?", "Europe/Berlin")
    (change,) = times.clock_changes(NOW, 200)
    assert (str(change.day), change.lost, change.doubled) == ("2027-03-28", 3600, 0)


def test_a_span_that_goes_on_for_years_has_no_end_in_sight_and_one_that_pauses_has() -> None:
    (endless,) = spans(table("* * * * * ?"), timedelta(minutes=1), NOW)
    assert endless.end is None
    assert endless.holds(NOW + timedelta(days=20_000))
    nightly = next(spans(table("* * 0-5 * * ?"), timedelta(minutes=1), NOW))
    assert nightly == Span(datetime(2026, 11, 30, tzinfo=UTC), datetime(2026, 11, 30, 6, 0, 59, tzinfo=UTC))


def test_one_of_several_days_is_followed_to_its_end() -> None:
    found = next(spans(table("* * * ? * MON-THU"), timedelta(hours=1), NOW))
    assert found.end == datetime(2026, 12, 4, 0, 59, 59, tzinfo=UTC)


def test_a_day_that_several_expressions_share_is_counted_once() -> None:
    one: WallTimes = quartz_times("0 0 2 * * ?")[0]
    assert Timetable((Times((one, one), UTC),)).number(NOW, NOW + timedelta(days=2)) == 2
