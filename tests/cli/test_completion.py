"""Completion: what a shell is offered, by the words before it, without a network."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.commands import Tool
from tests.support.completion_words import FILE, words
from tests.support.projects import release, written

from reconcile.completion.candidates import FILES, candidates

PROJECT = """\
version: 1
manifests: [manifests, more/one.yaml]
systems:
  flexdeploy: {url: http://127.0.0.1:9, auth: {basic: {username: a, password: {env: A}}}}
  east: {type: katalon, url: http://127.0.0.1:9, auth: {apiKey: {env: A}}}
  west: {type: katalon, url: http://127.0.0.1:9, auth: {apiKey: {env: A}}}
environments: {staging: {}, production: {}, "$(touch no)": {}}
"""
GUARDS = ("", ".max_deletes", ".max_runs", ".max_creates")
LINK = """\
apiVersion: katalon/v1
kind: ScheduleLink
metadata:
  # which of the two
  name: smoke
  system: west
spec: {runConfigurationId: 1, releaseId: 2}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with an address in each way to write one, and a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    hostile = "apiVersion: flexdeploy/v1\nkind: Release\nmetadata: {name: $(touch no)}\nspec: {}\n"
    files = {
        "reconcile.yaml": PROJECT,
        "manifests/a.yaml": f"{release('spring')}---\n{release('autumn')}---\n{hostile}",
        "manifests/deep/b.yml": LINK,
        "more/one.yaml": release("one"),
        "more/two.yaml": release("two"),
    }
    return written(folder, files)


def test_the_words_in_the_package_are_those_of_the_commands_and_tables() -> None:
    assert FILE.read_text("utf-8") == words(), "python -m tests.support.completion_words"


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["pl"], ["plan"]),
        (["--env", "staging", "dr"], ["drift"]),
        (["plan", "--env", ""], ["staging", "production"]),
        (["plan", "--env", "st"], ["staging"]),
        (["--env", "p"], ["production"]),
        (["plan", "--env=st"], ["--env=staging"]),
        (["plan", "--env", "=", "st"], ["staging"]),
        (["plan", "--env", "="], ["staging", "production"]),
        (
            ["plan", "--target", "flex"],
            [f"flexdeploy/Release/{name}" for name in ("autumn", "one", "spring")],
        ),
        (["plan", "--target", "west/"], ["west/ScheduleLink/smoke"]),
        (["plan", "--detailed"], ["--detailed-exitcode"]),
        (["export", "--ba"], []),
        (["apply", "--for"], ["--force"]),
        (["plan", "--only", ""], ["change", "drift", "conflict"]),
        (["plan", "-o", "mark"], ["markdown"]),
        (["doctor", "-o", ""], ["text", "json"]),
        (["doctor", "--output=j"], ["--output=json"]),
        (["-o", "te"], ["text", "terraform-report"]),
        (["plan", "--report", "t"], ["text=", "terraform-report="]),
        (["undo", ""], [FILES]),
        (["apply", "--events", ""], [FILES]),
        (["plan", "-o", "ics"], []),
        (["calendar", "-o", ""], ["text", "json", "ics", "html"]),
        (["calendar", "--output=i"], ["--output=ics"]),
        (["calendar", "--ne"], ["--next"]),
        (["plan", ""], [FILES]),
        (["show", "p"], [FILES]),
        (["export", "east"], ["east", "east/Release", "east/ScheduleLink"]),
        (["find", "east/"], ["east/ScheduleLink.runConfigurationId", "east/ScheduleLink.releaseId"]),
        (["explain", "katalon/"], ["katalon/Release", "katalon/ScheduleLink"]),
        (["explain", "Run.sta"], ["Run.start_at", "Run.state"]),
        (["explain", "duplicate"], ["duplicate-key"]),
        (["explain", "reconcile.yaml.g"], [f"reconcile.yaml.guards{more}" for more in GUARDS]),
        (["explain", "flags.pru"], ["flags.prune"]),
        (["schema", "p"], ["project", "plan"]),
        (["completion", ""], ["bash", "zsh", "fish"]),
        (["demo", "first"], ["first-release"]),
        (["plan", "--timeout", ""], []),
    ],
)
def test_what_may_stand_there_is_offered(project: Path, typed: list[str], offered: list[str]) -> None:
    assert candidates(typed) == offered


def test_a_changed_file_is_read_again_and_a_removed_one_is_forgotten(project: Path) -> None:
    assert len(candidates(["plan", "--target", ""])) == 4
    (project / "manifests/a.yaml").write_text(release("winter"))
    (project / "more/one.yaml").unlink()
    assert candidates(["plan", "--target", "flex"]) == ["flexdeploy/Release/winter"]


def test_an_unchanged_file_is_not_read_again(project: Path) -> None:
    file = project / "manifests/a.yaml"
    first = candidates(["plan", "--target", ""])
    before = file.stat()
    file.write_text(file.read_text().replace("spring", "winter"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert candidates(["plan", "--target", ""]) == first
    file.touch()
    assert "flexdeploy/Release/winter" in candidates(["plan", "--target", ""])


def test_the_project_is_the_named_one_or_the_nearest_above(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / ".git").mkdir()
    monkeypatch.chdir(project / "manifests/deep")
    assert candidates(["plan", "--env", "st"]) == ["staging"]
    monkeypatch.chdir(project.parent)
    assert candidates(["plan", "--env", "st"]) == []
    assert candidates(["-C", "project", "plan", "--env", "st"]) == ["staging"]


def test_what_cannot_be_read_offers_nothing(project: Path) -> None:
    for text in ("a: [", "", "systems: 7\nenvironments: [a]\nmanifests: {a: b}\n"):
        (project / "reconcile.yaml").write_text(text)
        assert candidates(["plan", "--env", ""]) == []
        assert candidates(["plan", "--target", ""]) == []


def test_what_is_kept_and_broken_is_made_anew(project: Path, tmp_path: Path) -> None:
    first = candidates(["plan", "--target", ""])
    (kept,) = (tmp_path / "cache/reconcile").glob("*.json")
    for broken in ("[", "[]", '{"reconcile.yaml": 7, "manifests/a.yaml": [1, 2]}'):
        kept.write_text(broken)
        assert candidates(["plan", "--target", ""]) == first


def test_completion_imports_neither_click_nor_yaml_where_nothing_changed(project: Path) -> None:
    probe = (
        "import sys; from reconcile.completion.candidates import candidates;"
        "candidates(['plan', '--target', '']);"
        "print(sorted({'click', 'yaml', 'pydantic', 'httpx', 'rich'} & set(sys.modules)))"
    )
    candidates(["plan", "--target", ""])
    ran = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


def test_each_shell_has_a_script(tool: Tool) -> None:
    for shell in ("bash", "zsh", "fish"):
        ran = tool("completion", shell)
        assert (ran.code, ran.err) == (0, "")
        assert "_RECONCILE_COMPLETE=words" in ran.out
    assert tool("completion", "tcsh").code == 64
