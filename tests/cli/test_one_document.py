"""`-o json` is one document, whichever the command and however it ends."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.support.commands import Tool
from tests.support.http import Wire
from tests.support.projects import release

from reconcile.cli.main import COMMANDS

WELL = (
    "validate",
    "plan",
    "apply --yes",
    "undo kept.json --yes",
    "drift",
    "calendar",
    "calendar --next 3",
    "export",
    "export --to out",
    "find flexdeploy/Project.projectId core",
    "show saved.json",
    "schema",
    "schema --to schemas",
    "explain",
    "explain Release",
    "explain Release.projects",
    "init",
    "systems",
    "new-system shop",
    "doctor",
    "sandbox --switches",
    "systems",
)
BADLY = (
    "validate nowhere",
    "calendar nowhere",
    "calendar --from yesterday",
    "export nowhere",
    "find flexdeploy/Project.projectId core",
    "find flexdeploy/Release.releaseName",
    "export --to reconcile.yaml",
    "show nothing.json",
    "undo nothing.json --yes",
    "undo",
    "schema --to reconcile.yaml/in",
    "explain Nothing",
    "init -C reconcile.yaml",
    "new-system brpm",
    "new-system shop -C reconcile.yaml",
    "doctor -C nowhere",
    "sandbox --option nothing=1",
    "sandbox --state nothing.json",
    "unlock --yes",
)
PLAYED = {"demo", "completion", "accept", "unlock"}
"""One shows what others print, one prints for a shell, one a diff; `test_unlock.py` tries the last."""


def test_every_command_is_tried() -> None:
    assert {line.split()[0] for line in WELL} | PLAYED == set(COMMANDS)


@pytest.mark.parametrize("line", WELL)
def test_what_goes_well_is_one_document(tool: Tool, project: Path, wire: Wire, line: str) -> None:
    wire.fallbacks["GET /project"] = 200, [{"projectId": 10, "projectName": "Core"}]
    tool("plan", "--out", "saved.json")
    tool("apply", "--yes", "--out", "kept.json")
    ran = tool(*line.split(), "-o", "json")
    assert ran.code == 0
    assert isinstance(ran.document, dict)


@pytest.mark.parametrize("line", BADLY)
def test_what_goes_badly_is_one_document_that_says_why(tool: Tool, project: Path, line: str) -> None:
    ran = tool(*line.split(), "-o", "json")
    assert ran.code in {1, 64}
    assert ran.document["problems"]


@pytest.mark.parametrize("line", ["schema --to reconcile.yaml/in", "init -C reconcile.yaml/in"])
def test_a_place_that_cannot_be_is_1_in_one_line(tool: Tool, project: Path, line: str) -> None:
    ran = tool(*line.split())
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("reconcile.yaml/in")
    assert ran.err.endswith("cannot be written (Not a directory): choose another folder [unwritable]\n")


def test_exported_manifests_are_manifests_of_what_is_live(tool: Tool, project: Path, wire: Wire) -> None:
    row = wire.releases.rows[12101]
    row |= {"pipelineId": 7, "pipelineName": "Simple", "releaseStatus": "STARTED"}
    row["properties"] = [{"propertyName": "API_TOKEN", "propertyValue": "canary"}]
    document = tool("export", "-o", "json").document
    (manifest,) = document["manifests"]
    name = manifest["spec"]["properties"][0]["propertyValue"]["env"]
    (project / "manifests" / "train.yaml").write_text(json.dumps(manifest))
    assert tool("plan", **{name: "canary"}).last == "No changes."
    row["pipelineId"] = 8
    assert tool("plan", **{name: "canary"}).last.startswith("Plan: 0 to create, 1 to change,")


def test_export_names_its_files(tool: Tool, project: Path) -> None:
    document = tool("export", "--to", "out", "-o", "json").document
    assert document["written"] == ["out/flexdeploy/Release/train.yaml"]
    assert (project / document["written"][0]).is_file()


def test_init_says_what_was_there_already(tool: Tool, tmp_path: Path) -> None:
    (tmp_path / "reconcile.yaml").write_text("mine")
    document = tool("init", "-o", "json").document
    assert document["kept"] == ["reconcile.yaml"]
    assert all((tmp_path / name).is_file() for name in document["written"])
    assert document["ignored"] is True


def test_a_field_is_explained_in_the_words_of_its_page(tool: Tool, tmp_path: Path) -> None:
    (found,) = tool("explain", "Release.projects", "-o", "json").document["kinds"]
    page = tool("explain", "Release.projects").out
    said: dict[str, Any] = found
    assert said["about"] in page
    assert all(note in page for note in said["notes"])
    assert [inner["name"] for inner in said["fields"] if inner["required"]]
    assert all(inner["about"] in page for inner in said["fields"])


def test_a_sandbox_says_where_it_is() -> None:
    command = [sys.executable, "-m", "reconcile", "sandbox", "--port", "0", "-o", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(4)]
        process.send_signal(signal.SIGTERM)
    assert json.loads("".join(lines))["url"].startswith("http://127.0.0.1:")


@pytest.mark.parametrize("format", ["text", "markdown", "html"])
def test_what_is_only_validated_is_not_said_to_be_in_sync(tool: Tool, project: Path, format: str) -> None:
    (project / "saved.json").write_text(tool("validate", "-o", "json").out)
    for out in (tool("validate", "-o", format).out, tool("show", "saved.json", "-o", format).out):
        assert "Valid: 1 resource in 1 file." in out
        assert "No changes." not in out


def test_a_command_without_a_plan_takes_no_report_of_one(tool: Tool, project: Path, wire: Wire) -> None:
    for command in ("explain Release", "doctor", "export", "init", "schema"):
        ran = tool(*command.split(), "--report", "html=kept")
        assert ran.code == 64
        assert "does not take `--report`: validate, plan, apply, drift, undo and show do" in ran.err
        assert tool(*command.split(), "-o", "html").code == 64
    assert (wire.log, (project / "kept").exists()) == ([], False)


def test_a_no_at_the_prompt_leaves_the_plan_as_the_document(tool: Tool, project: Path, wire: Wire) -> None:
    (project / "manifests/train.yaml").write_text(release("train", "{description: new}"))
    ran = tool("apply", "-o", "json", typed="no\n")
    assert (ran.code, wire.writes) == (1, [])
    assert [operation["action"] for operation in ran.document["operations"]] == ["update"]


@pytest.mark.parametrize("format", ["text", "json"])
def test_a_no_at_the_prompt_leaves_the_files_that_were_asked_for(
    tool: Tool, project: Path, wire: Wire, format: str
) -> None:
    (project / "manifests/train.yaml").write_text(release("train", "{description: new}"))
    files = ["--out", "record.json", "--report", "json=report.json", "--report", "markdown=report.md"]
    ran = tool("apply", "-o", format, *files, typed="no\n")
    assert (ran.code, wire.writes) == (1, [])
    assert ran.out.count("flexdeploy/Release/train") == 1
    record = json.loads((project / "record.json").read_text())
    assert [operation["action"] for operation in record["operations"]] == ["update"]
    assert json.loads((project / "report.json").read_text()) == record
    assert "flexdeploy/Release/train" in (project / "report.md").read_text()


@pytest.mark.parametrize("format", ["text", "json"])
@pytest.mark.parametrize("variable", ["RECONCILE_FREEZE", "RECONCILE_READ_ONLY"])
def test_a_refusal_leaves_the_files_that_were_asked_for(
    tool: Tool, project: Path, wire: Wire, format: str, variable: str
) -> None:
    (project / "manifests/train.yaml").write_text(release("train", "{description: new}"))
    files = ["--out", "record.json", "--report", "json=report.json", "--report", "markdown=report.md"]
    ran = tool("apply", "--yes", "-o", format, *files, **{variable: "1"})
    assert (ran.code, wire.log) == (4, [])
    record = json.loads((project / "record.json").read_text())
    assert len(record["refused"]) == 1
    assert json.loads((project / "report.json").read_text()) == record
    assert "efused" in (project / "report.md").read_text()


def test_init_that_ends_halfway_says_what_it_wrote(tool: Tool, tmp_path: Path) -> None:
    (tmp_path / ".gitignore").mkdir()
    ran = tool("init")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.splitlines()[:2] == ["written  reconcile.yaml", "written  manifests/first-release.yaml"]
    assert ".gitignore cannot be written (Is a directory)" in ran.err.splitlines()[-1]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"caf\xe9/\n", b"caf\xe9/\n.reconcile/\n"),
        (b"a/\r\nb/\r\n", b"a/\r\nb/\r\n.reconcile/\r\n"),
        (b"a/\r\nb/", b"a/\r\nb/\r\n.reconcile/\r\n"),
        (b"a/", b"a/\n.reconcile/\n"),
        (b"", b".reconcile/\n"),
        (b"a/\r\n.reconcile/\r\nb/\r\n", None),
        (b"\xef\xbb\xbf.reconcile/\n", None),
    ],
)
def test_init_leaves_every_byte_of_what_git_ignores(
    tool: Tool, tmp_path: Path, before: bytes, after: bytes | None
) -> None:
    (tmp_path / ".gitignore").write_bytes(before)
    assert tool("init", "-o", "json").document["ignored"] == (after is not None)
    assert (tmp_path / ".gitignore").read_bytes() == (before if after is None else after)


def test_what_doctor_says_to_set_moves_no_terminal(tool: Tool, project: Path) -> None:
    text = (project / "reconcile.yaml").read_text()
    (project / "reconcile.yaml").write_text(text.replace("{env: FD_USER}", '{file: "/run/\\e[2Jx"}'))
    ran = tool("doctor")
    assert "RECONCILE_SECRETS=/run/\\u001b[2Jx@http://127.0.0.1" in ran.out
    assert "\x1b" not in ran.out + ran.err


@pytest.mark.parametrize(
    "typed", ["-qo json", "-qojson", "-vqo json", "-o text -o json", "--output json", "-ojson"]
)
def test_a_mistake_is_a_document_however_the_format_is_spelled(tool: Tool, typed: str) -> None:
    ran = tool("plan", "--nope", *typed.split())
    assert ran.code == 64
    assert [problem["code"] for problem in ran.document["problems"]] == ["usage"]


@pytest.mark.parametrize("typed", ["-C -ojson", "-o json -o text", "-- -ojson"])
def test_a_mistake_is_no_document_where_none_was_asked_for(tool: Tool, typed: str) -> None:
    assert tool("plan", "--nope", *typed.split()).out == ""
