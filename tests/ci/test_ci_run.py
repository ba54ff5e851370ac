"""ci/scripts/run.sh: all reports from one run, the tag as the base, and what later steps are told."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.support.checkout import TAG, Checkout

REPORTS = {
    "plan.json",
    "report.md",
    "report.html",
    "junit.xml",
    "terraform.json",
    "annotations.txt",
    "outcome.env",
}


def test_a_plan_writes_every_report_and_does_not_fail_for_its_differences(checkout: Checkout) -> None:
    ran = checkout.script("run.sh", "plan")
    assert ran.code == 0, ran.err
    assert {path.name for path in (checkout.folder / "reconcile-reports").iterdir()} == REPORTS
    assert json.loads(checkout.report("terraform.json")) == {"create": 1, "update": 2, "delete": 0}
    assert ElementTree.fromstring(checkout.report("junit.xml")).iter("testcase")  # noqa: S314  # our own
    assert checkout.outcome["differs"] == "true"
    assert checkout.outcome["exit_code"] == "2"
    assert checkout.outcome["fingerprint"] == json.loads(checkout.report("plan.json"))["fingerprint"]


def test_a_switch_lets_a_plan_compare_what_changed_alone_and_nothing_else_ever_does(
    applied: Checkout,
) -> None:
    applied.rewrite("manifests/rest-release-2.yaml", "Rehearsal of", "Dress rehearsal of")
    applied.commit("Another description")
    for switch, left_out in (("true", True), ("false", False), ("", False)):
        assert applied.script("run.sh", "plan", RECONCILE_CHANGED=switch).code == 0
        plan = json.loads(applied.report("plan.json"))
        assert [each["address"] for each in plan["operations"]] == ["flexdeploy/Release/rest-release-2"]
        assert ("not_compared" in plan["summary"], plan["selected"] is not None) == (left_out, left_out)
    for command in (("drift",), ("apply", "--yes")):
        assert applied.script("run.sh", *command, RECONCILE_CHANGED="true").code == 0
        record = json.loads(applied.report(f"{command[0]}.json"))
        assert ("not_compared" in record["summary"], record["selected"]) == (False, None)


def test_before_the_first_apply_there_is_no_base_and_a_plan_writes_nothing_but_reports(
    checkout: Checkout,
) -> None:
    reports = checkout.bin / "reports"
    ran = checkout.script("run.sh", "plan", RECONCILE_REPORTS=str(reports))
    assert f"There is no tag {TAG} yet" in ran.err
    assert json.loads((reports / "plan.json").read_text(encoding="utf-8"))["base"] is None
    assert checkout.git("status", "--porcelain", "--ignored") == ""


def test_what_was_applied_last_is_the_base_of_the_next_plan(applied: Checkout) -> None:
    base = applied.git("rev-parse", "HEAD")
    applied.rewrite("manifests/rest-release-2.yaml", "Rehearsal of", "Dress rehearsal of")
    applied.commit("Another description")
    assert applied.script("run.sh", "plan").code == 0
    plan = json.loads(applied.report("plan.json"))
    assert plan["base"] == base
    assert plan["summary"]["labels"] == {"change": 1, "drift": 0, "conflict": 0}


def test_a_saved_plan_of_the_same_folder_is_the_approval_of_an_apply(checkout: Checkout) -> None:
    checkout.script("run.sh", "plan")
    ran = checkout.script("run.sh", "apply", "--plan", "reconcile-reports/plan.json")
    assert ran.code == 0, ran.err
    assert checkout.outcome["complete"] == "true"
    assert "Apply: 3 done" in ran.out


def test_the_last_line_of_an_apply_that_wrote_is_the_command_that_takes_it_back(checkout: Checkout) -> None:
    ran = checkout.script("run.sh", "apply", "--yes")
    line = ran.out.splitlines()[-1]
    assert line.endswith(": reconcile undo apply.json")
    again = checkout.script("run.sh", "apply", "--yes")
    assert "reconcile undo" not in again.out
    assert json.loads(checkout.report("apply.json"))["outcomes"] == []


def test_an_apply_without_a_word_of_consent_is_refused(checkout: Checkout) -> None:
    assert checkout.script("run.sh", "apply").code == 64
    assert checkout.outcome["complete"] == "false"


def test_a_commit_older_than_the_one_applied_is_not_applied(applied: Checkout) -> None:
    first = applied.git("rev-parse", "HEAD")
    applied.git("tag", "--force", TAG, applied.commit("Applied since"))
    applied.git("checkout", "--quiet", "--detach", first)
    ran = applied.script("run.sh", "apply", "--yes")
    assert ran.code == 4
    assert "Revert in git instead" in ran.err


def test_drift_ends_with_2_and_a_merge_that_is_not_applied_yet_does_not(applied: Checkout) -> None:
    applied.rewrite("manifests/rest-release-2.yaml", "Rehearsal of", "Dress rehearsal of")
    applied.commit("Another description")
    assert applied.script("run.sh", "drift").code == 0
    assert applied.outcome["differs"] == "false"
    with applied.by_hand() as release:
        release["scheduleBuildExpression"] = "0 0 5 ? * MON-FRI"
    assert applied.script("run.sh", "drift").code == 2
    assert applied.outcome["differs"] == "true"


def test_what_was_held_back_beyond_its_day_counts_beside_what_was_not_read(applied: Checkout) -> None:
    unread = "{apiVersion: flexdeploy/v1, kind: Release, metadata: {name: gone, id: 999}, spec: {}}\n"
    (applied.folder / "manifests/gone.yaml").write_text(unread)
    applied.rewrite("manifests/rest-release-2.yaml", "Rehearsal of", "Dress rehearsal of")
    held = "name: rest-release-2\n  suspend: {reason: INC-1, until: 2026-01-01}"
    applied.rewrite("manifests/rest-release-2.yaml", "name: rest-release-2", held)
    assert applied.script("run.sh", "drift").code == 1
    assert (applied.outcome["differs"], applied.outcome["not_read"]) == ("true", "1")


def test_github_gets_outputs_a_summary_and_annotations_outside_the_fence(
    checkout: Checkout, tmp_path: Path
) -> None:
    outputs, summary = tmp_path / "outputs", tmp_path / "summary"
    ran = checkout.script(
        "run.sh",
        "plan",
        GITHUB_ACTIONS="true",
        GITHUB_OUTPUT=str(outputs),
        GITHUB_STEP_SUMMARY=str(summary),
    )
    assert ran.code == 0, ran.err
    assert outputs.read_text(encoding="utf-8") == checkout.report("outcome.env")
    assert summary.read_text(encoding="utf-8") == checkout.report("report.md")
    first, *_ = ran.out.splitlines()
    token = first.removeprefix("::stop-commands::")
    inside, _, after = ran.out.partition(f"::{token}::")
    assert len(token) == 40
    assert "Plan: 1 to create" in inside
    assert after.strip() == checkout.report("annotations.txt").strip()


def test_an_error_in_a_manifest_ends_with_1_and_nothing_is_complete(checkout: Checkout) -> None:
    checkout.rewrite("manifests/rest-release-2.yaml", "description:", "descripton:")
    ran = checkout.script("run.sh", "plan")
    assert ran.code == 1
    assert "unknown-field" in ran.err
    assert checkout.outcome["exit_code"] == "1"
    assert checkout.outcome["differs"] == "false"


def test_manifests_are_validated_without_git_a_credential_or_a_tag(checkout: Checkout) -> None:
    ran = checkout.script(
        "run.sh", "validate", FLEXDEPLOY_USER="", FLEXDEPLOY_PASSWORD="", GIT_DIR="/nowhere"
    )
    assert (ran.code, ran.out) == (0, "Valid: 3 resources in 3 files.\n")


def test_a_mistake_in_a_manifest_is_shown_on_its_line_without_a_credential(checkout: Checkout) -> None:
    checkout.rewrite("manifests/rest-release-2.yaml", "description:", "descripton:")
    ran = checkout.script("run.sh", "validate", FLEXDEPLOY_USER="", GITHUB_ACTIONS="true")
    assert ran.code == 1
    assert "::error file=manifests/rest-release-2.yaml,line=9," in ran.out.splitlines()[-1]


@pytest.mark.parametrize("arguments", [(), ("export",), ("--yes",)])
def test_it_runs_only_what_it_was_made_for(checkout: Checkout, arguments: tuple[str, ...]) -> None:
    assert checkout.script("run.sh", *arguments).code == 64


def test_a_folder_that_git_cannot_read_is_an_error_and_not_a_plan_without_a_base(checkout: Checkout) -> None:
    ran = checkout.script("run.sh", "plan", GIT_TEST_ASSUME_DIFFERENT_OWNER="1")
    assert ran.code == 1
    assert "dubious ownership" in ran.err
    assert "git cannot read this folder" in ran.err


@pytest.mark.parametrize("variable", ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_NAMESPACE"])
def test_a_git_variable_of_another_repository_leads_nowhere_else(applied: Checkout, variable: str) -> None:
    ran = applied.script("run.sh", "plan", **{variable: "/nowhere"})
    assert ran.code == 0, ran.err
    assert json.loads(applied.report("plan.json"))["base"] == applied.git("rev-parse", "HEAD")


def test_a_base_among_the_arguments_takes_the_place_of_the_tag(applied: Checkout) -> None:
    first = applied.git("rev-parse", "HEAD")
    applied.commit("Another")
    applied.git("tag", "--force", TAG, "HEAD")
    assert applied.script("run.sh", "plan", f"--base={first}").code == 0
    assert json.loads(applied.report("plan.json"))["base"] == first
