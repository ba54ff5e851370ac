"""The list of a large kind is asked for while its manifests are read: once, and never in place of another."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from tests.support.commands import Tool
from tests.support.http import Wire
from tests.support.projects import release
from tests.support.servers import EMPTY

from reconcile.cli.flags import Flags
from reconcile.manifests import Outside, load
from reconcile.manifests.files import Folder
from reconcile.project import read_project
from reconcile.session.catalogue import CATALOGUE
from reconcile.session.prefetch import MANY, Ahead

UNKNOWN = "apiVersion: flexdeploy/v1\nkind: Nothing\nmetadata: {name: z}\n"
CREDENTIALS = {"FD_USER": "me", "FD_PASSWORD": "canary"}


@pytest.fixture
def estate(project: Path, wire: Wire) -> Path:
    """A project of many releases in two files, all of which are live."""
    names = [f"r{number}" for number in range(MANY + 50)]
    wire.releases.rows |= {
        number: {"releaseId": number, "releaseName": name, **EMPTY} for number, name in enumerate(names)
    }
    (project / "manifests/a.yaml").write_text("---\n".join(release(name) for name in names[:MANY]))
    (project / "manifests/b.yaml").write_text("---\n".join(release(name) for name in names[MANY:]))
    return project


def test_the_list_is_asked_for_by_loading_alone(estate: Path, wire: Wire) -> None:
    asked = threading.Event()
    wire.before = lambda line: asked.set()
    project, _ = read_project((estate / "reconcile.yaml").read_bytes(), estate, CATALOGUE, None)
    assert project is not None
    ahead = Ahead(Flags(), project, CREDENTIALS)
    try:
        loaded = load(project, CATALOGUE, Outside(), ahead.watching(Folder(estate)))
        assert asked.wait(60)
    finally:
        ahead.close()
    assert len(loaded.resources) == MANY + 51


@pytest.mark.parametrize("command", ["plan", "plan --no-cache", "drift"])
def test_a_list_that_was_asked_for_ahead_is_not_asked_for_again(
    tool: Tool, estate: Path, wire: Wire, command: str
) -> None:
    assert tool(*command.split()).out.splitlines()[-1] == "No changes."
    assert wire.log == ["GET /releases"]


def test_what_differs_is_seen_in_what_was_asked_for_ahead(tool: Tool, estate: Path, wire: Wire) -> None:
    wire.releases.rows[12101]["description"] = "by hand"
    assert '"by hand" -> "old"' in tool("plan").out
    assert wire.log == ["GET /releases"]


def test_a_list_that_is_refused_is_an_error_of_the_plan(tool: Tool, estate: Path, wire: Wire) -> None:
    wire.fallbacks["GET"] = (403, {"message": "no"})
    ran = tool("plan")
    assert ran.code == 1
    assert "403 Forbidden" in ran.err


def test_mistakes_are_told_though_a_list_was_asked_for(tool: Tool, estate: Path, wire: Wire) -> None:
    (estate / "manifests/z.yaml").write_text(UNKNOWN)
    ran = tool("plan")
    assert ran.code == 1
    assert "no kind `Nothing`" in ran.err
    assert set(wire.log) <= {"GET /releases"}


def test_a_credential_that_is_missing_is_told_as_ever(tool: Tool, estate: Path, wire: Wire) -> None:
    ran = tool("plan", FD_PASSWORD="")
    assert (ran.code, wire.log) == (1, [])
    assert "FD_PASSWORD" in ran.err


@pytest.mark.parametrize("command", ["plan --target flexdeploy/Release/r7", "plan manifests/train.yaml"])
def test_where_a_few_are_chosen_no_list_is_asked_for(
    tool: Tool, estate: Path, wire: Wire, command: str
) -> None:
    seen: list[str] = []
    wire.before = seen.append
    assert tool(*command.split(), "-v").code == 0
    assert "releaseName=" in tool(*command.split(), "-v").err
    assert len(seen) == 2


def test_manifests_of_some_environments_are_not_taken_for_this_one(
    tool: Tool, estate: Path, wire: Wire
) -> None:
    text = (estate / "reconcile.yaml").read_text()
    (estate / "reconcile.yaml").write_text(f"{text}environments: {{staging: {{}}, production: {{}}}}\n")
    for file in (estate / "manifests").glob("*.yaml"):
        file.write_text(file.read_text().replace("metadata: {", "metadata: {environments: [staging], "))
    ran = tool("plan", "--env", "production")
    assert (ran.out, wire.log) == ("No changes.\n", [])


def test_apply_asks_for_nothing_ahead(tool: Tool, estate: Path, wire: Wire) -> None:
    (estate / "manifests/z.yaml").write_text(UNKNOWN)
    assert tool("apply", "--yes").code == 1
    assert wire.log == []
