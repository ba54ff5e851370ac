"""A calendar in its four formats: all texts in it are texts, and who subscribes has nothing twice."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar as Parsed
from icalendar import Event
from tests.reports.test_html_report import Page, hashed
from tests.support.calendars import FREEZES, builds, calendar_at, project, run, train
from tests.support.documents import STRINGS, words

from reconcile.planfile.calendar_document import Calendar, CalendarEntry, Collision, EntryKind
from reconcile.planfile.document_parts import Source
from reconcile.reports.calendar import CALENDAR_FORMATS, render_calendar
from reconcile.reports.formats import Options

MANY = settings(max_examples=STRINGS, deadline=None, derandomize=True, database=None)
OBEYED = re.compile(r"^\s*::|##\w*\[", re.MULTILINE)
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
HOSTILE = st.sampled_from(
    [
        "##vso[task.setvariable variable=x]y", "##teamcity[x]", "a" * 74 + "::error::x", "x" * 55 + "::" * 60,
        "a,b;c:d\\e\nf\r\ng", "BEGIN:VEVENT\r\nUID:x", "\nEND:VCALENDAR", "ä" * 200, "\U0001f600" * 80,
        "=20\r\n ", 'a";CN=b', "%s{}", "freezes/x",
    ]
)  # fmt: skip


def everywhere(text: str) -> Calendar:
    """A calendar with `text` in every place that a file fills."""
    collides = (Collision("frozen", text, text, text), Collision("same-stage", text, text))
    source, systems = Source(text, 3), (text,)

    def entry(kind: EntryKind, start: str, end: str | None, zone: str | None = None) -> CalendarEntry:
        return CalendarEntry(kind, text, text, start, end, zone, source, collides, systems, text)

    single = entry("firing", "2026-12-02T01:30:00+09:00", None, text)
    entries = (
        entry("freeze", "2026-11-27T18:00:00+01:00", None, text),
        entry("release", "2026-12-01", "2026-12-24"),
        single,
        single._replace(number=40, last="2026-12-02T23:00:00+09:00", firings=(single,) * 40),
        entry("run", "2026-12-01T22:00:00Z", "2026-12-03T02:00:00Z"),
        entry("requested", "2026-12-02T00:00:00Z", None),
    )
    return Calendar("2026-12-01T00:00:00+00:00", "2026-12-15T00:00:00+00:00", entries, text, (text,))


def events(text: str) -> list[Event]:
    """The events as an independent parser reads them; it finds nothing wrong with any."""
    parsed = Parsed.from_ical(text.encode())
    found = [*parsed.walk("VEVENT")]
    assert parsed.errors == []
    assert [event.errors for event in found if event.errors] == []
    assert len(parsed.subcomponents) == len(found)
    return found


@MANY
@given(words | HOSTILE)
def test_no_text_is_more_than_text_in_any_format(text: str) -> None:
    whole = everywhere(text)
    for name in CALENDAR_FORMATS:
        for options in (Options(), Options(verbose=True, width=80), Options(quiet=True)):
            told = render_calendar(name, whole, options)
            assert not OBEYED.search(told), name
            lines = told.replace("\r\n", "\n").split("\n")
            assert not any(map(UNSEEN.search, lines)), name
            assert name == "json" or all(line.isprintable() for line in lines), name
            told.encode()


@MANY
@given(words | HOSTILE)
def test_what_is_subscribed_to_is_read_by_an_independent_parser_as_it_was_meant(text: str) -> None:
    whole = everywhere(text)
    told = render_calendar("ics", whole)
    assert all(0 < len(line.encode()) <= 75 for line in told.removesuffix("\r\n").split("\r\n"))
    assert "\n" not in told.replace("\r\n", "")
    found = events(told)
    assert len(found) == len(whole.entries)
    for event, entry in zip(found, whole.entries, strict=True):
        assert str(event["categories"].to_ical(), "utf-8") == entry.kind
        assert not any("\n" in str(event[name]) for name in ("summary", "uid"))
        starts = event.decoded("dtstart")
        assert starts == (date(2026, 12, 1) if entry.kind == "release" else entry.begins)


@MANY
@given(words | HOSTILE)
def test_the_page_has_no_script_reaches_for_nothing_and_no_text_is_markup(text: str) -> None:
    page = Page(render_calendar("html", everywhere(text)))
    assert page.scripts == []
    (style,) = page.texts["style"]
    assert page.policy.split("; ") == [
        "default-src 'none'",
        f"style-src {hashed(style)}",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert not re.search(r"https?:|url\(|@import", style)


@MANY
@given(words | HOSTILE)
def test_json_has_every_firing_and_the_texts_as_they_are(text: str) -> None:
    whole = everywhere(text)
    found = json.loads(render_calendar("json", whole))
    assert len(found["entries"]) == 5 + 40
    assert all(entry["address"] == text for entry in found["entries"] if "\ud800" not in text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    manifests = (
        builds("nightly", "0 0 2 ? * MON-FRI"),
        builds("often", "0 0/10 * * * ?"),
        run("uat", "2026-12-05T09:00:00Z", "2026-12-05T11:00:00Z"),
        train(),
    )
    return project(tmp_path, *manifests, more=FREEZES)


def ics(folder: Path, **asked: object) -> str:
    return render_calendar("ics", calendar_at(folder, **asked))  # type: ignore[arg-type]


def test_a_release_has_days_and_ends_the_day_after_its_last(folder: Path) -> None:
    (release,) = (event for event in events(ics(folder)) if "Release" in event["summary"])
    assert (release.decoded("dtstart"), release.decoded("dtend")) == (date(2026, 12, 1), date(2026, 12, 25))


def test_a_firing_is_an_instant_of_utc_a_run_lasts_and_many_firings_last_from_the_first_to_the_last(
    folder: Path,
) -> None:
    found = events(ics(folder, days=5))
    times = {
        str(event["summary"]): (
            event.decoded("dtstart").isoformat(),
            event.get("dtend") and event.decoded("dtend"),
        )
        for event in reversed(found)
        if not isinstance(event.decoded("dtstart"), date) or isinstance(event.decoded("dtstart"), datetime)
    }
    assert times["nightly fires"] == ("2026-12-01T01:00:00+00:00", None)
    assert times["often fires 144 times"][1].isoformat() == "2026-12-01T23:50:00+00:00"
    assert times["! Run: uat"][1].isoformat() == "2026-12-05T11:00:00+00:00"
    (frozen,) = (event for event in found if event["summary"] == "! Run: uat")
    assert "frozen: inside the freeze `weekends` (nobody there)" in frozen["description"]


def test_a_second_run_says_the_same_and_nothing_of_the_clock_stands_in_it(folder: Path) -> None:
    once, again = (ics(folder, now=now) for now in ("2026-12-01T00:00:01Z", "2026-12-01T23:59:59Z"))
    assert once == again
    assert {event.decoded("dtstamp") for event in events(once)} <= {
        entry.begins for entry in calendar_at(folder).entries
    }


def test_what_is_in_two_windows_has_one_name_and_no_two_events_share_one(folder: Path) -> None:
    today, tomorrow, cut = (
        {str(event["uid"]): str(event["summary"]) for event in events(ics(folder, **asked))}
        for asked in ({}, {"now": "2026-12-02T08:00:00Z"}, {"since": "2026-12-03T11:55:00Z", "days": 2})
    )
    assert len(today) == len(calendar_at(folder).entries)
    both = today.keys() & tomorrow.keys()
    assert sorted(today[uid] for uid in today.keys() - both) == ["nightly fires", "often fires 144 times"]
    assert all(today[uid] == tomorrow[uid] for uid in both)
    assert cut.keys() <= today.keys()


def test_what_moves_within_the_files_keeps_its_name_and_a_run_that_is_moved_is_updated(folder: Path) -> None:
    before = {str(event["uid"]): event for event in events(ics(folder))}
    file = folder / "manifests/a.yaml"
    text = file.read_text().replace("2026-12-05T09:00:00Z", "2026-12-05T10:00:00Z")
    file.unlink()
    (folder / "manifests/elsewhere.yaml").write_text(f"# moved\n{text}")
    after = {str(event["uid"]): event for event in events(ics(folder))}
    assert before.keys() == after.keys()
    moved = [uid for uid in before if before[uid]["dtstart"].dt != after[uid]["dtstart"].dt]
    assert [str(after[uid]["summary"]) for uid in moved] == ["! Run: uat"]


def test_the_text_is_a_day_a_block_and_its_last_line_counts(folder: Path) -> None:
    found = calendar_at(folder, days=6)
    text = render_calendar("text", found)
    blocks = text.split("\n\n")
    assert blocks[0] == "Tue 2026-12-01 to Sun 2026-12-06 · times are UTC"
    assert [block.splitlines()[0] for block in blocks[1:-1]] == [
        f"{day} 2026-12-0{number}" for number, day in enumerate(("Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), 1)
    ]
    assert "00:00-23:50     fires 144 times  flexdeploy/Release/often  Europe/Berlin" in blocks[1]
    colliding = sum(bool(each.collides) for each in found.single)
    assert colliding == 331
    last = f"Calendar: 868 firings, 1 run, 1 release, 0 requested, 1 freeze, {colliding} in collision."
    assert blocks[-1] == f"{last}\n"
    assert render_calendar("text", found, Options(quiet=True)) == f"{last}\n"
    assert render_calendar("text", found, Options(verbose=True)).count("Release/often") == 864


def test_the_page_has_a_line_of_time_for_each_system_and_all_of_it_as_a_table(folder: Path) -> None:
    text = render_calendar("html", calendar_at(folder))
    page = Page(text)
    assert page.texts["h2"] == ["flexdeploy", "katalon", "brpm", "Day by day"]
    assert text.count("<svg") == 3
    assert text.count('<tr class="date">') == 14
    assert "! " not in text
    assert "frozen: inside the freeze `weekends` (nobody there)" in text
    assert 'class="fires plain"' in text
    assert 'class="bar bad"' in text


def test_a_page_of_very_much_says_what_it_left_out() -> None:
    firing = CalendarEntry("firing", "a/B/c", "c", "2026-12-01T00:00:00+00:00", None, "UTC", Source("a", 1))
    many = Calendar("2026-12-01T00:00:00+00:00", "2026-12-02T00:00:00+00:00", (firing,) * 5_001)
    assert "1 more: ask for fewer days, or for a part by PATH or --target." in render_calendar("html", many)


def test_nothing_at_all_is_a_calendar_too() -> None:
    nothing = Calendar("2026-12-01T00:00:00+00:00", "2026-12-02T00:00:00+00:00", ())
    zeros = "Calendar: 0 firings, 0 runs, 0 releases, 0 requested, 0 freezes, 0 in collision."
    assert render_calendar("text", nothing).endswith(f"\n{zeros}\n")
    assert zeros in render_calendar("html", nothing)
    assert events(render_calendar("ics", nothing)) == []
    assert json.loads(render_calendar("json", nothing))["entries"] == []


def test_another_format_is_none_of_a_calendar() -> None:
    with pytest.raises(ValueError, match="text, json, ics, html"):
        render_calendar("junit", everywhere("x"))


@pytest.mark.parametrize(
    "asked", [{}, {"next": 2}, {"since": "1970-01-01", "days": 1}, {"since": "2099-12-31"}]
)
def test_what_begins_before_all_time_and_lasts_for_ever_is_shown_in_every_format(
    tmp_path: Path, asked: dict[str, object]
) -> None:
    more = """\
freezes:
  - {name: all-time, from: "0001-01-01T00:00:00Z", until: "9999-12-31T23:59:59Z", reason: ever}
  - {name: every-day, schedule: "0 0 0 * * ?", duration: 1d, reason: ever}
"""
    lasts = run("uat", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z")
    manifests = (lasts, train("0001-01-01", "9999-12-31"), builds("yearly", "59 59 23 31 12 ?"))
    found = calendar_at(project(tmp_path, *manifests, more=more), **asked)  # type: ignore[arg-type]
    told = {name: render_calendar(name, found) for name in CALENDAR_FORMATS}
    assert len(events(told["ics"])) == len(json.loads(told["json"])["entries"]) == len(found.entries)
    for name in ("text", "html"):
        assert all(words in told[name] for words in ("all-time", "every-day", "uat", "train"))
