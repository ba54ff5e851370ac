"""Completion reads what the project may read, within the limits of a manifest and its own time."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.support.projects import PROJECT, release, written

from reconcile.completion import skimmed_files
from reconcile.completion.candidates import candidates
from reconcile.completion.project_words import project_words
from reconcile.manifests import files

OURS = ["flexdeploy/Release/ours"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one manifest beside a folder that is not its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    written(tmp_path / "theirs", {"theirs.yaml": release("theirs")})
    folder = written(tmp_path / "project", {"manifests/ours.yaml": release("ours")})
    monkeypatch.chdir(folder)
    return folder


def offered() -> list[str]:
    return candidates(["plan", "--target", ""])


@pytest.mark.parametrize("outside", ["/", "../theirs", "../theirs/theirs.yaml", "link", "{}/theirs", "a\\0b"])
def test_nothing_outside_the_project_is_read(project: Path, outside: str) -> None:
    (project / "link").symlink_to("../theirs")
    listed = outside.format(project.parent)
    (project / "reconcile.yaml").write_text(f'{PROJECT}manifests: [manifests, "{listed}"]\n')
    assert offered() == OURS


def test_no_link_of_a_file_or_a_folder_leads_out_of_the_project(project: Path) -> None:
    (project / "manifests/file.yaml").symlink_to("../../theirs/theirs.yaml")
    (project / "manifests/folder").symlink_to("../../theirs")
    assert offered() == OURS
    (project / "manifests/again.yaml").symlink_to("ours.yaml")
    assert offered() == OURS


def test_a_project_file_outside_the_project_is_none(project: Path) -> None:
    (project / "reconcile.yaml").rename(project.parent / "reconcile.yaml")
    (project / "reconcile.yaml").symlink_to("../reconcile.yaml")
    assert offered() == []


def test_what_is_no_file_is_not_waited_for(project: Path) -> None:
    os.mkfifo(project / "manifests/pipe.yaml")
    assert offered() == OURS
    (project / "reconcile.yaml").unlink()
    os.mkfifo(project / "reconcile.yaml")
    assert offered() == []


def test_a_file_beyond_the_limits_is_not_read(project: Path) -> None:
    with (project / "manifests/large.yaml").open("w") as stream:
        stream.write(release("large"))
        stream.truncate(files.FILE_AT_MOST + 1)
    assert offered() == OURS
    with (project / "reconcile.yaml").open("a") as stream:
        stream.write("#" * skimmed_files.MOST_OF_PROJECT)
    assert offered() == []


def test_the_limits_are_those_of_a_manifest() -> None:
    ours = skimmed_files.MOST_FILES, skimmed_files.MOST_BYTES, skimmed_files.MOST_OF_ONE
    assert ours == (files.FILES_AT_MOST, files.BYTES_AT_MOST, files.FILE_AT_MOST)


def test_after_its_time_nothing_more_is_read_and_what_was_kept_stays(project: Path) -> None:
    assert project_words(None, waits=0.0).addresses == ()
    assert [*project_words(None, waits=0.0).systems] == ["flexdeploy"]
    assert offered() == OURS
    file = project / "manifests/ours.yaml"
    before = file.stat()
    file.write_text(release("gone"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    (project / "reconcile.yaml").touch()
    assert project_words(None, waits=0.0).addresses == ()
    assert offered() == OURS
