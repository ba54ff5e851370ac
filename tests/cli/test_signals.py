"""A run that is told to stop: what is under way ends, nothing more begins, and the code says which signal."""

from __future__ import annotations

import fcntl
import json
import math
import os
import select
import signal
import subprocess
import sys
import termios
import threading
from pathlib import Path

import pytest
from tests.support.http import Wire
from tests.support.projects import release, written

from reconcile.cli.signals import Signals
from reconcile.session.stop import Stop

PATIENCE = 60
CODES = {signal.SIGHUP: 129, signal.SIGINT: 130, signal.SIGTERM: 143}
SIGNALS = pytest.mark.parametrize(("number", "code"), CODES.items())


def begun(
    project: Path, *arguments: str, stderr: int | None = None, terminal: int | None = None, **more: str
) -> subprocess.Popen[str]:
    """A run of the tool, which ends by itself; with a `terminal`, that is where it runs."""
    environment = {name: value for name, value in os.environ.items() if name != "CI"}
    return subprocess.Popen(
        [sys.executable, "-m", "reconcile", *arguments],
        cwd=project,
        env={**environment, "FD_USER": "me", "FD_PASSWORD": "secret", **more},
        stdin=subprocess.DEVNULL if terminal is None else terminal,
        stdout=subprocess.PIPE if terminal is None else terminal,
        stderr=stderr if terminal is None else terminal,
        start_new_session=terminal is not None,
        preexec_fn=None if terminal is None else _take_the_terminal,
        text=True,
    )


def _take_the_terminal() -> None:
    """Makes the standard input the terminal that controls this process."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def two(project: Path) -> None:
    """An update, and a create that comes after it."""
    files = {
        "reconcile.yaml": (project / "reconcile.yaml").read_text(),
        "manifests/train.yaml": release("train", "{description: new}"),
        "manifests/later.yaml": release("later", metadata="dependsOn: [flexdeploy/Release/train]"),
    }
    written(project, files)


@SIGNALS
def test_the_operation_under_way_is_finished_and_the_rest_is_not_begun(
    project: Path, wire: Wire, number: signal.Signals, code: int
) -> None:
    two(project)
    run = begun(project, "apply", "--yes", "-o", "json", "--out", "record.json")

    def stop(line: str) -> None:
        if line.startswith("PATCH "):
            run.send_signal(number)

    wire.before = stop
    out, _ = run.communicate(timeout=PATIENCE)
    assert run.returncode == code
    statuses = {each["address"]: each["status"] for each in json.loads(out)["outcomes"]}
    assert statuses == {"flexdeploy/Release/train": "done", "flexdeploy/Release/later": "not_begun"}
    assert wire.writes == ["PATCH /releases/12101"]
    assert json.loads((project / "record.json").read_text())["outcomes"] == json.loads(out)["outcomes"]


@SIGNALS
def test_a_second_signal_leaves_the_operation_under_way_unknown_and_the_record_is_written(
    project: Path, wire: Wire, number: signal.Signals, code: int
) -> None:
    two(project)
    ours, theirs = os.pipe()
    run = begun(project, "apply", "--yes", "--out", "record.json", stderr=theirs)
    told, ended = list[bytes](), threading.Event()

    def stop(line: str) -> None:
        if line.startswith("PATCH "):
            run.send_signal(number)
            told.append(os.read(ours, 4096))
            run.send_signal(signal.SIGINT)
            assert ended.wait(PATIENCE)

    wire.before = stop
    out, _ = run.communicate(timeout=PATIENCE)
    ended.set()
    assert run.returncode == code
    assert told[0].startswith(b"Told to stop: what is under way is finished first")
    assert out.splitlines()[-1].startswith("Apply: 0 done, 0 failed, 0 skipped, 1 unknown, 0 blocked")
    statuses = [each["status"] for each in json.loads((project / "record.json").read_text())["outcomes"]]
    assert sorted(statuses) == ["not_begun", "unknown"]


def test_a_terminal_that_is_closed_ends_an_apply_in_order(project: Path, wire: Wire) -> None:
    two(project)
    ours, theirs = os.openpty()
    run = begun(project, "apply", "--yes", "--out", "record.json", terminal=theirs)
    os.close(theirs)
    wire.before = lambda line: os.close(ours) if line.startswith("PATCH ") else None
    run.wait(PATIENCE)
    assert run.returncode == 129
    statuses = [each["status"] for each in json.loads((project / "record.json").read_text())["outcomes"]]
    assert statuses == ["done", "not_begun"]


def test_a_hang_up_that_is_ignored_stays_ignored(project: Path, wire: Wire) -> None:
    two(project)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        run = begun(project, "apply", "--yes")
    finally:
        signal.signal(signal.SIGHUP, before)
    wire.before = lambda line: run.send_signal(signal.SIGHUP)
    run.communicate(timeout=PATIENCE)
    assert run.returncode == 0


@pytest.mark.parametrize(
    ("signals", "ended"),
    [
        ([(signal.SIGHUP, 0.0), (signal.SIGHUP, 0.01)], [math.inf]),
        ([(signal.SIGHUP, 0.0), (signal.SIGHUP, 1.0)], [math.inf, 0.0]),
        ([(signal.SIGTERM, 0.0), (signal.SIGTERM, 0.01)], [math.inf, 0.0]),
        ([(signal.SIGHUP, 0.0), (signal.SIGINT, 0.01)], [math.inf, 0.0]),
    ],
)
def test_a_closed_terminal_tells_its_hang_up_twice_at_once_and_that_is_one_signal(
    signals: list[tuple[signal.Signals, float]], ended: list[float]
) -> None:
    client = Told()
    stop = Stop()
    stop.watch(client)
    told = Signals(stop)
    for number, at in signals:
        told.told(number, at)
    assert (client.seconds, told.by) == (ended, signals[0][0])


class Told:
    """A client that remembers within how many seconds it was told to end its requests."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def stop_after(self, seconds: float) -> None:
        self.seconds.append(seconds)


@SIGNALS
@pytest.mark.parametrize(
    "command", [("plan",), ("drift", "-o", "json"), ("export", "flexdeploy/Release"), ("apply", "--yes")]
)
def test_a_run_that_only_reads_ends_at_once_though_a_list_is_not_answered(
    project: Path, wire: Wire, command: tuple[str, ...], number: signal.Signals, code: int
) -> None:
    run, ended = begun(project, *command), threading.Event()

    def stop(line: str) -> None:
        run.send_signal(number)
        assert ended.wait(PATIENCE)

    wire.before = stop
    out, _ = run.communicate(timeout=PATIENCE)
    ended.set()
    assert run.returncode == code
    if "json" in command:
        assert [each["code"] for each in json.loads(out)["problems"]] == ["interrupted"]


def test_events_stay_alone_on_standard_output_where_a_signal_ends_the_run(project: Path, wire: Wire) -> None:
    run, ended = begun(project, "apply", "--yes", "--events", "-", "-o", "json"), threading.Event()

    def stop(line: str) -> None:
        run.send_signal(signal.SIGTERM)
        assert ended.wait(PATIENCE)

    wire.before = stop
    out, _ = run.communicate(timeout=PATIENCE)
    ended.set()
    assert [json.loads(line)["event"] for line in out.splitlines()] == ["started", "finished"]
    assert run.returncode == 143


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="nothing else tells when a stranger's process ends")
def test_a_git_that_does_not_answer_is_not_left_behind(project: Path, tmp_path: Path) -> None:
    git, began = tmp_path / "git", tmp_path / "began"
    git.write_text(f"#!/bin/sh\necho $$ > {began}\nexec sleep {10 * PATIENCE}\n")
    git.chmod(0o755)
    (project / "manifests/train.yaml").write_text(release("train", "{nope: 1}"))
    run = begun(project, "plan", "--no-cache", PATH=f"{tmp_path}:{os.environ['PATH']}")
    run.communicate(timeout=PATIENCE)
    assert run.returncode == 1
    number = began.read_text().strip() if began.exists() else ""
    assert not number or ends(int(number))


def ends(number: int) -> bool:
    """Whether a process ends before long."""
    try:
        process = os.pidfd_open(number)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], PATIENCE)[0])
    finally:
        os.close(process)
