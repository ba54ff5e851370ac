"""How a release is found and read, and how a new one is made."""

from __future__ import annotations

import pytest
from tests.support.values import a_release, release

from reconcile.model import Json
from reconcile.planning.decide import Facts, Verdict, decide
from reconcile.provider import BadAnswer
from reconcile.systems.flexdeploy.release import RELEASE, read


def verdict(want: dict[str, Json], live: None = None) -> Verdict:
    return decide(a_release(want), live, Facts({}))


def created(want: dict[str, Json]) -> dict[str, Json]:
    (request,) = verdict(want, None).requests
    assert (request.method, request.path) == ("POST", "/releases")
    return request.body


@pytest.mark.parametrize(
    ("want", "body"),
    [
        ({}, {}),
        ({"description": None}, {}),
        ({"releaseStatus": "NOTSTARTED"}, {"releaseStatus": "NOTSTARTED"}),
        (
            {"releaseStatus": "STARTED", "projects": [{"projectId": 1}]},
            {"releaseStatus": "STARTED", "projects": [{"projectId": 1}]},
        ),
        (
            {"projects": [{"projectId": 1, "packageName": None, "requestAllFiles": False, "priority": None}]},
            {"projects": [{"projectId": 1}]},
        ),
        (
            {"projects": [{"projectId": 1, "requestAllFiles": True}, {"projectId": 2, "packageName": "p"}]},
            {"projects": [{"projectId": 1, "requestAllFiles": True}, {"projectId": 2, "packageName": "p"}]},
        ),
        (
            {"pipelineName": "P", "properties": [{"propertyName": "A", "propertyValue": "3"}]},
            {"pipelineName": "P", "properties": [{"propertyName": "A", "propertyValue": "3"}]},
        ),
        ({"cmsDetails": {"cmsInstanceId": 7}}, {"cmsDetails": {"cmsInstanceId": 7}}),
    ],
)
def test_a_new_release_is_one_post_of_what_is_wanted(want: dict[str, Json], body: dict[str, Json]) -> None:
    assert created(want) == {"releaseName": "a", **body}


@pytest.mark.parametrize(
    ("want", "words"),
    [
        (
            {"releaseStatus": "STARTED"},
            "a release starts with at least one project: add one, or leave releaseStatus out; FlexDeploy 8.0 "
            "and later start it empty, which options.startEmpty: true says",
        ),
        (
            {"properties": [{"propertyName": "A", "propertyValue": "1"}]},
            "properties need a pipeline: write pipelineId or pipelineName",
        ),
    ],
)
def test_what_the_server_would_refuse_to_create_is_blocked(want: dict[str, Json], words: str) -> None:
    found = verdict(want, None)
    assert found.requests == ()
    assert {reason for _, reason in found.blocked} == {words}


def test_up_to_eight_releases_are_asked_for_by_name_and_more_by_one_list() -> None:
    resources = [release(f"r{number}") for number in range(8)]
    asked = RELEASE.lookup("fd", resources, {})
    assert [dict(request.query) for request in asked] == [
        {"releaseName": f"r{number}"} for number in range(8)
    ]
    assert all(request.safe and request.path == "/releases" for request in asked)
    (whole,) = RELEASE.lookup("fd", [*resources, release("r8")], {})
    assert (whole.path, whole.query) == ("/releases", ())
    assert RELEASE.lookup("fd", [], {}) == (whole,)


def test_a_pinned_release_is_asked_for_by_its_id() -> None:
    (request,) = RELEASE.lookup("fd", [release("a", id=7)], {})
    assert request.path == "/releases/7"
    assert request == RELEASE.fetch("fd", 7, {})


def test_two_manifests_of_one_name_ask_once() -> None:
    assert len(RELEASE.lookup("fd", [release("a"), release("b", {"releaseName": "a"})], {})) == 1


@pytest.mark.parametrize("id_", [12101, "12101", " 12101 "])
def test_a_release_is_read_by_its_id_and_name_however_the_id_is_spelled(id_: Json) -> None:
    live = read({"releaseId": id_, "releaseName": "a", "new": 1})
    assert (live.id, live.name, live.fields["new"]) == (12101, "a", 1)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (None, "a release is no object"),
        ([], "a release is no object"),
        ("x", "a release is no object"),
        ({}, "a release has no usable releaseId"),
        ({"releaseId": None, "releaseName": "a"}, "a release has no usable releaseId"),
        ({"releaseId": True, "releaseName": "a"}, "a release has no usable releaseId"),
        ({"releaseId": "x1", "releaseName": "a"}, "a release has no usable releaseId"),
        ({"releaseId": 1.5, "releaseName": "a"}, "a release has no usable releaseId"),
        ({"releaseId": 7}, "release 7 has no releaseName"),
        ({"releaseId": 7, "releaseName": 3}, "release 7 has no releaseName"),
    ],
)
def test_a_row_that_is_no_release_is_told(row: Json, words: str) -> None:
    with pytest.raises(BadAnswer, match=words):
        read(row)
