"""Firings of Foundry's cron expressions: five fields, in the trigger's own zone."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from reconcile.systems.foundry.cron_times import wall_times
from reconcile.timetables.firings import clock_changes, firings

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 10, 24, 20, tzinfo=UTC)
FIRES = {
    "30 2 * * *": ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "2026-10-26T02:30:00+01:00"],
    "0 0 L * *": ["2026-10-31T00:00:00+01:00", "2026-11-30T00:00:00+01:00", "2026-12-31T00:00:00+01:00"],
    "0 9 * * 2L": ["2026-10-27T09:00:00+01:00", "2026-11-24T09:00:00+01:00", "2026-12-29T09:00:00+01:00"],
    "0 9 * * TUE#4": ["2026-10-27T09:00:00+01:00", "2026-11-24T09:00:00+01:00", "2026-12-22T09:00:00+01:00"],
    "0 0 13 * 5": ["2026-10-30T00:00:00+01:00", "2026-11-06T00:00:00+01:00", "2026-11-13T00:00:00+01:00"],
    "0 6 * * 7": ["2026-10-25T06:00:00+01:00", "2026-11-01T06:00:00+01:00", "2026-11-08T06:00:00+01:00"],
    "0 6 * * L": ["2026-10-31T06:00:00+01:00", "2026-11-07T06:00:00+01:00", "2026-11-14T06:00:00+01:00"],
    "45/10 1 * * MON-TUE": [
        "2026-10-26T01:45:00+01:00",
        "2026-10-26T01:55:00+01:00",
        "2026-10-27T01:45:00+01:00",
    ],
}


@pytest.mark.parametrize("expression", FIRES)
def test_an_expression_fires_when_foundry_says_so(expression: str) -> None:
    found = islice(firings((wall_times(expression),), BERLIN, START), 3)
    assert [instant.isoformat() for instant in found] == FIRES[expression]


def test_a_minute_that_comes_twice_fires_twice_and_one_that_does_not_come_never() -> None:
    changes = clock_changes((wall_times("*/30 2 * * *"),), BERLIN, START, 366)
    assert [(str(each.day), each.lost, each.doubled) for each in changes] == [
        ("2026-10-25", 0, 2),
        ("2027-03-28", 2, 0),
    ]
