"""A base of which a part cannot be read: what it may have held is no change; and one that is not yet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.commands import Tool
from tests.support.history import History
from tests.support.http import Wire
from tests.support.projects import release

from reconcile.session.consent import LAWLESS


@pytest.fixture
def history(project: Path, wire: Wire) -> History:
    """A project whose base has a second manifest, of which only the base can tell what it held."""
    wire.releases.rows[12101]["description"] = "by hand"
    return History(project)


def leaving(history: History) -> None:
    (history.folder / "manifests/train.yaml").unlink()
    (history.folder / "manifests/train.yaml").symlink_to("../../train.yaml")
    history.commit("base")


def leaving_in_the_middle(history: History) -> None:
    (history.folder / "manifests/train.yaml").unlink()
    (history.folder / "away").symlink_to("../..")
    (history.folder / "manifests/train.yaml").symlink_to("../away/train.yaml")
    history.commit("base")


def going_round(history: History) -> None:
    (history.folder / "manifests/train.yaml").unlink()
    (history.folder / "manifests/train.yaml").symlink_to("other.yaml")
    (history.folder / "manifests/other.yaml").symlink_to("train.yaml")
    history.commit("base")
    (history.folder / "manifests/other.yaml").unlink()


def without_its_blob(history: History) -> None:
    history.commit("base")
    forget(history, "base:manifests/train.yaml")


def without_its_folder(history: History) -> None:
    history.commit("base")
    forget(history, "base:manifests")


def without_its_submodule(history: History) -> None:
    (history.folder / "manifests/train.yaml").unlink()
    oid = history.commit()
    history.git("update-index", "--add", "--cacheinfo", f"160000,{oid[::-1]},manifests/sub")
    history.git("commit", "--quiet", "--message", "A submodule")
    history.git("tag", "base")


def too_large(history: History) -> None:
    text = release("train", "{description: old}")
    (history.folder / "manifests/train.yaml").write_text(text + "#" * 9 * 2**20)
    history.commit("base")


def forget(history: History, name: str) -> None:
    oid = history.git("rev-parse", name)
    (history.folder / ".git/objects" / oid[:2] / oid[2:]).unlink()


PARTS = (
    leaving, leaving_in_the_middle, going_round, without_its_blob, without_its_folder, without_its_submodule,
    too_large,
)  # fmt: skip


@pytest.mark.parametrize("part", PARTS)
def test_what_an_unread_part_of_the_base_may_have_held_is_a_conflict(
    tool: Tool, history: History, wire: Wire, part: Callable[[History], None]
) -> None:
    part(history)
    manifest = history.folder / "manifests/train.yaml"
    manifest.unlink(missing_ok=True)
    manifest.write_text(release("train", "{description: ours}"))
    (history.folder / "manifests/new.yaml").write_text(release("new", "{description: new}"))
    drift = tool("drift", "--base", "base")
    assert (drift.code, "[unread-base]" in drift.err) == (1, True)
    plan = tool("plan", "--base", "base", "-o", "json").document
    labels = {change["label"] for each in plan["operations"] for change in each["changes"]}
    assert ([each["action"] for each in plan["operations"]], labels) == (["create", "update"], {"conflict"})
    ran = tool("apply", "--yes", "--base", "base")
    assert (ran.code, wire.writes) == (4, [])
    assert "conflict on description" in ran.out
    assert tool("apply", "--yes", "--force", "--base", "base").code == 0


def test_drift_does_not_end_in_nothing_found_with_such_a_base(tool: Tool, history: History) -> None:
    without_its_blob(history)
    (history.folder / "manifests/train.yaml").write_text(release("train", "{description: by hand}"))
    assert tool("drift").code == 0
    ran = tool("drift", "--base", "base")
    assert (ran.code, ran.last) == (1, "No drift.")


def test_what_the_project_does_not_list_is_not_asked_for(tool: Tool, history: History) -> None:
    folder = history.folder / "elsewhere"
    folder.mkdir()
    (folder / "out.yaml").symlink_to("../../../out.yaml")
    (folder / "large.yaml").write_text("#" * 9 * 2**20)
    (folder / "gone.yaml").write_text("gone: 1")
    history.commit("base")
    forget(history, "base:elsewhere")
    ran = tool("drift", "--base", "base")
    assert (ran.code, ran.err) == (2, "")


@pytest.mark.parametrize("how", ["mistake", "link", "missing"])
def test_where_nobody_knows_what_the_base_s_project_file_forbids_apply_is_refused(
    tool: Tool, history: History, wire: Wire, how: str
) -> None:
    file = history.folder / "reconcile.yaml"
    text = file.read_text()
    file.unlink()
    if how == "link":
        file.symlink_to("../reconcile.yaml")
    else:
        file.write_text(text + ("nope: 1\n" if how == "mistake" else "\n\n"))
    history.commit("base")
    if how == "missing":
        forget(history, "base:reconcile.yaml")
    file.unlink()
    file.write_text(text)
    ran = tool("apply", "--yes", "--force", "--base", "base")
    assert (ran.code, wire.writes) == (4, [])
    assert "reconcile.yaml" in ran.out + ran.err
    assert f"{LAWLESS}\n" in ran.err
    foreseen = tool("plan", "--base", "base", "-o", "json").document["would_refuse"]
    assert ("frozen", LAWLESS) in [(each["code"], each["message"]) for each in foreseen]


@pytest.mark.parametrize("command", ["plan", "drift", "apply"])
def test_a_base_that_was_never_made_is_none_yet_for_who_can_do_without(
    tool: Tool, history: History, wire: Wire, command: str
) -> None:
    history.commit()
    words = (*(("--yes",) if command == "apply" else ()), "--base-or-none", "refs/tags/reconcile/default")
    ran = tool(command, *words)
    assert "no base yet: git has no refs/tags/reconcile/default" in ran.err
    assert ran.code == (2 if command == "drift" else 0)
    history.git("tag", "reconcile/default")
    wire.releases.rows[12101]["description"] = "by hand"
    ran = tool(command, *words, "-o", "json")
    assert ran.document["base"] == history.git("rev-parse", "HEAD")


def shallow(history: History, to: Path) -> History:
    return history.cloned(to, "--depth", "1")


def without_tags(history: History, to: Path) -> History:
    return history.cloned(to, "--no-tags")


def with_a_tag_to_nothing(history: History, to: Path) -> History:
    clone = history.cloned(to)
    tags = clone.folder / ".git/refs/tags/reconcile"
    tags.mkdir(parents=True)
    (tags / "default").write_text("1" * 40 + "\n")
    return clone


def with_a_tag_of_rubbish(history: History, to: Path) -> History:
    clone = with_a_tag_to_nothing(history, to)
    (clone.folder / ".git/refs/tags/reconcile/default").write_text("rubbish\n")
    return clone


def with_a_tag_that_leads_to_no_ref(history: History, to: Path) -> History:
    clone = with_a_tag_to_nothing(history, to)
    (clone.folder / ".git/refs/tags/reconcile/default").write_text("ref: refs/heads/none\n")
    return clone


def with_a_tag_that_is_a_link_to_nothing(history: History, to: Path) -> History:
    clone = with_a_tag_that_leads_to_no_ref(history, to)
    (clone.folder / ".git/refs/tags/reconcile/default").unlink()
    (clone.folder / ".git/refs/tags/reconcile/default").symlink_to("nothing")
    return clone


def with_tags_behind_a_link_to_nothing(history: History, to: Path) -> History:
    clone = history.cloned(to)
    (clone.folder / ".git/refs/tags/reconcile").symlink_to("nothing")
    return clone


def with_a_tag_that_goes_round(history: History, to: Path) -> History:
    clone = with_a_tag_that_is_a_link_to_nothing(history, to)
    (clone.folder / ".git/refs/tags/reconcile/default").unlink()
    (clone.folder / ".git/refs/tags/reconcile/default").symlink_to("default")
    return clone


def with_a_tag_of_a_tree(history: History, to: Path) -> History:
    clone = history.cloned(to)
    clone.git("tag", "reconcile/default", "HEAD^{tree}")
    return clone


def with_a_packed_tag_to_nothing(history: History, to: Path) -> History:
    clone = history.cloned(to)
    clone.git("pack-refs", "--all")
    with (clone.folder / ".git/packed-refs").open("a") as stream:
        stream.write(f"{'1' * 40} refs/tags/reconcile/default\n")
    return clone


LACKING = (
    shallow, without_tags, with_a_tag_to_nothing, with_a_tag_of_rubbish, with_a_tag_that_leads_to_no_ref,
    with_a_tag_that_is_a_link_to_nothing, with_tags_behind_a_link_to_nothing, with_a_tag_that_goes_round,
    with_a_tag_of_a_tree, with_a_packed_tag_to_nothing,
)  # fmt: skip


@pytest.mark.parametrize("made", LACKING)
def test_a_clone_that_may_lack_the_base_does_not_pass_for_a_first_time(
    tool: Tool, history: History, wire: Wire, tmp_path: Path, made: Callable[[History, Path], History]
) -> None:
    history.commit()
    history.commit()
    clone = made(history, tmp_path / "clone")
    ran = tool("-C", str(clone.folder), "apply", "--yes", "--base-or-none", "reconcile/default")
    assert (ran.code, wire.log) == (1, [])
    assert "[no-base]" in ran.err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--base", "a", "--base-or-none", "b"), 64),
        (("--base-or-none", "b", "--only", "drift"), 1),
        (("--base-or-none", "./nowhere"), 1),
    ],
)
def test_a_base_is_one_and_a_label_needs_it(
    tool: Tool, history: History, words: tuple[str, ...], code: int
) -> None:
    history.commit()
    assert tool("drift", *words).code == code


@pytest.mark.parametrize("remote", ["origin", "upstream"])
@pytest.mark.parametrize("name", ["main", "feature/one", "refs/heads/main"])
def test_a_branch_that_only_a_remote_has_is_named(
    tool: Tool, history: History, tmp_path: Path, remote: str, name: str
) -> None:
    history.commit()
    history.git("branch", "feature/one")
    clone = history.cloned(tmp_path / "clone", "--origin", remote)
    clone.git("checkout", "--quiet", "--detach")
    clone.git("branch", "--quiet", "--delete", "--force", "main")
    ran = tool("-C", str(clone.folder), "plan", "--base", name)
    helps = f"{remote}/{name.removeprefix('refs/heads/')}"
    assert (ran.code, f"--base {helps} [no-base]" in ran.err) == (1, True)
    assert tool("-C", str(clone.folder), "plan", "--base", helps).code == 0


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((), "this clone has no tag at all"),
        (("--single-branch",), "this clone fetches some branches alone"),
    ],
)
def test_where_a_fetch_may_have_left_a_tag_out_that_is_said_beside_no_base_yet(
    tool: Tool, history: History, tmp_path: Path, words: tuple[str, ...], why: str
) -> None:
    history.commit("other" if words else "")
    clone = history.cloned(tmp_path / "clone", *words)
    ran = tool("-C", str(clone.folder), "plan", "--base-or-none", "reconcile/default")
    todo = "if something was applied before, git fetch --tags origin, and run again"
    assert (ran.code, f"warning: {why}: {todo} [no-base-yet]" in ran.err) == (0, True)
    clone.git("remote", "remove", "origin")
    assert why not in tool("-C", str(clone.folder), "plan", "--base-or-none", "reconcile/default").err


def test_a_clone_without_tags_that_was_mended_as_it_said_finds_them(
    tool: Tool, history: History, tmp_path: Path
) -> None:
    history.commit("base")
    clone = without_tags(history, tmp_path / "clone")
    assert (
        "git config --unset remote.origin.tagOpt" in tool("-C", str(clone.folder), "plan", "--base", "x").err
    )
    clone.git("config", "--unset", "remote.origin.tagOpt")
    clone.git("fetch", "--quiet", "--tags", "origin")
    assert tool("-C", str(clone.folder), "plan", "--base-or-none", "base").code == 0
    assert "no base yet" in tool("-C", str(clone.folder), "plan", "--base-or-none", "reconcile/default").err


@pytest.mark.parametrize("flag", ["--base", "--base-or-none"])
@pytest.mark.parametrize("name", ["base", "base~0", "base^{commit}"])
def test_a_name_that_a_tag_and_a_branch_have_is_refused_where_they_are_two_commits(
    tool: Tool, history: History, flag: str, name: str
) -> None:
    history.commit("base")
    history.git("branch", "base", "base")
    assert tool("plan", flag, name).code == 0
    history.git("branch", "--force", "base", history.commit())
    ran = tool("plan", flag, name)
    words = f"--base {name}: several are called so: write refs/heads/base or refs/tags/base [no-base]"
    assert (ran.code, words in ran.err) == (1, True)
    assert [tool("plan", flag, f"refs/{kind}/base").code for kind in ("heads", "tags")] == [0, 0]
