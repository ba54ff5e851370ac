"""What POST, PUT and DELETE do to BRPM's runs, and what is wrong with the rest."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconcile_sandbox import Sandbox

NEW = {"name": "UAT", "owner_id": 1, "plan_id": 1, "plan_stage_id": 2, "requestor_id": 2}

pytestmark = pytest.mark.usefixtures("sandbox")


def _post(brpm: httpx.Client, **own: Any) -> httpx.Response:
    return brpm.post("/runs", json={"run": {**NEW, **own}})


def _put(brpm: httpx.Client, **own: Any) -> httpx.Response:
    return brpm.put("/runs/1", json={"run": own})


def test_a_new_run_is_created_and_its_own_kin(sandbox: Sandbox, brpm: httpx.Client) -> None:
    sandbox.set_options("sandbox.clock=2026-12-01T08:00:00.5Z")
    reply = _post(brpm, description="d", duration=3, start_at="2026-12-01T09:00:00Z", end_at=None)
    run = reply.json()
    assert (reply.status_code, run["id"], run["aasm_state"], run["plan_members"]) == (201, 4, "created", [])
    assert (run["start_at"], run["end_at"]) == ("2026-12-01T04:00:00-05:00", None)
    assert run["created_at"] == run["updated_at"] == "2026-12-01T03:00:00-05:00"
    assert (run["plan_stage"], run["duration"]) == ({"id": 2, "name": "prod"}, 3)
    assert brpm.get("/runs/4").json() == run


def test_numbers_may_be_texts(brpm: httpx.Client) -> None:
    run = _post(brpm, owner_id="2", duration="7").json()
    assert (run["owner_id"], run["duration"]) == (2, 7)


@pytest.mark.parametrize(
    ("own", "errors"),
    [
        ({"name": None}, {"name": ["can't be blank"]}),
        ({"name": "  ", "owner_id": None}, {"name": ["can't be blank"], "owner_id": ["can't be blank"]}),
        ({"name": "x" * 256}, {"name": ["is too long (maximum is 255 characters)"]}),
        (
            {"owner_id": 9, "requestor_id": "9"},
            {key: ["does not exist"] for key in ("owner_id", "requestor_id")},
        ),
        ({"plan_id": 9}, {"plan_id": ["does not exist"]}),
        ({"plan_stage_id": 3}, {"plan_stage_id": ["does not exist"]}),
        ({"plan_stage_id": ""}, {"plan_stage_id": ["can't be blank"]}),
        ({"duration": "long"}, {"duration": ["is not a number"]}),
        ({"start_at": "soon"}, {"start_at": ["is not a valid date-time"]}),
        ({"end_at": "0001-01-01T00:00:00Z"}, {"end_at": ["is not a valid date-time"]}),
    ],
)
def test_wrong_values_are_422_by_attribute(brpm: httpx.Client, own: Any, errors: Any) -> None:
    assert (_post(brpm, **own).status_code, _post(brpm, **own).json()) == (422, errors)
    assert (_put(brpm, **own).status_code, _put(brpm, **own).json()) == (422, errors)
    assert len(brpm.get("/runs").json()) == 1


def test_everything_required_is_named_at_once(brpm: httpx.Client) -> None:
    reply = brpm.post("/runs", json={"run": {}})
    assert (reply.status_code, reply.json()) == (422, {key: ["can't be blank"] for key in NEW})


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"run":1}', b'{"run":{"name":1}}', b'{"toggle_archive":1}'])
def test_bodies_that_are_none_are_400(brpm: httpx.Client, body: bytes) -> None:
    reply = brpm.put("/runs/1", content=body, headers={"content-type": "application/json"})
    assert (reply.status_code, list(reply.json())) == (400, ["error"])


def test_the_wrapper_is_required(brpm: httpx.Client) -> None:
    for reply in (brpm.post("/runs", json=NEW), brpm.put("/runs/1", json={"name": "x"})):
        assert (reply.status_code, reply.json()) == (422, {"run": ["can't be blank"]})


def test_put_changes_what_it_names_and_nothing_else(sandbox: Sandbox, brpm: httpx.Client) -> None:
    before = brpm.get("/runs/1").json()
    sandbox.set_options("sandbox.clock=2026-12-01T08:00:00Z")
    reply = _put(brpm, description="new", plan_stage_id=2)
    changed = {
        "description": "new",
        "plan_stage_id": 2,
        "plan_stage": {"id": 2, "name": "prod"},
        "updated_at": "2026-12-01T03:00:00-05:00",
    }
    assert (reply.status_code, reply.json()) == (202, {**before, **changed})
    assert _put(brpm, description=None).json()["description"] is None


def test_a_run_moves_to_another_plan_only_with_a_stage_of_it(brpm: httpx.Client) -> None:
    assert _put(brpm, plan_id=2).json() == {"plan_stage_id": ["does not exist"]}
    assert _put(brpm, plan_id=2, plan_stage_id=4).json()["plan"]["name"] == "Other Plan"


def test_what_only_the_server_sets_is_ignored(brpm: httpx.Client) -> None:
    before = brpm.get("/runs/1").json()
    own = {"id": 7, "aasm_state": "started", "created_at": None, "plan_members": [], "archived": True, "x": 1}
    assert _put(brpm, **own).json() == before
    assert _post(brpm, **own, aasm_event="start").json()["aasm_state"] == "created"


@pytest.mark.parametrize(
    ("parts", "instant"),
    [
        ({"date": "2026-12-01", "hour": "9", "minute": "05", "meridian": "PM"}, "2026-12-01T21:05:00-05:00"),
        ({"date": "12/01/2026", "hour": "12", "meridian": "am"}, "2026-12-01T00:00:00-05:00"),
        ({"date": "2026-12-01", "hour": 12, "minute": 0, "meridian": "PM"}, "2026-12-01T12:00:00-05:00"),
        ({"date": "2026-12-01"}, "2026-12-01T00:00:00-05:00"),
        ({"date": "2026-12-01", "hour": "14", "minute": ""}, "2026-12-01T14:00:00-05:00"),
    ],
)
@pytest.mark.parametrize("edge", ["start_at", "end_at"])
def test_parts_are_folded_into_an_instant(
    brpm: httpx.Client, parts: dict[str, Any], instant: str, edge: str
) -> None:
    run = _put(brpm, **{f"{edge}_{part}": value for part, value in parts.items()}).json()
    assert run[edge] == instant
    assert not [key for key in run if key.startswith(f"{edge}_")]


def test_parts_that_are_left_out_stay(brpm: httpx.Client) -> None:
    _put(brpm, start_at="2026-12-01T21:05:00-05:00")
    assert _put(brpm, start_at_hour="8").json()["start_at"] == "2026-12-01T08:05:00-05:00"
    assert _put(brpm, start_at_meridian="PM").json()["start_at"] == "2026-12-01T20:05:00-05:00"
    assert _put(brpm, start_at_date=None).json()["start_at"] is None


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("date", "tomorrow", "is not a valid date"),
        ("date", "13/01/2026", "is not a valid date"),
        ("date", "0001-01-01", "is not a valid date"),
        ("hour", "24", "is invalid"),
        ("minute", "6O", "is invalid"),
        ("meridian", "noon", "is invalid"),
    ],
)
def test_parts_that_cannot_be_read_are_named(brpm: httpx.Client, key: str, value: str, message: str) -> None:
    parts = {"start_at_date": "2026-12-01", f"start_at_{key}": value}
    assert _put(brpm, **parts).json() == {f"start_at_{key}": [message]}


def test_a_time_needs_a_date(brpm: httpx.Client) -> None:
    assert _put(brpm, end_at_hour="3").json() == {"end_at_date": ["can't be blank"]}


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-01T09:00:00Z",
        "2026-12-01 09:00:00 UTC",
        "2026-12-01T04:00:00",
        "2026-12-01 10:00:00.9 +0100",
        "2026-12-01T09:00:00.999Z",
    ],
)
def test_instants_are_read_in_many_spellings_and_kept_to_the_second(brpm: httpx.Client, text: str) -> None:
    assert _put(brpm, start_at=text).json()["start_at"] == "2026-12-01T04:00:00-05:00"


def test_archiving_is_toggled_beside_the_wrapper_and_seen_nowhere(brpm: httpx.Client) -> None:
    before = brpm.get("/runs/1").json()
    toggled = brpm.put("/runs/1", json={"toggle_archive": True})
    assert (toggled.status_code, toggled.json()) == (202, before)
    assert brpm.get("/runs").status_code == 404
    brpm.put("/runs/1", json={"toggle_archive": False})
    assert brpm.get("/runs").status_code == 404
    brpm.put("/runs/1", json={"toggle_archive": True, "run": {}})
    brpm.put("/runs/1", json={"run": {"toggle_archive": True}})
    assert brpm.get("/runs").json() == [before]


def test_delete_is_soft_and_renames(sandbox: Sandbox, brpm: httpx.Client) -> None:
    sandbox.set_options("sandbox.clock=2026-12-01T08:00:00Z")
    reply = brpm.delete("/runs/1")
    assert (reply.status_code, reply.content) == (202, b"")
    run = brpm.get("/runs/1").json()
    assert (run["name"], run["aasm_state"]) == ("Sample Run [deleted 2026-12-01 08:00:00]", "deleted")
    assert brpm.get("/runs").status_code == 404
    assert brpm.delete("/runs/1").status_code == 404


def test_a_deleted_run_cannot_be_edited(brpm: httpx.Client) -> None:
    reply = brpm.put("/runs/2", json={"run": {"name": "x"}})
    assert (reply.status_code, reply.json()) == (422, {"name": ["cannot be changed while deleted"]})


def test_ids_are_not_given_twice(brpm: httpx.Client) -> None:
    assert [_post(brpm).json()["id"] for _ in range(3)] == [4, 5, 6]


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ({"runs": [{"id": 1, "name": "x"}] * 2}, "brpm.runs has the id 1 twice"),
        ({"runs": [{"id": 1, "name": "x", "plan_id": 7}]}, "the stage 1 of the plan 7"),
        ({"runs": [{"id": 1, "name": "x", "start_at": "soon"}]}, "a start_at that is no date-time"),
        ({"runs": [{"id": 1, "name": "x", "aasm_state": "lost"}]}, "must be one of"),
        ({"runs": [{"id": 1, "name": "x", "y": 1}]}, "is not known here"),
        ({"transitions": {"fly": {}}}, "transitions.fly is not known here"),
        ({"transitions": {"start": {"created": "away"}}}, "must be one of"),
    ],
)
def test_a_state_that_cannot_be_is_refused(sandbox: Sandbox, part: Any, told: str) -> None:
    with pytest.raises(ValueError, match="the state does not fit") as refused:
        sandbox.state = {"brpm": part}
    assert told in str(refused.value)


def test_a_state_is_read_and_written_whole(sandbox: Sandbox) -> None:
    state = sandbox.state
    sandbox.state = state
    assert sandbox.state == state
