"""ci/scripts/action.sh and part.sh: inputs become arguments, one each, and no shell reads them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.checkout import Checkout

RECORD = """#!/bin/bash
printf '%s\\n' "$@" >"$(dirname "$0")/arguments"
"""


@pytest.fixture
def arguments(checkout: Checkout) -> Path:
    """Where a `reconcile` that only records writes its arguments, one a line."""
    program = checkout.bin / "reconcile"
    program.write_text(RECORD, encoding="utf-8")
    program.chmod(0o755)
    return checkout.bin / "arguments"


def test_each_line_of_an_input_is_one_argument_and_nothing_is_expanded(
    checkout: Checkout, arguments: Path
) -> None:
    ran = checkout.script(
        "action.sh",
        INPUT_COMMAND="plan",
        INPUT_CHDIR="a folder",
        INPUT_TARGET="flexdeploy/*\n\nbrpm/Run/$(id)",
        INPUT_ARGS="--var\na=`id` 'b'\r\n",
    )
    assert ran.code == 0, ran.err
    given = arguments.read_text(encoding="utf-8").splitlines()
    own = [
        "--chdir",
        "a folder",
        "--target",
        "flexdeploy/*",
        "--target",
        "brpm/Run/$(id)",
        "--var",
        "a=`id` 'b'",
    ]
    assert given[:2] == ["plan", "--detailed-exitcode"]
    assert given[-len(own) :] == own


def test_the_action_plans_for_real(checkout: Checkout) -> None:
    target = "flexdeploy/Release/rest-release-2"
    ran = checkout.script("action.sh", INPUT_COMMAND="plan", INPUT_TARGET=target, INPUT_REPORTS="elsewhere")
    assert ran.code == 0, ran.err
    assert "Plan: 0 to create, 1 to change" in ran.out
    assert (checkout.folder / "elsewhere/plan.json").exists()


def test_the_action_accepts_after_a_drift(applied: Checkout) -> None:
    with applied.by_hand() as release:
        release["description"] = "by hand"
    where = {"INPUT_REPORTS": "elsewhere", "INPUT_TARGET": "flexdeploy/Release/*"}
    assert applied.script("action.sh", INPUT_COMMAND="drift", **where).code == 2
    ran = applied.script("action.sh", INPUT_COMMAND="accept", **where)
    assert ran.code == 0, ran.err
    assert "+  description: by hand" in (applied.folder / "elsewhere/accept/accept.diff").read_text()


@pytest.mark.parametrize("command", ["", "export", "plan; id", "--help"])
def test_another_command_is_refused(checkout: Checkout, arguments: Path, command: str) -> None:
    assert checkout.script("action.sh", INPUT_COMMAND=command).code == 64
    assert not arguments.exists()


def part(checkout: Checkout, lines: str, index: str, *words: str) -> int:
    (checkout.folder / "parts.txt").write_text(lines, encoding="utf-8")
    return checkout.script("part.sh", "parts.txt", *words, JOB_COMPLETION_INDEX=index).code


def test_a_pod_takes_the_line_of_its_number(checkout: Checkout, arguments: Path) -> None:
    lines = "teams/a\nshared manifests/emea manifests/*.yaml\n"
    assert part(checkout, lines, "1", "drift", "--prune") == 0
    given = arguments.read_text(encoding="utf-8").splitlines()
    paths = ["shared/manifests/emea", "shared/manifests/*.yaml"]
    assert given == ["drift", "--chdir", "shared", "--prune", *paths]


@pytest.mark.parametrize(("index", "command"), [("2", "drift"), ("x", "drift"), ("1", "apply")])
def test_a_part_that_is_none_or_may_not_be_applied_is_refused(
    checkout: Checkout, arguments: Path, index: str, command: str
) -> None:
    assert part(checkout, "teams/a\nshared manifests/emea\n", index, command) == 64
    assert not arguments.exists()


def test_the_parts_of_an_estate_are_checked_for_real(checkout: Checkout) -> None:
    assert part(checkout, ". manifests/spring-train.yaml\n", "0", "drift") == 2


def test_what_adds_systems_is_installed_beside_the_tool_and_no_line_of_it_is_a_flag(
    checkout: Checkout, arguments: Path
) -> None:
    (checkout.bin / "reconcile").rename(checkout.bin / "python")
    lines = "reconcile-prefect @ git+https://git.example.com/p.git@1\n\n--index-url=$(id)\r\n"
    ran = checkout.script("install.sh", INPUT_SYSTEMS=lines)
    assert ran.code == 0, ran.err
    given = arguments.read_text(encoding="utf-8").splitlines()
    at = given.index("--")
    assert given[:4] == ["-I", "-m", "pip", "install"]
    assert given[at + 2 :] == ["reconcile-prefect @ git+https://git.example.com/p.git@1", "--index-url=$(id)"]
