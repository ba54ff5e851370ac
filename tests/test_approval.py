"""A saved plan held against a fresh one: only what is in both is done, and the rest is refused by name."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.support.lamps import EVENT
from tests.support.values import HERE, address, lamp, live_lamp, wanted

from reconcile.live.observation import Observation
from reconcile.model import Hold, Json, Live, Noted, Ref, Resource
from reconcile.planfile.approval import approved, unfit
from reconcile.planfile.document import Document
from reconcile.planfile.json_form import from_json, json_text, to_json
from reconcile.planfile.write import RunInfo, document
from reconcile.planning.build import plan
from reconcile.planning.contents import Plan

SYSTEMS: dict[str, Json] = {"lamps": {"type": "lamps", "url": "https://lamps.example/api"}}
OF = RunInfo("0.1.0", "2026-12-01T09:00:00Z", "production", SYSTEMS)
WANT = lamp("a", {"note": "new", "watts": 3, "power": "ON"})


def planned(*resources: Resource, **said: Any) -> Plan:
    live: dict[Any, Live] = {
        address("a"): live_lamp(1, **{"power": "OFF", "watts": 3, "note": "old", **said})
    }
    return plan([wanted(each) for each in resources or (WANT,)], lambda where: True, Observation(live)).plan


def saved(of: Plan | None = None) -> dict[str, Json]:
    """A plan as it comes out of a file."""
    whole: dict[str, Json] = json.loads(json_text(to_json(document(of or planned(), OF))))
    return whole


def refusals(before: dict[str, Json], now: Plan) -> dict[str, str]:
    return {
        where.name: words for where, words in approved(from_json(Document, before), now, OF).refused.items()
    }


def test_the_same_plan_is_approved() -> None:
    found = approved(from_json(Document, saved()), planned(), OF)
    assert (found.refused, found.settled) == ({}, ())


def test_what_moved_elsewhere_does_not_make_it_stale() -> None:
    assert refusals(saved(), planned(made="elsewhere")) == {}


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ({"note": "by hand"}, "moved since the plan was approved: note; plan again"),
        ({"watts": 4}, "moved since the plan was approved: watts; plan again"),
    ],
)
def test_a_live_field_that_moved_is_refused_by_its_name(now: dict[str, Any], words: str) -> None:
    assert refusals(saved(), planned(**now)) == {"a": words}


def test_a_manifest_that_changed_is_refused_by_the_fields_name() -> None:
    now = planned(lamp("a", {"note": "newer", "watts": 3, "power": "ON"}))
    assert refusals(saved(), now) == {"a": "moved since the plan was approved: note; plan again"}


def test_an_operation_that_nobody_approved_is_refused_with_its_fields() -> None:
    found = refusals(saved(), planned(WANT, lamp("b", {"note": "x"})))
    assert found == {"b": "not in the approved plan: note, title"}


def test_an_operation_whose_first_requests_are_done_is_resumed() -> None:
    assert refusals(saved(), planned(note="new")) == {}


def test_what_is_already_as_wanted_is_passed() -> None:
    now = plan(
        [wanted(WANT)],
        lambda where: True,
        Observation({address("a"): live_lamp(1, power="ON", note="new", watts=3)}),
    )
    (outcome,) = approved(from_json(Document, saved()), now.plan, OF).settled
    assert (outcome.address, outcome.status, outcome.detail) == (
        address("a"),
        "unchanged",
        "already as wanted",
    )


def test_what_is_finished_by_now_is_passed() -> None:
    (outcome,) = approved(
        from_json(Document, saved()), Plan(finished=(Noted(address("a"), (), None, "done", HERE),)), OF
    ).settled
    assert outcome.status == "unchanged"


def test_what_is_no_longer_declared_is_refused() -> None:
    (outcome,) = approved(from_json(Document, saved()), Plan(), OF).settled
    assert (outcome.status, outcome.detail) == ("refused", "no longer declared, or not selected; plan again")


def test_what_is_blocked_by_now_is_refused() -> None:
    now = planned(lamp("a", {"note": "new", "watts": 3, "power": "ON"}, suspend=Hold("INC-1")))
    (outcome,) = approved(from_json(Document, saved()), now, OF).settled
    assert outcome.detail == "blocked since the plan was approved; plan again"


@pytest.mark.parametrize("change", ["method", "path", "body"])
def test_a_request_that_somebody_wrote_into_the_file_approves_nothing(change: str) -> None:
    before = saved()
    before["operations"][0]["requests"][0][change] = "/evil"
    assert list(refusals(before, planned())) == ["a"]


def test_an_id_to_come_is_that_of_the_resource_that_was_approved() -> None:
    bare = planned(lamp("b", {"power": "ON"}))
    event = EVENT("lamps", {"to": "ON"}, lampId=Ref(address("b")))
    whole = [made._replace(requests=(*made.requests, event)) for made in bare.operations]
    now = bare._replace(operations=tuple(whole))
    before = saved(now)
    assert refusals(before, now) == {}
    told = before["operations"][0]["requests"][-1]
    told["path"] = told["path"].replace("Lamp/b", "Lamp/c")
    assert list(refusals(before, now)) == ["b"]


def test_a_precondition_that_somebody_wrote_into_the_file_approves_nothing() -> None:
    before = saved()
    before["operations"][0]["precondition"] = "sha256:0"
    assert list(refusals(before, planned())) == ["a"]


@pytest.mark.parametrize(
    ("of", "words"),
    [
        (
            RunInfo("0", "0", "staging", SYSTEMS),
            ["the plan is for environment `production`, this run is for environment `staging`"],
        ),
        (
            RunInfo("0", "0", None, SYSTEMS),
            ["the plan is for environment `production`, this run is for no environment"],
        ),
        (
            RunInfo("0", "0", "production", {"lamps": {"type": "lamps", "url": "https://evil.example/api"}}),
            [
                "system `lamps` was planned at https://lamps.example (lamps), "
                "and is now at https://evil.example (lamps)"
            ],
        ),
        (
            RunInfo(
                "0", "0", "production", {"lamps": {"type": "lamps", "url": "https://LAMPS.example/other"}}
            ),
            [],
        ),
        (RunInfo("0.2.0", "0", "production", SYSTEMS), []),
    ],
)
def test_a_plan_for_another_environment_or_origin_is_no_approval(of: RunInfo, words: list[str]) -> None:
    assert list(unfit(from_json(Document, saved()), of)) == words
