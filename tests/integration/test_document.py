"""The plan document and the record, key by key, as interface.md section 5 spells them; more may come."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

import pytest

from .stage import Stage

TOP = {
    "format_version", "tool_version", "created_at", "commit", "dirty", "base", "environment", "systems",
    "summary", "operations", "blocked", "finished", "dropped", "unverified", "unchanged", "fingerprint",
    "problems",
}  # fmt: skip
SUMMARY = {
    "create", "update", "delete", "run", "entries_removed", "blocked", "finished", "unchanged", "labels",
}  # fmt: skip
OPERATION = {
    "address", "action", "id", "name", "source", "requests", "changes", "needs", "precondition",
}  # fmt: skip
REQUEST = {"method", "path", "body"}
CHANGE = {"path", "before", "after", "label", "sensitive", "source"}
BLOCKED = {"address", "path", "before", "after", "reason", "source"}
OUTCOME = {"address", "status", "detail", "requests_sent", "seconds", "result"}
STATUSES = {
    "done", "unchanged", "failed", "unknown", "unsettled", "refused", "blocked", "skipped", "not_begun",
}  # fmt: skip
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")

PROJECT = {"systems": {"flexdeploy": {"options": {"hidden": ["properties"]}}}}
LIVE = {
    "releases": [
        {
            "releaseId": 1,
            "releaseName": "changed",
            "description": "old",
            "projects": [{"projectId": 6789, "projectStreamId": 6790}],
        },
        {"releaseId": 2, "releaseName": "suspended", "releaseStatus": "SUSPENDED"},
        {"releaseId": 3, "releaseName": "completed", "releaseStatus": "COMPLETED"},
        {"releaseId": 4, "releaseName": "same", "description": "same"},
        {"releaseId": 5, "releaseName": "veiled", "pipelineId": 10004},
    ]
}


def manifest(name: str, **spec: Any) -> dict[str, Any]:
    return {"apiVersion": "flexdeploy/v1", "kind": "Release", "metadata": {"name": name}, "spec": spec}


@pytest.fixture
def varied(stage: Stage) -> Stage:
    """A project whose plan has something in every part that a plan without a base can have."""
    stage.project(PROJECT)
    stage.live(LIVE, {"show_properties": False})
    changed = manifest("changed", description="new", projects=[{"projectId": 6789, "priority": 4}])
    changed["metadata"]["dependsOn"] = ["flexdeploy/Release/created"]
    never = manifest("never-fires", scheduleBuildExpression="0 0 0 31 2 ?")
    stage.manifests(
        {
            "all": [
                manifest("created", releaseStatus="STARTED", projects=[{"projectId": 13903}]),
                changed,
                manifest("suspended", releaseStatus="STARTED"),
                manifest("completed", releaseStatus="STARTED", description="new"),
                manifest("same", description="same"),
                manifest("veiled", properties=[{"propertyName": "A", "propertyValue": "x"}]),
                never,
            ]
        }
    )
    return stage


def test_the_plan_document_has_these_keys_and_types(varied: Stage) -> None:
    document = varied.run("plan", "-o", "json").document
    _is_whole(document, TOP)
    assert [operation["address"].rpartition("/")[2] for operation in document["operations"]] == [
        "created",
        "never-fires",
        "changed",
    ]
    counts = {
        "create": 2, "update": 1, "delete": 0, "run": 0, "entries_removed": 0, "blocked": 1, "finished": 1,
        "unchanged": 2, "labels": {"change": 0, "drift": 0, "conflict": 0},
    }  # fmt: skip
    assert counts.items() <= document["summary"].items()
    assert document["operations"][2]["needs"] == ["flexdeploy/Release/created"]
    assert document["operations"][0]["id"] is None
    assert all(change["before"] is None for change in document["operations"][0]["changes"])
    assert document["unchanged"] == ["flexdeploy/Release/same", "flexdeploy/Release/veiled"]
    assert [item["path"] for item in document["unverified"]] == ["properties"]
    assert {problem["code"] for problem in document["problems"]} == {"cron-never-fires"}


def test_the_record_is_the_same_document_with_outcomes(varied: Stage) -> None:
    document = varied.run("apply", "--yes", "-o", "json").document
    _is_whole(document, TOP | {"outcomes"})
    assert len(document["outcomes"]) == len(document["operations"]) + len(document["blocked"])
    for outcome in document["outcomes"]:
        assert outcome.keys() >= OUTCOME
        assert outcome["status"] in STATUSES
        assert isinstance(outcome["requests_sent"], int)
        assert isinstance(outcome["seconds"], float)
        assert isinstance(outcome["result"], dict)


def test_a_run_that_fails_prints_the_document_all_the_same(varied: Stage) -> None:
    varied.manifests({"wrong": manifest("wrong", descripton="x")})
    for command in (["plan"], ["apply", "--yes"], ["drift"], ["validate"]):
        ran = varied.run(*command, "-o", "json")
        assert ran.code == 1
        _is_whole(ran.document, TOP)
        assert ran.document["operations"] == []
        (problem,) = [problem for problem in ran.document["problems"] if problem["severity"] == "error"]
        assert problem["code"] == "unknown-field"
        assert "description" in problem["message"]
        assert problem["source"]["file"] == "manifests/wrong.yaml"


def test_the_fingerprint_is_that_of_the_differences(varied: Stage) -> None:
    first = varied.run("plan", "-o", "json").document
    assert varied.run("drift", "-o", "json").document["fingerprint"] == first["fingerprint"]
    with varied.sandbox.editing() as state:
        state["flexdeploy"]["releases"][3]["description"] = "by hand"
    moved = varied.run("plan", "-o", "json").document
    assert moved["fingerprint"] != first["fingerprint"]
    same = {operation["address"]: operation["precondition"] for operation in first["operations"]}
    assert same.items() <= {item["address"]: item["precondition"] for item in moved["operations"]}.items()


def test_a_saved_document_is_what_was_printed(varied: Stage) -> None:
    saved = varied.folder / "plan.json"
    ran = varied.run("plan", "-o", "json", "--out", str(saved))
    assert json.loads(saved.read_text()) == ran.document
    assert varied.run("show", str(saved), "-o", "json").document == ran.document


def _is_whole(document: dict[str, Any], keys: set[str]) -> None:
    assert document.keys() >= keys
    assert document["format_version"] == "1.1"
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*", document["tool_version"])
    assert datetime.fromisoformat(document["created_at"]).tzinfo is not None
    assert document["summary"].keys() >= SUMMARY
    assert document["summary"]["labels"].keys() == {"change", "drift", "conflict"}
    assert DIGEST.fullmatch(document["fingerprint"])
    assert (document["base"], document["environment"], document["dropped"]) == (None, None, [])
    for system in document["systems"].values():
        assert system.keys() == {"type", "url"}
    for operation in document["operations"]:
        _is_operation(operation)
    for item in document["blocked"]:
        assert item.keys() >= BLOCKED
        _is_source(item["source"])
    for problem in document["problems"]:
        assert problem.keys() >= {"code", "message", "source"}
        assert problem["source"] is None or problem["source"].keys() == {"file", "line", "column"}


def _is_operation(operation: dict[str, Any]) -> None:
    assert operation.keys() >= OPERATION
    assert operation["action"] in {"create", "update", "delete", "run"}
    assert DIGEST.fullmatch(operation["precondition"])
    _is_source(operation["source"])
    for request in operation["requests"]:
        assert request.keys() >= REQUEST
    for change in operation["changes"]:
        assert change.keys() >= CHANGE
        assert isinstance(change["sensitive"], bool)
        assert change["label"] is None
        _is_source(change["source"])


def _is_source(source: dict[str, Any]) -> None:
    assert source.keys() == {"file", "line"}
    assert source["file"] == "manifests/all.yaml"
    assert source["line"] >= 1
