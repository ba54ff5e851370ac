"""A Foundry schedule is looked for on the branch that its action names, over real sockets."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from typing import Any

import pytest

from .stage import Stage

NUMBERS = "ri.foundry.main.dataset.3d4f8a85-4c3b-4f88-9d88-5d4c9c3a4e04"
CLEAN = "ri.foundry.main.dataset.2c3e7f74-3b2a-4e77-8c77-4c3b8b2f3d03"
DAILY = {"type": "time", "cronExpression": "0 6 * * *", "timeZone": "UTC"}


def _schedule(name: str, branch: str | None, shown: str = "Daily", dataset: str = NUMBERS) -> dict[str, Any]:
    action: dict[str, Any] = {"target": {"type": "manual", "targetRids": [dataset]}}
    spec = {"displayName": shown, "trigger": DAILY}
    return {
        "apiVersion": "foundry/v2",
        "kind": "Schedule",
        "metadata": {"name": name},
        "spec": {**spec, "action": action if branch is None else {**action, "branchName": branch}},
    }


def _begin(stage: Stage, *manifests: Mapping[str, Any], **options: str) -> None:
    stage.live(None, {f"foundry.{name}": value for name, value in options.items()})
    stage.project(None, ["foundry"])
    stage.manifests({"schedules": list(manifests)})


def _git(stage: Stage) -> None:
    """Makes the folder a checkout, without which no id of an earlier apply is believed."""
    subprocess.run(["git", "init", "--quiet", stage.folder], check=True)


def _fresh(stage: Stage) -> None:
    """Takes away what an earlier run left, as a CI job's checkout does."""
    shutil.rmtree(stage.folder / ".reconcile", ignore_errors=True)


def _named(stage: Stage, shown: str = "Daily") -> list[str]:
    """The branches of the live schedules of that name."""
    rows = stage.sandbox.state["foundry"]["schedules"]
    return sorted(row["action"]["branchName"] for row in rows if row.get("displayName") == shown)


@pytest.mark.parametrize("branch", [None, "master", "develop", "feature/new prices", "DEVELOP"])
@pytest.mark.parametrize("unknown", ["reject", "empty"])
def test_three_applies_from_three_fresh_checkouts_leave_one_schedule(
    stage: Stage, branch: str | None, unknown: str
) -> None:
    _begin(stage, _schedule("daily", branch), unknown_branch=unknown)
    for done in (1, 0, 0):
        _fresh(stage)
        assert f"Apply: {done} done" in stage.run("apply", "--yes").out
    assert _named(stage) == [branch or "master"]


@pytest.mark.parametrize("default", ["plain", "other"])
def test_one_name_on_several_branches_is_several_schedules(stage: Stage, default: str) -> None:
    _begin(
        stage,
        _schedule("silent", None),
        _schedule("develop", "develop"),
        _schedule("next", "next", dataset=CLEAN),
        action_defaults=default,
    )
    for done in (3, 0, 0):
        _fresh(stage)
        assert f"Apply: {done} done" in stage.run("apply", "--yes").out
    assert _named(stage) == sorted([{"plain": "master", "other": "main"}[default], "develop", "next"])


def test_what_a_branch_of_another_manifest_shows_is_nobody_elses(stage: Stage) -> None:
    _begin(stage, _schedule("daily", "develop"))
    assert stage.run("apply", "--yes").code == 0
    _fresh(stage)
    stage.manifests({"schedules": [_schedule("other", "develop", "Other"), _schedule("daily", None)]})
    assert "Plan: 2 to create" in stage.run("plan").out


def test_two_manifests_of_one_name_and_branch_claim_one_schedule(stage: Stage) -> None:
    _begin(stage, _schedule("one", "develop"), _schedule("two", "develop"))
    assert "claim the same live object" in stage.run("validate").err


@pytest.mark.parametrize("name", ["DatasetNotFound", "Default:NotFound", "BranchNotFoundElsewhere"])
def test_only_a_branch_that_is_not_there_has_no_schedules(stage: Stage, name: str) -> None:
    _begin(stage, _schedule("daily", "develop"))
    url = f"/api/v2/datasets/{NUMBERS}/getSchedules"
    stage.sandbox.plan_faults({"path": url, "action": "status", "status": 404, "body": {"errorName": name}})
    ran = stage.run("plan")
    assert ran.code == 1
    assert "404 Not Found" in ran.err + ran.out


def test_the_outcome_of_a_create_says_the_line_that_pins_it(stage: Stage) -> None:
    _begin(stage, _schedule("daily", "develop"))
    record = stage.folder / "record.json"
    assert "pin it in manifests/schedules.yaml by metadata: {id: ri.scheduler.main." in (
        stage.run("apply", "--yes", "--out", str(record)).out
    )


def test_where_there_are_environments_the_pin_is_for_one_of_them_alone(stage: Stage) -> None:
    _begin(stage, _schedule("daily", "develop"))
    stage.project({"environments": {"staging": {}, "production": {}}}, ["foundry"])
    said = stage.run("apply", "--yes", "--env", "staging").out
    assert (
        ", environments: [staging]}; other environments have another: give them a manifest of their own"
        in said
    )


def test_a_schedule_whose_branch_was_changed_is_not_made_a_second_time(stage: Stage) -> None:
    _begin(stage, _schedule("daily", "develop"))
    _git(stage)
    assert stage.run("apply", "--yes").code == 0
    (rid,) = (row["rid"] for row in stage.sandbox.state["foundry"]["schedules"] if _is_ours(row))
    stage.manifests({"schedules": [_schedule("daily", "next")]})
    for command in (["plan"], ["apply", "--yes"]):
        ran = stage.run(*command)
        assert ran.code == 1
        assert ran.err.startswith("manifests/schedules.yaml:1:1: foundry/Schedule/daily was created by ")
        assert f"as id {rid} (`Daily`, develop)" in ran.err
        assert f"pin it in manifests/schedules.yaml by metadata: {{id: {rid}}}" in ran.err
    assert _named(stage) == ["develop"]
    pinned = _schedule("daily", "next") | {"metadata": {"name": "daily", "id": rid}}
    stage.manifests({"schedules": [pinned]})
    assert "Apply: 1 done" in stage.run("apply", "--yes").out
    assert _named(stage) == ["next"]


def test_a_schedule_of_another_name_and_branch_is_made_for_a_renamed_manifest(stage: Stage) -> None:
    _begin(stage, _schedule("daily", "develop"))
    _git(stage)
    assert stage.run("apply", "--yes").code == 0
    stage.manifests({"schedules": [_schedule("daily", "next"), _schedule("first", "develop")]})
    assert "Plan: 1 to create, 0 to change" in stage.run("plan").out
    stage.manifests({"schedules": [_schedule("other", "next")]})
    assert "Apply: 1 done" in stage.run("apply", "--yes").out
    assert _named(stage) == ["develop", "next"]


def test_the_usual_default_branch_and_none_are_one_place_beforehand(stage: Stage) -> None:
    _begin(stage, _schedule("one", None), _schedule("two", "master"))
    assert "claim the same live object" in stage.run("validate").err


def test_a_schedule_that_no_list_shows_yet_is_known_again_by_the_name_of_its_branch(stage: Stage) -> None:
    _begin(stage, _schedule("daily", None))
    _git(stage)
    assert stage.run("apply", "--yes").code == 0
    stage.manifests({"schedules": [_schedule("daily", "master")]})
    stage.sandbox.plan_faults(
        {"path": "/getSchedules", "nth": "every", "action": "body", "body": {"data": []}}
    )
    assert "No changes." in stage.run("plan").out


def test_two_manifests_that_lead_to_one_live_schedule_are_told(stage: Stage) -> None:
    _begin(stage, _schedule("named", "main"), action_defaults="other")
    assert stage.run("apply", "--yes").code == 0
    stage.manifests({"schedules": [_schedule("named", "main"), _schedule("silent", None)]})
    ran = stage.run("plan")
    assert ran.code == 1
    assert "foundry/Schedule/silent and foundry/Schedule/named (manifests/schedules.yaml:1:1)" in ran.err
    assert "claim the same live object, id ri.scheduler.main.schedule." in ran.err


def _is_ours(row: Mapping[str, Any]) -> bool:
    return row.get("displayName") == "Daily"
