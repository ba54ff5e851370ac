"""Projects with something in their calendar, and what a calendar makes of them at a moment that is chosen."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from tests.support.projects import release, written

from reconcile.cleaning import Cleaner
from reconcile.planfile.calendar_document import Calendar, CalendarEntry
from reconcile.session.calendar import calendar
from reconcile.session.calendar_window import Period
from reconcile.session.run_options import RunOptions, Surroundings

PROJECT = """\
version: 1
systems:
  flexdeploy:
    url: https://deploy.example.com/flexdeploy/rest/v1
    auth: {basic: {username: {env: FD_USER}, password: {env: FD_PASSWORD}}}
    options: {timeZone: Europe/Berlin}
  katalon: {url: "https://testops.example.com", options: {projectId: 1}, auth: {apiKey: {env: KATALON}}}
  foundry: {url: "https://foundry.example.com", auth: {bearer: {env: FOUNDRY}}}
  brpm: {url: "https://brpm.example.com/brpm", auth: {token: {env: BRPM}}}
"""
FREEZES = """\
freezes:
  - {name: christmas, from: "2026-12-23T18:00:00+01:00", until: "2027-01-04T06:00:00+01:00", reason: year end}
  - {name: weekends, schedule: "0 0 18 ? * FRI", duration: 62h, timeZone: Europe/Berlin, reason: nobody there}
"""
NOW = "2026-12-01T12:34:56Z"


def run(name: str, start: str, end: str | None = None, *, metadata: str = "", more: str = "") -> str:
    """A run of plan 1, stage 2."""
    ends = f', end_at: "{end}"' if end else ""
    return (
        f"apiVersion: brpm/v1\nkind: Run\nmetadata: {{name: {name}{metadata}}}\n"
        f"spec: {{plan_id: 1, plan_stage_id: 2, owner_id: 1, requestor_id: 1, "
        f'start_at: "{start}"{ends}{more}}}\n'
    )


def train(first: str = "2026-12-01", last: str | None = "2026-12-24") -> str:
    """A release of TestOps."""
    ends = f', endTime: "{last}"' if last else ""
    spec = f'{{startTime: "{first}"{ends}}}'
    return f"apiVersion: katalon/v1\nkind: Release\nmetadata: {{name: train}}\nspec: {spec}\n"


def builds(name: str, schedule: str) -> str:
    """A release that builds by a schedule."""
    return release(name, f'{{scheduleBuildExpression: "{schedule}"}}')


def project(folder: Path, *manifests: str, more: str = "") -> Path:
    """A project of the four systems that declares just that."""
    text = "---\n".join(manifests)
    return written(folder, {"reconcile.yaml": PROJECT + more, "manifests/a.yaml": text})


def calendar_at(
    folder: Path,
    now: str = NOW,
    *,
    days: int | None = None,
    since: str | None = None,
    next: int | None = None,
    **options: object,
) -> Calendar:
    """The calendar of a project as it is at a moment, read without any credential."""
    around = replace(Surroundings({}, Cleaner()), today=lambda: datetime.fromisoformat(now))
    return calendar(RunOptions(folder)._replace(**options), around, Period(since, days, next))


def of_kind(found: Calendar, kind: str) -> list[CalendarEntry]:
    """The entries of a kind, each firing by itself."""
    return [entry for entry in found.single if entry.kind == kind]


def collided(found: Calendar) -> list[tuple[str, str, str]]:
    """What collides: the name of each, how, and with what."""
    return [
        (entry.address.rpartition("/")[2], each.code, each.other)
        for entry in found.single
        for each in entry.collides
    ]
