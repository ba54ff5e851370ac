"""A program that is interrupted, or whose listener raises: nothing more is begun, and the record is there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.http import Wire, served
from tests.support.projects import release, written
from tests.support.servers import EMPTY

import reconcile
from reconcile.session.events import Applying, Ended, PlanMade
from reconcile.session.stop import Stop

PATIENCE = 60
ENVIRON = {"FD_USER": "me", "FD_PASSWORD": "secret"}
PROJECT = """\
version: 1
systems:
  flexdeploy:
    url: {url}
    auth: {{basic: {{username: {{env: FD_USER}}, password: {{env: FD_PASSWORD}}}}}}
"""
PROGRAM = """\
import os, signal
import reconcile

def told(*frame):
    os.write(2, b"told")
    signal.default_int_handler(*frame)

signal.signal(signal.SIGINT, told)
try:
    reconcile.apply(reconcile.load("."), approve=reconcile.ALL, parallelism=1)
except KeyboardInterrupt as interrupt:
    print(*(outcome.status for outcome in interrupt.__cause__.record.outcomes))
"""
MANY = 6


@pytest.fixture
def wire() -> Iterator[Wire]:
    rows = (
        {"releaseId": number, "releaseName": f"r{number}", **EMPTY, "description": "old"}
        for number in range(MANY)
    )
    with served(*rows) as wire:
        yield wire


@pytest.fixture
def folder(wire: Wire, tmp_path: Path) -> Path:
    """A project that changes each of many releases; none waits for another."""
    files = {
        f"manifests/r{number}.yaml": release(f"r{number}", "{description: new}") for number in range(MANY)
    }
    return written(tmp_path, {"reconcile.yaml": PROJECT.format(url=wire.url), **files})


class Program:
    """The program as a process; `interrupt` returns once it has heard of the interrupt."""

    def __init__(self, folder: Path) -> None:
        self._told, theirs = os.pipe()
        run = [sys.executable, "-c", PROGRAM]
        environ = {**os.environ, **ENVIRON}
        self._process = subprocess.Popen(
            run, cwd=folder, env=environ, stdout=subprocess.PIPE, stderr=theirs, text=True
        )
        os.close(theirs)

    def interrupt(self) -> None:
        self._process.send_signal(signal.SIGINT)
        assert os.read(self._told, 4) == b"told"

    def said(self) -> str:
        """What it prints until it ends."""
        out, _ = self._process.communicate(timeout=PATIENCE)
        os.close(self._told)
        return out


def test_an_interrupt_lets_what_is_under_way_end_begins_nothing_more_and_leaves_the_record(
    folder: Path, wire: Wire
) -> None:
    program = Program(folder)
    wire.before = lambda line: None if line.startswith("GET") else program.interrupt()
    assert program.said() == f"done{' not_begun' * (MANY - 1)}\n"
    assert len(wire.writes) == 1


def test_a_second_interrupt_leaves_what_is_under_way_unknown(folder: Path, wire: Wire) -> None:
    program, ended, came = Program(folder), threading.Event(), list[str]()

    def interrupt(line: str) -> None:
        if not line.startswith("GET"):
            came.append(line)
            program.interrupt()
            program.interrupt()
            assert ended.wait(PATIENCE)

    wire.before = interrupt
    said = program.said()
    ended.set()
    assert said == f"unknown{' not_begun' * (MANY - 1)}\n"
    assert len(came) == 1


def test_a_signal_in_the_middle_of_another_is_told_after_it_and_not_within_it() -> None:
    stop, told = Stop(), list[str]()

    class Client:
        def stop_after(self, seconds: float) -> None:
            told.append(f"{seconds} begins")
            if seconds:
                stop.end_now()
            told.append(f"{seconds} ends")

    stop.watch(Client())
    stop.ask()
    assert told == ["inf begins", "inf ends", "0.0 begins", "0.0 ends"]


class Tired(Exception):
    """What a listener raises."""


@pytest.mark.parametrize("kind", [Tired, KeyboardInterrupt, SystemExit])
def test_what_a_listener_raises_is_raised_on_with_the_record_and_nothing_more_is_begun(
    folder: Path, wire: Wire, kind: type[BaseException]
) -> None:
    raised = kind("of it")
    raised.__cause__ = ValueError("why")

    heard = threading.Event()

    def tires(event: Any) -> None:
        if isinstance(event, Ended):
            heard.set()
            raise raised

    def hold_back(line: str) -> None:
        if wire.writes and not line.startswith("GET"):
            assert heard.wait(PATIENCE)

    wire.before = hold_back
    project = reconcile.load(folder, environ=ENVIRON)
    with pytest.raises(kind) as caught:
        reconcile.apply(project, approve=reconcile.ALL, on_event=tires, parallelism=1)
    assert caught.value is raised
    broken_off = caught.value.__cause__
    assert isinstance(broken_off, reconcile.BrokenOff)
    assert isinstance(broken_off.__cause__, ValueError)
    statuses = [outcome.status for outcome in broken_off.record.outcomes or ()]
    done = statuses.count("done")
    assert statuses == ["done"] * done + ["not_begun"] * (MANY - done)
    assert len(wire.writes) == done < MANY
    left = reconcile.plan(project)
    assert len(left.operations) == MANY - done


@pytest.mark.parametrize("kind", [PlanMade, Applying])
def test_a_listener_that_raises_before_anything_is_begun_keeps_all_from_being_begun(
    folder: Path, wire: Wire, kind: type
) -> None:
    def tires(event: Any) -> None:
        if isinstance(event, kind):
            raise Tired

    with pytest.raises(Tired):
        reconcile.apply(reconcile.load(folder, environ=ENVIRON), approve=reconcile.ALL, on_event=tires)
    assert wire.writes == []
