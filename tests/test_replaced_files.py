"""Several files are replaced together: all of them, or none."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from reconcile.errors import ProblemsFound
from reconcile.session.atomic_files import replace_all


def replaced(*files: Path) -> tuple[str, str]:
    """Return the code and the place of the problem that replacing `old` in the files came to."""
    with pytest.raises(ProblemsFound) as found:
        replace_all({file: (b"old", b"new") for file in files})
    (problem,) = found.value.problems
    assert problem.origin is not None
    return problem.code, Path(problem.origin.file).name


@pytest.fixture
def one(tmp_path: Path) -> Path:
    file = tmp_path / "one.yaml"
    file.write_bytes(b"old")
    return file


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_all_are_replaced_with_their_modes_and_links(one: Path, tmp_path: Path) -> None:
    one.chmod(0o640)
    link = tmp_path / "link.yaml"
    link.symlink_to("two.txt")
    (tmp_path / "two.txt").write_bytes(b"old")
    replace_all({one: (b"old", b"new"), link: (b"old", b"new")})
    assert [one.read_bytes(), (tmp_path / "two.txt").read_bytes()] == [b"new", b"new"]
    assert one.stat().st_mode & 0o777 == 0o640
    assert link.is_symlink()
    assert names(tmp_path) == ["link.yaml", "one.yaml", "two.txt"]


def test_a_file_that_is_gone_has_changed(one: Path, tmp_path: Path) -> None:
    assert replaced(one, tmp_path / "two.yaml") == ("changed", "two.yaml")
    assert replaced(one, tmp_path / "folder" / "two.yaml") == ("changed", "two.yaml")
    assert (one.read_bytes(), names(tmp_path)) == (b"old", ["one.yaml"])


def test_a_file_that_somebody_else_wrote_has_changed(one: Path, tmp_path: Path) -> None:
    (tmp_path / "two.yaml").write_bytes(b"theirs")
    assert replaced(one, tmp_path / "two.yaml") == ("changed", "two.yaml")
    assert (one.read_bytes(), (tmp_path / "two.yaml").read_bytes()) == (b"old", b"theirs")


def test_a_file_that_cannot_be_written_leaves_all_as_they_were(one: Path, tmp_path: Path) -> None:
    """The folder of `/proc/self` takes no file from anybody, root included."""
    stuck = Path(f"/proc/{os.getpid()}/comm")
    with pytest.raises(ProblemsFound) as found:
        replace_all({one: (b"old", b"new"), stuck: (stuck.read_bytes(), b"new")})
    (problem,) = found.value.problems
    assert problem.code == "unwritable"
    assert "nothing was written" in problem.message
    assert (one.read_bytes(), names(tmp_path)) == (b"old", ["one.yaml"])


def test_those_that_were_replaced_before_one_could_not_be_are_put_back(one: Path, tmp_path: Path) -> None:
    one.chmod(0o640)
    busy = tmp_path / "two.yaml"
    busy.write_bytes(b"old")

    def rename(beside: Path, place: str) -> None:
        if place == os.path.realpath(busy):
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), place)
        os.replace(beside, place)

    with pytest.raises(ProblemsFound) as found:
        replace_all({one: (b"old", b"new"), busy: (b"old", b"new")}, rename)
    (problem,) = found.value.problems
    assert (problem.code, problem.origin and problem.origin.file) == ("unwritable", str(busy))
    assert problem.message.endswith(": nothing was written")
    assert (one.read_bytes(), busy.read_bytes(), one.stat().st_mode & 0o777) == (b"old", b"old", 0o640)
    assert names(tmp_path) == ["one.yaml", "two.yaml"]


def test_what_could_not_be_put_back_either_is_named(one: Path, tmp_path: Path) -> None:
    busy = tmp_path / "two.yaml"
    busy.write_bytes(b"old")
    left = iter([None])

    def rename(beside: Path, place: str) -> None:
        for _ in left:
            os.replace(beside, place)
            return
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), place)

    with pytest.raises(ProblemsFound) as found:
        replace_all({one: (b"old", b"new"), busy: (b"old", b"new")}, rename)
    assert f"the new text stands in {one} already: run again" in found.value.problems[0].message
    assert one.read_bytes() == b"new"
