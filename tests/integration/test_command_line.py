"""The command as a process of its own: the same output and codes as in this process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import reconcile

from .stage import Stage

MANIFEST = """\
apiVersion: flexdeploy/v1
kind: Release
metadata: {name: first}
spec: {releaseName: REST Release 1, description: ours}
"""


def process(stage: Stage, *arguments: str) -> subprocess.CompletedProcess[str]:
    source = str(Path(reconcile.__file__).parent.parent)
    inherited = {name: os.environ[name] for name in ("COVERAGE_PROCESS_START",) if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "reconcile", "-C", str(stage.folder), *arguments],
        env={**inherited, **stage.environment, "PYTHONPATH": source},
        stdin=subprocess.DEVNULL,
        capture_output=True,
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
    assert (again.returncode, again.stdout) == (0, "No changes.\n")
