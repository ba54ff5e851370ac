"""A terminal of 80 and of 200 columns: rows fit it, what counts is coloured, and nobody else sees either."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.http import Wire
from tests.support.projects import release
from tests.support.terminals import ESCAPE, seen, seen_whole

LAST = ("Plan: ", "Drift: ", "Apply: ")
PASTED = "keep it: "
LONG = "Carries the spring train of the payments team, its tests and its numbers, to the staging servers."


@pytest.fixture
def wide(project: Path, wire: Wire) -> Path:
    """A project with rows that are too long for 80 columns: a long text, a longer reason."""
    wire.releases.rows[12101]["description"] = "by hand"
    held = "a freeze of all that carries payments until the audit is over, as INC-4711 asks"
    suspended = release("held", "{description: x}", f'suspend: "{held}"')
    (project / "manifests/train.yaml").write_text(release("train", f'{{description: "{LONG}"}}'))
    (project / "manifests/a-rather-long-name-of-a-file.yaml").write_text(suspended)
    return project


@pytest.mark.parametrize("columns", [80, 200])
@pytest.mark.parametrize("command", ["plan", "drift"])
def test_no_line_but_the_last_and_what_is_pasted_is_wider_than_the_terminal(
    wide: Path, command: str, columns: int
) -> None:
    lines = ESCAPE.sub("", seen(wide, columns, command)).splitlines()
    assert lines[-1].startswith(LAST)
    over = [line for line in lines[:-1] if len(line) > columns and PASTED not in line]
    assert over == []
    assert any(len(line) > 80 for line in lines) == (columns == 200 or len(lines[-1]) > 80)
    assert LONG in " ".join(" ".join(lines).split())


def test_a_place_that_does_not_fit_stands_below_its_row(wide: Path) -> None:
    lines = ESCAPE.sub("", seen(wide, 80, "plan")).splitlines()
    assert any(line.strip() == "manifests/a-rather-long-name-of-a-file.yaml:4" for line in lines)
    assert not any(
        line.strip() == "manifests/a-rather-long-name-of-a-file.yaml:4"
        for line in ESCAPE.sub("", seen(wide, 220, "plan")).splitlines()
    )


def test_marks_and_last_lines_are_coloured_and_the_words_are_the_same(wide: Path) -> None:
    coloured = seen(wide, 200, "plan")
    assert "\x1b[33m~\x1b[0m flexdeploy/Release/train" in coloured
    assert "\x1b[1mPlan: " in coloured
    assert ESCAPE.sub("", coloured) == seen(wide, 200, "plan", "--no-color")


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_nothing_is_coloured_for_who_wants_or_sees_no_colour(wide: Path, environment: dict[str, str]) -> None:
    assert "\x1b[" not in seen(wide, 80, "plan", **environment)


@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"CI": "1"}])
def test_an_outcome_that_was_told_as_it_came_is_not_told_again_on_the_same_terminal(
    wide: Path, environment: dict[str, str]
) -> None:
    lines = ESCAPE.sub("", seen_whole(wide, 200, "apply", "--yes", **environment)).splitlines()
    assert sum(line.startswith("done ") for line in lines) == 1
    assert sum(line.startswith("blocked ") for line in lines) == 1
    assert lines[-1] == "Apply: 1 done, 0 failed, 0 skipped, 0 unknown, 1 blocked."


def test_an_outcome_that_stands_elsewhere_too_is_in_the_report(wide: Path) -> None:
    lines = ESCAPE.sub("", seen(wide, 200, "apply", "--yes", TERM="dumb")).splitlines()
    assert sum(line.startswith("done ") for line in lines) == 1


def test_what_was_not_read_is_told_once_where_the_report_tells_it_on_the_same_terminal(
    wide: Path, wire: Wire
) -> None:
    wire.fallbacks["GET"] = 403, {"message": "not yours"}
    whole = " ".join(ESCAPE.sub("", seen_whole(wide, 80, "plan")).split())
    assert whole.count("not yours") == 1
    assert " not read: flexdeploy: " in whole
    assert "[unreadable-live]" in ESCAPE.sub("", seen_whole(wide, 80, "plan", "-q"))
