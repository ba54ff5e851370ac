"""What a run is given: the project as a whole, and variables; nothing that is missing passes for fine."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.commands import Tool
from tests.support.http import Wire
from tests.support.projects import release

COMMANDS = pytest.mark.parametrize("command", ["validate", "plan", "drift", "apply --yes"])


def project_file(project: Path, more: str) -> None:
    path = project / "reconcile.yaml"
    path.write_text(path.read_text() + more)


@COMMANDS
@pytest.mark.parametrize("left", [None, "train.YAML", "train.Yml", "deep/train.json", "train.yaml.txt"])
def test_a_project_without_a_manifest_is_an_error_and_what_is_nearly_one_is_named(
    tool: Tool, project: Path, wire: Wire, command: str, left: str | None
) -> None:
    manifest = project / "manifests" / "train.yaml"
    if left is None:
        manifest.unlink()
    else:
        (project / "manifests" / left).parent.mkdir(exist_ok=True)
        manifest.rename(project / "manifests" / left)
    ran = tool(*command.split())
    assert ran.code == 1
    assert "[no-manifest]" in ran.err
    assert (f"manifests/{left}:1:1: warning: " in ran.err) is (left is not None)
    assert wire.log == []


@pytest.mark.parametrize("text", ["", "# all of it is commented out\n", "---\n---\n"])
def test_a_file_that_declares_nothing_is_no_manifest(tool: Tool, project: Path, text: str) -> None:
    (project / "manifests/train.yaml").write_text(text)
    ran = tool("drift")
    assert (ran.code, "no file holds a document" in ran.err) == (1, True)


@COMMANDS
def test_a_project_may_say_that_it_has_no_manifests(
    tool: Tool, project: Path, wire: Wire, command: str
) -> None:
    project_file(project, "manifests: []\n")
    assert tool(*command.split()).code == 0
    assert wire.log == []


def test_a_manifest_of_another_environment_is_a_manifest(tool: Tool, project: Path) -> None:
    project_file(project, "environments: {staging: {}, production: {}}\n")
    (project / "manifests/train.yaml").write_text(release("train", metadata="environments: [production]"))
    assert tool("plan", "--env", "staging").out == "No changes.\n"


def test_that_there_is_no_manifest_is_not_told_of_one_that_cannot_be_read(tool: Tool, project: Path) -> None:
    (project / "manifests/train.yaml").write_text("kind: [\n")
    ran = tool("plan", "--var", "nothing=1")
    assert (ran.code, ran.err.count("["), "yaml-syntax" in ran.err) == (1, 2, True)


@pytest.mark.parametrize("name", ["reconcile.yml", "reconcile.YAML", "Reconcile.yaml", "reconcile.json"])
def test_a_project_file_under_a_name_that_is_nearly_right_is_named(
    tool: Tool, project: Path, name: str
) -> None:
    (project / "reconcile.yaml").rename(project / name)
    ran = tool("validate")
    assert ran.code == 1
    assert "[no-project]" in ran.err
    assert f"{name}:1:1: warning: this file is not read: the project file is called reconcile.yaml" in ran.err


def test_a_second_project_file_that_is_not_read_is_named(tool: Tool, project: Path) -> None:
    (project / "reconcile.yml").write_text("version: 1\n")
    ran = tool("plan")
    assert (ran.code, "reconcile.yml:1:1: warning: " in ran.err) == (0, True)


@COMMANDS
@pytest.mark.parametrize(("given", "near"), [("noet", "; did you mean `note`?"), ("zzz", "; known: note")])
def test_a_variable_that_nobody_knows_is_an_error_with_the_nearest(
    tool: Tool, project: Path, wire: Wire, command: str, given: str, near: str
) -> None:
    project_file(project, "variables: {note: for staging}\n")
    ran = tool(*command.split(), "--var", f"{given}=for production")
    assert (ran.code, ran.err.splitlines()[0]) == (1, f"--var: no variable `{given}`{near} [unknown-var]")
    assert wire.log == []


def test_a_variable_may_be_known_to_a_manifest_alone_or_to_another_environment(
    tool: Tool, project: Path
) -> None:
    project_file(project, "environments: {staging: {}, production: {variables: {there: x}}}\n")
    text = release("other", "{description: {var: here}}", "environments: [production]")
    (project / "manifests/other.yaml").write_text(text)
    for _ in range(2):  # the second time, the files are known from the cache
        assert tool("plan", "--env", "staging", "--var", "here=1", "--var", "there=2").code == 0


@pytest.mark.parametrize("text", ["Fix login, see #4711", "two\nlines\n", " x", "[1,2", "", "a: b"])
def test_a_text_given_as_a_variable_arrives_as_it_stands(tool: Tool, project: Path, text: str) -> None:
    project_file(project, "variables: {note: x}\n")
    (project / "manifests/train.yaml").write_text(release("train", "{description: {var: note}}"))
    (operation,) = tool("plan", "--var", f"note={text}", "-o", "json").document["operations"]
    assert operation["changes"][0]["after"] == text


@pytest.mark.parametrize("format", ["text", "json"])
def test_a_lock_that_cannot_be_written_is_1_with_words_and_a_document(
    project: Path, wire: Wire, format: str
) -> None:
    (project / "manifests/train.yaml").write_text(release("train", "{description: new}"))
    ran = subprocess.run(
        [sys.executable, "-m", "reconcile", "apply", "--yes", "-o", format],
        cwd=project,
        env={**os.environ, "FD_USER": "me", "FD_PASSWORD": "secret", "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=_no_room,
    )
    assert (ran.returncode, wire.writes) == (1, [])
    assert "[journal]" in ran.stderr
    assert "Traceback" not in ran.stderr
    if format == "json":
        assert [each["code"] for each in json.loads(ran.stdout)["problems"]] == ["journal"]


def _no_room() -> None:
    """Lets this process write to no file, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
