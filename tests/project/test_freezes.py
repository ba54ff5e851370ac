"""What `reconcile.yaml` says of freezes: when each is in force, and what is wrong with one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from tests.support.projects import PROJECT, lines, read, written

from reconcile.model import Address
from reconcile.project.freezes import Freeze

AT = "freezes:\n  - {}\n"
ONCE = '{name: a, reason: r, from: "2026-12-23T18:00:00+01:00", until: "2027-01-04T06:00:00+01:00"}'
WEEKENDS = '{name: a, reason: r, schedule: "0 0 18 ? * FRI", duration: 62h, timeZone: Europe/Berlin}'


def freezes(root: Path, text: str, environment: str | None = None) -> tuple[Freeze, ...]:
    found, problems = read(written(root, {"reconcile.yaml": PROJECT + text}), environment)
    assert found is not None, lines(problems)
    return found.freezes


def freeze(root: Path, entry: str) -> Freeze:
    (found,) = freezes(root, AT.format(entry))
    return found


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def ends(found: Freeze, moment: str) -> str | None:
    span = found.current(at(moment))
    return None if span is None or span.end is None else span.end.astimezone(found.zone).isoformat()


def test_a_freeze_is_in_force_from_its_first_instant_until_its_last(tmp_path: Path) -> None:
    found = freeze(tmp_path, ONCE)
    assert ends(found, "2026-12-23T16:59:59Z") is None
    assert ends(found, "2026-12-23T17:00:00Z") == "2027-01-04T06:00:00+01:00"
    assert ends(found, "2027-01-04T05:00:00Z") is None


def test_a_recurring_freeze_is_in_force_for_its_duration_in_its_zone(tmp_path: Path) -> None:
    found = freeze(tmp_path, WEEKENDS)
    assert ends(found, "2026-11-27T16:59:59Z") is None
    assert ends(found, "2026-11-27T17:00:00Z") == "2026-11-30T08:00:00+01:00"
    assert ends(found, "2026-11-30T07:00:00Z") is None


def test_a_recurring_freeze_lasts_as_long_by_the_clock_that_changes(tmp_path: Path) -> None:
    assert ends(freeze(tmp_path, WEEKENDS), "2027-03-27T12:00:00Z") == "2027-03-29T09:00:00+02:00"


def test_occurrences_that_meet_are_one(tmp_path: Path) -> None:
    found = freeze(tmp_path, '{name: a, reason: r, schedule: "0 0 0 ? * MON-WED", duration: 1d}')
    assert ends(found, "2026-11-30T12:00:00Z") == "2026-12-03T00:00:00+00:00"
    endless = freeze(tmp_path, '{name: a, reason: r, schedule: "0 * * * * ?", duration: 1m}')
    span = endless.current(at("2026-11-30T12:00:30Z"))
    assert span is not None
    assert span.end is None


def test_what_is_over_counts_for_nothing(tmp_path: Path) -> None:
    found = freeze(tmp_path, '{name: a, reason: r, schedule: "0 0 0 1 1 ? 2020", duration: 1d}')
    assert [*found.spans(at("2026-11-30T12:00:00Z"))] == []


def test_systems_and_targets_narrow_a_freeze(tmp_path: Path) -> None:
    found = freeze(
        tmp_path, ONCE.replace("reason: r", "reason: r, systems: [flexdeploy], targets: ['*/Release/a*']")
    )
    assert found.covers(Address("flexdeploy", "Release", "ab"))
    assert not found.covers(Address("flexdeploy", "Release", "b"))
    assert not found.covers(Address("brpm", "Release", "ab"))


def test_an_environment_adds_to_the_top_level_s_freezes(tmp_path: Path) -> None:
    more = WEEKENDS.replace("name: a", "name: b")
    text = f"{AT.format(ONCE)}environments: {{staging: {{}}, production: {{freezes: [{more}]}}}}\n"
    assert [found.name for found in freezes(tmp_path, text, "staging")] == ["a"]
    assert [found.name for found in freezes(tmp_path, text, "production")] == ["a", "b"]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (ONCE.replace("reason: r, ", ""), "`reason` is missing"),
        (ONCE.replace("reason: r", "reson: r"), "unknown field `reson`"),
        (ONCE.replace("name: a", "name: 3"), "`name` takes a string"),
        (ONCE.replace("from", "form"), "did you mean `from`"),
        (ONCE.replace(":00+01:00", ":00"), "`from` takes a date-time with an offset"),
        (
            ONCE.replace("2026-12-23T18:00:00+01:00", "2026-01-01+01:00"),
            "`from` takes a date-time with an offset",
        ),
        (ONCE.replace("2027-01-04T06:00:00+01:00", "9999-12-31T23:59:59-01:00"), "`until` takes a date-time"),
        (ONCE.replace("2027", "2026"), "is not after from"),
        (
            ONCE.replace("reason: r", "reason: r, duration: 2d"),
            "either from and until, or schedule and duration",
        ),
        (ONCE.replace("reason: r", "reason: r, timeZone: UTC"), "either from and until"),
        ("{name: a, reason: r}", "either from and until"),
        (WEEKENDS.replace("62h", "62x"), "`duration` takes minutes, hours or days"),
        (WEEKENDS.replace("62h", "0h"), "`duration` takes minutes, hours or days"),
        (WEEKENDS.replace("0 0 18", "0 18"), "5 fields: Quartz starts with seconds"),
        (WEEKENDS.replace("Berlin", "Berln"), "did you mean `Europe/Berlin`"),
        (WEEKENDS.replace("reason: r", "reason: r, systems: [flexdeplo]"), "did you mean `flexdeploy`"),
        (WEEKENDS.replace("reason: r", "reason: r, targets: []"), "`targets` names nothing"),
    ],
)
def test_anything_else_is_an_error_at_the_entry_s_line(tmp_path: Path, entry: str, words: str) -> None:
    text = PROJECT + AT.format(
        f"\n      {entry[1:-1]}".replace(", ", "\n      ") if "[" not in entry else entry
    )
    found, problems = read(written(tmp_path, {"reconcile.yaml": text}))
    assert found is None
    assert words in "\n".join(lines(problems))
    line = 1 + text[: text.index("  - ")].count("\n")
    assert {problem.origin.line for problem in problems if problem.origin} <= {line, line + 1}


def test_a_name_stands_once_also_with_what_an_environment_adds(tmp_path: Path) -> None:
    text = f"{AT.format(ONCE)}environments: {{production: {{freezes: [{ONCE}]}}}}\n"
    found, problems = read(written(tmp_path, {"reconcile.yaml": PROJECT + text}))
    assert found is None
    assert "freeze `a` stands at reconcile.yaml:" in "\n".join(lines(problems))
