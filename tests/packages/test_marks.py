"""Two marks of real servers: a list of which only the written entries are ours, and what nothing changes."""

from __future__ import annotations

import shutil

import pytest
from tests.support.commands import Tool
from tests.support.projects import written
from tests.support.tracker import Server, manifest

A = manifest("Project", "a")
LIVE = {
    "id": 5,
    "project_id": 1,
    "name": "bug",
    "text": "old",
    "fields": [
        {"name": "team", "value": "red", "since": "1.0"},
        {"name": "builtin", "value": "x", "since": None},
    ],
}


@pytest.fixture
def live(server: Server) -> Server:
    """A project with an issue, of which the server itself shows a custom field."""
    server.rows["projects"] = {1: {"id": 1, "name": "a"}, 2: {"id": 2, "name": "b"}}
    server.rows["issues"] = {5: {**LIVE}}
    return server


def issue(tool: Tool, spec: str, *more: str) -> None:
    """Writes the manifest of the issue."""
    files = {"manifests/a.yaml": A, "manifests/bug.yaml": manifest("Issue", "bug", spec)}
    config = (tool.folder / "reconcile.yaml").read_text()
    written(tool.folder, {"reconcile.yaml": config, **files})


def test_entries_that_the_manifest_does_not_write_stay_and_nothing_differs(tool: Tool, live: Server) -> None:
    issue(tool, "{project_id: 1, fields: [{name: team, value: red}]}")
    assert tool("plan", "--detailed-exitcode").last == "No changes."
    issue(tool, "{project_id: 1, fields: []}")
    assert tool("plan", "--detailed-exitcode").last == "No changes."
    assert tool("drift").last == "No drift."


def test_a_change_of_one_entry_says_the_others_back(tool: Tool, live: Server) -> None:
    issue(tool, "{project_id: 1, fields: [{name: team, value: blue}, {name: new, value: n}]}")
    assert tool("apply", "--yes").code == 0
    assert live.rows["issues"][5]["fields"] == [
        {"name": "team", "value": "blue", "since": "1.0"},
        {"name": "builtin", "value": "x", "since": None},
        {"name": "new", "value": "n"},
    ]
    assert tool("plan", "--detailed-exitcode").last == "No changes."


def test_an_entry_that_the_manifest_no_longer_has_is_dropped_and_stays(tool: Tool, live: Server) -> None:
    issue(tool, "{project_id: 1, fields: [{name: team, value: red}]}")
    shutil.copytree(tool.folder, tool.folder.parent / "base")
    issue(tool, "{project_id: 1, fields: []}")
    document = tool("plan", "-o", "json", "--base", "../base").document
    assert document["operations"] == []
    assert [each["path"] for each in document["dropped"]] == ["fields[team]"]


def test_an_entry_that_the_base_did_not_write_is_a_change_and_one_that_somebody_changed_drift(
    tool: Tool, live: Server
) -> None:
    issue(tool, "{project_id: 1, fields: [{name: team, value: blue}]}")
    shutil.copytree(tool.folder, tool.folder.parent / "base")
    issue(tool, "{project_id: 1, fields: [{name: team, value: blue}, {name: builtin, value: y}]}")
    (operation,) = tool("plan", "-o", "json", "--base", "../base").document["operations"]
    labels = {each["path"]: each["label"] for each in operation["changes"]}
    assert labels == {"fields[team].value": "drift", "fields[builtin].value": "change"}


def test_an_export_of_such_a_list_is_in_sync(tool: Tool, live: Server) -> None:
    assert tool("export", "--to", "manifests").code == 0
    assert tool("plan", "--detailed-exitcode").last == "No changes."


def test_what_nothing_changes_is_blocked_with_what_can_be_done(tool: Tool, live: Server) -> None:
    issue(tool, "{project_id: 2, text: old}")
    document = tool("plan", "-o", "json").document
    assert document["operations"] == []
    (blocked,) = document["blocked"]
    assert (blocked["path"], blocked["before"], blocked["after"]) == ("project_id", 1, 2)
    assert blocked["reason"] == "`project_id` never changes once it is there: make another issue"
    assert tool("apply", "--yes").code == 3
    assert live.writes == []


def test_beside_what_nothing_changes_the_rest_is_written_without_it(tool: Tool, live: Server) -> None:
    issue(tool, "{project_id: 2, text: new, fields: [{name: team, since: '2.0', value: blue}]}")
    document = tool("plan", "-o", "json").document
    assert {each["path"] for each in document["blocked"]} == {"project_id", "fields[team].since"}
    assert tool("apply", "--yes").code == 3
    row = live.rows["issues"][5]
    assert (row["project_id"], row["text"], row["fields"][0]) == (
        1, "new", {"name": "team", "value": "blue", "since": "1.0"},
    )  # fmt: skip


def test_what_nothing_changes_is_written_as_the_object_or_its_entry_is_made(tool: Tool, live: Server) -> None:
    issue(tool, "{project_id: 1, fields: [{name: fresh, since: '3.0'}]}")
    assert tool("apply", "--yes").code == 0
    assert {"name": "fresh", "since": "3.0"} in live.rows["issues"][5]["fields"]
    del live.rows["issues"][5]
    issue(tool, "{project_id: {ref: tracker/Project/a}}")
    assert tool("apply", "--yes").code == 0
    assert live.rows["issues"][1]["project_id"] == 1


def test_both_are_explained(tool: Tool, live: Server) -> None:
    assert "Only the entries that are written here are ours" in tool("explain", "Issue.fields").out
    assert (
        "Nothing changes it once its object is there: make another issue."
        in tool("explain", "Issue.project_id").out
    )
