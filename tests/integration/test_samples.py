"""The samples of the vendor's page as golden cases, through the whole command line and over the wire."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .stage import Stage

SAMPLES = json.loads((Path(__file__).parent.parent / "data" / "flexdeploy-samples.json").read_text())
SET_BY_THE_SERVER = {"releaseId", "startDate", "endDate", "projectName", "applicationPath"}
HIDDEN = {"show_properties": False, "show_cms_details": False}
"""Both GET samples of the page show neither `properties` nor `cmsDetails`."""

Fields = dict[str, Any]


def exported(value: Any, *, nulls: bool) -> Any:
    """A live release as a manifest's spec: less what only the server sets and, on demand, what is empty."""
    if isinstance(value, list):
        return [exported(entry, nulls=nulls) for entry in value]
    if not isinstance(value, dict):
        return value
    return {
        name: exported(inner, nulls=nulls)
        for name, inner in value.items()
        if name not in SET_BY_THE_SERVER and (nulls or inner is not None)
    }


def manifest(name: str, spec: Fields) -> Fields:
    return {"apiVersion": "flexdeploy/v1", "kind": "Release", "metadata": {"name": name}, "spec": spec}


def pipelines(*releases: Fields) -> list[Fields]:
    """The pipelines that the releases name."""
    named = {release["pipelineId"]: release["pipelineName"] for release in releases}
    return [{"pipelineId": number, "pipelineName": name} for number, name in named.items()]


@pytest.mark.parametrize("nulls", [True, False], ids=["nulls and all", "values only"])
@pytest.mark.parametrize("switches", [HIDDEN, {}, {"ids": "string", "list_order": "shuffled"}], ids=str)
@pytest.mark.parametrize(
    "releases", [SAMPLES["get_list"], [SAMPLES["get_by_id"]]], ids=["the list sample", "the sample by id"]
)
def test_what_a_get_sample_shows_is_in_sync_with_itself(
    stage: Stage, releases: list[Fields], switches: Fields, nulls: bool
) -> None:
    stage.live({"releases": releases, "pipelines": pipelines(*releases)}, switches)
    specs = [exported(release, nulls=nulls) for release in releases]
    stage.manifests({"exported": [manifest(f"release-{n}", spec) for n, spec in enumerate(specs)]})
    for command in (["plan", "--detailed-exitcode"], ["drift"], ["apply", "--yes"]):
        ran = stage.run(*command)
        assert ran.code == 0, ran
        assert f"No {'drift' if command == ['drift'] else 'changes'}." in ran.out.splitlines(), ran
    assert stage.sent(writes=True) == []


def test_the_post_sample_is_exactly_one_post(stage: Stage) -> None:
    stage.live({"releases": [{"releaseId": 13606, "releaseName": "the one before"}]}, {})
    request, reply = SAMPLES["post"]["request"], SAMPLES["post"]["reply"]
    stage.manifests({"sample": manifest("sample", request)})
    _becomes(stage, "POST /releases", reply)
    (sent,) = stage.sent(writes=True)
    assert sent.body == {**request, "properties": [{"propertyName": "TESTPROPERTY", "propertyValue": "3"}]}


def test_the_put_sample_is_exactly_one_put(stage: Stage) -> None:
    """The page's NOTSTARTED is left out: it is sent to a started release there, and changes nothing."""
    sample = SAMPLES["put"]
    stage.live({"releases": [sample["before"]]}, {})
    stage.manifests({"sample": manifest("sample", _wanted(sample["request"]))})
    _becomes(stage, "PUT /releases/11101", {**sample["reply"], "releaseId": 11101})
    (sent,) = stage.sent(writes=True)
    assert sent.body["releaseStatus"] == "STARTED"
    assert sent.body["releaseId"] == 11101


def test_the_patch_sample_is_exactly_one_patch(stage: Stage) -> None:
    """The page's reply shows a package and a description that nobody sent; here the package is sent."""
    sample = SAMPLES["patch"]
    stage.live({"releases": [sample["before"]]}, {})
    wanted = _wanted(sample["request"])
    wanted["projects"] = [{**wanted["projects"][0], "packageName": "Package 1"}]
    stage.manifests({"sample": manifest("sample", wanted)})
    _becomes(stage, "PATCH /releases/11101", {**sample["reply"], "releaseId": 11101, "description": None})
    (sent,) = stage.sent(writes=True)
    assert sent.body == wanted


def _wanted(request: Fields) -> Fields:
    kept = {name: value for name, value in request.items() if name != "releaseStatus"}
    return dict(exported(kept, nulls=True))


def _becomes(stage: Stage, line: str, reply: Fields) -> None:
    """One apply sends this one write, leaves what the page shows, and then nothing is left to do."""
    applied = stage.run("apply", "--yes")
    assert applied.code == 0, applied
    assert [sent.line for sent in stage.sent(writes=True)] == [line]
    releases = {row["releaseId"]: row for row in stage.sandbox.state["flexdeploy"]["releases"]}
    have = releases[reply["releaseId"]]
    assert {**have, "startDate": None} == {**reply, "startDate": None}
    again = stage.run("plan", "--detailed-exitcode")
    assert again.told == "No changes.\n"
    assert again.code == 0
