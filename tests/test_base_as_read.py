"""A base costs what differs from the folder: the same bytes are not read twice, nor made into resources."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from tests.support.history import History
from tests.support.projects import release, written

from reconcile.cleaning import Cleaner
from reconcile.git.asking import NoAnswer
from reconcile.git.objects import Objects
from reconcile.model import Address, Resource
from reconcile.session.run_options import RunOptions, Surroundings
from reconcile.session.session import Session, begin

ENVIRON = {"FD_USER": "demo", "FD_PASSWORD": "demo"}
GIT = shutil.which("git") or "git"
ONE, TWO = (Address("flexdeploy", "Release", name) for name in ("one", "two"))


@pytest.fixture
def history(tmp_path: Path) -> History:
    files = {
        ".gitignore": ".reconcile/\n",
        **{f"manifests/{name}.yaml": release(name, "{description: ours}") for name in ("one", "two")},
    }
    made = History(written(tmp_path / "project", files))
    made.commit("base")
    return made


def run(history: History, base: str = "base", *, caches: bool = False, changed: bool = False) -> Session:
    around = Surroundings(ENVIRON, Cleaner())
    options = RunOptions(history.folder, base=base, caches=caches, changed=changed)
    return begin(options, around, hasty=True)


def resources(session: Session) -> dict[Address, Resource]:
    return {resource.address: resource for resource in session.loaded.resources}


def of_base(session: Session) -> dict[Address, Resource]:
    assert session.base is not None
    return dict(session.base.resources)


def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with each question to `git cat-file`, by a git that writes them down."""
    log, folder = tmp_path / "asked", tmp_path / "bin"
    folder.mkdir()
    script = f'#!/bin/sh\ncase "$*" in *cat-file*) tee -a {log} | {GIT} "$@";; *) exec {GIT} "$@";; esac\n'
    (folder / "git").write_text(script)
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return log


@pytest.mark.parametrize("caches", [False, True])
@pytest.mark.parametrize("base", ["base", "folder"])
def test_what_the_base_has_too_is_the_very_same_resource(
    history: History, tmp_path: Path, base: str, caches: bool
) -> None:
    shutil.copytree(history.folder, tmp_path / "before", ignore=shutil.ignore_patterns(".git"))
    base = "../before" if base == "folder" else base
    for _ in range(2):  # the second time some of it may be kept
        session = run(history, base, caches=caches)
        assert {at: id(found) for at, found in resources(session).items()} == {
            at: id(found) for at, found in of_base(session).items()
        }
    (history.folder / "manifests/one.yaml").write_text(release("one", "{description: theirs}"))
    for _ in range(2):
        session = run(history, base, caches=caches)
        now, then = resources(session), of_base(session)
        assert (now[ONE].spec["description"], then[ONE].spec["description"]) == ("theirs", "ours")
        assert now[TWO] is then[TWO]


def test_a_file_of_the_same_bytes_under_another_name_has_its_own_lines(history: History) -> None:
    (history.folder / "manifests/one.yaml").rename(history.folder / "manifests/moved.yaml")
    session = run(history)
    assert resources(session)[ONE].origin.file == "manifests/moved.yaml"
    assert of_base(session)[ONE].origin.file == "manifests/one.yaml"


def test_another_meaning_of_the_same_bytes_is_no_known_one(history: History) -> None:
    project = history.folder / "reconcile.yaml"
    said = project.read_text()
    project.write_text(f"{said}variables: {{who: ours}}\n")
    (history.folder / "manifests/one.yaml").write_text(release("one", "{description: {var: who}}"))
    history.commit("base2")
    project.write_text(f"{said}variables: {{who: theirs}}\n")
    session = run(history, "base2")
    found = (side[ONE].spec["description"] for side in (resources(session), of_base(session)))
    assert [*found] == ["theirs", "ours"]


def test_of_a_base_that_is_the_same_no_file_is_read(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = asked(tmp_path, monkeypatch)
    session = run(history)
    assert session.here().dirty is False
    assert [line.split()[0] for line in log.read_text().splitlines()] == ["contents"] * 2, "two trees"


def test_of_a_base_that_differs_in_a_file_that_one_is_read(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blob = history.git("rev-parse", "base:manifests/one.yaml")
    (history.folder / "manifests/one.yaml").write_text(release("one", "{description: theirs}"))
    log = asked(tmp_path, monkeypatch)
    session = run(history)
    assert (session.here().commit, session.here().dirty) == (history.git("rev-parse", "HEAD"), True)
    assert log.read_text().splitlines()[-2:] == [f"info {blob}", f"contents {blob}"]


def test_a_plan_of_what_changed_reads_no_other_file_of_the_base_either(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blob = history.git("rev-parse", "base:manifests/one.yaml")
    (history.folder / "manifests/one.yaml").write_text(release("one", "{description: theirs}"))
    log = asked(tmp_path, monkeypatch)
    for _ in range(2):
        log.unlink(missing_ok=True)
        session = run(history, caches=True, changed=True)
        assert [line for line in log.read_text().splitlines() if "tree" not in line] == [
            f"info {blob}",
            f"contents {blob}",
        ]
    assert session.beyond is not None


def test_the_commit_and_whether_it_is_dirty_are_those_of_the_folder_and_not_of_the_base(
    history: History,
) -> None:
    (history.folder / "manifests/one.yaml").write_text(release("one", "{description: theirs}"))
    after = history.commit()
    session = run(history)
    assert (session.here().commit, session.here().dirty) == (after, False)


def test_a_git_too_old_to_be_asked_for_both_is_asked_for_each(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    refused = "*batch-command*) echo usage: git cat-file >&2; exit 129"
    (folder / "git").write_text(f'#!/bin/sh\ncase "$*" in {refused};; esac\nexec {GIT} "$@"\n')
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    (history.folder / "manifests/one.yaml").write_text(release("one", "{description: theirs}"))
    session = run(history)
    assert of_base(session)[ONE].spec["description"] == "ours"
    objects = Objects(str(history.folder))
    (size,), (content,) = objects.sizes(["HEAD"]), objects.contents(["HEAD"], 4096)
    assert [size and size.size, content and len(content.data)] == [content and content.size] * 2
    with pytest.raises(NoAnswer, match="more than 1"):
        objects.contents(["HEAD"], 1)
    objects.close()
