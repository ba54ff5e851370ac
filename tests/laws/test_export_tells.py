"""What no manifest can hold is told where it would stand; names and variables stand for one thing each."""

from __future__ import annotations

from pathlib import Path

from tests.support.today import Today
from tests.support.today.projects import begin

from .shown import SCHEDULE, accepted, reconcile, schedule, train


def test_what_cannot_be_declared_is_a_comment_with_the_reason(today: Today, tmp_path: Path) -> None:
    today.releases[1] = train(
        1,
        releaseStatus="PAUSED",
        scheduleBuildExpression="0 0 2 * * *",
        projects=[{"projectId": 10000, "priority": "high"}],
        properties=[{"propertyName": "A", "propertyValue": value} for value in ("1", "2")],
        cmsDetails={"cmsInstanceId": 2**64, "overrideSettings": True},
    )
    begin(tmp_path, today)
    told = reconcile(tmp_path, "export", "flexdeploy").out
    assert "  projects:\n    - projectId: 10000\n" in told
    why = "its live value is none that a manifest can want: "
    assert f"  # releaseStatus: {why}`releaseStatus` is `PAUSED`; allowed: NOTSTARTED, STARTED\n" in told
    assert f"  # projects[10000].priority: {why}`priority` takes a whole number, not a string\n" in told
    days = "`scheduleBuildExpression`: write exactly one of day-of-month and day-of-week as ?"
    assert f"  # scheduleBuildExpression: {why}{days}\n" in told
    assert f"  # properties: {why}two of its entries are of one place\n" in told
    assert f"  # cmsDetails.cmsInstanceId: {why}it is a whole number that does not fit into 64 bits\n" in told
    accepted(tmp_path, told)


def test_an_object_that_cannot_be_declared_is_a_comment_in_place_of_its_manifest(
    today: Today, tmp_path: Path
) -> None:
    target = {"type": "project", "projectRid": "ri.compass.main.folder.a"}
    odd = {**schedule(1), "displayName": "All\nof it"}
    today.schedules[SCHEDULE.format(1)] = {**odd, "action": {"target": target, "branchName": "master"}}
    today.schedules[SCHEDULE.format(2)] = {**schedule(2), "trigger": {"type": "streamUpdated"}}
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
    assert reconcile(tmp_path, "plan").told == "No changes.\n"
    (left, other) = reconcile(tmp_path, "export", *what, "-o", "json").document["left_out"]
    assert (left["id"], left["name"], left["fields"]) == (SCHEDULE.format(1), "All\nof it", ["action"])
    assert (other["fields"], "id" in other) == (["trigger"], False)


def test_names_that_several_have_are_given_once(today: Today, tmp_path: Path) -> None:
    for number in range(1, 4):
        today.schedules[SCHEDULE.format(number)] = {**schedule(number), "displayName": "Daily"}
    begin(tmp_path, today)
    what = [f"foundry/Schedule/{SCHEDULE.format(number)}" for number in (1, 2, 3, 2)]
    told = reconcile(tmp_path, "export", *what).out
    assert told.count("kind: Schedule\n") == 3
    accepted(tmp_path, told)


def test_each_secret_has_a_variable_of_its_own(today: Today, tmp_path: Path) -> None:
    passwords = {"db-pass": "one and one", "db_pass": "two and two", "DB.PASS": "three and three"}
    said = [{"propertyName": name, "propertyValue": text} for name, text in passwords.items()]
    today.releases[1] = train(1, releaseName="2027 Train", properties=said)
    today.releases[2] = train(2, releaseName="2027.Train", properties=[{**said[0], "propertyValue": 40404}])
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
        today.schedules[rid] = schedule(number)
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
