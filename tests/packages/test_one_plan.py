"""A kind of a package stands in one plan with built-in ones, with references in both directions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support import tracker
from tests.support.commands import Tool
from tests.support.projects import written

from reconcile_sandbox import Sandbox, running

TRAIN = """\
apiVersion: flexdeploy/v1
kind: Release
metadata: {name: train}
spec: {releaseName: Autumn Train, pipelineName: Simple Pipeline, description: "for all"}
"""
PROJECT = tracker.manifest("Project", "board", "{name: board}", "dependsOn: [flexdeploy/Release/train]")
ISSUE = tracker.manifest(
    "Issue",
    "ship",
    "{project_id: {ref: tracker/Project/board}, release_id: {ref: flexdeploy/Release/train}, text: ship it}",
)
RUN = """\
apiVersion: brpm/v1
kind: Run
metadata: {name: uat, dependsOn: [tracker/Issue/ship]}
spec:
  name: UAT
  plan_id: {ref: tracker/Project/board}
  plan_stage_id: 2
  owner_id: 1
  requestor_id: 1
  start_at: "2099-12-01T09:00:00Z"
"""


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running() as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path, server: tracker.Server, sandbox: Sandbox) -> Path:
    """A project of a package's system and two built-in ones."""
    config = f"""\
version: 1
systems:
  tracker: {{url: '{server.url}', auth: {{bearer: {{env: FD_PASSWORD}}}}}}
  flexdeploy:
    url: {sandbox.url}/flexdeploy/rest/v1
    auth: {{basic: {{username: demo, password: {{env: DEMO}}}}}}
  brpm: {{url: '{sandbox.url}/brpm', auth: {{token: {{env: DEMO}}}}}}
"""
    files = {"train": TRAIN, "board": PROJECT, "ship": ISSUE, "uat": RUN}
    return written(
        tmp_path / "project",
        {"reconcile.yaml": config, **{f"manifests/{name}.yaml": text for name, text in files.items()}},
    )


def test_references_lead_from_a_package_to_a_built_in_kind_and_back(
    tool: Tool, server: tracker.Server, sandbox: Sandbox
) -> None:
    planned = tool("plan", "-o", "json", DEMO="demo").document
    order = [each["address"] for each in planned["operations"]]
    assert order.index("flexdeploy/Release/train") < order.index("tracker/Issue/ship")
    assert order.index("tracker/Project/board") < order.index("brpm/Run/uat")
    assert order.index("tracker/Issue/ship") < order.index("brpm/Run/uat")
    assert tool("apply", "--yes", DEMO="demo").code == 0
    releases = sandbox.state["flexdeploy"]["releases"]
    made = next(each for each in releases if each["releaseName"] == "Autumn Train")
    assert server.rows["issues"][1]["release_id"] == made["releaseId"]
    assert server.rows["issues"][1]["project_id"] == 1
    assert tool("plan", "--detailed-exitcode", DEMO="demo").last == "No changes."
    assert tool("drift", DEMO="demo").last == "No drift."


def test_a_reference_to_another_kind_than_the_field_says_is_refused(tool: Tool) -> None:
    file = tool.folder / "manifests/ship.yaml"
    text = file.read_text()
    file.write_text(
        text.replace("release_id: {ref: flexdeploy/Release/train}", "release_id: {ref: brpm/Run/uat}")
    )
    said = tool("validate").err
    assert "`release_id` refers to a flexdeploy/Release, not to brpm/Run/uat [wrong-reference]" in said
    file.write_text(text.replace("{ref: tracker/Project/board}", "{ref: flexdeploy/Release/train}"))
    assert "`project_id` refers to a Project, not to a Release [wrong-reference]" in tool("validate").err
    file.write_text(text.replace("Release/train", "Release/trian"))
    assert (
        "nothing is declared as flexdeploy/Release/trian; did you mean `flexdeploy/Release/train`?"
        in tool("validate").err
    )


def test_it_is_explained_and_exported_with_its_references(tool: Tool) -> None:
    said = tool("explain", "Issue.release_id").out
    assert "May be {ref: <a system of type flexdeploy>/Release/<name>}." in said
    assert tool("apply", "--yes", DEMO="demo").code == 0
    whole = tool("export", "tracker", "flexdeploy", DEMO="demo").out
    assert "release_id: {ref: flexdeploy/Release/autumn-train}" in whole
    alone = tool("export", "tracker", DEMO="demo").out
    assert "{ref: flexdeploy" not in alone


def test_an_id_of_another_type_refers_to_nothing_where_two_systems_could_have_it(
    tool: Tool, sandbox: Sandbox
) -> None:
    assert tool("apply", "--yes", DEMO="demo").code == 0
    file = tool.folder / "reconcile.yaml"
    with running() as stranger:
        file.write_text(f"""{file.read_text()}\
  other:
    type: flexdeploy
    url: {stranger.url}/flexdeploy/rest/v1
    auth: {{basic: {{username: demo, password: {{env: DEMO}}}}}}
""")
        for exported in ("flexdeploy", "other"):
            said = tool("export", "tracker", exported, DEMO="demo")
            assert said.code == 0, said.err
            assert "release_id: {ref:" not in said.out
            assert re.search(r"^  release_id: \d+$", said.out, re.MULTILINE)
