"""What is done for fields that a server never shows, where the base says what they were."""

from __future__ import annotations

from typing import Any

from tests.support.values import address, release

from reconcile.desired import Wanted
from reconcile.live.observation import Observation
from reconcile.model import Live, Spec, spell
from reconcile.planning.build import plan
from reconcile.planning.contents import Plan
from reconcile.systems.flexdeploy.release import RELEASE

A, B = ({"propertyName": name, "propertyValue": "x"} for name in "AB")
CMS = {"cmsInstanceId": 7}
ALL_OF_CMS = {
    "overrideSettings": None,
    "overriddenDefaultConfigurations": None,
    "overriddenEnvironmentConfigurations": None,
}


def planned(base: Spec, want: Spec, **shown: Any) -> Plan:
    """The plan for a release of which the server shows neither properties nor cmsDetails."""
    said = {"releaseId": 1, "releaseName": "a", "releaseStatus": "NOTSTARTED", "pipelineId": 1, **shown}
    options = {"hidden": ["properties", "cmsDetails"]}
    item = Wanted(release("a", want), RELEASE, options, release("a", base), based=True)
    seen = Observation({address("a", "Release", "flexdeploy"): Live(1, "a", said)})
    return plan([item], lambda where: True, seen).plan


def changes(found: Plan) -> list[tuple[str, str, Any]]:
    return [
        (operation.requests[0].method, spell(change.path), change.label)
        for operation in found.operations
        for change in operation.changes
    ]


def test_what_is_taken_out_of_a_list_that_is_never_shown_needs_a_put() -> None:
    found = planned({"properties": [A, B]}, {"properties": [A], "cmsDetails": None})
    assert changes(found) == [("PUT", "properties[B]", "change")]
    assert found.operations[0].requests[0].body["properties"] == [A]


def test_a_list_that_is_never_shown_is_cleared_by_a_put() -> None:
    for nothing in ([], None):
        found = planned({"properties": [A]}, {"properties": nothing, "cmsDetails": None})
        assert changes(found) == [("PUT", "properties[A]", "change")]


def test_a_removal_whose_put_would_wipe_what_is_not_shown_is_blocked_and_nothing_is_sent() -> None:
    found = planned({"properties": [A, B]}, {"properties": [A]})
    assert found.operations == ()
    ((item,),) = (found.blocked,)
    assert spell(item.path) == "properties[B]"
    assert item.reason.startswith("only a PUT removes, and it resets cmsDetails")


def test_what_is_added_to_a_list_that_is_never_shown_is_sent_without_the_rest_of_it() -> None:
    found = planned({"properties": [A]}, {"properties": [A, B]})
    assert changes(found) == [("PATCH", "properties[B]", "change")]
    assert found.operations[0].requests[0].body["properties"] == [B]


def test_what_is_cleared_inside_a_field_that_is_never_shown_needs_a_put() -> None:
    want = {"properties": [A], "cmsDetails": {"cmsInstanceId": None, **ALL_OF_CMS}}
    found = planned({"properties": [A], "cmsDetails": CMS}, want)
    assert changes(found) == [("PUT", "cmsDetails.cmsInstanceId", "change")]


def test_what_is_no_longer_written_of_what_is_never_shown_is_dropped_with_an_unknown_value() -> None:
    found = planned({"properties": [A], "cmsDetails": CMS}, {"description": None})
    assert [(spell(item.path), item.value) for item in found.dropped] == [
        ("properties", None),
        ("cmsDetails", None),
    ]
    assert all("what is live there is not known" in item.reason for item in found.dropped)
    inside = planned({"cmsDetails": {**CMS, "overrideSettings": True}}, {"cmsDetails": CMS})
    assert [spell(item.path) for item in inside.dropped] == ["cmsDetails.overrideSettings"]
    assert [spell(item.path) for item in inside.unverified] == ["cmsDetails"]
    assert inside.operations == ()


def test_what_the_server_shows_after_all_is_compared_with_live() -> None:
    found = planned({"properties": [A, B]}, {"properties": [A]}, properties=[A, B], cmsDetails=None)
    assert changes(found) == [("PUT", "properties[B]", "change")]
