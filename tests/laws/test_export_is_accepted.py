"""What export writes, `validate` accepts, and a plan finds as it is live; whatever a server shows."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
from tests.integration.tool import Ran, run
from tests.support.today import Today, serving
from tests.support.today.projects import ENVIRONMENT, begin, declare

from reconcile.fields.walk import misshapen
from reconcile.provider import BadAnswer, Kind
from reconcile.systems import Installed
from reconcile.yaml_source import read_documents

from .hostile import TEXTS, VALUES, places, put

KINDS = {(type_, kind.name): kind for type_, system in Installed().items() for kind in system.kinds}
DATASET = "ri.foundry.main.dataset.3d4f8a85-4c3b-4f88-9d88-5d4c9c3a4e04"
SCHEDULE = "ri.scheduler.main.schedule.00000000-0000-4000-8000-{:012}"
TRAIN: dict[str, Any] = {
    "releaseStatus": "STARTED",
    "description": "kept",
    "pipelineId": 10005,
    "pipelineName": "Simple Pipeline",
    "scheduleBuildExpression": "0 0 2 ? * MON-FRI",
    "projects": [
        {"projectId": 10000, "projectName": "Payments", "projectStreamId": 13900, "priority": 2},
        {"projectId": 10000, "projectStreamId": 13900, "packageName": "core", "requestAllFiles": False},
    ],
    "cmsDetails": {
        "cmsInstanceId": 7,
        "overrideSettings": True,
        "overriddenDefaultConfigurations": {"requireChangeTicketForDeployment": True},
        "overriddenEnvironmentConfigurations": [{"environmentId": 1}, {"environmentId": 2}],
    },
    "properties": [
        {"propertyName": "REGION", "propertyValue": "eu"},
        {"propertyName": "NOTIFY", "propertyValue": "3"},
    ],
}
BUILDS: dict[str, Any] = {
    "description": "kept",
    "action": {
        "target": {"type": "manual", "targetRids": [DATASET]},
        "branchName": "master",
        "fallbackBranches": ["develop"],
        "forceBuild": False,
        "retryCount": 2,
        "retryBackoffDuration": {"value": 30, "unit": "SECONDS"},
    },
    "trigger": {"type": "time", "cronExpression": "0 6 * * *", "timeZone": "UTC"},
    "paused": False,
    "scopeMode": {"type": "user"},
}
SPRING: dict[str, Any] = {"startTime": "2026-12-01", "endTime": "2026-12-24", "description": "kept"}
ROLL_OUT: dict[str, Any] = {
    "plan_id": 1,
    "plan_stage_id": 2,
    "owner_id": 3,
    "requestor_id": 4,
    "description": "kept",
    "duration": 60,
    "start_at": "2036-12-01T09:00:00-05:00",
    "end_at": "2036-12-01T10:00:00-05:00",
    "aasm_state": "planned",
}
Row = dict[str, Any]


class Shown(NamedTuple):
    """Says how a server shows the objects of a kind."""

    kind: Kind
    system: str
    row: Callable[[int], Row]
    """The row with this number that is like any other."""

    keep: Callable[[Today, list[Row]], None]
    spelled: Mapping[str, str] = MappingProxyType({})
    """The names in an answer of fields that a manifest calls otherwise."""

    @property
    def what(self) -> str:
        return f"{self.system}/{self.kind.name}"


def _kept(rows: list[Row], id_: str) -> dict[Any, Row]:
    return {row[id_]: row for row in rows}


def _link(number: int) -> Row:
    return {"id": number, "name": f"Daily {number}", "projectId": 4711, "releaseId": 67890}


def _schedule(number: int) -> Row:
    return {"rid": SCHEDULE.format(number), "displayName": f"Daily {number}", **BUILDS}


EVERY = (
    Shown(
        KINDS["flexdeploy", "Release"],
        "flexdeploy",
        lambda number: {"releaseId": number, "releaseName": f"Train {number}", **TRAIN},
        lambda today, rows: today.releases.update(_kept(rows, "releaseId")),
    ),
    Shown(
        KINDS["katalon", "Release"],
        "katalon",
        lambda number: {"id": number, "name": f"Spring {number}", "projectId": 4711, **SPRING},
        lambda today, rows: today.test_releases.update(_kept(rows, "id")),
    ),
    Shown(
        KINDS["katalon", "ScheduleLink"],
        "katalon",
        _link,
        lambda today, rows: today.configurations.update(_kept(rows, "id")),
    ),
    Shown(
        KINDS["brpm", "Run"],
        "brpm",
        lambda number: {"id": number, "name": f"Roll out {number}", **ROLL_OUT},
        lambda today, rows: today.brpm_runs.update(_kept(rows, "id")),
        {"state": "aasm_state"},
    ),
    Shown(
        KINDS["foundry", "Schedule"],
        "foundry",
        _schedule,
        lambda today, rows: today.schedules.update(_kept(rows, "rid")),
    ),
)


@pytest.fixture
def today() -> Iterator[Today]:
    with serving() as found:
        yield found


EACH = 6
"""How many values are passed over for one that is tried in a field: each is tried in some field."""


def hostile(shown: Shown, each: int = EACH) -> list[Row]:
    """Objects like any other but for one value of one field, as far as they can be read at all."""
    rows: list[Row] = []
    for number, place in enumerate(places(shown.kind.table, shown.row(0))):
        there = (shown.spelled.get(place[0], place[0]), *place[1:])
        for value in VALUES[number % each :: each]:
            row = put(shown.row(len(rows) + 1), there, copy.deepcopy(value))
            if _is_readable(shown.kind, row):
                rows.append(row)
    return rows


def _is_readable(kind: Kind, row: Row) -> bool:
    try:
        return misshapen(kind.table, kind.read(row).fields) is None
    except BadAnswer:
        return False


def reconcile(folder: Path, *words: str, **more: str) -> Ran:
    return run("-C", str(folder), *words, environment={**ENVIRONMENT, **more})


def accepted(folder: Path, text: str, **more: str) -> None:
    """What was exported is the only manifest, and is taken as it is."""
    declare(folder, text)
    validated = reconcile(folder, "validate")
    assert validated.code == 0, validated.err
    planned = reconcile(folder, "plan", "--detailed-exitcode", **more)
    assert (planned.code, planned.out) == (0, "No changes.\n"), planned.out + planned.err


@pytest.mark.parametrize("shown", EVERY, ids=lambda shown: shown.what)
def test_whatever_is_live_its_export_is_accepted_and_in_sync(
    today: Today, tmp_path: Path, shown: Shown
) -> None:
    rows = hostile(shown)
    shown.keep(today, rows)
    begin(tmp_path, today)
    listed = [shown.what] if shown.kind.listed else [f"{shown.what}/{row['rid']}" for row in rows]
    ran = reconcile(tmp_path, "export", *listed)
    assert (ran.code, ran.err) == (0, "")
    documents, problems = read_documents(ran.out.encode(), "all.yaml")
    comments = ran.out.count(") cannot be written as a manifest:\n")
    exported = [row for row in rows if shown.kind.exported(shown.kind.read(row))]
    assert (len(documents) + comments, problems) == (len(exported), ())
    assert len(documents) > len(exported) / 2
    accepted(tmp_path, ran.out)


def test_every_kind_that_can_be_listed_or_read_by_its_id_is_tried() -> None:
    runs = {("foundry", "ScheduleRun")}  # which a test of its own tries: nearly all of it is the server's
    tried = {(shown.system, shown.kind.name) for shown in EVERY}
    assert tried | runs == {name for name, kind in KINDS.items() if kind.compose is None}


def _train(number: int, **said: Any) -> Row:
    return {"releaseId": number, "releaseName": f"Train {number}", **TRAIN, **said}


def test_what_cannot_be_declared_is_a_comment_with_the_reason(today: Today, tmp_path: Path) -> None:
    today.releases[1] = _train(
        1,
        releaseStatus="PAUSED",
        scheduleBuildExpression="0 0 2 * * *",
        projects=[{"projectId": 10000, "priority": "high"}],
    )
    begin(tmp_path, today)
    told = reconcile(tmp_path, "export", "flexdeploy").out
    assert "  projects:\n    - projectId: 10000\n" in told
    why = "its live value is none that a manifest can want: "
    assert f"  # releaseStatus: {why}`releaseStatus` is `PAUSED`; allowed: NOTSTARTED, STARTED\n" in told
    assert f"  # projects[10000].priority: {why}`priority` takes a whole number, not a string\n" in told
    assert (
        f"  # scheduleBuildExpression: {why}write exactly one of day-of-month and day-of-week as ?\n" in told
    )
    accepted(tmp_path, told)


def test_an_object_that_cannot_be_declared_is_a_comment_in_place_of_its_manifest(
    today: Today, tmp_path: Path
) -> None:
    target = {"type": "project", "projectRid": "ri.compass.main.folder.a"}
    schedule = {**_schedule(1), "displayName": "All\nof it"}
    today.schedules[SCHEDULE.format(1)] = {**schedule, "action": {"target": target, "branchName": "master"}}
    today.schedules[SCHEDULE.format(2)] = {**_schedule(2), "trigger": {"type": "streamUpdated"}}
    begin(tmp_path, today)
    what = [f"foundry/Schedule/{SCHEDULE.format(number)}" for number in (1, 2)]
    ran = reconcile(tmp_path, "export", *what, "--to", str(tmp_path / "manifests"))
    assert ran.out == f"1 manifest written to {tmp_path}/manifests. 1 object is none: its file says why.\n"
    folder = tmp_path / "manifests/foundry/Schedule"
    assert (folder / "all-of-it.yaml").read_text() == (
        f"# foundry/Schedule/all-of-it (id {SCHEDULE.format(1)}, All\\u000aof it)"
        " cannot be written as a manifest:\n"
        "#   action: its live value is none that a manifest can want: there is no target of the type "
        "`project`; known: upstream, manual, connecting\n"
    )
    assert "  # trigger: its live value is none" in (folder / "daily-2.yaml").read_text()
    assert reconcile(tmp_path, "validate").code == 0
    assert reconcile(tmp_path, "plan").out == "No changes.\n"
    (left, other) = reconcile(tmp_path, "export", *what, "-o", "json").document["left_out"]
    assert (left["id"], left["name"], left["fields"]) == (SCHEDULE.format(1), "All\nof it", ["action"])
    assert (other["fields"], "id" in other) == (["trigger"], False)


def test_names_that_several_have_are_given_once(today: Today, tmp_path: Path) -> None:
    for number in range(1, 4):
        today.schedules[SCHEDULE.format(number)] = {**_schedule(number), "displayName": "Daily"}
    begin(tmp_path, today)
    what = [f"foundry/Schedule/{SCHEDULE.format(number)}" for number in (1, 2, 3, 2)]
    told = reconcile(tmp_path, "export", *what).out
    assert told.count("kind: Schedule\n") == 3
    accepted(tmp_path, told)


def test_each_secret_has_a_variable_of_its_own(today: Today, tmp_path: Path) -> None:
    passwords = {"db-pass": "one and one", "db_pass": "two and two", "DB.PASS": "three and three"}
    said = [{"propertyName": name, "propertyValue": text} for name, text in passwords.items()]
    today.releases[1] = _train(1, releaseName="2027 Train", properties=said)
    today.releases[2] = _train(2, releaseName="2027.Train", properties=[{**said[0], "propertyValue": 40404}])
    begin(tmp_path, today)
    told = reconcile(tmp_path, "export", "flexdeploy").out
    names = [line.split("env: ")[1].rstrip("}") for line in told.splitlines() if "{env: " in line]
    assert (len({*names}), "40404" in told, "one and one" in told) == (4, False, False)
    assert all(name.isidentifier() for name in names)
    by_name = ["three and three", "one and one", "two and two", "40404"]  # as the entries are put in order
    accepted(tmp_path, told, **dict(zip(names, by_name, strict=True)))


def test_a_run_that_failed_is_none_that_a_manifest_can_want(today: Today, tmp_path: Path) -> None:
    results = ({"type": "error", "errorName": "Internal", "description": "no\nway"}, {"type": "ignored"})
    for number, result in enumerate(results, 1):
        rid = SCHEDULE.format(number)
        today.schedules[rid] = _schedule(number)
        run_ = {"rid": f"ri.scheduler.main.run.{number}", "scheduleRid": rid, "result": result}
        today.runs.append({**run_, "createdTime": "2026-11-29T08:00:00.123456789Z"})
    begin(tmp_path, today)
    what = [f"foundry/ScheduleRun/{SCHEDULE.format(number)}" for number in (1, 2)]
    told = reconcile(tmp_path, "export", *what).out
    assert (
        "#   requestedAt: its live value is none that a manifest can want: run ri.scheduler.main.run.1"
        in told
    )
    assert told.count("kind: ScheduleRun\n") == 1
    accepted(tmp_path, told)


def test_names_that_people_gave_are_accepted_in_the_place_of_ids(today: Today, tmp_path: Path) -> None:
    names = [text for text in TEXTS if text.strip()]
    today.projects = [{"projectId": 10 + number, "projectName": name} for number, name in enumerate(names)]
    projects = [{"projectId": row["projectId"], "projectStreamId": 13900} for row in today.projects]
    today.releases[1] = _train(1, projects=projects)
    begin(tmp_path, today)
    told = reconcile(tmp_path, "export", "flexdeploy", "--names").out
    assert told.count("{named: ") > len(names)
    accepted(tmp_path, told)


@pytest.mark.parametrize(
    "text", ["{" * 100_000, "x" * 9_000_000, "\u2028" * 1_500_000, "\U000e0001" * 900_000]
)
def test_a_text_of_any_length_is_exported_or_told_of(today: Today, tmp_path: Path, text: str) -> None:
    today.test_releases[1] = {"id": 1, "name": "Spring", "projectId": 4711, "description": text}
    today.test_releases[2] = {"id": 2, "name": text[:50_000], "projectId": 4711}
    begin(tmp_path, today)
    ran = reconcile(tmp_path, "export", "katalon/Release", "--to", str(tmp_path / "manifests"))
    assert (ran.code, ran.err) == (0, "")
    validated = reconcile(tmp_path, "validate")
    assert validated.code == 0, validated.err
    assert reconcile(tmp_path, "plan", "--detailed-exitcode").code == 0
