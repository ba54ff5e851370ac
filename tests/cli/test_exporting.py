"""`export`: what it writes, and how it ends where it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.commands import Tool
from tests.support.http import Wire
from tests.support.projects import release

WRITTEN = "1 manifest written to out."


def test_it_writes_a_file_for_each_object(tool: Tool, project: Path) -> None:
    assert tool("export", "--to", "out").last == WRITTEN
    assert "description: old" in (project / "out/flexdeploy/Release/train.yaml").read_text()


def test_what_is_not_ascii_is_written_as_it_is(tool: Tool, project: Path, wire: Wire) -> None:
    wire.releases.rows[12101]["description"] = "Ünï \U0001f682 \u202e \u2028 \x1b"
    expected = r'description: "Ünï 🚂 \u202e \u2028 \u001b"'
    assert expected in tool("export").out
    tool("export", "--to", "out")
    assert expected in (project / "out/flexdeploy/Release/train.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("place", ["file", "file/inside", "/proc/nowhere", "long" * 100])
def test_a_place_that_cannot_be_is_1_and_named_in_one_line(tool: Tool, project: Path, place: str) -> None:
    (project / "file").touch()
    ran = tool("export", "--to", place)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(place)
    assert ran.err.endswith(": choose another folder [unwritable]\n")
    assert ran.err.count("\n") == 1
    (problem,) = tool("export", "--to", place, "-o", "json").document["problems"]
    assert problem["code"] == "unwritable"


def test_a_file_that_is_there_is_1_and_stays(tool: Tool, project: Path) -> None:
    assert tool("export", "--to", "out").last == WRITTEN
    file = project / "out/flexdeploy/Release/train.yaml"
    file.write_text("mine")
    ran = tool("export", "--to", "out")
    assert (ran.code, file.read_text()) == (1, "mine")
    assert ran.err == (
        "out/flexdeploy/Release/train.yaml exists already: export never overwrites; choose another folder "
        "[exists]\n"
    )


def test_what_the_manifests_read_from_the_environment_is_exported_as_its_variable(
    tool: Tool, project: Path, wire: Wire
) -> None:
    row = wire.releases.rows[12101]
    row |= {"description": "canary", "pipelineId": 7}
    row["properties"] = [{"propertyName": "REGION", "propertyValue": "canary"}]
    spec = "{description: {env: FD_NOTE}}"
    (project / "manifests/train.yaml").write_text(release("train", spec), encoding="utf-8")
    ran = tool("export", FD_NOTE="canary")
    assert "canary" not in ran.out
    assert "description: {env: FD_NOTE}" in ran.out
    assert "propertyValue: {env: FD_NOTE}" in ran.out
    row |= {"releaseStatus": "STARTED", "projects": [{"projectId": 1, "packageName": "canary"}]}
    ran = tool("export", FD_NOTE="canary")
    assert "packageName: canary" in ran.out  # which tells entries apart, and takes no secret
    (project / "manifests/train.yaml").write_text(ran.out, encoding="utf-8")
    assert tool("plan", FD_NOTE="canary").last == "No changes."
    assert "releaseStatus: STARTED" in tool("export", FD_NOTE="STARTED").out
    (project / "manifests/train.yaml").write_text("no: manifest", encoding="utf-8")
    assert "description: canary" in tool("export", FD_NOTE="canary").out


def test_where_a_manifest_reads_a_variable_no_other_live_value_is_exported(
    tool: Tool, project: Path, wire: Wire
) -> None:
    row = wire.releases.rows[12101]
    row |= {"description": "rotated", "pipelineId": 7}
    row["properties"] = [
        {"propertyName": "NOTIFY", "propertyValue": "rotated"},
        {"propertyName": "REGION", "propertyValue": "eu"},
    ]
    entry = "{propertyName: NOTIFY, propertyValue: {env: FD_NOTIFY}}"
    spec = f"{{description: {{env: FD_NOTE}}, pipelineId: 7, properties: [{entry}]}}"
    (project / "manifests/train.yaml").write_text(release("train", spec), encoding="utf-8")
    ran = tool("export", FD_NOTE="canary", FD_NOTIFY="canary")
    assert "rotated" not in ran.out
    assert "description: {env: FD_NOTE}" in ran.out
    assert "propertyValue: {env: FD_NOTIFY}" in ran.out
    assert "propertyValue: eu" in ran.out


def test_an_object_is_named_as_its_manifest_is(tool: Tool, project: Path, wire: Wire) -> None:
    wire.releases.rows[12101]["releaseName"] = "REST Release 1"
    for name in ("rest-release-1", "REST Release 1", "12101"):
        assert "releaseName: REST Release 1" in tool("export", f"flexdeploy/Release/{name}").out


def test_json_names_the_system_where_two_are_of_a_type_and_what_was_left_out(
    tool: Tool, project: Path, wire: Wire
) -> None:
    wire.releases.rows[12101]["releaseStatus"] = "SUSPENDED"
    file = project / "reconcile.yaml"
    second = (
        file.read_text().split("systems:\n")[1].replace("  flexdeploy:\n", "  other:\n    type: flexdeploy\n")
    )
    file.write_text(file.read_text() + second)
    document = tool("export", "-o", "json").document
    assert [each["metadata"]["system"] for each in document["manifests"]] == ["flexdeploy", "other"]
    assert document["left_out"] == [
        {"address": f"{system}/Release/train", "fields": ["releaseStatus"]}
        for system in ("flexdeploy", "other")
    ]
