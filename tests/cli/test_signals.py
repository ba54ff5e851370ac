"""A run that is told to stop: what is under way ends, nothing more begins, and the code says which signal."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.http import Wire
from tests.support.projects import release, written


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
    environment = {name: value for name, value in os.environ.items() if name != "CI"}
    run = subprocess.Popen(
        [sys.executable, "-m", "reconcile", "apply", "--yes", "-o", "json"],
        cwd=project,
        env={**environment, "FD_USER": "me", "FD_PASSWORD": "secret"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )

    def stop(line: str) -> None:
        if line.startswith("PATCH "):
            run.send_signal(number)

    wire.before = stop
    out, _ = run.communicate(timeout=60)
    assert run.returncode == code
    statuses = {each["address"]: each["status"] for each in json.loads(out)["outcomes"]}
    assert statuses == {"flexdeploy/Release/train": "done", "flexdeploy/Release/later": "not_begun"}
    assert wire.writes == ["PATCH /releases/12101"]
