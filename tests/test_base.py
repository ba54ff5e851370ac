"""The base as git has it: read from objects, without a checkout, running nothing that a repository names."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from reconcile.base import Commit, NoBase, commit, head
from tests.support.history import History
from tests.support.projects import release, written

from reconcile.manifests.find import Folder
from reconcile.model import Origin, Problem

PLACE = (("manifests", Origin("reconcile.yaml", 1)),)


@pytest.fixture
def history(tmp_path: Path) -> History:
    """A project of one manifest, committed as `first`; in the folder the manifest is another one now."""
    root = written(tmp_path / "project", {"manifests/a.yaml": release("a", "{description: old}")})
    made = History(root)
    made.commit("first")
    (root / "manifests/a.yaml").write_text(release("a", "{description: new}"), encoding="utf-8")
    return made


def text(base: Commit, name: str = "manifests/a.yaml") -> str:
    data = base.read(name)
    assert not isinstance(data, Problem), data
    return data.decode()


def test_the_whole_project_is_listed_as_in_its_folder_without_its_project_file(history: History) -> None:
    names = (
        "manifests/a.yaml",
        "b.yml",
        ".github/c.yml",
        "teams/.hidden/d.yaml",
        "teams/e.yaml",
        "reconcile.yaml",
    )
    written(history.folder, {name: release("a") for name in names})
    history.commit("whole")
    for listed, found in ((".", ["b.yml", "manifests/a.yaml", "teams/e.yaml"]), ("teams", ["teams/e.yaml"])):
        place = ((listed, Origin("reconcile.yaml", 1)),)
        assert commit(history.folder, "whole").found(place) == (found, [])
        assert Folder(history.folder).found(place) == (found, [])


def tricks(history: History, pwned: Path) -> None:
    """A repository whose attributes, configuration and hooks each run a program that leaves a file."""
    program = history.folder / ".git" / "program"
    program.write_text(f"#!/bin/sh\necho ran >>{pwned}\ncat\n", encoding="utf-8")
    program.chmod(0o755)
    attributes = "* filter=a.b=c diff=evil merge=evil\n"
    for place in (".gitattributes", ".git/info/attributes"):
        (history.folder / place).parent.mkdir(exist_ok=True)
        (history.folder / place).write_text(attributes, encoding="utf-8")
    history.git("add", ".gitattributes")
    history.git("commit", "--quiet", "--message", "Attributes")
    for key in (
        *(f"filter.a.b=c.{name}" for name in ("clean", "smudge", "process")),
        *(f"diff.evil.{name}" for name in ("textconv", "command")),
        *("core.fsmonitor", "core.pager", "diff.external", "core.sshCommand", "core.alternateRefsCommand"),
    ):
        history.git("config", key, str(program))
    history.git("config", "filter.a.b=c.required", "true")
    hooks = history.folder / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-checkout", "post-index-change", "reference-transaction", "fsmonitor-watchman"):
        (hooks / name).write_text(program.read_text(encoding="utf-8"), encoding="utf-8")
        (hooks / name).chmod(0o755)


def test_the_files_are_those_of_the_commit_and_the_folder_stays_as_it_is(history: History) -> None:
    before = history.git("status", "--porcelain", "--ignored")
    base = commit(history.folder, "first")
    assert base.oid == history.git("rev-parse", "first")
    assert base.found(PLACE) == (["manifests/a.yaml"], [])
    assert "description: old" in text(base)
    assert history.git("status", "--porcelain", "--ignored") == before
    assert not (history.folder / ".git/index.lock").exists()


def test_no_filter_text_conversion_or_hook_of_a_repository_runs(history: History, tmp_path: Path) -> None:
    pwned = tmp_path / "pwned"
    tricks(history, pwned)
    manifest = history.folder / "manifests/a.yaml"
    os.utime(manifest, (1, 1))
    assert "description: old" in text(commit(history.folder, "first"))
    assert head(history.folder).dirty
    manifest.write_text(release("a", "{description: old}"), encoding="utf-8")
    assert not head(history.folder).dirty
    assert not pwned.exists()
    with suppress(subprocess.CalledProcessError):
        history.git("status")
    assert pwned.exists(), "the trap works where nobody takes care"


def test_a_filter_that_the_operator_configures_by_the_environment_keeps_its_place(
    history: History, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """CI systems name folders as safe in the same variables."""
    tricks(history, tmp_path / "pwned")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "safe.directory")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "*")
    assert head(history.folder).commit == history.git("rev-parse", "HEAD")
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize(
    "ref", ["--upload-pack=touch", "-x", "--output=x", "--all", "HEAD:manifests", "", "@{u}"]
)
def test_what_names_no_commit_is_no_base_and_no_flag(history: History, ref: str) -> None:
    with pytest.raises(NoBase, match="git has no such commit: git fetch --tags origin") as error:
        commit(history.folder, ref)
    assert not str(error.value).split("git fetch", 1)[1].count(" -x")


def test_a_tag_that_begins_with_a_dash_is_a_tag(history: History) -> None:
    history.git("update-ref", "refs/tags/-x", history.git("rev-parse", "first"))
    assert commit(history.folder, "-x").oid == commit(history.folder, "first").oid


def test_a_shallow_clone_is_told_what_to_fetch(history: History, tmp_path: Path) -> None:
    history.commit()
    clone = history.cloned(tmp_path / "clone", "--depth", "1")
    with pytest.raises(NoBase) as error:
        commit(clone.folder, "first")
    assert str(error.value) == (
        "--base first: this clone is shallow and lacks it: git fetch --unshallow --tags (fetch-depth: 0)"
    )
    clone.git("fetch", "--quiet", "--unshallow", "--tags")
    assert "description: old" in text(commit(clone.folder, "first"))


def test_a_partial_clone_is_told_that_it_lacks_files_and_nothing_is_fetched(
    history: History, tmp_path: Path
) -> None:
    history.commit()
    clone = history.cloned(tmp_path / "clone", "--filter=blob:none")
    with pytest.raises(NoBase, match="this clone is partial and lacks files of that commit"):
        commit(clone.folder, "first")


def test_a_folder_without_git_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoBase, match="the project is in no git repository; name a folder, or clone it"):
        commit(tmp_path, "main")
    assert (head(tmp_path).commit, head(tmp_path).dirty) == (None, False)


def test_a_project_in_a_folder_of_the_repository_is_read_from_there(tmp_path: Path) -> None:
    outer = History(tmp_path)
    written(tmp_path / "one/two", {"manifests/a.yaml": release("a")})
    written(tmp_path / "one/twofold", {"manifests/a.yaml": release("b")})
    outer.commit("first")
    base = commit(tmp_path / "one/two", "first")
    assert sorted(base.blobs) == ["manifests/a.yaml", "reconcile.yaml"]
    assert "name: a" in text(base)


def test_a_link_is_no_file_of_the_base(history: History) -> None:
    (history.folder / "manifests/b.yaml").symlink_to("a.yaml")
    history.commit("second")
    assert commit(history.folder, "second").found(PLACE) == (["manifests/a.yaml"], [])


def test_only_the_yaml_files_of_the_project_make_it_dirty(history: History) -> None:
    (history.folder / "notes.txt").write_text("one", encoding="utf-8")
    history.commit()
    assert not head(history.folder).dirty
    (history.folder / "notes.txt").write_text("two", encoding="utf-8")
    assert not head(history.folder).dirty
    (history.folder / "reconcile.yaml").write_text("version: 1\n", encoding="utf-8")
    assert head(history.folder).dirty
