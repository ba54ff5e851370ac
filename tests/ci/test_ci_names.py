"""What a project's tag, comment and issue are called: no two projects of a repository share one."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from tests.support.checkout import REPORTS, SCRIPTS, Checkout, Forge

SHADOW = """
import os, sys
with open(os.environ["STOLEN"], "a") as stream:
    stream.write(__name__ + " saw " + os.environ.get("FLEXDEPLOY_PASSWORD", "nothing") + "\\n")
"""


def common(words: str, *arguments: str, folder: Path | None = None) -> str:
    """What a function of common.sh prints."""
    script = f'. "$0"; {words} "$@"'
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script, str(SCRIPTS / "common.sh"), *arguments],
        cwd=folder,
        capture_output=True,
        check=True,
    )
    return os.fsdecode(ran.stdout).removesuffix("\n")


@pytest.fixture
def two(checkout: Checkout) -> Checkout:
    """A repository with the project in the folders `a` and `teams/b`, and none at its top."""
    for folder in ("a", "teams/b"):
        (checkout.folder / folder).mkdir(parents=True)
        for name in ("reconcile.yaml", "manifests"):
            subprocess.run(["cp", "-r", name, folder], cwd=checkout.folder, check=True)
    checkout.git("rm", "-r", "--quiet", "--force", "reconcile.yaml", "manifests")
    checkout.commit("Two projects")
    return checkout


@pytest.mark.parametrize(
    ("environment", "folder", "name"),
    [
        ("", "", "default"),
        ("production", "", "production"),
        ("", "teams/b/", "default@teams%2Fb"),
        ("production", "a", "production@a"),
        ("größe", "grün", "größe@grün"),
        ("a@b", "", "a%40b"),
        ("a", "b", "a@b"),
        ("a%2Fb", "x y", "a%252Fb@x%20y"),
        (".hidden", "x..y.", "%2Ehidden@x.%2Ey%2E"),
        ("a", "b.lock", "a@b%2Elock"),
        ("a", "{0}", "a@%7B0}"),
        ("a~^:?*[\\", "tab\tend", "a%7E%5E%3A%3F%2A%5B%5C@tab%09end"),
        ("a", "\udcff", "a@%FF"),
    ],
)
def test_a_name_holds_what_a_ref_can_hold_and_says_where_the_project_is(
    environment: str, folder: str, name: str
) -> None:
    assert common("name_of", environment, folder) == name
    assert common("tag_of", name) == f"reconcile/{name}"


@pytest.mark.parametrize(
    ("arguments", "folder"),
    [
        ((), ""),
        (("-C", "a"), "a"),
        (("-Ca",), "a"),
        (("-vC", "teams/b", "--yes"), "teams/b"),
        (("--chdir=teams/../a",), "a"),
        (("--chdir", "a", "-C", "teams/b"), "teams/b"),
        (("--", "-C", "a"), ""),
    ],
)
def test_the_projects_folder_is_the_one_that_the_arguments_name(
    two: Checkout, arguments: tuple[str, ...], folder: str
) -> None:
    assert Path(common("project_of", *arguments, folder=two.folder)) == (two.folder / folder).resolve()


def test_without_an_argument_it_is_the_nearest_above_that_has_a_project_file(two: Checkout) -> None:
    assert Path(common("project_of", folder=two.folder / "a/manifests")) == (two.folder / "a").resolve()


def test_the_apply_of_one_project_moves_no_tag_of_another(two: Checkout) -> None:
    for folder in ("a", "teams/b"):
        assert two.script("run.sh", "apply", "--yes", "-C", folder).code == 0
        assert two.script("move-tag.sh", REPORTS).code == 0
    first = two.git("rev-parse", "HEAD")
    second = two.commit("Another")
    assert two.script("run.sh", "apply", "--yes", "-C", "a").code == 0
    assert two.script("move-tag.sh", REPORTS).code == 0
    assert two.tagged("reconcile/default@a") == second
    assert two.tagged("reconcile/default@teams%2Fb") == first
    assert two.tagged("reconcile/default") == ""


def test_the_templates_variable_names_the_folder(two: Checkout) -> None:
    assert two.script("run.sh", "plan", RECONCILE_FOLDER="teams/b").code == 0
    assert two.outcome["name"] == "default@teams%2Fb"
    assert two.script("run.sh", "plan", "-C", "a", RECONCILE_FOLDER="teams/b").code == 0
    assert two.outcome["name"] == "default@a"


def test_each_project_has_an_issue_and_a_comment_of_its_own(two: Checkout, forge: Forge) -> None:
    for folder in ("a", "teams/b"):
        assert two.script("run.sh", "plan", "-C", folder).code == 0
        assert two.script("comment.sh", REPORTS, "7", GH_TOKEN="t", GH_REPO="o/r").code == 0
        assert two.script("run.sh", "drift", "-C", folder).code == 2
        assert two.script("issue.sh", REPORTS, GH_TOKEN="t", GH_REPO="o/r").code == 0
    assert [issue["title"] for issue in forge.issues] == ["Drift in default@a", "Drift in default@teams%2Fb"]
    firsts = [comment["body"].splitlines()[0] for comment in forge.state["comments"]]
    assert firsts == [
        "<!-- reconcile-plan default@a -->",
        "<!-- reconcile-plan default@teams%2Fb -->",
    ]


def test_a_report_beside_which_no_name_is_noted_moves_nothing(applied: Checkout) -> None:
    (applied.folder / REPORTS / "outcome.env").write_text("exit_code=0\n", "utf-8")
    ran = applied.script("move-tag.sh", REPORTS)
    assert ran.code == 1
    assert "no name of a project" in ran.err


def test_no_script_imports_a_module_of_the_checkout(applied: Checkout, forge: Forge) -> None:
    for module in ("json", "secrets", "re", "os", "pip", "sitecustomize", "reconcile"):
        (applied.folder / f"{module}.py").write_text(SHADOW, "utf-8")
    applied.commit("Modules")
    stolen = applied.bin / "stolen"
    told = {"STOLEN": str(stolen), "GITHUB_ACTIONS": "true", "GH_TOKEN": "t", "GH_REPO": "o/r"}
    assert applied.script("action.sh", INPUT_COMMAND="plan", **told).code == 0
    assert applied.script("comment.sh", REPORTS, "7", **told).code == 0
    assert applied.script("move-tag.sh", REPORTS, **told).code == 0
    assert applied.script("run.sh", "drift", **told).code == 0
    assert applied.script("issue.sh", REPORTS, **told).code == 0
    assert not stolen.exists()
