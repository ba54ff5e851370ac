"""The command as a process of its own: the same output and codes as in this process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

import reconcile

from .stage import Stage

MANIFEST = """\
apiVersion: flexdeploy/v1
kind: Release
metadata: {name: first}
spec: {releaseName: REST Release 1, description: ours}
"""


def command(stage: Stage, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "reconcile", "-C", str(stage.folder), *arguments]


def environment(stage: Stage) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in ("COVERAGE_PROCESS_START",) if name in os.environ}
    return {**inherited, **stage.environment, "PYTHONPATH": str(Path(reconcile.__file__).parent.parent)}


def process(
    stage: Stage, *arguments: str, out: int | IO[str] = subprocess.PIPE
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(stage, *arguments),
        env=environment(stage),
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["plan"], 0),
        (["plan", "--detailed-exitcode"], 2),
        (["drift"], 2),
        (["apply"], 64),
        (["plan", "--target", "nothing"], 1),
        (["paln"], 64),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_a_process_ends_as_the_same_call_does_here(stage: Stage, arguments: list[str], code: int) -> None:
    stage.manifests({"first": MANIFEST})
    here, there = stage.run(*arguments), process(stage, *arguments)
    assert (here.code, there.returncode) == (code, code)
    assert there.stdout == here.out
    assert there.stderr == here.err
    assert stage.sent(writes=True) == []


def test_a_process_applies(stage: Stage) -> None:
    stage.manifests({"first": MANIFEST})
    assert process(stage, "apply", "--yes").returncode == 0
    assert [sent.line for sent in stage.sent(writes=True)] == ["PATCH /releases/12101"]
    again = process(stage, "plan", "--detailed-exitcode")
    assert (again.returncode, again.stdout.splitlines()[-1]) == (0, "No changes.")


@contextmanager
def unwritable(what: str) -> Iterator[int]:
    """A standard output that takes nothing: a full disk, or a pipe that nobody reads."""
    if what == "full":
        with open("/dev/full", "w") as stream:
            yield stream.fileno()
        return
    reading, writing = os.pipe()
    os.close(reading)
    yield writing
    os.close(writing)


NO_ROOM = "Error: standard output cannot be written (No space left on device)"


@pytest.mark.parametrize("words", ["--help", "explain --help"])
def test_a_help_that_finds_no_room_is_1_with_one_line(stage: Stage, words: str) -> None:
    with unwritable("full") as out:
        ended = process(stage, *words.split(), out=out)
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert ended.stderr.startswith(NO_ROOM)


RESULTS = {
    "plan": 0,
    "plan --detailed-exitcode": 2,
    "drift": 2,
    "plan -o json": 0,
    "validate": 0,
    "explain Release": 0,
    "--help": 0,
    "plan --help": 0,
    "--version": 0,
    "show nothing.json": 1,
}


@pytest.mark.parametrize("words", ["plan", "drift", "plan -o json", "validate"])
def test_a_result_that_finds_no_room_is_1_with_one_line(stage: Stage, words: str) -> None:
    stage.manifests({"first": MANIFEST})
    with unwritable("full") as out:
        ended = process(stage, *words.split(), out=out)
    assert (ended.returncode, ended.stderr) == (1, f"{NO_ROOM}: give it another place\n")


@pytest.mark.parametrize(("words", "code"), RESULTS.items())
def test_whoever_reads_only_the_first_lines_leaves_the_code_as_it_is_and_hears_nothing(
    stage: Stage, words: str, code: int
) -> None:
    stage.manifests({"first": MANIFEST})
    with unwritable("pipe") as out:
        ended = process(stage, *words.split(), out=out)
    assert ended.returncode == code
    assert "pipe" not in ended.stderr
    assert code == 1 or ended.stderr == ""


def without(stage: Stage, descriptor: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A process that is started with one of its standard streams closed."""
    return subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {descriptor}>&-', "sh", *command(stage, *arguments)],
        env=environment(stage),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_standard_output_that_was_closed_from_the_start_takes_nothing(stage: Stage) -> None:
    stage.manifests({"first": MANIFEST})
    ended = without(stage, 1, "drift")
    words = "Error: standard output cannot be written (Bad file descriptor): give it another place\n"
    assert (ended.returncode, ended.stderr) == (1, words)


def test_a_standard_error_that_takes_nothing_changes_nothing(stage: Stage) -> None:
    stage.manifests({"first": MANIFEST})
    ended = without(stage, 2, "-v", "drift")
    assert (ended.returncode, ended.stdout) == (2, stage.run("drift").out)


@pytest.mark.parametrize(
    ("what", "code", "words"),
    [
        ("full", 3, f"{NO_ROOM}; what was sent stays: reconcile plan shows what is left\n"),
        ("pipe", 0, ""),
    ],
)
def test_a_record_that_finds_no_room_is_3_once_something_was_sent_and_reports_are_kept(
    stage: Stage, tmp_path: Path, what: str, code: int, words: str
) -> None:
    record = tmp_path / "record.json"
    stage.manifests({"first": MANIFEST})
    with unwritable(what) as out:
        ended = process(stage, "apply", "--yes", "-o", "json", "--report", f"json={record}", out=out)
    told = "".join(line for line in ended.stderr.splitlines(keepends=True) if not line.startswith("done"))
    assert (ended.returncode, told) == (code, words)
    assert [sent.line for sent in stage.sent(writes=True)] == ["PATCH /releases/12101"]
    assert json.loads(record.read_text())["outcomes"][0]["status"] == "done"


@pytest.mark.parametrize(("what", "words"), [("full", f"{NO_ROOM}: give it another place\n"), ("pipe", "")])
def test_a_plan_that_nobody_takes_keeps_apply_from_beginning(stage: Stage, what: str, words: str) -> None:
    stage.manifests({"first": MANIFEST})
    with unwritable(what) as out:
        ended = process(stage, "apply", "--yes", out=out)
    assert (ended.returncode, ended.stderr) == (1, words)
    assert stage.sent(writes=True) == []


@pytest.mark.parametrize("flag", [["--report", "json=/dev/full"], ["--out", "/dev/full"]], ids=" ".join)
def test_a_file_that_takes_no_record_is_3_and_the_result_is_printed(stage: Stage, flag: list[str]) -> None:
    stage.manifests({"first": MANIFEST})
    ended = process(stage, "apply", "--yes", *flag)
    assert (ended.returncode, ended.stdout.splitlines()[-1][:14]) == (3, "Apply: 1 done,")
    assert "Error: /dev/full cannot be written (No space left on device); what was sent" in ended.stderr
    again = process(stage, "apply", "--yes", *flag)
    assert again.returncode == 1
    assert again.stdout.endswith("No changes.\n\nApply: 0 done, 0 failed, 0 skipped, 0 unknown, 0 blocked.\n")
    assert process(stage, "plan", *flag).returncode == 1
