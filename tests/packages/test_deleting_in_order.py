"""Tombstones that give their key alone are deleted in the order that live state and the table say."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.commands import Tool
from tests.support.projects import written
from tests.support.tracker import Server, manifest

GONE = "absent: true"


@pytest.fixture
def live(server: Server) -> Server:
    """A project, a version of it, an issue of it, and a note of the version."""
    server.rows["projects"] = {1: {"id": 1, "name": "a"}}
    server.rows["versions"] = {7: {"id": 7, "project_id": 1, "name": "1.0"}}
    server.rows["issues"] = {5: {"id": 5, "project_id": "1", "name": "bug", "fields": []}}
    server.rows["notes"] = {3: {"id": 3, "version_id": 7, "name": "n"}}
    return server


def deleted(tool: Tool, live: Server, files: dict[str, str]) -> list[str]:
    """What is deleted, in its order."""
    config = (tool.folder / "reconcile.yaml").read_text()
    written(tool.folder, {"reconcile.yaml": config, **files})
    assert tool("apply", "--yes", "--prune", "--force").code == 0
    return live.writes


def test_what_refers_to_another_by_what_is_live_goes_before_it(
    tool: Tool, live: Server, folder: Path
) -> None:
    files = {
        "manifests/a.yaml": manifest("Project", "a", "{}", GONE),
        "manifests/b.yaml": manifest("Issue", "bug", "{project_id: 1}", GONE),
        "manifests/c.yaml": manifest("Note", "n", "{version_id: 7}", GONE),
        "manifests/d.yaml": manifest("Version", "v", "{project_id: 1, name: '1.0'}", GONE),
    }
    order = deleted(tool, live, files)
    assert order.index("DELETE /versions/7") < order.index("DELETE /projects/1")
    assert order.index("DELETE /issues/5") < order.index("DELETE /projects/1")
    assert order.index("DELETE /notes/3") < order.index("DELETE /versions/7")


def test_each_waits_for_those_that_refer_to_it(tool: Tool, live: Server) -> None:
    config = (tool.folder / "reconcile.yaml").read_text()
    files = {
        "manifests/a.yaml": manifest("Project", "a", "{}", GONE),
        "manifests/d.yaml": manifest("Version", "v", "{project_id: 1, name: '1.0'}", GONE),
    }
    written(tool.folder, {"reconcile.yaml": config, **files})
    version, project = tool("plan", "--prune", "-o", "json").document["operations"]
    assert (version["address"], version["needs"]) == ("tracker/Version/v", [])
    assert (project["address"], project["needs"]) == ("tracker/Project/a", ["tracker/Version/v"])


def test_what_goes_round_live_is_deleted_all_the_same(tool: Tool, live: Server) -> None:
    live.rows["versions"][7]["follows"] = 8
    live.rows["versions"][8] = {"id": 8, "project_id": 1, "name": "2.0", "follows": 7}
    files = {
        "manifests/a.yaml": manifest("Project", "a", "{}", GONE),
        "manifests/d.yaml": manifest("Version", "v", "{project_id: 1, name: '1.0'}", GONE),
        "manifests/e.yaml": manifest("Version", "w", "{project_id: 1, name: '2.0'}", GONE),
    }
    assert deleted(tool, live, files)[-1] == "DELETE /projects/1"


def test_what_the_manifests_say_of_the_order_goes_before_what_is_live(tool: Tool, live: Server) -> None:
    depends = f"{GONE}, dependsOn: [tracker/Version/v]"
    files = {
        "manifests/a.yaml": manifest("Project", "a", "{}", depends),
        "manifests/d.yaml": manifest("Version", "v", "{project_id: 1, name: '1.0'}", GONE),
    }
    assert deleted(tool, live, files) == ["DELETE /projects/1", "DELETE /versions/7"]
