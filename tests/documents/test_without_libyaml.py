"""Where PyYAML was built without libyaml, what reads YAML says what to install, and all else works."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

WITHOUT = "import sys; sys.modules['yaml._yaml'] = None; "
RUN = f"{WITHOUT}from reconcile.__main__ import run; run()"
INSTALL = "pip install --force-reinstall --only-binary pyyaml pyyaml"
PROJECT = """\
apiVersion: reconcile/v1
systems:
  fd: {type: flexdeploy, url: "http://127.0.0.1:9"}
manifests: [manifests]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "reconcile.yaml").write_text(PROJECT)
    (tmp_path / "manifests").mkdir()
    return tmp_path


def reconcile(*arguments: str) -> subprocess.CompletedProcess[str]:
    return python("-c", RUN, *arguments)


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "command",
    [
        ("validate",),
        ("plan",),
        ("plan", "--var", "a=[1, 2]"),
        ("plan", "--out", "reconcile.yaml"),
        ("apply", "--yes"),
        ("drift",),
        ("doctor",),
        ("export", "flexdeploy/Release"),
    ],
)
def test_a_command_that_reads_yaml_says_what_to_install(project: Path, command: tuple[str, ...]) -> None:
    ran = reconcile("-C", str(project), *command)
    assert ran.returncode == 1
    assert "libyaml" in ran.stderr
    assert INSTALL in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("command", [("validate",), ("plan", "--var", "a={b: 1}")])
def test_it_is_a_problem_of_the_json_document_too(project: Path, command: tuple[str, ...]) -> None:
    ran = reconcile("-C", str(project), *command, "-o", "json")
    (problem,) = json.loads(ran.stdout)["problems"]
    assert (ran.returncode, problem["code"]) == (1, "no-libyaml")
    assert INSTALL in problem["message"]


def test_a_program_hears_of_it_as_a_problem(project: Path) -> None:
    ran = python("-c", f"{WITHOUT}import reconcile; reconcile.load({str(project)!r})")
    assert "ProblemsFound: " in ran.stderr
    assert INSTALL in ran.stderr


@pytest.mark.parametrize("command", [("--version",), ("schema",), ("explain", "flexdeploy/Release")])
def test_what_reads_no_yaml_works(command: tuple[str, ...]) -> None:
    ran = reconcile(*command)
    assert (ran.returncode, ran.stderr) == (0, "")
