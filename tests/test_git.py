"""What git says of a project: its commit, the files of another one; nothing of a repository runs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from tests.support.history import History
from tests.support.projects import release, written

from reconcile.git.asking import NoAnswer, ask, environment
from reconcile.git.checkout import checkout
from reconcile.git.commit import Commit
from reconcile.git.objects import Objects
from reconcile.git.refs import NoBase, commit
from reconcile.git.state import Head, Witness, head
from reconcile.manifests.files import Folder
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


def at(folder: Path, ref: str) -> Commit:
    return commit(folder, checkout(folder), ref)


def listed(folder: Path, ref: str, *places: str) -> tuple[list[str], list[Problem]]:
    with at(folder, ref) as base:
        return base.found(tuple((place, Origin("reconcile.yaml", 1)) for place in places or ("manifests",)))


def data(folder: Path, ref: str, name: str = "manifests/a.yaml") -> bytes | Problem:
    with at(folder, ref) as base:
        return base.read(name)


def text(folder: Path, ref: str, name: str = "manifests/a.yaml") -> str:
    found = data(folder, ref, name)
    assert not isinstance(found, Problem), found
    return found.decode()


def state(folder: Path, *names: str) -> Head:
    """The state after these files were read."""
    files = Witness(Folder(folder))
    for name in names or ("manifests/a.yaml",):
        files.read(name)
    return head(checkout(folder), files.read_so_far)


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
    for path, found in ((".", ["b.yml", "manifests/a.yaml", "teams/e.yaml"]), ("teams", ["teams/e.yaml"])):
        place = ((path, Origin("reconcile.yaml", 1)),)
        assert listed(history.folder, "whole", path) == (found, [])
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
    with at(history.folder, "first") as base:
        assert base.oid == history.git("rev-parse", "first")
        assert base.found(PLACE) == (["manifests/a.yaml"], [])
    assert "description: old" in text(history.folder, "first")
    assert history.git("status", "--porcelain", "--ignored") == before
    assert not (history.folder / ".git/index.lock").exists()


def test_no_filter_text_conversion_or_hook_of_a_repository_runs(history: History, tmp_path: Path) -> None:
    pwned = tmp_path / "pwned"
    tricks(history, pwned)
    manifest = history.folder / "manifests/a.yaml"
    os.utime(manifest, (1, 1))
    assert "description: old" in text(history.folder, "first")
    assert state(history.folder).dirty
    manifest.write_text(release("a", "{description: old}"), encoding="utf-8")
    assert not state(history.folder).dirty
    assert not pwned.exists()
    with suppress(subprocess.CalledProcessError):
        history.git("status")
    assert pwned.exists(), "the trap works where nobody takes care"


@pytest.mark.parametrize(
    "ref", ["--upload-pack=touch", "-x", "--output=x", "--all", "HEAD:manifests", "", "@{u}"]
)
def test_what_names_no_commit_is_no_base_and_no_flag(history: History, ref: str) -> None:
    with pytest.raises(NoBase, match="git has no such commit: git fetch --tags origin") as error:
        at(history.folder, ref)
    assert not str(error.value).split("git fetch", 1)[1].count(" -x")


def test_a_tag_that_begins_with_a_dash_is_a_tag(history: History) -> None:
    history.git("update-ref", "refs/tags/-x", history.git("rev-parse", "first"))
    assert at(history.folder, "-x").oid == at(history.folder, "first").oid


def test_a_shallow_clone_is_told_what_to_fetch(history: History, tmp_path: Path) -> None:
    history.commit()
    clone = history.cloned(tmp_path / "clone", "--depth", "1")
    with pytest.raises(NoBase) as error:
        at(clone.folder, "first")
    assert str(error.value) == (
        "--base first: this clone is shallow and lacks it: git fetch --unshallow --tags (fetch-depth: 0)"
    )
    clone.git("fetch", "--quiet", "--unshallow", "--tags")
    assert "description: old" in text(clone.folder, "first")


def test_a_partial_clone_is_told_that_it_lacks_files_and_nothing_is_fetched(
    history: History, tmp_path: Path
) -> None:
    history.commit()
    clone = history.cloned(tmp_path / "clone", "--filter=blob:none")
    found = data(clone.folder, "first")
    assert isinstance(found, Problem)
    assert found.code == "unreadable"
    assert "this clone is partial: clone it without --filter" in found.message


def test_a_folder_without_git_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoBase, match="the project is in no git repository; name a folder, or clone it"):
        at(tmp_path, "main")
    assert head(checkout(tmp_path), {}) == Head(None, dirty=False)


def test_a_project_in_a_folder_of_the_repository_is_read_from_there(tmp_path: Path) -> None:
    outer = History(tmp_path)
    written(tmp_path / "one/two", {"manifests/a.yaml": release("a")})
    written(tmp_path / "one/twofold", {"manifests/a.yaml": release("b")})
    outer.commit("first")
    assert listed(tmp_path / "one/two", "first", ".") == (["manifests/a.yaml"], [])
    assert "name: a" in text(tmp_path / "one/two", "first")


def test_a_commit_from_before_the_project_s_folder_has_none_of_its_files(tmp_path: Path) -> None:
    outer = History(tmp_path)
    written(tmp_path, {"a.txt": "a"})
    outer.commit("before")
    (tmp_path / "one").symlink_to("elsewhere")
    outer.commit("linked")
    (tmp_path / "one").unlink()
    written(tmp_path / "one/two", {"manifests/a.yaml": release("a")})
    outer.commit()
    assert listed(tmp_path / "one/two", "before") == ([], [])
    found = data(tmp_path / "one/two", "before", "reconcile.yaml")
    assert isinstance(found, Problem)
    assert found.code == "no-such-file"
    linked = data(tmp_path / "one/two", "linked", "reconcile.yaml")
    assert isinstance(linked, Problem)
    assert "one is a link there" in linked.message


LINKS: tuple[tuple[dict[str, str], str], ...] = (
    ({"manifests/b.yaml": "../shared/b.yaml"}, "manifests"),
    ({"through": "shared"}, "through"),
    ({"through": "shared"}, "through/deep"),
    ({"one": "two", "two": "three", "three": "shared/deep"}, "one"),
    (
        {"manifests/b.yaml": "c.yaml", "manifests/c.yaml": "../w/deep/../b.yaml", "w": "shared"},
        "manifests",
    ),
    ({"manifests/folder": "../shared"}, "manifests"),
    ({"manifests/out.yaml": "../../elsewhere.yaml"}, "manifests"),
    ({"manifests/back.yaml": "../../project/shared/b.yaml"}, "manifests"),
    ({"manifests/round.yaml": "round.yaml"}, "manifests"),
    ({"manifests/one.yaml": "two.yaml", "manifests/two.yaml": "one.yaml"}, "manifests"),
    ({"out": "../.."}, "out"),
    ({"manifests/hidden.yaml": "../.hidden/d.yaml"}, "manifests"),
)


@pytest.mark.parametrize(("links", "place"), LINKS)
def test_links_are_followed_in_a_commit_as_in_the_folder(
    tmp_path: Path, links: dict[str, str], place: str
) -> None:
    root = tmp_path / "project"
    texts = ("manifests/a.yaml", "shared/b.yaml", "shared/deep/c.yaml", ".hidden/d.yaml")
    written(root, {name: release("r", f"{{description: {name}}}") for name in texts})
    for name, target in links.items():
        (root / name).symlink_to(target)
    History(root).commit("linked")
    there, folder = ((place, Origin("reconcile.yaml", 1)),), Folder(root)
    with at(root, "linked") as base:
        names, problems = base.found(there)
        in_folder, others = folder.found(there)
        assert names == in_folder
        assert [problem.code for problem in problems] == [problem.code for problem in others]
        for name in names:
            mine, other = base.read(name), folder.read(name)
            assert isinstance(mine, Problem) == isinstance(other, Problem)
            assert isinstance(mine, Problem) or mine == other


def test_a_link_that_names_the_checkout_by_its_whole_path_is_followed(tmp_path: Path) -> None:
    made = History(written(tmp_path / "project", {"shared/b.yaml": release("b")}))
    (made.folder / "through").symlink_to(made.folder / "shared")
    (made.folder / "away").symlink_to(tmp_path)
    made.commit("linked")
    assert listed(made.folder, "linked", "through") == (["through/b.yaml"], [])
    assert [problem.code for problem in listed(made.folder, "linked", "away")[1]] == ["outside-project"]


def with_submodule(tmp_path: Path, place: str = "manifests") -> History:
    """A project whose manifests are a submodule, committed as `base`."""
    inner = History(written(tmp_path / "inner", {"a.yaml": release("a", "{description: old}")}))
    inner.commit()
    (tmp_path / "project").mkdir()
    outer = History(tmp_path / "project")
    outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.folder), place)
    outer.commit("base")
    return outer


def test_a_submodule_is_read_where_it_is_checked_out_and_where_git_keeps_it(tmp_path: Path) -> None:
    outer = with_submodule(tmp_path, "deep/manifests")
    names = ["deep/manifests/a.yaml"]
    assert state(outer.folder, *names) == Head(outer.git("rev-parse", "HEAD"), dirty=False)
    for do in (
        lambda: None,
        lambda: written(outer.folder, {names[0]: release("other")}),
        lambda: outer.git("mv", "deep/manifests", "moved"),
        lambda: outer.git("rm", "-r", "--quiet", "--force", "moved"),
    ):
        do()
        assert listed(outer.folder, "base", "deep") == (names, [])
        assert "description: old" in text(outer.folder, "base", names[0])


_BESIDE = """\
import sys
from pathlib import Path
from reconcile.git.checkout import checkout
from reconcile.git.refs import commit
from reconcile.git.state import Digest, head
from reconcile.model import Origin

where = checkout(Path(sys.argv[1]))
with commit(Path(sys.argv[1]), where, "base") as base:
    names, _ = base.found((("manifests", Origin("reconcile.yaml", 1)),))
    print(head(where, {name: Digest(base.blob(name), None) for name in names}, base).dirty)
"""


def test_no_git_stays_that_was_begun_for_a_submodule_of_another_commit(tmp_path: Path) -> None:
    outer = with_submodule(tmp_path)
    outer.git("commit", "--quiet", "--allow-empty", "-m", "Another")
    words = ("-X", "dev", "-c", _BESIDE, str(outer.folder))
    ran = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("False\n", "")


def test_a_submodule_whose_objects_are_not_here_is_a_problem(tmp_path: Path) -> None:
    outer = with_submodule(tmp_path)
    clone = outer.cloned(tmp_path / "clone")
    names, (problem,) = listed(clone.folder, "base")
    assert (names, problem.code) == ([], "unreadable")
    assert "manifests is a submodule, and its objects are not here: git submodule update" in problem.message


def test_a_commit_of_a_few_objects_that_says_there_are_billions_of_folders_is_given_up(
    history: History,
) -> None:
    tree = history.git("rev-parse", "first:manifests")
    for _ in range(7):
        rows = "".join(f"040000 tree {tree}\tf{number:02}\n" for number in range(30))
        tree = history.git("mktree", said=rows)
    rows = f"100644 blob {history.git('rev-parse', 'first:reconcile.yaml')}\treconcile.yaml\n"
    tree = history.git("mktree", said=f"{rows}040000 tree {tree}\tmanifests\n")
    oid = history.git("commit-tree", tree, "-m", "Many")
    names, (problem,) = listed(history.folder, oid)
    assert (names, problem.code) == ([], "limit-files")


def test_a_file_that_is_larger_than_a_manifest_may_be_is_not_read(history: History) -> None:
    written(history.folder, {"manifests/large.yaml": "#" * (9 * 2**20)})
    history.commit("large")
    found = data(history.folder, "large", "manifests/large.yaml")
    assert isinstance(found, Problem)
    assert found.code == "limit-size"


def test_many_files_are_read_in_their_order_though_some_are_large(history: History) -> None:
    texts = {f"manifests/{number:03}.yaml": f"# {number}\n" for number in range(500)}
    large = {f"manifests/{number:03}.yaml": "#" * (5 * 2**20) for number in (0, 1, 2, 3, 450)}
    written(history.folder, {**texts, **large})
    history.commit("many")
    with at(history.folder, "many") as base:
        names, _ = base.found(PLACE)
        for name in names:
            assert base.read(name) == (history.folder / name).read_bytes()


def instead(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A git that does something else."""
    git = folder / "bin/git"
    git.parent.mkdir()
    git.write_text(f"#!/bin/sh\n{script}\n")
    git.chmod(0o755)
    monkeypatch.setenv("PATH", f"{git.parent}:{os.environ['PATH']}")


HANGING = ("sleep 600", "sleep 600 & cat >/dev/null", "sleep 600 &", "setsid sleep 5 & wait")


@pytest.mark.parametrize("script", HANGING)
def test_a_git_that_hangs_behind_a_script_is_given_up_with_all_that_it_began(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    instead(tmp_path, script, monkeypatch)
    with pytest.raises(NoAnswer, match="git version did not answer within"):
        ask(str(tmp_path), "version", seconds=0.5)
    objects = Objects(str(tmp_path), seconds=0.5)
    with pytest.raises(NoAnswer, match="git cat-file did not answer within"):
        objects.contents(["HEAD"], 1)
    objects.close()


def test_what_a_script_that_ended_left_running_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "held")
    instead(tmp_path, f"sleep 600 3>{tmp_path}/held & exit 0", monkeypatch)
    with ThreadPoolExecutor(1) as one:
        held = one.submit((tmp_path / "held").read_bytes)
        with pytest.raises(NoAnswer, match="git version did not answer within"):
            ask(str(tmp_path), "version", seconds=0.5)
    assert held.result() == b"", "read to its end, which comes when nobody holds it any more"


@pytest.mark.parametrize("script", ["exec yes", "exec cat /dev/zero", "yes >&2 & exec cat /dev/zero"])
def test_of_a_git_that_never_ends_to_talk_little_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    instead(tmp_path, script, monkeypatch)
    with pytest.raises(NoAnswer, match="git version answered with more than 67,108,864 bytes"):
        ask(str(tmp_path), "version")
    objects = Objects(str(tmp_path))
    for question in (lambda: objects.sizes(["HEAD"]), lambda: objects.contents(["HEAD"], 1)):
        with pytest.raises(NoAnswer):
            question()
    objects.close()


def test_of_endless_complaints_the_beginning_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    instead(tmp_path, "yes broken | head -c 9000000 >&2; exit 3", monkeypatch)
    with pytest.raises(NoAnswer, match="broken broken") as error:
        ask(str(tmp_path), "version")
    assert len(error.value.words) <= 600


def test_the_environment_keeps_who_the_operator_is_and_nothing_of_which_repository() -> None:
    operator = {"GIT_SSH", "GIT_SSH_COMMAND", "GIT_ASKPASS", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "HOME"}
    local = subprocess.run(
        ["git", "rev-parse", "--local-env-vars"], capture_output=True, text=True, check=True
    )
    others = {"GIT_NAMESPACE", "GIT_CEILING_DIRECTORIES", "GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS"}
    run_generator = {*local.stdout.split(), *others}
    found = environment(dict.fromkeys({*operator, *run_generator}, "x"))
    assert {name for name, value in found.items() if value == "x"} == operator


def test_only_the_files_that_were_read_make_it_dirty(history: History) -> None:
    written(history.folder, {"notes.txt": "one", "other.yaml": "one: 1"})
    oid = history.commit()
    written(history.folder, {"notes.txt": "two", "other.yaml": "two: 2"})
    assert state(history.folder) == Head(oid, dirty=False)
    assert state(history.folder, "other.yaml") == Head(oid, dirty=True)


def untracked(history: History) -> None:
    written(history.folder, {"manifests/b.yaml": release("b")})


def ignored(history: History) -> None:
    written(history.folder, {".git/info/exclude": "*.yaml", "manifests/b.yaml": release("b")})


def assumed(history: History) -> None:
    history.git("update-index", "--assume-unchanged", "manifests/a.yaml")
    written(history.folder, {"manifests/a.yaml": release("other")})


def skipped(history: History) -> None:
    history.git("update-index", "--skip-worktree", "manifests/a.yaml")
    written(history.folder, {"manifests/a.yaml": release("other")})


def staged(history: History) -> None:
    written(history.folder, {"manifests/a.yaml": release("other")})
    history.git("add", ".")


def behind_a_link(history: History) -> None:
    written(history.folder, {"shared/c.yaml": release("other")})


def led_elsewhere(history: History) -> None:
    (history.folder / "manifests/c.yaml").unlink()
    (history.folder / "manifests/c.yaml").symlink_to("a.yaml")


def of_the_same_size_and_time(history: History) -> None:
    manifest = history.folder / "manifests/a.yaml"
    was, about = manifest.read_bytes(), manifest.stat()
    manifest.write_bytes(was.replace(b"name: a", b"name: z"))
    os.utime(manifest, ns=(about.st_atime_ns, about.st_mtime_ns))


CHANGES = (
    untracked, ignored, assumed, skipped, staged, behind_a_link, led_elsewhere, of_the_same_size_and_time
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_read_and_is_not_in_the_commit_makes_it_dirty(
    history: History, change: Callable[[History], None]
) -> None:
    written(history.folder, {"shared/c.yaml": release("c")})
    (history.folder / "manifests/c.yaml").symlink_to("../shared/c.yaml")
    oid = history.commit()
    names = ["manifests/a.yaml", "manifests/c.yaml"]
    assert state(history.folder, *names) == Head(oid, dirty=False)
    change(history)
    names += ["manifests/b.yaml"] if (history.folder / "manifests/b.yaml").exists() else []
    assert state(history.folder, *names) == Head(oid, dirty=True)


@pytest.mark.parametrize("how", ["*.yaml text", "*.yaml text=auto eol=crlf", "core.autocrlf", ""])
def test_line_ends_that_git_converts_are_no_change(history: History, how: str) -> None:
    if how == "core.autocrlf":
        history.git("config", how, "true")
    elif how:
        written(history.folder, {".gitattributes": how})
    manifest = history.folder / "manifests/a.yaml"
    history.commit()
    assert not state(history.folder).dirty
    manifest.write_bytes(manifest.read_bytes().replace(b"\n", b"\r\n"))
    assert state(history.folder).dirty is (how == "")


@pytest.mark.parametrize("how", ["*.yaml text", "core.autocrlf", ""])
@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_a_file_in_no_commit_is_dirty_also_where_git_converts_line_ends(
    history: History, how: str, ends: bytes
) -> None:
    if how == "core.autocrlf":
        history.git("config", how, "true")
    elif how:
        written(history.folder, {".gitattributes": how})
    oid = history.commit()
    manifest = history.folder / "manifests/b.yaml"
    manifest.write_bytes(release("b").encode().replace(b"\n", ends))
    assert state(history.folder, "manifests/b.yaml") == Head(oid, dirty=True)
    history.git("add", "manifests/b.yaml")
    assert state(history.folder, "manifests/b.yaml") == Head(oid, dirty=True)


@pytest.mark.parametrize("broken", [b"", b"damaged", b"DIRC\0\0\0\x63"])
def test_with_an_index_that_git_cannot_read_nothing_is_clean(history: History, broken: bytes) -> None:
    oid = history.commit()
    (history.folder / ".git/index").write_bytes(broken)
    found = state(history.folder)
    assert (found.commit, found.dirty) == (oid, None)
    assert "index" in found.why


def test_a_repository_that_names_by_sha256_says_the_same(tmp_path: Path) -> None:
    folder = written(tmp_path / "project", {"manifests/a.yaml": release("a")})
    subprocess.run(["git", "init", "-q", "--object-format=sha256", folder], check=True)
    oid = History(folder).commit("first")
    assert state(folder) == Head(oid, dirty=False)
    assert "name: a" in text(folder, "first")
    written(folder, {"manifests/a.yaml": release("b")})
    assert state(folder) == Head(oid, dirty=True)


def test_before_the_first_commit_what_was_read_is_in_none(tmp_path: Path) -> None:
    made = History(written(tmp_path / "project", {"manifests/a.yaml": release("a")}))
    assert state(made.folder) == Head(None, dirty=True)


@pytest.mark.parametrize("inside", ["new", "new/below", "old/new"])
def test_a_project_that_is_younger_than_the_commit_is_dirty_and_has_nothing_there(
    tmp_path: Path, inside: str
) -> None:
    written(tmp_path / "old", {"manifests/a.yaml": release("a")})
    made = History(tmp_path)
    first = made.commit("first")
    root = written(tmp_path / inside, {"manifests/a.yaml": release("a")})
    assert state(root) == Head(first, dirty=True)
    assert listed(root, "first") == ([], [])
    assert isinstance(data(root, "first", "reconcile.yaml"), Problem)
