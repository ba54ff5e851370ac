"""A run that is told to stop: what is under way ends, nothing more begins, and the code says which signal."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests.support.http import Wire
from tests.support.projects import release, written

PATIENCE = 60


def begun(project: Path, *arguments: str, **more: str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if name != "CI"}
    return subprocess.Popen(
        [sys.executable, "-m", "reconcile", *arguments],
        cwd=project,
        env={**environment, "FD_USER": "me", "FD_PASSWORD": "secret", **more},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_operation_under_way_is_finished_and_the_rest_is_not_begun(
    project: Path, wire: Wire, number: signal.Signals, code: int
) -> None:
    files = {
        "reconcile.yaml": (project / "reconcile.yaml").read_text(),
        "manifests/train.yaml": release("train", "{description: new}"),
        "manifests/later.yaml": release("later", metadata="dependsOn: [flexdeploy/Release/train]"),
    }
    written(project, files)
    run = begun(project, "apply", "--yes", "-o", "json")

    def stop(line: str) -> None:
        if line.startswith("PATCH "):
            run.send_signal(number)

    wire.before = stop
    out, _ = run.communicate(timeout=PATIENCE)
    assert run.returncode == code
    statuses = {each["address"]: each["status"] for each in json.loads(out)["outcomes"]}
    assert statuses == {"flexdeploy/Release/train": "done", "flexdeploy/Release/later": "not_begun"}
    assert wire.writes == ["PATCH /releases/12101"]


@pytest.mark.parametrize("command", [("plan",), ("drift",), ("export", "flexdeploy/Release")])
def test_a_run_that_only_reads_ends_at_once_though_a_list_is_not_answered(
    project: Path, wire: Wire, command: tuple[str, ...]
) -> None:
    run, ended = begun(project, *command), threading.Event()

    def stop(line: str) -> None:
        run.send_signal(signal.SIGINT)
        assert ended.wait(PATIENCE)

    wire.before = stop
    run.communicate(timeout=PATIENCE)
    ended.set()
    assert run.returncode == 130


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
