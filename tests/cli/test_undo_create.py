"""`undo` of what an apply created: deleted only when that is asked for, and only as it was left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.commands import Tool
from tests.support.projects import written

from reconcile_sandbox import Sandbox, running

PROJECT = """\
version: 1
systems:
  brpm: {{url: "{url}/brpm", auth: {{token: {{env: FD_TOKEN}}}}}}
  foundry: {{url: "{url}", auth: {{bearer: {{env: FD_TOKEN}}}}}}
"""
RUN = """\
apiVersion: brpm/v1
kind: Run
metadata: {name: uat}
spec: {name: UAT new, plan_id: 1, plan_stage_id: 1, owner_id: 1, requestor_id: 1, description: ours}
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with running() as sandbox:
        yield sandbox


@pytest.fixture
def created(tool: Tool, tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """A run that an apply has created."""
    sandbox.reset({}, [])
    monkeypatch.setenv("FD_TOKEN", "demo")
    files = {"reconcile.yaml": PROJECT.format(url=sandbox.url), "manifests/run.yaml": RUN}
    written(tmp_path, files)
    assert tool("apply", "--yes", FD_TOKEN="demo").code == 0
    return sandbox


def runs(sandbox: Sandbox) -> list[Any]:
    state: Any = sandbox.state
    return [row for row in state["brpm"]["runs"] if row["name"].startswith("UAT new")]


def undo(tool: Tool, *words: str) -> tuple[int, list[str]]:
    ran = tool("undo", "--yes", "-o", "json", *words, FD_TOKEN="demo")
    return ran.code, [item["status"] for item in ran.document["undo"]]


def test_without_prune_it_stays_and_with_prune_it_is_deleted(tool: Tool, created: Sandbox) -> None:
    assert undo(tool) == (3, ["needs_prune"])
    assert len(runs(created)) == 1
    assert undo(tool, "--prune") == (0, ["back"])
    assert not [row for row in runs(created) if "deleted" not in row["name"]]


def test_what_somebody_has_changed_since_is_not_deleted_also_where_the_manifest_says_nothing_of_it(
    tool: Tool, created: Sandbox
) -> None:
    state: Any = created.state
    next(row for row in state["brpm"]["runs"] if row["name"] == "UAT new")["duration"] = 99
    created.reset(state, [])
    assert undo(tool, "--prune") == (0, ["moved"])
    assert [row["duration"] for row in runs(created)] == [99]


def test_a_delete_cannot_be_taken_back_and_what_is_gone_is_already(tool: Tool, created: Sandbox) -> None:
    assert undo(tool, "--prune") == (0, ["back"])
    assert undo(tool) == (3, ["cannot"])
    assert undo(tool, "default-000001", "--prune") == (0, ["already"])
