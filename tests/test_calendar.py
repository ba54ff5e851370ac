"""The calendar: what takes place in a window by the manifests alone, and what collides."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.calendars import (
    FREEZES,
    NOW,
    builds,
    calendar_at,
    collided,
    of_kind,
    project,
    run,
    train,
)

from reconcile.cleaning import Cleaner
from reconcile.errors import ProblemsFound, WrongUsage
from reconcile.planfile.calendar_document import calendar_json
from reconcile.reports.calendar import CALENDAR_FORMATS, render_calendar
from reconcile.reports.formats import Options
from reconcile.session.calendar import calendar
from reconcile.session.calendar_window import Period
from reconcile.session.dated_resources import overlaps
from reconcile.session.run_options import RunOptions, Surroundings
from reconcile.timetables.beginnings import begun
from reconcile.timetables.quartz_times import quartz_times
from reconcile.timetables.spans import Span, spans
from reconcile.timetables.timetable import timetable

NIGHTLY = builds("nightly", "0 0 2 ? * MON-FRI")
EACH_SECOND = builds("each-second", "* * * * * ?")
LINK = """\
apiVersion: katalon/v1
kind: ScheduleLink
metadata: {name: smoke}
spec: {runConfigurationId: 5, releaseId: %s}
"""
SCHEDULE = """\
apiVersion: foundry/v2
kind: Schedule
metadata: {name: numbers}
spec:
  action: {target: {type: manual, targetRids: [ri.foundry.main.dataset.3d4f8a85-4c3b-4f88-9d88-5d4c9c3a4e04]}}
  trigger: %s
  paused: %s
"""
ASKED = """\
apiVersion: foundry/v2
kind: ScheduleRun
metadata: {name: refresh}
spec:
  scheduleRid: ri.scheduler.main.schedule.8843955e-37d1-4363-85eb-539833e10a41
  requestedAt: "2026-12-02T08:00:00Z"
"""


def test_one_list_has_firings_runs_releases_requested_runs_and_freezes_in_order_of_start(
    tmp_path: Path,
) -> None:
    whole = (NIGHTLY, run("uat", "2026-12-03T09:00:00Z", "2026-12-03T11:00:00Z"), train(), ASKED)
    found = calendar_json(calendar_at(project(tmp_path, *whole, more=FREEZES)))
    assert set(found) == {"from", "until", "entries"}
    assert (found["from"], found["until"]) == ("2026-12-01T00:00:00+00:00", "2026-12-15T00:00:00+00:00")
    entries = found["entries"]
    assert {entry["kind"] for entry in entries} == {"firing", "run", "release", "requested", "freeze"}
    keys = ["kind", "address", "name", "start", "end", "zone", "source", "collides"]
    assert all(list(entry) == keys for entry in entries)
    starts = [datetime.fromisoformat(entry["start"]) for entry in entries if entry["kind"] != "release"]
    assert starts == sorted(starts)
    assert entries[0] == {
        "kind": "release",
        "address": "katalon/Release/train",
        "name": "train",
        "start": "2026-12-01",
        "end": "2026-12-24",
        "zone": None,
        "source": {"file": "manifests/a.yaml", "line": 14},
        "collides": [],
    }
    assert entries[1] == {
        "kind": "firing",
        "address": "flexdeploy/Release/nightly",
        "name": "nightly",
        "start": "2026-12-01T02:00:00+01:00",
        "end": None,
        "zone": "Europe/Berlin",
        "source": {"file": "manifests/a.yaml", "line": 4},
        "collides": [],
    }
    freeze = next(entry for entry in entries if entry["kind"] == "freeze")
    assert (freeze["address"], freeze["start"], freeze["end"], freeze["zone"]) == (
        "freezes/weekends",
        "2026-12-04T18:00:00+01:00",
        "2026-12-07T08:00:00+01:00",
        "Europe/Berlin",
    )
    assert freeze["source"]["file"] == "reconcile.yaml"


@pytest.mark.parametrize(
    ("asked", "bounds"),
    [
        ({}, ("2026-12-01T00:00:00+00:00", "2026-12-15T00:00:00+00:00")),
        ({"days": 1}, ("2026-12-01T00:00:00+00:00", "2026-12-02T00:00:00+00:00")),
        ({"since": "2026-02-28"}, ("2026-02-28T00:00:00+00:00", "2026-03-14T00:00:00+00:00")),
        (
            {"since": "2026-12-01T01:30:00+02:00", "days": 1},
            ("2026-11-30T23:30:00+00:00", "2026-12-01T23:30:00+00:00"),
        ),
        ({"next": 3}, ("2026-12-01T00:00:00+00:00", "2100-01-01T00:00:00+00:00")),
    ],
)
def test_it_begins_today_or_where_it_is_told_to_and_a_day_has_24_hours(
    tmp_path: Path, asked: dict[str, str], bounds: tuple[str, str]
) -> None:
    found = calendar_at(project(tmp_path, NIGHTLY), **asked)
    assert (found.from_, found.until) == bounds


@pytest.mark.parametrize(
    "asked",
    [
        {"days": 2, "next": 2},
        {"since": "tomorrow"},
        {"since": "2026-12-01T09:00:00"},
        {"since": "2026-13-01"},
        {"since": "1969-12-31"},
        {"since": "9999-12-31"},
        {"since": ""},
    ],
)
def test_what_cannot_be_asked_for_is_wrong_usage(tmp_path: Path, asked: dict[str, str]) -> None:
    with pytest.raises(WrongUsage):
        calendar_at(project(tmp_path, NIGHTLY), **asked)


def test_the_next_firings_of_each_schedule_go_as_far_as_they_have_to(tmp_path: Path) -> None:
    leap, over = builds("leap", "0 0 0 29 2 ?"), builds("over", "0 0 0 1 1 ? 2020")
    found = calendar_at(project(tmp_path, NIGHTLY, leap, over), next=3)
    starts = [(entry.address.rpartition("/")[2], entry.start[:10]) for entry in of_kind(found, "firing")]
    assert starts == [
        *(("nightly", f"2026-12-0{day}") for day in (1, 2, 3)),
        *(("leap", f"{year}-02-29") for year in (2028, 2032, 2036)),
    ]


def test_the_edges_of_a_window_are_half_open(tmp_path: Path) -> None:
    manifests = (
        builds("edge", "0 0 1 ? * *"),
        run("ends", "2026-11-30T09:00:00Z", "2026-12-01T00:00:00Z"),
        run("lasts", "2026-11-30T10:00:00Z", "2026-12-01T00:00:01Z", more=", duration: 1"),
        run("begins", "2026-12-02T00:00:00Z"),
        train("2026-11-01", "2026-11-30"),
    )
    found = calendar_at(project(tmp_path, *manifests), days=1)
    assert [(e.address.rpartition("/")[2], e.start) for e in found.entries] == [
        ("lasts", "2026-11-30T10:00:00+00:00"),
        ("edge", "2026-12-01T01:00:00+01:00"),
    ]


def test_more_than_24_firings_on_one_day_are_one_entry_and_json_has_each(tmp_path: Path) -> None:
    hourly, often = builds("hourly", "0 0 * * * ?"), builds("often", "0 0/30 * * * ?")
    found = calendar_at(project(tmp_path, hourly, often), days=1)
    (day,) = (entry for entry in found.entries if entry.last)
    assert (day.address, day.number) == ("flexdeploy/Release/often", 48)
    assert (day.start, day.last) == ("2026-12-01T01:00:00+01:00", "2026-12-02T00:30:00+01:00")
    assert len(found.entries) == 25
    assert len(calendar_json(found)["entries"]) == 24 + 48


def test_what_fires_each_second_is_counted_and_json_lists_the_first_and_says_so(tmp_path: Path) -> None:
    found = calendar_at(project(tmp_path, EACH_SECOND, more=FREEZES), days=4)
    assert [entry.number for entry in found.entries if entry.kind == "firing"] == [86_400] * 4
    assert next(entry.last for entry in found.entries if entry.last) == "2026-12-02T00:59:59+01:00"
    assert len(of_kind(found, "firing")) == 20_160
    assert [(each.code, each.origin and each.origin.line) for each in found.warnings] == [("more-firings", 4)]
    frozen = [each.message for entry in found.entries for each in entry.collides]
    assert frozen == [
        "25,200 of 86,400 inside the freeze `weekends` (nobody there) until 2026-12-07T08:00:00+01:00"
    ]


def test_a_firing_in_a_freeze_that_covers_it_collides_and_no_other(tmp_path: Path) -> None:
    more = FREEZES.replace("reason: nobody there", "reason: nobody there, targets: ['*/Release/nightly']")
    late = builds("late", "0 0 2 ? * SAT")
    found = calendar_at(project(tmp_path, builds("nightly", "0 0 2 ? * SAT,TUE"), late, more=more))
    assert collided(found) == [("nightly", "frozen", "freezes/weekends")] * 2
    assert {entry.start[:10] for entry in found.single if entry.collides} == {"2026-12-05", "2026-12-12"}


@pytest.mark.parametrize(
    ("hour", "collides"),
    [
        ("0 59 16 ? * FRI", False),
        ("0 0 17 ? * FRI", True),
        ("0 59 6 ? * MON", True),
        ("0 0 7 ? * MON", False),
    ],
)
def test_a_freeze_is_half_open(tmp_path: Path, hour: str, collides: bool) -> None:
    trigger = {"17": "0 17 * * 5", "16": "59 16 * * 5", "6": "59 6 * * 1", "7": "0 7 * * 1"}[hour.split()[2]]
    time = f'{{type: time, cronExpression: "{trigger}", timeZone: UTC}}'
    found = calendar_at(project(tmp_path, SCHEDULE % (time, "false"), more=FREEZES))
    assert bool(collided(found)) is collides


@pytest.mark.parametrize(
    ("start", "end", "collides"),
    [
        ("2026-12-04T15:00:00Z", "2026-12-04T17:00:00Z", False),
        ("2026-12-04T15:00:00Z", "2026-12-04T17:00:01Z", True),
        ("2026-12-07T06:59:59Z", "2026-12-07T09:00:00Z", True),
        ("2026-12-07T07:00:00Z", "2026-12-07T09:00:00Z", False),
        ("2026-12-05T09:00:00Z", None, True),
        ("2026-12-01T09:00:00Z", "2026-12-09T09:00:00Z", True),
    ],
)
def test_a_run_that_overlaps_a_freeze_collides(
    tmp_path: Path, start: str, end: str | None, collides: bool
) -> None:
    found = calendar_at(project(tmp_path, run("uat", start, end), more=FREEZES))
    assert collided(found) == [("uat", "frozen", "freezes/weekends")] * collides


def test_a_requested_run_in_a_freeze_collides(tmp_path: Path) -> None:
    asked = ASKED.replace("12-02", "12-05")
    found = calendar_at(project(tmp_path, asked, more=FREEZES))
    assert collided(found) == [("refresh", "frozen", "freezes/weekends")]


def test_two_runs_of_one_stage_collide_and_what_begins_as_another_ends_does_not(tmp_path: Path) -> None:
    manifests = (
        run("a", "2026-12-02T09:00:00Z", "2026-12-02T11:00:00Z"),
        run("b", "2026-12-02T11:30:00+01:00", "2026-12-02T13:00:00+01:00"),
        run("c", "2026-12-02T12:00:00Z", "2026-12-02T13:00:00Z"),
        run("d", "2026-12-02T10:45:00Z", "2026-12-02T12:30:00Z").replace(
            "plan_stage_id: 2", "plan_stage_id: 3"
        ),
        run("e", "2026-12-02T12:59:59Z"),
        run("f", "2026-12-02T10:00:00Z", "2026-12-02T13:00:00Z", more=", state: cancelled"),
    )
    found = calendar_at(project(tmp_path, *manifests))
    assert collided(found) == [
        ("a", "same-stage", "brpm/Run/b"),
        ("b", "same-stage", "brpm/Run/a"),
        ("c", "same-stage", "brpm/Run/e"),
        ("e", "same-stage", "brpm/Run/c"),
    ]
    assert "f" not in {entry.name for entry in found.entries}
    (message,) = [each.message for entry in found.entries if entry.name == "a" for each in entry.collides]
    assert message == (
        "plan_id 1 and plan_stage_id 2 are those of brpm/Run/b too, "
        "2026-12-02T10:30:00+00:00 to 2026-12-02T12:00:00+00:00"
    )


def test_a_run_outside_of_its_release_collides_and_inside_does_not(tmp_path: Path) -> None:
    member = ", dependsOn: [katalon/Release/train]"
    manifests = [train()]
    for name, start, end in (
        ("early", "2026-11-30T23:00:00Z", "2026-12-01T02:00:00Z"),
        ("first", "2026-12-01T00:00:00Z", "2026-12-01T02:00:00Z"),
        ("last", "2026-12-24T23:00:00Z", "2026-12-25T00:00:00Z"),
        ("long", "2026-12-24T23:00:00Z", "2026-12-25T00:00:01Z"),
        ("late", "2026-12-25T00:00:00Z", None),
    ):
        manifests.append(
            run(name, start, end, metadata=member).replace("plan_id: 1", f"plan_id: {len(manifests)}")
        )
    found = calendar_at(project(tmp_path, *manifests), days=30)
    assert collided(found) == [
        (name, "outside-release", "katalon/Release/train") for name in ("early", "long", "late")
    ]
    words = [each.message for entry in found.entries for each in entry.collides]
    assert words == [
        "begins before katalon/Release/train, whose first day is 2026-12-01",
        "ends after katalon/Release/train, whose last day is 2026-12-24",
        "begins after katalon/Release/train, whose last day is 2026-12-24",
    ]


@pytest.mark.parametrize(
    ("link", "pin", "belongs"),
    [
        ("{ref: katalon/Release/train}", "", True),
        ("77", ", id: 77", True),
        ("77", ", id: '77'", True),
        ("{named: train}", "", True),
        ("78", ", id: 77", False),
        ("{named: other}", "", False),
        ("null", ", id: 77", False),
    ],
)
def test_a_run_belongs_to_the_release_that_its_link_leads_to(
    tmp_path: Path, link: str, pin: str, belongs: bool
) -> None:
    late = run("late", "2026-12-25T09:00:00Z", metadata=", dependsOn: [katalon/ScheduleLink/smoke]")
    release = train().replace("name: train", f"name: train{pin}")
    found = calendar_at(project(tmp_path, release, LINK % link, late), days=30)
    assert collided(found) == [("late", "outside-release", "katalon/Release/train")] * belongs


def test_a_run_that_depends_on_nothing_is_outside_of_no_release(tmp_path: Path) -> None:
    found = calendar_at(project(tmp_path, train(), run("late", "2026-12-25T09:00:00Z")), days=30)
    assert collided(found) == []


def test_a_release_without_its_last_day_has_no_end_and_one_for_ever_is_no_error(tmp_path: Path) -> None:
    member = ", dependsOn: [katalon/Release/train]"
    late = run("late", "2026-12-25T09:00:00Z", metadata=member)
    for last, end in ((None, None), ("9999-12-31", "9999-12-31")):
        found = calendar_at(project(tmp_path, train(last=last), late), days=30)
        assert [entry.end for entry in of_kind(found, "release")] == [end]
        assert collided(found) == []


def test_a_tombstone_and_a_paused_schedule_take_place_never(tmp_path: Path) -> None:
    gone = run("gone", "2026-12-02T09:00:00Z", metadata=", absent: true")
    built = builds("gone", "0 0 2 * * ?").replace("name: gone", "name: gone, absent: true")
    time = '{type: time, cronExpression: "0 6 * * *", timeZone: UTC}'
    found = calendar_at(project(tmp_path, gone, built, SCHEDULE % (time, "true")))
    assert found.entries == ()


def test_what_fires_at_times_that_cannot_be_told_is_named(tmp_path: Path) -> None:
    time = '{type: time, cronExpression: "0 6 * * *", timeZone: UTC}'
    other = "{type: newLogic, branchName: master, datasetRid: ri.foundry.main.dataset.a}"
    folder = project(
        tmp_path,
        SCHEDULE % (f"{{type: and, triggers: [{time}, {other}]}}", "false"),
        builds("secret", "x").replace('"x"', "{env: WHEN}"),
        train().replace('"2026-12-01"', "{env: WHEN}"),
    )
    found = calendar_at(folder)
    assert found.entries == ()
    told = [(each.code, each.origin and each.origin.line) for each in found.warnings]
    assert [each for each in told if each[0] == "not-in-calendar"] == [
        ("not-in-calendar", 6),
        ("not-in-calendar", 12),
        ("not-in-calendar", 17),
    ]


def test_a_release_that_says_its_last_day_alone_is_named(tmp_path: Path) -> None:
    found = calendar_at(project(tmp_path, train().replace('startTime: "2026-12-01", ', "")))
    assert found.entries == ()
    assert [each.message for each in found.warnings] == [
        "katalon/Release/train: it says `endTime` and no `startTime`: it is not in the calendar"
    ]


def test_a_path_and_a_target_narrow_all_but_freezes_and_collisions_are_seen_all_the_same(
    tmp_path: Path,
) -> None:
    folder = project(tmp_path, run("a", "2026-12-02T09:00:00Z", "2026-12-02T11:00:00Z"), more=FREEZES)
    (folder / "manifests/b.yaml").write_text(run("b", "2026-12-02T10:00:00Z"))
    whole = calendar_at(folder)
    by_path = calendar_at(folder, paths=("manifests/a.yaml",))
    by_target = calendar_at(folder, targets=("*/a",))
    assert by_path.entries == by_target.entries == tuple(e for e in whole.entries if e.name != "b")
    assert collided(by_path) == [("a", "same-stage", "brpm/Run/b")]
    with pytest.raises(ProblemsFound):
        calendar_at(folder, targets=("*/c",))


def test_where_there_are_environments_one_is_chosen_and_its_freezes_and_zone_count(tmp_path: Path) -> None:
    more = """\
environments:
  staging: {}
  production:
    systems: {flexdeploy: {options: {timeZone: Asia/Tokyo}}}
    freezes: [{name: audit, from: "2026-12-02T00:00:00Z", until: "2026-12-03T00:00:00Z", reason: audit}]
"""
    folder = project(tmp_path, NIGHTLY, more=more)
    with pytest.raises(ProblemsFound, match="which-environment"):
        calendar_at(folder)
    assert [e.zone for e in calendar_at(folder, environment="staging", days=1).entries] == ["Europe/Berlin"]
    found = calendar_at(folder, environment="production", days=2)
    assert [(e.name, e.zone) for e in found.entries] == [
        ("nightly", "Asia/Tokyo"),
        ("audit", None),
        ("nightly", "Asia/Tokyo"),
    ]
    assert found.environment == "production"


def test_each_firing_of_a_trigger_of_several_zones_is_in_its_own(tmp_path: Path) -> None:
    times = ", ".join(
        f'{{type: time, cronExpression: "0 6 * * *", timeZone: {zone}}}'
        for zone in ("Europe/Berlin", "Asia/Tokyo")
    )
    found = calendar_at(project(tmp_path, SCHEDULE % (f"{{type: or, triggers: [{times}]}}", "false")), days=1)
    assert [(entry.start, entry.zone) for entry in found.single] == [
        ("2026-12-01T06:00:00+01:00", "Europe/Berlin"),
        ("2026-12-02T06:00:00+09:00", "Asia/Tokyo"),
    ]


def test_a_freeze_has_one_beginning_whenever_one_looks(tmp_path: Path) -> None:
    more = """\
freezes:
  - {name: daily, schedule: "0 0 0 * * ? 2026", duration: 1d, reason: for a year}
  - {name: ever, schedule: "0 0 0 * * ?", duration: 25h, reason: for ever}
"""
    folder = project(tmp_path, NIGHTLY, more=more)
    seen = {
        (entry.name, entry.start, entry.end)
        for since in ("2026-01-01", "2026-01-02", "2026-06-01", "2026-12-31")
        for entry in of_kind(calendar_at(folder, since=since, days=1), "freeze")
    }
    assert seen == {
        ("daily", "2026-01-01T00:00:00+00:00", "2027-01-01T00:00:00+00:00"),
        ("ever", "1970-01-01T00:00:00+00:00", None),
    }


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(
    st.sampled_from(["0 0 18 ? * FRI", "0 0 0 1 * ?", "0 0/7 8-9 ? * MON-FRI", "0 0 */6 * * ?"]),
    st.integers(1, 5000),
    st.integers(0, 400 * 24),
)
def test_a_span_found_from_any_moment_is_one_of_those_found_from_long_before(
    text: str, minutes: int, hours: int
) -> None:
    times, duration = timetable(quartz_times(text), "UTC", "system"), timedelta(minutes=minutes)
    after = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    seen = next(spans(times, duration, after))
    found = begun(times, duration, seen)
    early = spans(times, duration, found.start - timedelta(days=30))
    assert seen.end is None or found in [span for span, _ in zip(early, range(6000), strict=False)]


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(st.tuples(*[st.integers(0, 9)] * 4))
def test_two_spans_overlap_where_they_have_an_instant_in_common(bounds: tuple[int, int, int, int]) -> None:
    at = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute) for minute in bounds]
    one, other = (Span(*sorted(pair)) for pair in (at[:2], at[2:]))

    def instants(span: Span) -> set[datetime]:
        assert span.end is not None
        return {span.start} | {
            span.start + timedelta(minutes=m) for m in range((span.end - span.start).seconds // 60)
        }

    assert overlaps(one, other) is overlaps(other, one) is bool(instants(one) & instants(other))


def test_the_entries_are_the_same_however_the_window_is_cut(tmp_path: Path) -> None:
    manifests = (NIGHTLY, builds("often", "0 0/10 * * * ?"), run("uat", "2026-12-03T09:00:00Z"))
    folder = project(tmp_path, *manifests, more=FREEZES)
    whole = [*calendar_at(folder, since="2026-12-01", days=9).single]
    cut = [e for day in range(1, 10) for e in calendar_at(folder, since=f"2026-12-0{day}", days=1).single]
    assert list(dict.fromkeys(cut)) == sorted(whole, key=lambda entry: entry.order)
    assert all(one.order <= other.order for one, other in pairwise(whole))


def test_nothing_of_the_clock_but_the_day_decides(tmp_path: Path) -> None:
    folder = project(tmp_path, NIGHTLY, run("uat", "2026-12-01T09:00:00Z"), more=FREEZES)
    assert calendar_at(folder, NOW) == calendar_at(folder, "2026-12-01T23:59:59Z")


def test_what_the_run_knows_for_a_secret_is_taken_out_before_any_line_is_folded(tmp_path: Path) -> None:
    secret = "hunter2-hunter2"
    name = f"{'x' * 55}{secret}"
    named = builds("a", "0 0/10 * * * ?").replace("spec: {", f"spec: {{releaseName: {name}, ")
    more = FREEZES.replace("reason: nobody there", f"reason: {secret}")
    cleaner = Cleaner()
    cleaner.through(lambda text: text.replace(secret, "***"))
    folder = project(tmp_path, named, run("b", "2026-12-05T09:00:00Z"), more=more)
    around = replace(Surroundings({}, cleaner), today=lambda: datetime.fromisoformat(NOW))
    found = calendar(RunOptions(folder), around, Period())
    assert any(entry.collides for entry in found.entries)
    for format in CALENDAR_FORMATS:
        told = render_calendar(format, found, Options(verbose=True)).replace("\r\n ", "")
        assert "***" in told
        assert secret not in told


def test_a_schedule_that_fires_never_is_named_once(tmp_path: Path) -> None:
    day = '{type: time, cronExpression: "0 0 30 2 *", timeZone: UTC}'
    manifests = (
        builds("none", "0 0 0 30 2 ?"),
        builds("over", "0 0 0 1 1 ? 2020"),
        builds("rare", "0 0 0 29 2 ?"),
        SCHEDULE % (day, "false"),
    )
    found = calendar_at(project(tmp_path, *manifests))
    told = [(each.code, each.origin and each.origin.line) for each in found.warnings]
    assert told == [("cron-never-fires", 4), ("cron-never-fires", 9), ("cron-never-fires", 21)]
    assert found.entries == ()


def test_what_overlaps_a_freeze_time_and_again_is_told_once_for_each_freeze(tmp_path: Path) -> None:
    more = """\
freezes:
  - {name: often, schedule: "0 0/2 * * * ?", duration: 1m, reason: often}
  - {name: noon, from: "2026-12-01T12:00:00Z", until: "2026-12-01T13:00:00Z", reason: noon}
"""
    manifests = (run("ever", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"), EACH_SECOND)
    found = calendar_at(project(tmp_path, *manifests, more=more), days=1)
    told = {
        entry.name: [each.message for each in entry.collides] for entry in found.entries if entry.collides
    }
    assert told == {
        "ever": [
            "overlaps the freeze `often` (often) from 1970-01-01T00:00:00+00:00 until "
            "1970-01-01T00:01:00+00:00, and again",
            "overlaps the freeze `noon` (noon) from 2026-12-01T12:00:00+00:00 until "
            "2026-12-01T13:00:00+00:00",
        ],
        "each-second": [
            "43,200 of 86,400 inside the freeze `often` (often)",
            "3,600 of 86,400 inside the freeze `noon` (noon) until 2026-12-01T13:00:00+00:00",
        ],
    }
