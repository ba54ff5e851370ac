"""A plan says that an apply would find another one under way, and takes no lock to find it out."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.commands import Tool
from tests.support.projects import release

from reconcile.execution.journal import Busy, Journal, lock_of


@pytest.fixture
def changed(project: Path) -> Path:
    """The project, its release with another description than is live."""
    (project / "manifests/train.yaml").write_text(release("train", "{description: new}"))
    return project


@pytest.mark.parametrize("command", ["plan", "drift"])
def test_an_apply_under_way_is_told_before_another_is_tried(tool: Tool, changed: Path, command: str) -> None:
    with Journal(changed):
        lines = tool(command).out.splitlines()
        (refusal,) = tool(command, "-o", "json").document["would_refuse"]
    words = "another apply of this project is under way (process "
    (line,) = (line for line in lines if words in line)
    assert line.startswith(f"Apply would be refused: {words}")
    assert line.endswith("): wait until it is over.")
    assert refusal["code"] == "locked"
    assert refusal["addresses"] == ["flexdeploy/Release/train"]
    assert tool(command, "-o", "json").document["would_refuse"] == []


def test_where_nothing_is_to_do_no_lock_stands_against_it(tool: Tool, project: Path) -> None:
    with Journal(project):
        assert tool("plan", "-o", "json").document["would_refuse"] == []


@pytest.mark.parametrize("left", ["", "1", "0", "-1", "9" * 30, "none", "\udcff"])
def test_what_a_dead_apply_left_is_no_lock(tool: Tool, changed: Path, left: str) -> None:
    (changed / ".reconcile").mkdir(mode=0o700)
    lock_of(changed).write_bytes(left.encode(errors="surrogateescape"))
    assert tool("plan", "-o", "json").document["would_refuse"] == []


def test_who_looks_takes_no_lock(tool: Tool, changed: Path) -> None:
    with Journal(changed):
        tool("plan")
        with pytest.raises(Busy), Journal(changed):
            pass
    assert tool("apply", "--yes").code == 0
