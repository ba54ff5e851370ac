"""Each switch on FlexDeploy's answers: what is shown, how it is spelled, and in which order."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconcile_sandbox import Sandbox

_FULL = {"projectId": 6789, "projectStreamId": 6790}
_POSTED: dict[str, Any] = {
    "releaseName": "mine",
    "pipelineId": 12345,
    "projects": [_FULL],
    "properties": [{"propertyName": "A", "propertyValue": "1"}],
    "cmsDetails": {"cmsInstanceId": 7},
}
_PATH = "/releases/12105"


@pytest.fixture
def posted(sandbox: Sandbox, flexdeploy: httpx.Client) -> Sandbox:
    """A sandbox with a release of every field, at `_PATH`."""
    assert flexdeploy.post("/releases", json=_POSTED).status_code == 201
    return sandbox


def _patch(flexdeploy: httpx.Client, **own: Any) -> httpx.Response:
    return flexdeploy.patch(_PATH, json={"releaseName": "mine", **own})


@pytest.mark.parametrize(
    ("switch", "key"), [("show_properties", "properties"), ("show_cms_details", "cmsDetails")]
)
def test_get_can_hide_what_the_samples_do_not_show(
    posted: Sandbox, flexdeploy: httpx.Client, switch: str, key: str
) -> None:
    posted.set_options(f"flexdeploy.{switch}=false")
    assert key not in flexdeploy.get(_PATH).json()
    assert key not in flexdeploy.get("/releases").json()[-1]
    assert key in _patch(flexdeploy).json()


@pytest.mark.parametrize(
    ("shape", "content_type", "start"),
    [
        ("json", "application/json", '{"message": "'),
        ("plain", "text/plain; charset=utf-8", "Release not found."),
        ("html", "text/html; charset=utf-8", "<html>"),
    ],
)
def test_errors_have_the_shape_that_is_asked_for(
    sandbox: Sandbox, flexdeploy: httpx.Client, shape: str, content_type: str, start: str
) -> None:
    sandbox.set_options(f"flexdeploy.error_body={shape}")
    reply = flexdeploy.get("/releases/1")
    assert (reply.headers["content-type"], reply.text[: len(start)]) == (content_type, start)


def test_lists_can_come_by_name(posted: Sandbox, flexdeploy: httpx.Client) -> None:
    posted.set_options("flexdeploy.list_order=by_name")
    assert [row["releaseName"] for row in flexdeploy.get("/releases").json()][-1] == "mine"
    names = [row["projectName"] for row in flexdeploy.get("/releases/12101").json()["projects"]]
    assert names == sorted(names)


def test_lists_can_be_shuffled_anew_each_time(posted: Sandbox, flexdeploy: httpx.Client) -> None:
    posted.set_options("flexdeploy.list_order=shuffled")
    orders = {tuple(row["releaseId"] for row in flexdeploy.get("/releases").json()) for _ in range(40)}
    assert len(orders) > 1
    assert {frozenset(order) for order in orders} == {frozenset({12101, 12104, 12105})}


def test_a_shuffle_can_be_repeated(posted: Sandbox, flexdeploy: httpx.Client) -> None:
    def listed() -> list[str]:
        posted.reset(options=["flexdeploy.list_order=shuffled"])
        return [flexdeploy.get("/releases").text for _ in range(5)]

    assert listed() == listed()


def test_answers_can_have_unknown_fields(posted: Sandbox, flexdeploy: httpx.Client) -> None:
    posted.set_options("flexdeploy.extra_fields=true")
    release = flexdeploy.get(_PATH).json()
    assert "revision" in release
    assert "tags" in release["projects"][0]


def test_ids_can_be_strings(posted: Sandbox, flexdeploy: httpx.Client) -> None:
    posted.set_options("flexdeploy.ids=string")
    release = flexdeploy.get(_PATH).json()
    assert (release["releaseId"], release["pipelineId"]) == ("12105", "12345")
    assert (release["projects"][0]["projectId"], release["cmsDetails"]["cmsInstanceId"]) == ("6789", "7")


def test_fields_without_a_value_can_be_left_out(posted: Sandbox, flexdeploy: httpx.Client) -> None:
    posted.set_options("flexdeploy.empty_fields=omit")
    release = flexdeploy.get(_PATH).json()
    assert not {"description", "endDate"} & set(release)
    assert "packageName" not in release["projects"][0]


@pytest.mark.parametrize(("choice", "expected"), [("list", []), ("null", None), ("omit", "absent")])
def test_empty_lists_have_the_shape_that_is_asked_for(
    sandbox: Sandbox, flexdeploy: httpx.Client, choice: str, expected: Any
) -> None:
    sandbox.set_options(f"flexdeploy.empty_lists={choice}")
    assert flexdeploy.get("/releases/12101").json().get("properties", "absent") == expected


@pytest.mark.parametrize(
    ("choice", "of_null", "of_blank"), [("stored", None, ""), ("null", None, None), ("blank", "", "")]
)
def test_empty_descriptions_have_the_shape_that_is_asked_for(
    posted: Sandbox, flexdeploy: httpx.Client, choice: str, of_null: str | None, of_blank: str | None
) -> None:
    posted.set_options(f"flexdeploy.empty_description={choice}")
    assert flexdeploy.get(_PATH).json()["description"] == of_null
    assert _patch(flexdeploy, description="").json()["description"] == of_blank


@pytest.mark.parametrize(
    ("spelling", "case", "expected"),
    [
        ("joined", "lower", "notstarted"),
        ("spaced", "upper", "NOT STARTED"),
        ("spaced", "title", "Not Started"),
        ("joined", "title", "NotStarted"),
    ],
)
def test_statuses_are_spelled_as_asked(
    posted: Sandbox, flexdeploy: httpx.Client, spelling: str, case: str, expected: str
) -> None:
    posted.set_options(f"flexdeploy.status_spelling={spelling}", f"flexdeploy.status_case={case}")
    assert flexdeploy.get(_PATH).json()["releaseStatus"] == expected
