"""A git that cannot be asked, or is led elsewhere: nothing fails open, and who needs it hears its words."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.commands import Tool
from tests.support.history import History
from tests.support.http import Wire
from tests.support.projects import release

from reconcile.manifests.cache.store import Cache
from reconcile.model import Json

Break = Callable[[Path], dict[str, str]]
"""Breaks git in some way; what the environment says from then on."""


def put(folder: Path, files: dict[str, str]) -> Path:
    """Writes these files, and no other; the folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def history(project: Path) -> History:
    """The project as it is live, committed as `base`, with `.reconcile` ignored."""
    put(project, {".gitignore": ".reconcile\n"})
    made = History(project)
    made.commit("base")
    return made


def instead(folder: Path, script: str) -> dict[str, str]:
    """A git that does something else."""
    git = folder.parent / f"{folder.name}-bin" / "git"
    git.parent.mkdir()
    git.write_text(f"#!/bin/sh\n{script}\n")
    git.chmod(0o755)
    return {"PATH": f"{git.parent}:{os.environ['PATH']}"}


def missing(folder: Path) -> dict[str, str]:
    return {"PATH": str(folder / "nowhere")}


def crashing(folder: Path) -> dict[str, str]:
    return instead(folder, "kill -SEGV $$")


def talking_rubbish(folder: Path) -> dict[str, str]:
    return instead(folder, "echo rubbish")


def silent(folder: Path) -> dict[str, str]:
    return instead(folder, "true")


def refusing(folder: Path) -> dict[str, str]:
    return instead(folder, "echo 'fatal: no, says git' >&2; exit 128")


def of_another_owner(folder: Path) -> dict[str, str]:
    return {"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"}


def led_elsewhere(folder: Path) -> dict[str, str]:
    elsewhere = put(folder.parent / "elsewhere", {"a.txt": "a"})
    subprocess.run(["git", "-C", folder, "config", "core.worktree", elsewhere], check=True)
    return {}


def damaged(folder: Path) -> dict[str, str]:
    (folder / ".git/HEAD").write_text("nothing of git's\n")
    return {}


def newer(folder: Path) -> dict[str, str]:
    (folder / ".git/config").write_text("[core]\nrepositoryformatversion = 99\n")
    return {}


def bare(folder: Path) -> dict[str, str]:
    subprocess.run(["git", "-C", folder, "config", "core.bare", "true"], check=True)
    return {}


SILENT: tuple[Break, ...] = (missing, crashing, talking_rubbish, silent)
REFUSED: tuple[Break, ...] = (refusing, of_another_owner, led_elsewhere, damaged, newer, bare)


def entry(**more: Json) -> str:
    """A line of the journal."""
    whole = {"event": "intent", "address": "flexdeploy/Release/train", "at": time.time(), **more}
    check = zlib.crc32(json.dumps(whole, sort_keys=True).encode())
    return json.dumps({**whole, "crc": check}, sort_keys=True)


@pytest.mark.parametrize("broken", [*SILENT, *REFUSED])
def test_where_git_cannot_tell_the_commit_is_unknown_and_not_clean(
    tool: Tool, history: History, broken: Break
) -> None:
    before = tool("plan", "-o", "json").document
    assert (before["commit"], before["dirty"]) == (history.git("rev-parse", "HEAD"), False)
    ran = tool("plan", "-o", "json", **broken(history.folder))
    assert (ran.code, ran.document["commit"], ran.document["dirty"]) == (0, None, None)


@pytest.mark.parametrize("broken", [*SILENT, *REFUSED])
@pytest.mark.parametrize("command", ["plan", "drift", "apply"])
def test_whoever_asked_for_a_base_is_shown_why_git_gives_none(
    tool: Tool, history: History, wire: Wire, broken: Break, command: str
) -> None:
    words = ("--yes",) if command == "apply" else ()
    environment = broken(history.folder)
    for flag in ("--base", "--base-or-none"):
        ran = tool(command, *words, flag, "base", **environment)
        assert (ran.code, wire.log) == (1, [])
        assert "--base base: git cannot be asked" in ran.err
    if broken is refusing:
        assert "fatal: no, says git" in ran.err
    if broken is of_another_owner:
        assert "git config --global --add safe.directory" in ran.err


@pytest.mark.parametrize("broken", REFUSED)
def test_an_apply_in_a_checkout_that_git_refuses_is_refused_in_its_words(
    tool: Tool, history: History, wire: Wire, broken: Break
) -> None:
    put(history.folder, {"manifests/train.yaml": release("train", "{description: new}")})
    environment = broken(history.folder)
    ran = tool("apply", "--yes", **environment)
    assert (ran.code, wire.writes) == (1, [])
    assert ran.err.startswith("git refuses this checkout, so apply does too: ")
    if broken is refusing:
        assert "fatal: no, says git" in ran.err
    assert tool("plan", **environment).code == 0


@pytest.mark.parametrize("broken", SILENT)
def test_where_git_cannot_be_asked_an_apply_goes_on(
    tool: Tool, history: History, wire: Wire, broken: Break
) -> None:
    put(history.folder, {"manifests/train.yaml": release("train", "{description: new}")})
    assert tool("apply", "--yes", **broken(history.folder)).code == 0
    assert wire.writes == ["PATCH /releases/12101"]


def without_git(folder: Path) -> dict[str, str]:
    shutil.rmtree(folder / ".git")
    return {}


@pytest.mark.parametrize("broken", [without_git, *SILENT, *REFUSED])
def test_where_git_cannot_tell_no_kept_answer_is_believed(
    tool: Tool, history: History, broken: Break
) -> None:
    tool("plan")
    for kept in history.folder.glob(".reconcile/cache/*.kept"):
        kept.write_bytes(kept.read_bytes() + b"known by its size")
    before = {kept: kept.read_bytes() for kept in history.folder.glob(".reconcile/cache/*.kept")}
    put(history.folder, {"manifests/train.yaml": release("train", "{description: new}")})
    ran = tool("plan", **broken(history.folder))
    assert ran.last.startswith("Plan: 0 to create, 1 to change")
    assert {kept: kept.read_bytes() for kept in history.folder.glob(".reconcile/cache/*.kept")} == before


@pytest.mark.parametrize("broken", [without_git, *SILENT, *REFUSED])
def test_where_git_cannot_tell_the_doubts_of_a_journal_are_told_all_the_same(
    tool: Tool, history: History, broken: Break
) -> None:
    put(history.folder, {
        "manifests/train.yaml": release("train", "{description: new}"),
        ".reconcile/journal.jsonl": f"{entry()}\n",
    })  # fmt: skip
    assert "[in-doubt]" in tool("plan", **broken(history.folder)).err


VARIABLES: tuple[dict[str, str], ...] = (
    {"GIT_DIR": "{other}/.git"},
    {"GIT_DIR": "/nonexistent"},
    {"GIT_DIR": "{other}/.git", "GIT_WORK_TREE": "{other}", "GIT_INDEX_FILE": "{other}/.git/index"},
    {"GIT_WORK_TREE": "{other}"},
    {"GIT_INDEX_FILE": "/nonexistent/index"},
    {"GIT_COMMON_DIR": "{other}/.git"},
    {"GIT_OBJECT_DIRECTORY": "/nonexistent"},
    {"GIT_ALTERNATE_OBJECT_DIRECTORIES": "/nonexistent"},
    {"GIT_NAMESPACE": "other"},
    {"GIT_CEILING_DIRECTORIES": "{parent}:{here}"},
    {"GIT_CONFIG_COUNT": "many"},
    {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.worktree", "GIT_CONFIG_VALUE_0": "{other}"},
    {"GIT_CONFIG_PARAMETERS": "rubbish"},
    {"GIT_CONFIG": "/nonexistent"},
    {"GIT_LITERAL_PATHSPECS": "1"},
    {"GIT_GLOB_PATHSPECS": "1", "GIT_ICASE_PATHSPECS": "1"},
    {"GIT_NOGLOB_PATHSPECS": "yes and no"},
    {"GIT_PREFIX": "elsewhere/"},
    {"GIT_SHALLOW_FILE": "/nonexistent"},
    {"GIT_REPLACE_REF_BASE": "refs/other"},
    {"GIT_EXEC_PATH": "/nonexistent"},
    {"GIT_TRACE": "1", "GIT_TRACE_SETUP": "1"},
    {"GIT_DEFAULT_HASH": "md5"},
    {"GIT_REF_PARANOIA": "maybe"},
    {"GIT_FLUSH": "x", "GIT_EXTERNAL_DIFF": "/nonexistent", "GIT_PAGER": "/nonexistent"},
    {"GIT_DISCOVERY_ACROSS_FILESYSTEM": "perhaps"},
    {"LANG": "de_DE.UTF-8", "LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de"},
)


@pytest.mark.parametrize("variables", VARIABLES, ids=" ".join)
def test_no_variable_leads_git_elsewhere(
    tool: Tool,
    history: History,
    wire: Wire,
    tmp_path_factory: pytest.TempPathFactory,
    variables: dict[str, str],
) -> None:
    other = tmp_path_factory.mktemp("other")
    for name in ("reconcile.yaml", "manifests"):
        source = history.folder / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, other / name)
    put(other, {"manifests/train.yaml": release("train", "{description: by hand}")})
    History(other).commit("base")
    wire.releases.rows[12101]["description"] = "by hand"
    known = {"other": other, "here": history.folder, "parent": history.folder.parent}
    given = {name: value.format(**known) for name, value in variables.items()}
    ran = tool("drift", "--base", "base", "-o", "json", **given)
    document = ran.document
    assert (ran.code, ran.err) == (2, "")
    assert (document["commit"], document["dirty"]) == (history.git("rev-parse", "HEAD"), False)
    assert document["base"] == document["commit"]
    assert [change["label"] for change in document["operations"][0]["changes"]] == ["drift"]


def test_a_run_in_a_hook_of_a_linked_worktree_labels_as_one_by_hand(
    tool: Tool, history: History, tmp_path_factory: pytest.TempPathFactory
) -> None:
    linked = tmp_path_factory.mktemp("linked") / "tree"
    history.git("worktree", "add", "--quiet", str(linked))
    put(linked, {"manifests/train.yaml": release("train", "{description: new}")})
    git = history.folder / ".git/worktrees/tree"
    hook = {"GIT_DIR": str(git), "GIT_INDEX_FILE": str(git / "index"), "GIT_PREFIX": ""}
    ran = [tool("-C", str(linked), "plan", "--base", "base", "-o", "json", **more) for more in ({}, hook)]
    for document in (each.document for each in ran):
        assert [change["label"] for change in document["operations"][0]["changes"]] == ["change"]
        assert (document["commit"], document["dirty"]) == (history.git("rev-parse", "HEAD"), True)


def planted(folder: Path) -> History:
    """The same project in a repository of somebody else's, whose `base` has it as it is live by hand."""
    put(folder, {"manifests/train.yaml": release("train", "{description: by hand}")})
    made = History(folder)
    made.commit("base")
    return made


def as_bare(folder: Path, evil: History) -> None:
    """The files of a bare repository, as a commit can bring them in."""
    shutil.copytree(evil.folder / ".git", folder, dirs_exist_ok=True)
    (folder / "config").write_text("[core]\nrepositoryformatversion = 0\nbare = false\nworktree = .\n")


def as_folder(folder: Path, evil: History) -> None:
    shutil.copytree(evil.folder / ".git", folder / ".git")


def as_file(folder: Path, evil: History) -> None:
    shutil.copytree(evil.folder / ".git", folder / "hidden")
    (folder / ".git").write_text("gitdir: hidden\n")


def as_link(folder: Path, evil: History) -> None:
    shutil.copytree(evil.folder / ".git", folder / "hidden")
    (folder / ".git").symlink_to("hidden")


@pytest.mark.parametrize("plant", [as_bare, as_folder, as_file, as_link])
@pytest.mark.parametrize("deep", ["releases", "teams/one/releases"])
def test_a_repository_inside_the_project_s_folder_is_never_taken_for_the_operator_s(
    tool: Tool,
    project: Path,
    wire: Wire,
    tmp_path_factory: pytest.TempPathFactory,
    plant: Callable[[Path, History], None],
    deep: str,
) -> None:
    top, evil = tmp_path_factory.mktemp("top"), tmp_path_factory.mktemp("evil")
    shutil.copytree(project, top / deep)
    shutil.copytree(project, evil, dirs_exist_ok=True)
    made = History(top)
    made.commit("base")
    wire.releases.rows[12101]["description"] = "by hand"
    plant(top / deep, planted(evil))
    ran = tool("-C", str(top / deep), "drift", "--base", "base", "-o", "json")
    assert (ran.code, ran.document["base"]) == (2, made.git("rev-parse", "base"))
    assert ran.document["commit"] == made.git("rev-parse", "HEAD")


def held_by_a_submodule(top: History, path: str, evil: History) -> None:
    """The folder replaced, in a commit, by a submodule that is somebody else's repository."""
    top.git("rm", "-r", "--quiet", path)
    top.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(evil.folder), path)
    (top.folder / path / ".reconcile").mkdir(exist_ok=True)
    History(top.folder / path).git("fetch", "--quiet", "--tags")
    top.commit()


@pytest.mark.parametrize("at", ["teams/releases", "teams"])
def test_a_submodule_in_place_of_the_project_or_above_it_supplies_no_base(
    tool: Tool, project: Path, wire: Wire, tmp_path_factory: pytest.TempPathFactory, at: str
) -> None:
    top, evil, place = tmp_path_factory.mktemp("top"), tmp_path_factory.mktemp("evil"), "teams/releases"
    shutil.copytree(project, top / place)
    made = History(top)
    made.commit("base")
    wire.releases.rows[12101]["description"] = "by hand"
    inside = evil / os.path.relpath(place, at)
    shutil.copytree(project, inside, dirs_exist_ok=True)
    put(inside, {"manifests/train.yaml": release("train", "{description: by hand}")})
    other = History(evil)
    other.commit("base")
    other.git("tag", "theirs")
    held_by_a_submodule(made, at, other)
    put(top / place, {"manifests/train.yaml": (project / "manifests/train.yaml").read_text()})
    ran = tool("-C", str(top / place), "drift", "--base", "base", "-o", "json")
    assert (ran.code, ran.document["base"]) == (2, made.git("rev-parse", "base"))
    assert (ran.document["commit"], ran.document["dirty"]) == (made.git("rev-parse", "HEAD"), True)
    assert (
        f"the project is in {at}, a submodule of {top}: a base is a commit of {top} [outer-base]" in ran.err
    )
    for flag in ("--base", "--base-or-none"):
        refused = tool("-C", str(top / place), "drift", flag, "theirs")
        assert (refused.code, f"a commit of {top}, which has no such commit" in refused.err) == (1, True)


def test_where_git_cannot_tell_what_an_outer_checkout_holds_an_inner_one_is_no_base(
    tool: Tool, history: History, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outer = History(tmp_path_factory.mktemp("outer"))
    shutil.copytree(history.folder, outer.folder / "inner")
    put(outer.folder, {"a.txt": "a"})
    outer.git("add", "a.txt")
    words = ("-C", str(outer.folder / "inner"), "plan", "--base", "base")
    assert tool(*words).code == 0
    (outer.folder / ".git/index").write_text("damaged")
    ran = tool(*words)
    assert (ran.code, "index file smaller than expected" in ran.err) == (1, True)


def test_what_a_submodule_s_own_commit_keeps_in_the_project_s_memory_is_believed_in_no_part(
    tool: Tool, history: History, tmp_path_factory: pytest.TempPathFactory
) -> None:
    top = History(tmp_path_factory.mktemp("top"))
    put(history.folder, {".reconcile/journal.jsonl": f"{entry()}\n"})
    history.git("add", "--force", ".reconcile")
    history.commit()
    words = ("-c", "protocol.file.allow=always", "submodule", "--quiet", "add")
    top.git(*words, str(history.folder), "releases")
    ran = tool("-C", str(top.folder / "releases"), "apply", "--yes")
    assert (ran.code, "git tracks .reconcile" in ran.err) == (1, True)
    assert "put .reconcile/ into .gitignore" in ran.err


def linked_away(folder: Path) -> None:
    shutil.move(folder / ".reconcile", folder / "kept")
    (folder / ".reconcile").symlink_to("kept")


def tracked(folder: Path) -> None:
    History(folder).git("add", "--force", ".reconcile")


def tracked_in_part(folder: Path) -> None:
    put(folder, {".reconcile/notes.txt": "harmless"})
    History(folder).git("add", "--force", ".reconcile/notes.txt")


def a_submodule(folder: Path) -> None:
    inner = History(folder / ".reconcile")
    inner.commit()
    History(folder).git("add", "--force", ".reconcile")


def a_repository(folder: Path) -> None:
    History(folder / ".reconcile").commit()


def of_another_user(folder: Path) -> None:
    if os.geteuid():
        pytest.skip("only root can give a folder away")
    os.chown(folder / ".reconcile", 12345, 12345)


def open_to_all(folder: Path) -> None:
    (folder / ".reconcile").chmod(0o777)


FOREIGN = (
    linked_away, tracked, tracked_in_part, a_submodule, a_repository, of_another_user, open_to_all
)  # fmt: skip


@pytest.mark.parametrize("made", FOREIGN)
def test_what_somebody_else_could_have_kept_is_believed_in_no_part_and_refused_by_apply(
    tool: Tool, history: History, wire: Wire, made: Callable[[Path], None]
) -> None:
    tool("plan")
    put(history.folder, {
        "manifests/train.yaml": release("train", "{description: new}"),
        ".reconcile/journal.jsonl": f"{entry()}\n",
    })  # fmt: skip
    assert "[in-doubt]" in tool("plan").err
    made(history.folder)
    before = {kept: kept.read_bytes() for kept in history.folder.glob(".reconcile/cache/*.kept")}
    put(history.folder, {"manifests/train.yaml": release("train", "{description: newer}")})
    ran = tool("plan")
    assert (ran.code, "[in-doubt]" in ran.err, "not believed: " in ran.err) == (0, False, True)
    assert {kept: kept.read_bytes() for kept in history.folder.glob(".reconcile/cache/*.kept")} == before
    refused = tool("apply", "--yes")
    assert (refused.code, wire.writes) == (1, [])
    assert ".reconcile" in refused.err


@pytest.mark.parametrize("name", [".reconcile", ".reconcile/cache", ".reconcile/cache/*.kept"])
def test_a_cache_that_every_user_may_write_is_believed_in_no_part(tmp_path: Path, name: str) -> None:
    made = Cache(tmp_path, "one meaning")
    made.keep("key", {"a": 1})
    made.write()
    assert Cache(tmp_path, "one meaning").find("key") == {"a": 1}
    for place in tmp_path.glob(name):
        place.chmod(0o777)
    assert Cache(tmp_path, "one meaning").find("key") is None


@pytest.mark.parametrize("command", ["plan", "drift", "apply --yes"])
def test_a_damaged_line_of_the_journal_is_told_where_it_stands(
    tool: Tool, history: History, command: str
) -> None:
    put(history.folder, {
        "manifests/train.yaml": release("train", "{description: new}"),
        ".reconcile/journal.jsonl": f"{entry().replace('intent', 'insent')}\n{entry(event='settled')}\n",
    })  # fmt: skip
    (history.folder / ".reconcile").chmod(0o700)
    ran = tool(*command.split(), "--settle", "0.1") if command.startswith("apply") else tool(command)
    assert ".reconcile/journal.jsonl:1: warning: this line is damaged" in ran.err
    assert "[journal]" in ran.err


@pytest.mark.parametrize("command", ["plan", "drift"])
@pytest.mark.parametrize("place", ["journal.jsonl", "."])
def test_a_journal_that_cannot_be_read_is_told_by_who_only_reads(
    tool: Tool, history: History, command: str, place: str
) -> None:
    put(history.folder, {"manifests/train.yaml": release("train", "{description: new}")})
    (history.folder / ".reconcile").mkdir(exist_ok=True)
    if place == ".":
        (history.folder / ".reconcile").rmdir()
        (history.folder / ".reconcile").write_text("")
    else:
        (history.folder / ".reconcile" / place).mkdir()
    ran = tool(command)
    assert "warning: not believed: .reconcile" in ran.err
    assert "[journal]" in ran.err
    assert tool("apply", "--yes").code == 1


@pytest.mark.parametrize("command", ["plan", "drift", "apply --yes"])
def test_a_damaged_index_is_told_in_the_words_of_git(tool: Tool, history: History, command: str) -> None:
    (history.folder / ".git/index").write_text("damaged")
    ran = tool(*command.split(), "-o", "json")
    assert (ran.document["commit"], ran.document["dirty"]) == (history.git("rev-parse", "HEAD"), None)
    words = (
        "warning: git cannot tell whether the files are those of the commit: fatal: .git/index: index file"
    )
    assert ran.err.count(words) == 1
