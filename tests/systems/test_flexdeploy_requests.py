"""Which of POST, PATCH and PUT closes a difference of a release, and what its body says."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.values import a_release

from reconcile.model import Json, Request, Secret
from reconcile.planning.decide import Facts, Verdict, decide
from reconcile.systems.flexdeploy.release import read

LIVE: dict[str, Json] = {
    "releaseId": 12101,
    "releaseName": "a",
    "releaseStatus": "STARTED",
    "description": "old",
    "pipelineId": 10004,
    "pipelineName": "Simple Pipeline",
    "startDate": "2018-08-20",
    "endDate": None,
    "scheduleBuildExpression": None,
    "projects": [
        {
            "projectId": 10000,
            "projectName": "Full",
            "applicationPath": "/x",
            "packageName": None,
            "requestAllFiles": False,
            "projectStreamId": 3502,
            "buildEnvironmentId": 21212,
            "priority": 1,
            "projectGroups": None,
        },
        {
            "projectId": 13921,
            "packageName": "P1",
            "requestAllFiles": False,
            "projectStreamId": 7,
            "priority": 2,
        },
    ],
    "cmsDetails": {"cmsInstanceId": 7, "overrideSettings": False},
    "properties": [
        {"propertyName": "REGION", "propertyValue": "eu"},
        {"propertyName": "TOKEN", "propertyValue": "canary"},
    ],
}
FULL = {"projectId": 10000, "projectStreamId": 3502, "buildEnvironmentId": 21212, "priority": 1}
PARTIAL = {"projectId": 13921, "packageName": "P1", "projectStreamId": 7, "priority": 2}
SAID_BACK = {
    "releaseId": 12101,
    "releaseName": "a",
    "releaseStatus": "STARTED",
    "description": "old",
    "pipelineId": 10004,
    "pipelineName": "Simple Pipeline",
    "projects": [FULL, PARTIAL],
    "cmsDetails": {"cmsInstanceId": 7, "overrideSettings": False},
    "properties": [
        {"propertyName": "REGION", "propertyValue": "eu"},
        {"propertyName": "TOKEN", "propertyValue": "canary"},
    ],
}


def verdict(want: dict[str, Json], live: dict[str, Json] | None, **options: Any) -> Verdict:
    item = a_release(want)
    item = type(item)(item.resource, item.kind, options)
    return decide(item, None if live is None else read({**LIVE, **live}), Facts({}))


def only(want: dict[str, Json], live: dict[str, Json] | None = None) -> Request:
    """The only request for a release of which this is different."""
    found = verdict(want, live or {})
    assert found.blocked == ()
    (request,) = found.requests
    return request


@pytest.mark.parametrize(
    ("want", "body"),
    [
        ({"description": "new"}, {"description": "new"}),
        ({"scheduleBuildExpression": "0 0 2 * * ?"}, {"scheduleBuildExpression": "0 0 2 * * ?"}),
        ({"pipelineId": 10005}, {"pipelineId": 10005}),
        ({"pipelineName": "Other"}, {"pipelineName": "Other"}),
        (
            {"properties": [{"propertyName": "REGION", "propertyValue": "us"}, {"propertyName": "TOKEN"}]},
            {"properties": [{"propertyName": "REGION", "propertyValue": "us"}], "pipelineId": 10004},
        ),
        (
            {
                "pipelineName": "Other",
                "properties": [
                    {"propertyName": "REGION"},
                    {"propertyName": "TOKEN"},
                    {"propertyName": "NEW", "propertyValue": "1"},
                ],
            },
            {"pipelineName": "Other", "properties": [{"propertyName": "NEW", "propertyValue": "1"}]},
        ),
        (
            {"projects": [{"projectId": 10000, "priority": 5}, {"projectId": 13921, "packageName": "P1"}]},
            {"projects": [{"projectId": 10000, "priority": 5}]},
        ),
        (
            {
                "projects": [
                    {"projectId": 10000},
                    {"projectId": 13921, "packageName": "P1"},
                    {"projectId": 13921, "packageName": "P2", "projectStreamId": 8},
                ]
            },
            {"projects": [{"projectId": 13921, "packageName": "P2", "projectStreamId": 8}]},
        ),
        (
            {"cmsDetails": {"overrideSettings": True}},
            {"cmsDetails": {"cmsInstanceId": 7, "overrideSettings": True}},
        ),
    ],
)
def test_what_only_adds_or_updates_is_one_patch_of_that(want: dict[str, Json], body: dict[str, Json]) -> None:
    request = only(want)
    assert (request.method, request.path) == ("PATCH", "/releases/12101")
    assert request.body == {"releaseName": "a", **body}


def test_a_release_is_started_by_a_patch() -> None:
    request = only({"releaseStatus": "STARTED"}, {"releaseStatus": "NOTSTARTED"})
    assert (request.method, request.body) == ("PATCH", {"releaseName": "a", "releaseStatus": "STARTED"})


def test_a_release_may_start_with_the_projects_that_it_is_given_at_once() -> None:
    want = {"releaseStatus": "STARTED", "projects": [{"projectId": 1, "projectStreamId": 2}]}
    request = only(want, {"releaseStatus": "NOTSTARTED", "projects": []})
    assert (request.method, request.body) == ("PATCH", {"releaseName": "a", **want})


@pytest.mark.parametrize(
    ("want", "changed", "gone"),
    [
        ({"description": None}, {"description": None}, set()),
        ({"description": ""}, {"description": ""}, set()),
        ({"projects": [{"projectId": 10000}]}, {"projects": [FULL]}, set()),
        ({"projects": []}, {"projects": []}, set()),
        ({"projects": None}, {"projects": None}, set()),
        ({"projects": [{"projectId": 10000, "priority": 9}]}, {"projects": [{**FULL, "priority": 9}]}, set()),
        (
            {"properties": [{"propertyName": "REGION"}]},
            {"properties": [{"propertyName": "REGION", "propertyValue": "eu"}]},
            set(),
        ),
        ({"properties": []}, {"properties": []}, set()),
        ({"cmsDetails": None}, {"cmsDetails": None}, set()),
        (
            {"cmsDetails": {"cmsInstanceId": None}},
            {"cmsDetails": {"cmsInstanceId": None, "overrideSettings": False}},
            set(),
        ),
        (
            {"description": None, "pipelineId": 10005},
            {"description": None, "pipelineId": 10005},
            {"pipelineName"},
        ),
        (
            {"description": None, "pipelineName": "B"},
            {"description": None, "pipelineName": "B"},
            {"pipelineId"},
        ),
        (
            {"pipelineId": None, "properties": []},
            {"pipelineId": None, "properties": []},
            {"pipelineName"},
        ),
        ({"releaseStatus": "STARTED", "description": None}, {"description": None}, set()),
    ],
)
def test_what_takes_something_away_is_one_put_that_says_back_all_the_rest(
    want: dict[str, Json], changed: dict[str, Json], gone: set[str]
) -> None:
    request = only(want)
    assert (request.method, request.path) == ("PUT", "/releases/12101")
    said = {name: value for name, value in SAID_BACK.items() if name not in gone}
    assert request.body == {**said, **changed}


def test_a_put_to_a_release_that_was_not_started_says_so_and_may_start_it() -> None:
    unstarted = {"releaseStatus": "NOTSTARTED"}
    assert only({"description": None}, unstarted).body["releaseStatus"] == "NOTSTARTED"
    assert (
        only({"description": None, "releaseStatus": "STARTED"}, unstarted).body["releaseStatus"] == "STARTED"
    )


def test_a_partial_project_with_all_files_says_so_again_in_a_put() -> None:
    entry = {"projectId": 1, "packageName": None, "requestAllFiles": True, "projectStreamId": 3}
    request = only({"description": None}, {"projects": [entry]})
    assert request.body["projects"] == [{"projectId": 1, "requestAllFiles": True, "projectStreamId": 3}]


def test_a_secret_property_is_said_back_sealed() -> None:
    from reconcile.live.pages import sealed
    from reconcile.systems.flexdeploy.release import RELEASE

    live = sealed(RELEASE, read(LIVE))
    (request,) = decide(a_release({"description": None}), live, Facts({})).requests
    assert request.body["properties"][1] == {"propertyName": "TOKEN", "propertyValue": Secret("canary")}
    assert "canary" not in repr(request)


@pytest.mark.parametrize(
    "want",
    [
        {},
        {"description": "old", "pipelineId": 10004},
        {"pipelineName": "Simple Pipeline"},
        {"projects": [{"projectId": 13921, "packageName": "P1"}, {"projectId": 10000}]},
        {
            "projects": [
                {"projectId": 10000, "buildEnvironmentId": None},
                {"projectId": 13921, "packageName": "P1"},
            ]
        },
        {"cmsDetails": {"cmsInstanceId": 7, "overriddenDefaultConfigurations": None}},
        {"scheduleBuildExpression": ""},
    ],
)
def test_what_is_as_wanted_needs_no_request(want: dict[str, Json]) -> None:
    found = verdict(want, {})
    assert (found.requests, found.blocked) == ((), ())
