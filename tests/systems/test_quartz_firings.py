"""Firings of Quartz expressions are those of the real Quartz, around changes of clocks and leap days too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.timetables.firings import clock_changes, count, firings
from reconcile.timetables.quartz_times import quartz_times

TABLE = Path(__file__).parents[1] / "data" / "quartz-firings.tsv"
BERLIN = ZoneInfo("Europe/Berlin")
EXPRESSIONS = ("0 0 2 ? * MON-FRI", "0 30 1,2 * * ?", "0 0/20 * ? * SUN", "0 0 0 L * ?", "0 15 2 29 2 ?")


def rows() -> list[tuple[str, str, str, list[str]]]:
    found = []
    for line in TABLE.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            expression, zone, after, fires = line.split("\t")
            found.append((expression, zone, after, [text for text in fires.split(",") if text]))
    return found


def test_each_firing_of_the_table_is_computed_and_no_other() -> None:
    wrong = []
    for expression, zone, after, fires in rows():
        found = firings(quartz_times(expression), ZoneInfo(zone), datetime.fromisoformat(after))
        if [instant.isoformat() for instant in islice(found, 20)] != fires:
            wrong.append((expression, zone, after))
    assert wrong == []
    assert len(rows()) == 3000


moments = st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC))
some = st.sampled_from(EXPRESSIONS)


@given(some, some, moments)
def test_several_expressions_fire_at_their_sorted_union(one: str, other: str, after: datetime) -> None:
    both = [*islice(firings(quartz_times(f"{one};{other}"), BERLIN, after), 12)]
    each = [[*islice(firings(quartz_times(text), BERLIN, after), 12)] for text in (one, other)]
    assert both == sorted({*each[0], *each[1]})[:12]


@given(some, moments)
def test_no_firing_lies_in_a_hole_of_the_clock(expression: str, after: datetime) -> None:
    for instant in islice(firings(quartz_times(expression), BERLIN, after), 40):
        assert instant.astimezone(UTC).astimezone(BERLIN).replace(fold=0) == instant.replace(fold=0)


@given(some, moments, st.integers(-12, 12))
def test_the_firings_of_a_shifted_zone_shift_with_it(expression: str, after: datetime, hours: int) -> None:
    shifted = ZoneInfo(f"Etc/GMT{-hours:+d}") if hours else ZoneInfo("UTC")
    plain = islice(firings(quartz_times(expression), UTC, after), 9)
    moved = islice(firings(quartz_times(expression), shifted, after - timedelta(hours=hours)), 9)
    assert [at - timedelta(hours=hours) for at in plain] == [*moved]


@given(some, moments, st.integers(0, 40))
def test_a_count_is_the_number_of_firings(expression: str, start: datetime, days: int) -> None:
    times, end = quartz_times(expression), start + timedelta(days=days)
    assert count(times, BERLIN, start, end) == sum(
        at <= end for at in islice(firings(times, BERLIN, start), 4000)
    )


@pytest.mark.parametrize("expression", ["0 0 0 30 2 ?", "* * * ? 4 * 2001"])
def test_an_expression_that_never_fires_has_no_firings(expression: str) -> None:
    assert not [*firings(quartz_times(expression), UTC, datetime(2026, 1, 1, tzinfo=UTC))]


def test_days_on_which_clocks_change_lose_what_lies_in_the_hole() -> None:
    start = datetime(2026, 11, 29, tzinfo=UTC)
    found = clock_changes(quartz_times("0 30 2 * * ?"), BERLIN, start, 366)
    assert [(str(each.day), each.lost, each.doubled) for each in found] == [("2027-03-28", 1, 0)]


class Clock(tzinfo):
    """The clock of Berlin, which counts how often it is looked at."""

    def __init__(self) -> None:
        self.looks = 0

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        self.looks += 1
        return BERLIN.utcoffset(moment)

    def dst(self, moment: datetime | None) -> timedelta | None:
        return BERLIN.dst(moment)

    def tzname(self, moment: datetime | None) -> str | None:
        return BERLIN.tzname(moment)


@pytest.mark.parametrize(
    "expression", ["0 0 0 29 2 ?", "0 0 1 ? 11 1#1", "0 15 2 31 12 ?", "0 0 0 29 2 ? 2096"]
)
def test_only_the_clock_of_days_on_which_it_fires_is_looked_at(expression: str) -> None:
    clock = Clock()
    found = [*islice(firings(quartz_times(expression), clock, datetime(2026, 1, 1, tzinfo=UTC)), 20)]
    assert clock.looks < 20 * (len(found) + 1)
