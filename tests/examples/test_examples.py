"""The examples do what they say: each is valid, applied, in sync, and each command of each README is run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.integration.tool import run

from reconcile_sandbox import Sandbox

from .examples import (
    FOLDER,
    NAMES,
    ROOT,
    copied,
    environment_of,
    environments_of,
    files,
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
    name: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    folder, environment = copied(name, sandbox, tmp_path), environment_of(name)
    for chosen in environments_of(name):
        before = run("-C", str(folder), "plan", "--detailed-exitcode", *chosen, environment=environment)
        applied = run("-C", str(folder), "apply", "--yes", *chosen, environment=environment)
        assert (before.code, applied.code, amiss(applied.err)) == (2, 0, []), applied
        assert " 0 blocked." in before.out
    for chosen in environments_of(name):
        for command, last in (("plan", "No changes."), ("drift", "No drift.")):
            again = run("-C", str(folder), command, *chosen, environment=environment)
            assert (again.code, again.out.splitlines()[-1]) == (0, last)


def amiss(err: str) -> list[str]:
    """What standard error says beside the operations that are done."""
    return [line for line in err.splitlines() if not line.startswith("done ")]


@pytest.mark.parametrize("name", NAMES)
def test_every_command_of_an_example_s_readme_does_what_it_is_typed_for(
    name: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    folder = copied(name, sandbox, tmp_path)
    commands = list(typed((FOLDER / name / "README.md").read_text("utf-8")))
    assert {"validate", "plan", "apply", "drift"} <= {command.words[0] for command in commands}
    for command in commands:
        ran = told(command, folder)
        assert (ran.code, amiss(ran.err)) == (0, []), ran


def test_every_command_of_the_readme_s_minute_with_the_sandbox_does_what_it_is_typed_for(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    commands = list(typed(readme.partition("## In a minute")[2].partition("\n## ")[0]))
    folders = {name: copied(Path(name).name, sandbox, tmp_path) for name in {it.folder for it in commands}}
    assert len(commands) >= 3
    for command in commands:
        ran = told(command, folders[command.folder])
        assert (ran.code, amiss(ran.err)) == (0, []), ran
    assert ran.out.splitlines()[-1] == "No drift."


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
    assert {row["plan_stage_id"] for row in state["brpm"]["runs"] if row["name"] == "Spring Train"} == {1, 2}


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
