"""The progress line: on a terminal only, gone when the run ends, and never in anybody's log."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from collections.abc import Mapping

import pytest

from reconcile.cli.progress import Counter, reading, shows
from reconcile.cli.under_way import UnderWay
from reconcile.model import Address
from reconcile.planning.contents import Outcome, Status

WORDS = "Reading live state of 2 systems…"
RUN = f"""
import os, sys
from types import SimpleNamespace
from reconcile.cli.progress import Progress
flags = SimpleNamespace(verbose="-v" in sys.argv, no_color=True)
line = Progress(flags, os.environ)
line.show({WORDS!r})
line.show("1/2 applied")
line.clear()
print("rich" in sys.modules)
"""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    "environment", [{"CI": "true"}, {"TERM": "dumb"}, {"TERM": "unknown"}, {"CI": "1", "TERM": "xterm"}]
)
def test_no_line_is_shown_where_it_would_be_a_log(environment: Mapping[str, str]) -> None:
    assert not shows(Terminal(), environment)


def test_a_line_is_shown_on_a_terminal_only() -> None:
    assert shows(Terminal(), {"TERM": "xterm", "CI": ""})
    assert not shows(io.StringIO(), {"TERM": "xterm"})


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [((), True), (("-v",), False)],
)
def test_the_line_stands_on_standard_error_and_is_taken_away(arguments: tuple[str, ...], shown: bool) -> None:
    printed, seen = on_a_terminal(*arguments)
    assert printed == f"{shown}\n"
    assert ("1/2 applied" in seen) is shown
    assert not shown or seen.endswith("\x1b[2K")


def on_a_terminal(*arguments: str) -> tuple[str, str]:
    """What the run prints, and what a terminal on its standard error sees."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "CI": ""}
    done = subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        env=environment, stdout=subprocess.PIPE, stderr=theirs, encoding="utf-8", check=True,
    )  # fmt: skip
    os.write(theirs, b"$")  # so that there is something to read
    seen = os.read(ours, 65536).decode()
    os.close(theirs)
    os.close(ours)
    return done.stdout, seen.removesuffix("$")


def test_nothing_is_imported_where_nothing_is_shown() -> None:
    done = subprocess.run([sys.executable, "-c", RUN], capture_output=True, encoding="utf-8", check=True)
    assert (done.stdout, done.stderr) == ("False\n", "")


def test_outcomes_are_counted_as_they_come() -> None:
    counter = Counter(3)
    said = [counter.words()]
    statuses: tuple[Status, ...] = ("done", "unknown", "unchanged")
    for status in statuses:
        counter.count(Outcome(Address("flexdeploy", "Release", "train"), status))
        said.append(counter.words())
    assert said == ["0/3 applied", "1/3 applied", "1/3 applied, 1 failed", "2/3 applied, 1 failed"]


def test_what_is_under_way_is_named_with_how_long_and_what_it_waits_for() -> None:
    moments = iter([0.0, 2.0, 3.0, 12.0, 12.0])
    board = UnderWay(lambda: next(moments))
    assert board.words() == ""
    board.begin("lamps/Lamp/a")
    board.wait("lamps/Lamp/a", "what was written to show", 20.0)
    words = "lamps/Lamp/a (10 s for what was written to show, 11 s left)"
    assert Counter(2).words(board.words()) == f"0/2 applied: {words}"
    board.end("lamps/Lamp/a")
    assert board.words() == ""


def test_of_many_under_way_the_first_are_named_and_the_others_counted() -> None:
    board = UnderWay(lambda: 0.0)
    for number in range(5):
        board.begin(f"lamps/Lamp/{number}")
    assert board.words() == "lamps/Lamp/0 (0 s), lamps/Lamp/1 (0 s), lamps/Lamp/2 (0 s) and 2 more"


def test_systems_are_counted_in_words() -> None:
    assert reading(1) == "Reading live state of 1 system…"
    assert reading(2) == WORDS
