"""What of a release no request can close: each with its reason, and with what to write instead."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.values import a_release

from reconcile.model import Json, spell
from reconcile.planning.decide import Facts, Verdict, decide
from reconcile.systems.flexdeploy.release import read

LIVE: dict[str, Json] = {
    "releaseId": 12101,
    "releaseName": "a",
    "releaseStatus": "NOTSTARTED",
    "description": "old",
    "pipelineId": 10004,
    "pipelineName": "P",
    "projects": [{"projectId": 1, "requestAllFiles": True, "projectStreamId": 3}],
    "properties": [{"propertyName": "A", "propertyValue": "1"}],
    "cmsDetails": None,
}
UNSEEN = (
    "only a PUT removes, and it resets {0}, which this server does not show: "
    "write all that is to stay there ({1} for nothing); options.hidden names fields never shown"
)

ONE_PIPELINE = ", and both must name one pipeline: keep one of them"


def verdict(
    want: dict[str, Json], live: dict[str, Json] | None, hide: tuple[str, ...] = (), **options: Any
) -> Verdict:
    item = a_release(want)
    row = (
        None
        if live is None
        else {name: value for name, value in {**LIVE, **live}.items() if name not in hide}
    )
    return decide(type(item)(item.resource, item.kind, options), row and read(row), Facts({}))


def reasons(found: Verdict) -> dict[str, str]:
    return {spell(change.path): reason for change, reason in found.blocked}


@pytest.mark.parametrize(
    ("want", "live", "hide", "blocked"),
    [
        (
            {"releaseStatus": "NOTSTARTED"},
            {"releaseStatus": "STARTED"},
            (),
            {
                "releaseStatus": "STARTED, wanted NOTSTARTED: "
                "a release that was started never goes back; write STARTED"
            },
        ),
        (
            {"releaseStatus": None},
            {"releaseStatus": "STARTED"},
            (),
            {
                "releaseStatus": "STARTED, wanted NOTSTARTED: "
                "a release that was started never goes back; write STARTED"
            },
        ),
        (
            {"releaseStatus": "NOTSTARTED"},
            {"releaseStatus": "SUSPENDED"},
            (),
            {
                "releaseStatus": "SUSPENDED, wanted NOTSTARTED: "
                "a release that was started never goes back; take releaseStatus out"
            },
        ),
        (
            {"releaseStatus": "STARTED"},
            {"releaseStatus": "SUSPENDED"},
            (),
            {
                "releaseStatus": "SUSPENDED, wanted STARTED: no request leads there; "
                "resume the release in FlexDeploy"
            },
        ),
        (
            {"releaseStatus": "STARTED"},
            {"projects": []},
            (),
            {
                "releaseStatus": "NOTSTARTED, wanted STARTED: "
                "a release starts with at least one project: add one, or leave releaseStatus out; FlexDeploy "
                "8.0 and later start it empty, which options.startEmpty: true says"
            },
        ),
        (
            {"pipelineId": 10004, "pipelineName": "Q"},
            {},
            (),
            {"pipelineName": f"pipelineId 10004 is pipelineName P{ONE_PIPELINE}"},
        ),
        (
            {"pipelineId": 7, "pipelineName": "P"},
            {},
            (),
            {"pipelineId": f"pipelineName P is pipelineId 10004{ONE_PIPELINE}"},
        ),
        ({"pipelineId": 7, "pipelineName": "Q"}, {}, (), {}),
        ({"pipelineId": 10004, "pipelineName": "Q"}, {"pipelineId": None, "pipelineName": None}, (), {}),
        (
            {"description": None},
            {"releaseStatus": "SUSPENDED"},
            (),
            {"description": "only a PUT removes, and it cannot say back the status SUSPENDED"},
        ),
        (
            {"projects": [{"projectId": 1, "requestAllFiles": False}]},
            {},
            (),
            {
                "projects[1].requestAllFiles": "a partial deployment project has all files or a packageName: "
                "write one of them"
            },
        ),
        (
            {"projects": [{"projectId": 1}, {"projectId": 2}]},
            {},
            (),
            {"projects[2]": "an entry is added to a live release only with its projectStreamId: write it"},
        ),
        (
            {"pipelineId": None},
            {},
            (),
            {"pipelineId": "the release has properties, and they need the pipeline: write properties: []"},
        ),
        (
            {"properties": [{"propertyName": "A", "propertyValue": "2"}]},
            {"pipelineId": None, "pipelineName": None},
            (),
            {"properties[A].propertyValue": "properties need a pipeline: write pipelineId or pipelineName"},
        ),
        (
            {"description": None},
            {},
            ("properties",),
            {"description": UNSEEN.format("properties", "properties: []")},
        ),
        (
            {"description": None},
            {},
            ("properties", "cmsDetails"),
            {
                "description": UNSEEN.format(
                    "properties and cmsDetails", "properties: [] and cmsDetails: null"
                )
            },
        ),
        (
            {"description": None, "cmsDetails": {"cmsInstanceId": 7}},
            {},
            ("cmsDetails",),
            {"description": UNSEEN.format("cmsDetails", "cmsDetails: null")},
        ),
    ],
)
def test_what_no_request_can_close_is_blocked_with_its_reason(
    want: dict[str, Json], live: dict[str, Json], hide: tuple[str, ...], blocked: dict[str, str]
) -> None:
    assert reasons(verdict(want, live, hide)) == blocked


def test_a_put_is_sent_where_the_manifest_says_all_that_is_not_shown() -> None:
    found = verdict(
        {"description": None, "properties": [], "cmsDetails": None}, {}, ("properties", "cmsDetails")
    )
    (request,) = found.requests
    assert (request.method, found.blocked) == ("PUT", ())
    assert (request.body["properties"], request.body["cmsDetails"]) == ([], None)


def test_a_hidden_field_that_the_manifest_writes_goes_out_with_a_put() -> None:
    want = {
        "description": None,
        "properties": [{"propertyName": "A", "propertyValue": "9"}],
        "cmsDetails": None,
    }
    found = verdict(want, {}, ("properties", "cmsDetails"), hidden=["properties", "cmsDetails"])
    (request,) = found.requests
    assert request.body["properties"] == want["properties"]
    assert [change.path for change in found.changes] == [("description",)]


def test_a_hidden_field_that_the_manifest_does_not_write_still_blocks_a_put() -> None:
    found = verdict({"description": None}, {}, ("properties",), hidden=["properties"])
    assert reasons(found) == {"description": UNSEEN.format("properties", "properties: []")}


def test_a_status_that_is_blocked_leaves_the_rest_to_be_sent_without_it() -> None:
    found = verdict({"releaseStatus": "NOTSTARTED", "description": "new"}, {"releaseStatus": "STARTED"})
    (request,) = found.requests
    assert request.body == {"releaseName": "a", "description": "new"}
    assert list(reasons(found)) == ["releaseStatus"]


def test_a_pipeline_that_is_blocked_goes_out_beside_no_property() -> None:
    want = {
        "pipelineId": 10004,
        "pipelineName": "Q",
        "properties": [{"propertyName": "A", "propertyValue": "2"}],
    }
    (request,) = verdict(want, {}).requests
    assert request.body == {"releaseName": "a", "pipelineId": 10004, "properties": want["properties"]}


def test_an_entry_that_is_blocked_stays_in_a_put_as_it_is_live() -> None:
    want = {"projects": [{"projectId": 1, "requestAllFiles": False}], "description": None}
    (request,) = verdict(want, {}).requests
    assert request.method == "PUT"
    assert request.body["projects"] == [{"projectId": 1, "requestAllFiles": True, "projectStreamId": 3}]


def test_an_entry_that_cannot_be_added_is_left_out_of_a_put() -> None:
    want = {"projects": [{"projectId": 1}, {"projectId": 2}], "description": None}
    (request,) = verdict(want, {}).requests
    assert [entry["projectId"] for entry in request.body["projects"]] == [1]


@pytest.mark.parametrize("status", ["COMPLETED", "completed", "Com pleted"])
@pytest.mark.parametrize("want", [{}, {"releaseStatus": "STARTED"}, {"description": "new"}])
def test_a_completed_release_is_finished_and_nothing_else_of_it_is_compared(
    want: dict[str, Json], status: str
) -> None:
    found = verdict(want, {"releaseStatus": status})
    assert (found.requests, found.blocked) == ((), ())
    assert found.finished == "the release is COMPLETED"


def test_not_started_is_never_sent_to_a_release_that_was_started() -> None:
    for want in ({"releaseStatus": "NOTSTARTED"}, {"releaseStatus": "NOTSTARTED", "description": None}):
        for request in verdict(want, {"releaseStatus": "STARTED"}).requests:
            assert request.body.get("releaseStatus") != "NOTSTARTED"
