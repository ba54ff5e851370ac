"""Ids that only the server knows: a plan checks those that one request shows, and names the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.support.commands import Ran, Tool
from tests.support.history import History
from tests.support.http import Wire
from tests.support.projects import release

PROJECTS = [{"projectId": 10, "projectName": "Core"}, {"projectId": 11, "projectName": "Web"}]
STREAMS = [{"streamId": 100, "streamName": "main"}]
SPEC = "{projects: [{projectId: %s, projectStreamId: %s, packageName: a}], pipelineId: 7}"


@pytest.fixture
def server(wire: Wire) -> Wire:
    """A server that lists its projects, and the streams of one."""
    wire.fallbacks["GET /project"] = 200, PROJECTS
    wire.fallbacks["GET /project/10/stream"] = 200, STREAMS
    wire.fallbacks["GET /project/99/stream"] = 404, {"message": "no such project"}
    return wire


def planned(tool: Tool, project: Path, spec: str, *more: str) -> Ran:
    (project / "manifests/new.yaml").write_text(release("new", spec))
    return tool("plan", *(() if "--changed" in more else ("manifests/new.yaml",)), *more)


def unchecked(ran: Ran) -> list[tuple[Any, Any]]:
    return [(each["path"], each["value"]) for each in ran.document.get("unchecked", ())]


def wrong(ran: Ran) -> list[tuple[Any, Any]]:
    return [(each["code"], each["severity"]) for each in ran.document["problems"]]


def test_what_one_request_shows_is_checked_and_the_rest_is_named(
    tool: Tool, project: Path, server: Wire
) -> None:
    ran = planned(tool, project, SPEC % (10, 100), "-o", "json")
    assert (ran.code, wrong(ran), unchecked(ran)) == (0, [], [("pipelineId", 7)])
    text = planned(tool, project, SPEC % (10, 100)).out
    assert (
        "1 id was not checked, which only the server knows: pipelineId 7 of flexdeploy/Release/new.\n" in text
    )
    for format in ("markdown", "html"):
        assert (
            "not checked, which only the server knows"
            in planned(tool, project, SPEC % (10, 100), "-o", format).out
        )


def test_an_id_that_no_object_has_is_a_warning_at_its_line(tool: Tool, project: Path, server: Wire) -> None:
    ran = planned(tool, project, SPEC % (99, 100))
    words = (
        "projects[99,a].projectId: no project has the id 99; `reconcile find "
        "flexdeploy/Release.projects.projectId` lists them [unknown-id]"
    )
    assert ran.err.startswith("manifests/new.yaml:4:")
    assert ran.err.endswith(f": warning: {words}\n")
    assert ran.code == 0
    assert wrong(planned(tool, project, SPEC % (10, 99), "-o", "json")) == [("unknown-id", "warning")]


def test_a_list_that_cannot_be_read_or_is_empty_tells_nothing(tool: Tool, project: Path, wire: Wire) -> None:
    ids = [("pipelineId", 7), ("projects[10,a].projectId", 10), ("projects[10,a].projectStreamId", 100)]
    for answer in ((403, {"message": "no"}), (200, []), (200, [{"id": "?"}])):
        wire.fallbacks["GET /project"] = wire.fallbacks["GET /project/10/stream"] = answer
        ran = planned(tool, project, SPEC % (10, 100), "-o", "json")
        assert (ran.code, wrong(ran), sorted(unchecked(ran))) == (0, [], ids)


def test_what_is_live_already_is_not_asked_for(tool: Tool, project: Path, server: Wire) -> None:
    server.releases.rows[12101] |= {"pipelineId": 7, "pipelineName": "Simple"}
    (project / "manifests/train.yaml").write_text(release("train", "{pipelineId: 7, description: new}"))
    ran = tool("plan", "-o", "json")
    assert (unchecked(ran), ran.document["summary"]["update"]) == ([], 1)
    assert not any("/project" in line for line in server.log)


def test_only_so_many_lists_are_asked_for(tool: Tool, project: Path, server: Wire) -> None:
    server.fallbacks["GET /project"] = 200, [{"projectId": n, "projectName": f"P{n}"} for n in range(10, 40)]
    for number in range(10, 40):
        server.fallbacks[f"GET /project/{number}/stream"] = 200, STREAMS
    lines = [f"{{projectId: {n}, projectStreamId: 100, packageName: a}}" for n in range(10, 40)]
    ran = planned(tool, project, f"{{projects: [{', '.join(lines)}]}}", "-o", "json")
    assert sum("/stream" in line for line in server.log) == 7
    assert len(unchecked(ran)) == 23


def test_an_apply_and_a_drift_check_ask_for_none(tool: Tool, project: Path, server: Wire) -> None:
    (project / "manifests/new.yaml").write_text(release("new", SPEC % (10, 100)))
    tool("drift")
    tool("apply", "--yes")
    assert not any("/project" in line for line in server.log)


def test_a_system_that_does_not_answer_is_asked_once_and_the_plan_is_there(
    tool: Tool, project: Path, server: Wire
) -> None:
    server.fallbacks["GET /project"] = 503, {"message": "later"}
    ran = planned(tool, project, SPEC % (10, 100), "-o", "json")
    assert (ran.code, len(unchecked(ran))) == (0, 3)
    assert [line for line in server.log if "/project" in line] == ["GET /project"]


def test_an_id_that_no_path_can_hold_is_named_and_breaks_no_plan(
    tool: Tool, project: Path, server: Wire
) -> None:
    ran = planned(tool, project, SPEC % (-5, 100), "-o", "json")
    assert (ran.code, ran.document["summary"]["create"]) == (0, 1)
    assert ("projects[-5,a].projectStreamId", 100) in unchecked(ran)


def test_a_review_of_what_changed_names_ids_and_asks_for_none(
    tool: Tool, project: Path, server: Wire
) -> None:
    History(project).commit("before")
    ran = planned(tool, project, SPEC % (10, 100), "--base", "before", "--changed", "-o", "json")
    assert (ran.code, len(unchecked(ran))) == (0, 3), ran
    assert not any("/project" in line for line in server.log)
