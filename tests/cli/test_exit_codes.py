"""How each command ends: the exit codes of the README, whatever the format."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.commands import Tool
from tests.support.http import Wire
from tests.support.projects import release, written

NEW = release("train", "{description: new}")
BLOCKED = release("train", "{releaseStatus: STARTED}")
FORMATS = pytest.mark.parametrize("format", ["text", "json"])


def manifest(project: Path, text: str) -> None:
    written(
        project, {"manifests/train.yaml": text, "reconcile.yaml": (project / "reconcile.yaml").read_text()}
    )


@FORMATS
@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["plann"],
        ["plan", "--nope"],
        ["plan", "--parallelism", "0"],
        ["plan", "--parallelism", "many"],
        ["plan", "--timeout", "-1"],
        ["plan", "--var", "novalue"],
        ["plan", "--var", "=3"],
        ["plan", "--var", "a={b}"],
        ["plan", "--var", "a=[1, 007]"],
        ["show"],
        ["show", "a", "b"],
        ["drift", "--detailed-exitcode"],
        ["apply"],
        ["apply", "--out"],
    ],
    ids=" ".join,
)
def test_a_mistake_in_the_command_line_is_64(
    tool: Tool, project: Path, arguments: list[str], format: str
) -> None:
    ran = tool(*arguments, "-o", format) if arguments else tool("-o", format)
    assert ran.code == 64
    assert ran.err.startswith("Error: ")
    if format == "json":
        (problem,) = ran.document["problems"]
        assert problem["code"] == "usage"
    else:
        assert ran.out == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RECONCILE_PARALLELISM", "many"),
        ("RECONCILE_PARALLELISM", "0"),
        ("RECONCILE_TIMEOUT", "never"),
        ("RECONCILE_RETRIES", "-1"),
        ("RECONCILE_SETTLE", "x"),
    ],
)
def test_a_bad_variable_is_a_mistake_too_and_is_named_without_its_value(
    tool: Tool, project: Path, name: str, value: str
) -> None:
    ran = tool("plan", **{name: value})
    assert ran.code == 64
    assert ran.err.startswith(f"Error: {name}: not a number in its range")


@FORMATS
def test_a_plan_is_0_with_differences_and_without(tool: Tool, project: Path, format: str) -> None:
    assert tool("plan", "-o", format).code == 0
    manifest(project, NEW)
    assert tool("plan", "-o", format).code == 0


@FORMATS
@pytest.mark.parametrize(("text", "code"), [(NEW, 2), (BLOCKED, 2), (release("train"), 0), (release("x"), 2)])
def test_drift_and_a_detailed_plan_are_2_where_anything_differs_blocked_included(
    tool: Tool, project: Path, wire: Wire, text: str, code: int, format: str
) -> None:
    manifest(project, text)
    assert tool("plan", "--detailed-exitcode", "-o", format).code == code
    assert tool("drift", "-o", format).code == code
    assert wire.writes == []


@FORMATS
def test_a_completed_release_is_in_sync(tool: Tool, project: Path, wire: Wire, format: str) -> None:
    wire.releases.rows[12101]["releaseStatus"] = "COMPLETED"
    manifest(project, NEW)
    assert tool("drift", "-o", format).code == 0
    assert tool("apply", "--yes", "-o", format).code == 0


@FORMATS
@pytest.mark.parametrize("command", ["plan", "drift", "apply --yes", "validate"])
def test_bad_manifests_are_1_with_every_problem(tool: Tool, project: Path, command: str, format: str) -> None:
    manifest(project, release("train", "{descripton: x, pipelineId: ten}"))
    ran = tool(*command.split(), "-o", format)
    assert ran.code == 1
    assert [line.rsplit(" ", 1)[1] for line in ran.err.splitlines()] == ["[unknown-field]", "[wrong-type]"]
    if format == "json":
        assert [problem["code"] for problem in ran.document["problems"]] == ["unknown-field", "wrong-type"]
    else:
        assert ran.out == ""


@FORMATS
@pytest.mark.parametrize("command", ["plan", "drift", "apply --yes"])
def test_live_state_that_cannot_be_read_is_1(
    tool: Tool, project: Path, wire: Wire, command: str, format: str
) -> None:
    wire.fallbacks["GET"] = (403, {"message": "not yours"})
    ran = tool(*command.split(), "-o", format)
    assert ran.code == 1
    assert "GET /releases: 403 Forbidden: not yours" in ran.err
    assert "[unreadable-live]" in ran.err
    if format == "json":
        assert [problem["code"] for problem in ran.document["problems"]] == ["unreadable-live"]


def test_a_missing_credential_is_1_and_nothing_is_asked(tool: Tool, project: Path, wire: Wire) -> None:
    ran = tool("plan", FD_PASSWORD="")
    assert ran.code == 1
    assert "reconcile.yaml:5:56: system `flexdeploy`: FD_PASSWORD is not set" in ran.err
    assert wire.log == []


def test_an_origin_that_the_operator_does_not_list_is_1_and_nothing_is_asked(
    tool: Tool, project: Path, wire: Wire
) -> None:
    ran = tool("plan", RECONCILE_ORIGINS="https://deploy.example.com")
    assert (ran.code, wire.log) == (1, [])
    assert "is not in RECONCILE_ORIGINS" in ran.err


def test_an_ambiguous_name_is_1_with_the_ids(tool: Tool, project: Path, wire: Wire) -> None:
    wire.releases.rows[7] = {**wire.releases.rows[12101], "releaseId": 7}
    ran = tool("plan")
    assert ran.code == 1
    assert "manifests/train.yaml:1:1: flexdeploy/Release/train is ambiguous: ids 12101, 7 have" in ran.err


def test_a_pin_to_nothing_is_1_with_its_line(tool: Tool, project: Path) -> None:
    manifest(project, release("train", metadata="id: 99"))
    ran = tool("plan")
    assert ran.code == 1
    assert ran.err == (
        "manifests/train.yaml:1:1: "
        "flexdeploy/Release/train is pinned to id 99, which does not exist there: correct it "
        "[no-such-object]\n"
    )


def test_a_folder_without_a_project_is_1(tool: Tool) -> None:
    ran = tool("validate")
    assert ran.code == 1
    assert ran.err.startswith("no reconcile.yaml here: ")


@FORMATS
def test_a_valid_project_is_0_without_credentials_or_network(
    tool: Tool, project: Path, wire: Wire, format: str
) -> None:
    ran = tool("validate", "-o", format, FD_PASSWORD="", RECONCILE_ORIGINS="https://a.example")
    assert (ran.code, wire.log) == (0, [])
    if format == "text":
        assert ran.out == "Valid: 1 resource in 1 file.\n"


def test_a_warning_is_shown_and_is_0(tool: Tool, project: Path) -> None:
    manifest(project, release("train", "{scheduleBuildExpression: 0 0 2 31 2 ?}"))
    ran = tool("validate")
    assert ran.code == 0
    assert ran.err.startswith("manifests/train.yaml:4:8: warning: `scheduleBuildExpression`: no day matches")


@pytest.mark.parametrize("command", ["plan", "drift", "apply --yes"])
def test_a_project_with_environments_needs_one_for_what_contacts_a_system(
    tool: Tool, project: Path, wire: Wire, command: str
) -> None:
    text = (project / "reconcile.yaml").read_text()
    (project / "reconcile.yaml").write_text(f"{text}environments: {{staging: {{}}, production: {{}}}}\n")
    ran = tool(*command.split())
    assert (ran.code, wire.log) == (1, [])
    assert "write --env with one of staging, production [which-environment]" in ran.err
    assert tool("validate").code == 0
    assert tool(*command.split(), "--env", "staging").code == 0
    assert tool(*command.split(), RECONCILE_ENV="staging").code == 0


def test_a_failing_run_prints_one_json_document_and_nothing_else(tool: Tool, project: Path) -> None:
    manifest(project, release("train", "{zzz: 1}"))
    ran = tool("plan", "-o", "json")
    assert json.loads(ran.out)["operations"] == []


def test_a_port_that_another_has_is_1_and_a_switch_that_there_is_not_is_64(tool: Tool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = tool("sandbox", "--port", str(port))
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        f"Error: port {port} of 127.0.0.1 cannot be had (Address already in use): "
        "name another with --port, or 0\n"
    )
    assert tool("sandbox", "--option", "nothing=1").code == 64


@pytest.mark.parametrize(("command", "code"), [("apply", 64), ("undo", 1)])
def test_a_standard_input_that_is_closed_is_no_terminal(
    project: Path, wire: Wire, command: str, code: int
) -> None:
    typed = ["sh", "-c", 'exec "$@" <&-', "sh", sys.executable, "-m", "reconcile", command]
    ran = subprocess.run(typed, cwd=project, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, wire.writes) == (code, "", [])
    assert f"{command} asks before it writes, and there is no terminal: add --yes" in ran.stderr
