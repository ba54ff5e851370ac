"""What is exported refers to what is exported beside it, and leaves to the server what the server chose."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.support.commands import Tool
from tests.support.projects import written
from tests.support.tracker import Server, manifest


@pytest.fixture
def live(server: Server) -> Server:
    """A project with two versions, of which one follows the other."""
    server.rows["projects"] = {1: {"id": 1, "name": "a", "colour": "red"}}
    server.rows["versions"] = {
        7: {"id": 7, "project_id": 1, "name": "1.0"},
        8: {"id": 8, "project_id": "1", "name": "2.0", "follows": 7},
    }
    return server


def test_an_id_of_what_is_exported_beside_is_a_reference_and_then_nothing_differs(
    tool: Tool, live: Server, folder: Path
) -> None:
    assert tool("export", "--to", "manifests").code == 0
    text = (folder / "manifests/tracker/Version/2.0.yaml").read_text()
    assert "  project_id: {ref: tracker/Project/a}  # 1\n" in text
    assert "  follows: {ref: tracker/Version/1.0}  # 7\n" in text
    assert tool("validate").code == 0
    assert tool("plan", "--detailed-exitcode").last == "No changes."


def test_what_is_exported_is_made_anew_where_nothing_is_there(tool: Tool, live: Server, folder: Path) -> None:
    tool("export", "--to", "manifests")
    for rows in live.rows.values():
        rows.clear()
    assert tool("apply", "--yes").code == 0
    assert [row["project_id"] for row in live.rows["versions"].values()] == [1, 1]
    assert tool("plan", "--detailed-exitcode").last == "No changes."


def test_an_id_of_what_is_not_exported_beside_stays_one(tool: Tool, live: Server) -> None:
    assert "project_id: 1\n" in tool("export", "tracker/Version").out
    document = json.loads(tool("export", "tracker/Version/2.0", "-o", "json").out)
    assert document["manifests"][0]["spec"] == {"project_id": 1, "name": "2.0", "follows": 7}
    narrowed = json.loads(tool("export", "--target", "tracker/Version/*", "-o", "json").out)
    assert narrowed["manifests"][1]["spec"]["project_id"] == 1
    assert narrowed["manifests"][1]["spec"]["follows"] == {"ref": "tracker/Version/1.0"}


def test_what_refers_to_itself_through_others_stays_an_id(tool: Tool, live: Server) -> None:
    live.rows["versions"][7]["follows"] = 8
    live.rows["versions"][9] = {"id": 9, "project_id": 1, "name": "3.0", "follows": 9}
    assert tool("export", "--to", "manifests").code == 0
    assert tool("validate").code == 0
    assert tool("plan", "--detailed-exitcode").last == "No changes."
    specs = {
        each["metadata"]["name"]: each["spec"]
        for each in json.loads(tool("export", "-o", "json").out)["manifests"]
    }
    assert [specs[name]["follows"] for name in ("1.0", "2.0", "3.0")] == [8, 7, 9]
    assert specs["1.0"]["project_id"] == {"ref": "tracker/Project/a"}


def test_what_the_server_chose_is_a_comment_and_stays_the_server_s(
    tool: Tool, live: Server, folder: Path
) -> None:
    assert tool("export", "--to", "manifests").code == 0
    text = (folder / "manifests/tracker/Project/a.yaml").read_text()
    assert "  # colour: the server chooses it where it is not written, now red\n" in text
    live.rows["projects"][1]["colour"] = "blue"
    assert tool("plan", "--detailed-exitcode").last == "No changes."


def test_what_the_server_chose_is_no_instruction(tool: Tool, live: Server, folder: Path) -> None:
    live.rows["projects"][1]["colour"] = "red\nabsent: true"
    tool("export", "--to", "manifests")
    assert "\nabsent" not in (folder / "manifests/tracker/Project/a.yaml").read_text()


def test_a_reference_stands_where_a_name_could(tool: Tool, live: Server, folder: Path) -> None:
    config = (folder / "reconcile.yaml").read_text()
    written(folder, {"reconcile.yaml": config, "manifests/a.yaml": manifest("Project", "other", "{name: a}")})
    assert "{ref: tracker/Project/a}" in tool("export", "--names").out
