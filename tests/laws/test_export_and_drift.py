"""What is exported is what is live, and looking at a system never changes it; by the command line."""

from __future__ import annotations

import shutil

import pytest
from tests.integration.tool import Ran, run

from .bench import BASES, Bench
from .cases import CASES, ORDERS, SCHEDULE, Case
from .test_idempotence import converged

ENVIRONMENT = {"DEMO": "demo", "PATH": "/usr/bin:/bin"}
ODD = (
    "flexdeploy.ids=string",
    "flexdeploy.list_order=shuffled",
    "flexdeploy.empty_fields=omit",
    "flexdeploy.status_spelling=spaced",
    "flexdeploy.extra_fields=true",
    "katalon.ids=string",
    "katalon.unlinked=null",
    "katalon.release_evidence=build",
    "katalon.max_page_size=1",
    "katalon.extra_fields=true",
    "brpm.ids=string",
    "brpm.order=shuffled",
    "brpm.completed_spelling=complete",
    "brpm.zone=+05:30",
    "brpm.instants=fraction",
    "brpm.empty_fields=omit",
    "foundry.time_format=offset",
    "foundry.page_size_max=1",
    "foundry.result_shape=nested",
    "foundry.list_order=shuffled",
    "foundry.empty_fields=null",
)
"""Switches under which every system answers in its own way at once."""

by_title = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind} {case.title}")


def reconcile(bench: Bench, *words: str) -> Ran:
    return run("-C", str(bench.folder), *words, environment=ENVIRONMENT)


def exported(bench: Bench, case: Case) -> str:
    """What to export: all of a kind that can be listed, else the object by its rid."""
    match case.kind:
        case "Project":
            return "flexdeploy/Release"
        case "ScheduleRun":
            return f"foundry/ScheduleRun/{SCHEDULE}"
        case "Schedule":
            newest = max(bench.sandbox.state["foundry"]["schedules"], key=lambda row: str(row["updatedTime"]))
            return f"foundry/Schedule/{newest['rid']}"
    return f"{case.system}/{case.kind}"


@by_title
@pytest.mark.parametrize("switches", [(), ODD], ids=["as usual", "oddly"])
def test_after_an_export_the_plan_is_empty(bench: Bench, case: Case, switches: tuple[str, ...]) -> None:
    converged(bench, case)
    bench.sandbox.set_options(*switches)
    ran = reconcile(bench, "export", exported(bench, case))
    assert (ran.code, ran.err) == (0, "")
    assert f"kind: {case.kind.replace('Project', 'Release')}\n" in ran.out
    (bench.folder / "manifests" / "all.yaml").write_text(ran.out)
    planned = reconcile(bench, "plan", "--detailed-exitcode")
    assert (planned.code, planned.told) == (0, "No changes.\n"), ran.out


@by_title
def test_looking_for_drift_sends_no_write(bench: Bench, case: Case) -> None:
    bench.start(case.state)
    bench.declare(case.manifest)
    before = bench.sandbox.state
    drift = reconcile(bench, "drift", "--prune", "-o", "json")
    assert drift.code == 2
    assert [operation["action"] for operation in drift.document["operations"]] == [case.action]
    for words in (["plan"], ["plan", "-o", "json"], ["export", exported(bench, case)]):
        assert reconcile(bench, *words).code == 0, words
    bench.sandbox.set_options("sandbox.clock=real")
    doctor = reconcile(bench, "doctor")
    assert (doctor.code, doctor.out.count("may read")) == (0, len(BASES))
    assert bench.writes() == []
    assert bench.sandbox.state == before


def test_a_schedule_that_builds_something_else_by_now_is_found_by_what_it_built_at_the_base(
    bench: Bench,
) -> None:
    created = next(case for case in CASES if case.kind == "Schedule" and case.action == "create")
    converged(bench, created)
    base = bench.folder / "base"
    shutil.copytree(bench.folder / "manifests", base / "manifests")
    shutil.copy(bench.folder / "reconcile.yaml", base)
    target = {"type": "manual", "targetRids": [ORDERS]}
    bench.declare({**created.manifest, "spec": {**created.spec, "action": {"target": target}}})
    planned = reconcile(bench, "plan", "-o", "json", "--base", str(base))
    assert [operation["action"] for operation in planned.document["operations"]] == ["update"]
