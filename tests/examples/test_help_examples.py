"""The examples of the help run as they stand there, in the order of the commands."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.packages.test_new_system import TRACKER
from tests.support.history import History

from reconcile.cli.demo.stage import CREDENTIALS, USER
from reconcile.cli.help_page import examples
from reconcile.cli.main import COMMANDS
from reconcile_sandbox import running

ROOT = Path(__file__).parents[2]
SERVES = "reconcile sandbox --port"
"""How the example begins that ends only when it is interrupted."""


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """The example project of which the examples speak, committed on `main`, with a sandbox to ask."""
    folder = tmp_path / "release-train"
    shutil.copytree(ROOT / "examples/release-train", folder, ignore=shutil.ignore_patterns(".reconcile"))
    with running() as sandbox:
        file = folder / "reconcile.yaml"
        text = file.read_text("utf-8").replace("http://127.0.0.1:8765", sandbox.url)
        file.write_text(f"{text}lock: {{git: origin}}\n", "utf-8")
        (folder / "api.json").write_text(json.dumps(TRACKER), "utf-8")
        _with_a_lock(folder)
        yield folder


def _with_a_lock(folder: Path) -> None:
    """Commit the project, with a remote on which `unlock` finds that nobody has the lock."""
    history, remote = History(folder), folder.parent / "remote.git"
    history.git("init", "--quiet", "--bare", str(remote))
    history.git("remote", "add", "origin", str(remote))
    history.commit()


def started(typed: str, folder: Path) -> subprocess.Popen[str]:
    """The command as somebody types it in that folder."""
    outer = {name: value for name, value in os.environ.items() if not name.startswith("RECONCILE_")}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "reconcile", *shlex.split(typed)[1:]],
        cwd=folder,
        env={**outer, **dict.fromkeys(CREDENTIALS, USER)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_two_examples(command: str) -> None:
    typed = examples(command)
    assert len(typed) == 2
    assert all(line.split()[:2] == ["reconcile", command] for line in typed)
    assert all(words and not words.endswith(".") for words in typed.values())


def test_every_example_of_the_help_runs(project: Path) -> None:
    for command in (name for name in COMMANDS if name != "demo"):  # which has tests of its own
        for typed in examples(command):
            with started(typed, project) as process:
                if typed.startswith(SERVES):
                    assert process.stdout is not None
                    assert process.stdout.readline().startswith("http://127.0.0.1:")
                    process.terminate()
                    process.communicate()
                    continue
                out, err = process.communicate()
            told = err if command == "accept" else out  # a diff of nothing is nothing
            assert (process.returncode, told != "" or "--to" in typed) == (0, True), (typed, out, err)
