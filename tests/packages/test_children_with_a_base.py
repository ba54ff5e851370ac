"""With `--base`, an object whose natural key holds a reference is found as it was, renamed, moved or gone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.support.commands import Ran, Tool
from tests.support.tracker import Server, manifest

A = manifest("Project", "a")
B = manifest("Project", "b")


def version(name: str = "1.0", project: str = "a", more: str = "") -> str:
    """The version `one`, by its live name and its project's address."""
    spec = f"{{project_id: {{ref: tracker/Project/{project}}}, name: '{name}'{more}}}"
    return manifest("Version", "one", spec)


@pytest.fixture
def live(server: Server) -> Server:
    """Two projects, the first with a version."""
    server.rows["projects"] = {1: {"id": 1, "name": "a"}, 2: {"id": 2, "name": "b"}}
    server.rows["versions"] = {7: {"id": 7, "project_id": 1, "name": "1.0", "sharing": "none"}}
    return server


def between(tool: Tool, before: dict[str, str], after: dict[str, str], *words: str) -> Ran:
    """The plan of the manifests `after`, against a base that has those `before`."""
    folder = tool.folder
    base = folder.parent / "base"
    for root, files in ((base, before), (folder, after)):
        shutil.rmtree(root / "manifests", ignore_errors=True)
        (root / "manifests").mkdir(parents=True)
        shutil.copyfile(folder / "reconcile.yaml", root / "reconcile.yaml") if root != folder else None
        for name, text in files.items():
            (root / "manifests" / f"{name}.yaml").write_text(text)
    return tool(*(words or ("plan", "-o", "json")), "--base", "../base")


def test_one_that_did_not_move_is_in_sync(tool: Tool, live: Server) -> None:
    ran = between(tool, {"a": A, "v": version()}, {"a": A, "v": version()})
    assert ran.document["summary"]["unchanged"] == 2


def test_a_renamed_one_is_updated_and_labelled_as_changed(tool: Tool, live: Server) -> None:
    ran = between(tool, {"a": A, "v": version()}, {"a": A, "v": version("2.0")})
    (operation,) = ran.document["operations"]
    assert (operation["action"], operation["id"]) == ("update", 7)
    assert [(each["path"], each["label"]) for each in operation["changes"]] == [("name", "change")]


def test_one_that_moved_to_another_parent_is_the_same_object(tool: Tool, live: Server) -> None:
    before, after = {"a": A, "b": B, "v": version()}, {"a": A, "b": B, "v": version(project="b")}
    (operation,) = between(tool, before, after).document["operations"]
    assert (operation["action"], operation["id"]) == ("update", 7)
    (change,) = operation["changes"]
    assert (change["path"], change["before"], change["after"]) == ("project_id", 1, 2)
    assert change["label"] == "change"


def test_one_that_moves_to_a_parent_to_come_is_the_same_object(tool: Tool, live: Server) -> None:
    del live.rows["projects"][2]
    before, after = {"a": A, "v": version()}, {"a": A, "b": B, "v": version(project="b")}
    create, update = between(tool, before, after).document["operations"]
    assert (create["action"], update["action"], update["id"]) == ("create", "update", 7)
    assert between(tool, before, after, "apply", "--yes").code == 0
    assert live.rows["versions"][7]["project_id"] == 2


def test_one_whose_parent_s_manifest_was_renamed_is_the_same_object(tool: Tool, live: Server) -> None:
    renamed = {"a": manifest("Project", "other", "{name: a}"), "v": version(project="other")}
    ran = between(tool, {"a": A, "v": version()}, renamed)
    assert ran.document["operations"] == []
    ran = between(tool, {"a": A, "v": version()}, renamed | {"v": version("2.0", "other")})
    (operation,) = ran.document["operations"]
    assert (operation["action"], operation["id"]) == ("update", 7)


def test_drift_of_one_is_drift(tool: Tool, live: Server) -> None:
    live.rows["versions"][7]["sharing"] = "tree"
    files = {"a": A, "v": version(more=", sharing: none")}
    (operation,) = between(tool, files, files).document["operations"]
    assert [each["label"] for each in operation["changes"]] == ["drift"]


def test_one_that_the_manifests_no_longer_have_is_dropped(tool: Tool, live: Server) -> None:
    ran = between(tool, {"a": A, "v": version()}, {"a": A})
    assert [each["address"] for each in ran.document["dropped"]] == ["tracker/Version/one"]


def test_one_whose_parent_is_gone_too_is_dropped(tool: Tool, live: Server) -> None:
    ran = between(tool, {"a": A, "v": version(), "b": B}, {"b": B})
    assert {each["address"] for each in ran.document["dropped"]} == {
        "tracker/Version/one",
        "tracker/Project/a",
    }


def test_one_whose_former_parent_is_not_there_any_more_is_created(tool: Tool, live: Server) -> None:
    del live.rows["projects"][1], live.rows["versions"][7]
    before, after = {"a": A, "v": version()}, {"b": B, "v": version(project="b")}
    (operation,) = between(tool, before, after).document["operations"]
    assert operation["action"] == "create"


def test_two_that_changed_places_are_two(tool: Tool, live: Server, folder: Path) -> None:
    live.rows["versions"][8] = {"id": 8, "project_id": 2, "name": "1.0", "sharing": "none"}
    other = version(project="b").replace("name: one", "name: two")
    swapped = version(project="a").replace("name: one", "name: two")
    before = {"a": A, "b": B, "v": version(), "w": other}
    ran = between(tool, before, {"a": A, "b": B, "v": version(project="b"), "w": swapped})
    assert ran.code == 0
    assert ran.document["operations"] == []


def test_what_stands_in_one_that_moves_to_a_parent_to_come_is_the_same_object_too(
    tool: Tool, live: Server
) -> None:
    live.rows["notes"] = {5: {"id": 5, "version_id": 7, "name": "n", "text": "old"}}
    note = manifest("Note", "n", "{version_id: {ref: tracker/Version/one}, text: new}")
    del live.rows["projects"][2]
    before = {"a": A, "v": version(), "n": note}
    after = {"a": A, "b": B, "v": version(project="b"), "n": note}
    operations = between(tool, before, after).document["operations"]
    assert [(each["action"], each["id"]) for each in operations] == [
        ("create", None), ("update", 7), ("update", 5),
    ]  # fmt: skip


def test_keys_of_two_commits_that_go_round_in_a_ring_are_told_apart_or_made(tool: Tool, live: Server) -> None:
    live.rows["notes"] = {5: {"id": 5, "version_id": 7, "name": "n", "note_id": None}}
    live.rows["notes"][6] = {"id": 6, "version_id": 7, "name": "m", "note_id": None}
    one = manifest("Link", "one", "{note_id: {ref: tracker/Link/two}, name: n}")
    two = manifest("Link", "two", "{note_id: 5, name: m}")
    back = manifest("Link", "two", "{note_id: {ref: tracker/Link/one}, name: m}")
    fore = manifest("Link", "one", "{note_id: 5, name: n}")
    ran = between(tool, {"a": A, "b": B, "one": one, "two": two}, {"a": A, "b": B, "one": fore, "two": back})
    assert ran.code == 0
    assert {each["action"] for each in ran.document["operations"]} == {"create"}


def test_an_object_that_another_resource_has_by_now_is_not_taken(tool: Tool, live: Server) -> None:
    del live.rows["projects"][2]
    two = version().replace("name: one", "name: two")
    before, after = {"a": A, "v": version()}, {"a": A, "b": B, "v": version(project="b"), "w": two}
    operations = between(tool, before, after).document["operations"]
    assert [(each["address"], each["action"]) for each in operations] == [
        ("tracker/Project/b", "create"), ("tracker/Version/one", "create"),
    ]  # fmt: skip
