"""The examples do what they say: each is valid, applied, in sync, and each command of each README is run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.integration.tool import run

from reconcile.model import Json
from reconcile_sandbox import Sandbox

from .examples import (
    FOLDER,
    NAMES,
    ROOT,
    copied,
    environment_of,
    environments_of,
    files,
    served,
    told,
    typed,
)

MODELINE = re.compile(r"# yaml-language-server: \$schema=(\S+)\n")
READS = ("/search", "/getBatch")
"""How the paths end of what is asked by a POST."""

TRAIN = (
    ("POST", "/flexdeploy/rest/v1/releases"),
    ("POST", "/api/v1/run-configurations/12345/link-release"),
    ("POST", "/brpm/v1/runs"),
    ("PUT", "/brpm/v1/runs/4"),
    ("PUT", "/brpm/v1/runs/4"),
)
"""What goes to the first three systems in one order; then the run of the schedule, whose rid is new."""


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_valid_without_a_credential_and_without_a_word(name: str) -> None:
    ran = run("-C", str(FOLDER / name), "validate", environment={})
    assert (ran.code, ran.err) == (0, "")
    assert re.fullmatch(r"Valid: \d+ resources in \d+ files\.\n", ran.out)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_applied_at_once_and_then_in_sync_in_every_environment(
    name: str, sandboxes: Sequence[Sandbox], tmp_path: Path
) -> None:
    folder, environment = served(name, sandboxes, tmp_path), environment_of(name)
    for chosen in environments_of(name):
        before = run("-C", str(folder), "plan", "--detailed-exitcode", *chosen, environment=environment)
        applied = run("-C", str(folder), "apply", "--yes", *chosen, environment=environment)
        assert (before.code, applied.code, applied.err) == (2, 0, ""), applied
        assert " 0 blocked." in before.out
    for chosen in environments_of(name):
        for command in ("plan", "drift"):
            again = run("-C", str(folder), command, *chosen, environment=environment)
            assert (again.code, again.out.splitlines()[-1]) == (0, "No changes.")


@pytest.mark.parametrize("name", NAMES)
def test_every_command_of_an_example_s_readme_does_what_it_is_typed_for(
    name: str, sandboxes: Sequence[Sandbox], tmp_path: Path
) -> None:
    folder = served(name, sandboxes, tmp_path)
    commands = list(typed((FOLDER / name / "README.md").read_text("utf-8")))
    assert {"validate", "plan", "apply", "drift"} <= {command.words[0] for command in commands}
    for command in commands:
        ran = told(command, folder)
        assert (ran.code, ran.err) == (0, ""), ran


def test_every_command_of_the_readme_s_minute_with_the_sandbox_does_what_it_is_typed_for(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    commands = list(typed(readme.partition("## In a minute")[2].partition("\n## ")[0]))
    folders = {name: copied(Path(name).name, sandbox, tmp_path) for name in {it.folder for it in commands}}
    assert len(commands) >= 3
    for command in commands:
        ran = told(command, folders[command.folder])
        assert (ran.code, ran.err) == (0, ""), ran
    assert ran.out.splitlines()[-1] == "No changes."


def test_one_apply_of_the_train_moves_all_four_systems_in_their_order(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    folder, environment = copied("release-train", sandbox, tmp_path), environment_of("release-train")
    applied = run("-C", str(folder), "apply", "--yes", "--env", "staging", environment=environment)
    assert applied.out.endswith("Apply: 6 done, 0 failed, 0 skipped, 0 unknown, 0 blocked.\n")
    log = [entry for entry in sandbox.log if entry.method != "GET" and not entry.path.endswith(READS)]
    sent = [(entry.method, entry.path) for entry in log]
    places = [sent.index(step) for step in dict.fromkeys(TRAIN)]
    assert places == sorted(places)
    assert [step for step in sent if step in TRAIN] == list(TRAIN)
    assert sent[-1][1].endswith("/run")
    link = next(entry for entry in log if entry.path.endswith("/link-release"))
    (made,) = (row for row in sandbox.state["katalon"]["releases"] if row["name"] == "Spring Train (staging)")
    assert link.body == {"releaseId": str(made["id"])}


def test_the_environments_of_the_train_are_two_trains(sandbox: Sandbox, tmp_path: Path) -> None:
    folder, environment = copied("release-train", sandbox, tmp_path), environment_of("release-train")
    for name in ("staging", "production"):
        assert run("-C", str(folder), "apply", "-y", "--env", name, environment=environment).code == 0
    state = sandbox.state
    names = {"Spring Train", "Spring Train (staging)"}
    assert names <= {row["releaseName"] for row in state["flexdeploy"]["releases"]}
    assert names <= {row["name"] for row in state["katalon"]["releases"]}
    assert names <= {row["displayName"] for row in state["foundry"]["schedules"]}
    assert {row["plan_stage_id"] for row in state["brpm"]["runs"] if row["name"] == "Spring Train"} == {1, 4}


def test_the_manifests_of_the_train_by_name_hold_no_id() -> None:
    for file in files(FOLDER / "by-name", project=False):
        text = file.read_text("utf-8")
        assert re.findall(r"(?:[iI]d|Rids?): *[^\s{\[]", text) == []
        assert re.findall(r"\bri\.|\b[0-9]{5,}\b", text) == []


def test_the_train_by_name_is_one_train_in_two_worlds_whose_ids_differ(
    sandboxes: Sequence[Sandbox], tmp_path: Path
) -> None:
    folder, environment = served("by-name", sandboxes, tmp_path), environment_of("by-name")
    for name in ("staging", "production"):
        assert run("-C", str(folder), "apply", "-y", "--env", name, environment=environment).code == 0
    one, other = (_train(sandbox) for sandbox in sandboxes)
    assert len(one) == len(other) == 13
    assert [pair for pair in zip(one, other, strict=True) if pair[0] == pair[1]] == []


def test_every_find_of_the_page_on_ids_lists_what_may_stand_there(
    sandboxes: Sequence[Sandbox], tmp_path: Path
) -> None:
    folder, environment = served("by-name", sandboxes, tmp_path), environment_of("by-name")
    page = (ROOT / "docs/find-an-id.md").read_text("utf-8")
    for what in sorted(set(re.findall(r"reconcile find ([a-z]+/\w+\.\w+)", page))):
        ran = run("-C", str(folder), "find", what, "--env", "production", environment=environment)
        assert (ran.code, ran.err) == (0, ""), what
        assert re.match(r"[0-9]+  \S", ran.out), what


def _train(sandbox: Sandbox) -> list[Json]:
    """Every id that the train has in one world."""
    state = sandbox.state
    release = next(it for it in state["flexdeploy"]["releases"] if it["releaseName"] == "Spring Train")
    entries = [(it["projectId"], it["projectStreamId"]) for it in release["projects"]]
    tests = next(it for it in state["katalon"]["releases"] if it["name"] == "Spring Train")
    link = next(it for it in state["katalon"]["runConfigurations"] if it["releaseId"] == tests["id"])
    carried = next(it for it in state["brpm"]["runs"] if it["name"] == "Spring Train")
    people = [carried[key] for key in ("id", "plan_id", "plan_stage_id", "owner_id", "requestor_id")]
    builds = [it["buildEnvironmentId"] for it in release["projects"] if it["projectId"] == entries[1][0]]
    target = next(it for it in state["foundry"]["schedules"])["action"]["target"]["targetRids"]
    assert carried["aasm_state"] == release["releaseStatus"].lower() == "started"
    return [
        release["releaseId"],
        *entries,
        *builds,
        tests["id"],
        link["id"],
        *people,
        target,
        link["projectId"],
    ]


@pytest.mark.parametrize("team", ["payments", "platform", "storefront"])
def test_a_team_of_the_shared_release_changes_its_own_line_and_no_other(
    team: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    folder, environment = copied("shared-release", sandbox, tmp_path), environment_of("shared-release")
    assert run("-C", str(folder), "apply", "-y", "--env", "staging", environment=environment).code == 0
    mine = folder / "teams" / team / "quarterly.yaml"
    text = re.sub(r"  priority: .*\n", "", mine.read_text("utf-8"))
    mine.write_text(re.sub(r"(  projectStreamId: \d+)", r"\1\n  priority: 9", text, count=1), "utf-8")
    drift = run("-C", str(folder), "drift", "-o", "json", "--env", "staging", environment=environment)
    (operation,) = drift.document["operations"]
    (change,) = operation["changes"]
    assert (drift.code, operation["address"], change["after"]) == (2, "flexdeploy/Release/quarterly", 9)
    assert change["source"]["file"] == f"teams/{team}/quarterly.yaml"


def test_a_place_of_the_shared_release_that_two_teams_claim_names_both_lines(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    folder = copied("shared-release", sandbox, tmp_path)
    theirs = (folder / "teams/payments/quarterly.yaml").read_text("utf-8")
    rival = theirs.replace("name: payments", "name: rival").replace("{var: priority}", "7")
    (folder / "teams/storefront/rival.yaml").write_text(rival, "utf-8")
    ran = run("-C", str(folder), "validate", environment={})
    assert ran.code == 1
    assert "projects[10000,package1].priority is claimed with another value" in ran.err
    assert "teams/payments/quarterly.yaml" in ran.err
    assert "teams/storefront/rival.yaml" in ran.err


@pytest.mark.parametrize("name", NAMES)
def test_every_file_of_an_example_points_an_editor_at_its_schema(name: str, tmp_path: Path) -> None:
    folder = FOLDER / name
    for project, schema in ((True, "project.schema.json"), (False, "manifest.schema.json")):
        assert files(folder, project=project)
        for file in files(folder, project=project):
            found = MODELINE.match(file.read_text("utf-8"))
            assert found, f"{file} has no modeline"
            assert (file.parent / found[1]).resolve() == (folder / ".reconcile/schema" / schema).resolve()


@pytest.mark.parametrize("name", NAMES)
def test_an_example_keeps_what_reconcile_leaves_behind_out_of_git(name: str) -> None:
    assert ".reconcile/" in (FOLDER / name / ".gitignore").read_text("utf-8").splitlines()
    assert len((FOLDER / name / "README.md").read_text("utf-8").splitlines()) <= 60
