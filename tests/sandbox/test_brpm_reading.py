"""What BRPM shows: the vendor's sample, lists and their filters, formats, tokens, the probe's routes."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from reconcile_sandbox import Sandbox

SAMPLE: dict[str, Any] = {
    "aasm_state": "created",
    "created_at": "2013-02-08T11:17:45-05:00",
    "description": None,
    "duration": None,
    "end_at": None,
    "id": 1,
    "name": "Sample Run",
    "owner_id": 1,
    "plan_id": 1,
    "plan_stage_id": 1,
    "requestor_id": 1,
    "start_at": None,
    "updated_at": "2013-02-08T11:17:45-05:00",
    "plan": {"aasm_state": "created", "id": 1, "name": "Sample Plan"},
    "plan_stage": {"id": 1, "name": "uat"},
    "plan_members": [
        {"id": 1, "position": 1, "request": {"aasm_state": "created", "id": 3, "name": "Sample Request 2"}}
    ],
}

pytestmark = pytest.mark.usefixtures("sandbox")


def _raw(sandbox: Sandbox, target: str) -> tuple[int, Any]:
    parts = urlsplit(sandbox.url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=5)
    try:
        connection.request("GET", target)
        reply = connection.getresponse()
        return reply.status, json.loads(reply.read())
    finally:
        connection.close()


def _compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def test_the_list_is_the_pages_sample_to_the_byte(brpm: httpx.Client) -> None:
    reply = brpm.get("/runs")
    assert (reply.content, reply.headers["content-length"]) == (_compact([SAMPLE]), "462")
    assert reply.headers["content-type"] == "application/json;charset=utf-8"
    assert reply.headers["cache-control"] == "max-age=0, private, must-revalidate"


def test_one_run_is_the_pages_sample_to_the_byte(brpm: httpx.Client) -> None:
    reply = brpm.get("/runs/1")
    assert (reply.content, reply.headers["content-length"]) == (_compact(SAMPLE), "460")


def test_the_sample_itself_can_be_seeded(sandbox: Sandbox, brpm: httpx.Client) -> None:
    sandbox.state = {"brpm": {"runs": [SAMPLE]}}
    assert brpm.get("/runs").content == _compact([SAMPLE])


@pytest.mark.parametrize("token", ["", "wrong", "DEMO", None])
@pytest.mark.parametrize("path", ["/runs", "/runs/1", "/users", "/nothing"])
def test_a_wrong_token_is_403_and_never_401(
    sandbox: Sandbox, client: httpx.Client, token: str | None, path: str
) -> None:
    params = {} if token is None else {"token": token}
    reply = client.get(f"/brpm/v1{path}", params=params, headers={"authorization": "Bearer demo"})
    assert (reply.status_code, reply.json()) == (403, {"error": "the token is invalid"})
    assert sandbox.log[-1].status == 403


def test_the_token_is_in_no_record(sandbox: Sandbox, brpm: httpx.Client) -> None:
    brpm.get("/runs", params={"token": "demo", "filters[name]": "x"})
    assert sandbox.log[-1].query == "token=***&filters%5Bname%5D=x"


def test_a_reader_may_not_write(client: httpx.Client) -> None:
    reader = {"token": "reader"}
    assert client.get("/brpm/v1/runs", params=reader).status_code == 200
    assert client.delete("/brpm/v1/runs/1", params=reader).status_code == 403


@pytest.mark.parametrize("brackets", ["[]", ("%5B", "%5D"), ("%5b", "%5d")])
def test_filters_have_raw_or_encoded_brackets(sandbox: Sandbox, brackets: tuple[str, str]) -> None:
    opening, closing = brackets
    path = f"/brpm/v1/runs?filters{opening}name{closing}="
    assert _raw(sandbox, f"{path}Sample%20Run&token=demo") == (200, [SAMPLE])
    assert _raw(sandbox, f"{path}Sample&token=demo")[0] == 404


def test_filters_may_be_the_body_of_a_get(brpm: httpx.Client) -> None:
    def found(filters: Any) -> int:
        return brpm.request("GET", "/runs", json={"filters": filters}).status_code

    assert [
        found(it) for it in ({"name": "Sample Run"}, {"name": "x"}, {"stage_id": 1}, {"stage_id": "2"})
    ] == [
        200,
        404,
        200,
        404,
    ]
    assert [found(None), found({}), found({"stage_id": True})] == [200, 200, 400]


@pytest.mark.parametrize(
    ("name", "value", "ids"),
    [
        ("aasm_state", "created", [1]),
        ("aasm_state", "complete", [4]),
        ("aasm_state", "completed", [4]),
        ("aasm_state", "deleted", []),
        ("stage_id", "2", [4]),
        ("owner_id", "2", [4]),
        ("requestor_id", "1", [1, 4]),
        ("started_at", "2026-12-01 23:59:59 UTC", [4]),
        ("started_at", "2026-12-02 00:00:00 UTC", []),
        ("end_at", "2026-12-03T01:00:00Z", [4]),
        ("time", "2026-12-01 09:00:00 UTC", [4]),
        ("time", "2026-12-03 09:00:00 UTC", [4]),
        ("time", "2026-12-03 09:00:01 UTC", []),
        ("unheard_of", "x", [1, 4]),
        ("name", "", [1, 4]),
    ],
)
def test_each_filter_of_the_page(
    sandbox: Sandbox, brpm: httpx.Client, name: str, value: str, ids: list[int]
) -> None:
    with sandbox.editing() as state:
        own = {"aasm_state": "completed", "plan_stage_id": 2, "owner_id": 2, "archived": False, "id": 4}
        dates = {"start_at": "2026-12-01T09:00:00Z", "end_at": "2026-12-03T09:00:00Z"}
        state["brpm"]["runs"].append({**state["brpm"]["runs"][2], **own, **dates})
    reply = brpm.get("/runs", params={f"filters[{name}]": value})
    assert reply.status_code == (200 if ids else 404)
    assert [row["id"] for row in reply.json() if ids] == ids


@pytest.mark.parametrize(
    ("name", "value"), [("time", "noon"), ("started_at", "0001-01-01"), ("stage_id", "x")]
)
def test_a_filter_that_cannot_be_read_is_400(brpm: httpx.Client, name: str, value: str) -> None:
    with_dates = {"name": "x", "owner_id": 1, "plan_id": 1, "plan_stage_id": 1, "requestor_id": 1}
    dates = {"start_at": "2026-12-01T09:00:00Z", "end_at": "2026-12-01T09:00:00Z"}
    assert brpm.post("/runs", json={"run": {**with_dates, **dates}}).status_code == 201
    assert brpm.get("/runs", params={f"filters[{name}]": value}).status_code == 400


def test_deleted_and_archived_runs_are_read_by_id_only(brpm: httpx.Client) -> None:
    assert [row["id"] for row in brpm.get("/runs").json()] == [1]
    assert (brpm.get("/runs/2").json()["name"], brpm.get("/runs/2").json()["aasm_state"]) == (
        "Sample Run",
        "deleted",
    )
    assert brpm.get("/runs/3").json()["name"] == "Old Run"
    assert "archived" not in brpm.get("/runs/3").json()


def test_unknown_runs_are_not_found(brpm: httpx.Client) -> None:
    assert {brpm.get(f"/runs/{number}").status_code for number in ("9", "x", "-1", "1.5")} == {404}
    assert brpm.put("/runs/9", json={"run": {}}).status_code == 404
    assert brpm.delete("/runs/9").status_code == 404


@pytest.mark.parametrize("path", ["/runs", "/runs/1", "/plans", "/plans/1", "/plan_stages/1", "/users"])
def test_paths_may_end_in_json_and_xml_is_not_served(brpm: httpx.Client, path: str) -> None:
    assert brpm.get(f"{path}.json").json() == brpm.get(path).json()
    assert brpm.get(f"{path}.xml").status_code == 406
    assert brpm.get(path, headers={"accept": "application/xml"}).status_code == 200


def test_writes_take_the_suffix_too(brpm: httpx.Client) -> None:
    assert brpm.put("/runs/1.json", json={"run": {"description": "x"}}).status_code == 202
    assert brpm.put("/runs/1.xml", json={"run": {"description": "y"}}).status_code == 406
    assert brpm.get("/runs/1").json()["description"] == "x"


def test_an_etag_is_answered_304_until_the_run_changes(brpm: httpx.Client) -> None:
    tag = {"if-none-match": brpm.get("/runs/1").headers["etag"]}
    again = brpm.get("/runs/1", headers=tag)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag["if-none-match"])
    brpm.put("/runs/1", json={"run": {"description": "x"}})
    assert brpm.get("/runs/1", headers=tag).status_code == 200


def test_every_answer_has_a_request_id_of_its_own(brpm: httpx.Client) -> None:
    assert len({brpm.get("/runs").headers["x-request-id"] for _ in range(3)}) == 3


def test_plans_have_stages_and_members(brpm: httpx.Client) -> None:
    plan = brpm.get("/plans/1").json()
    stages = [{"id": 1, "name": "uat"}, {"id": 2, "name": "prod"}]
    assert (plan["name"], plan["plan_template"]["stages"]) == ("Sample Plan", stages)
    request = {**SAMPLE["plan_members"][0]["request"], "number": 1003}
    assert plan["members"] == [{"id": 1, "stage": stages[0], "request": request}]
    assert brpm.get("/plans", params={"filters[name]": "Sample Plan"}).json() == [plan]
    assert brpm.get("/plans", params={"filters[name]": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("name", "value", "ids"),
    [("plan_template_id", "2", [2]), ("aasm_state", "created", [1, 2]), ("aasm_state", "started", [])],
)
def test_each_filter_of_plans(brpm: httpx.Client, name: str, value: str, ids: list[int]) -> None:
    reply = brpm.get("/plans", params={f"filters[{name}]": value})
    assert reply.status_code == (200 if ids else 404)
    assert [row["id"] for row in reply.json() if ids] == ids


def test_stages_are_read_by_id_and_found_by_name(brpm: httpx.Client) -> None:
    assert brpm.get("/plan_stages/4").json() == {"id": 4, "name": "prod", "plan_template_id": 2}
    assert brpm.get("/plan_stages/9").status_code == 404
    assert [row["id"] for row in brpm.get("/plan_stages").json()] == [1, 2, 3, 4]
    assert [row["id"] for row in brpm.get("/plan_stages", params={"filters[name]": "prod"}).json()] == [2, 4]


@pytest.mark.parametrize("path", ["/brpm//v1/runs/1", "//brpm/v1//runs///1", "/brpm/v1/runs/1"])
def test_a_doubled_slash_is_one(sandbox: Sandbox, path: str) -> None:
    assert _raw(sandbox, f"{path}?token=demo") == (200, SAMPLE)


def test_a_doubled_slash_is_nothing_to_the_other_systems(sandbox: Sandbox) -> None:
    assert _raw(sandbox, "/flexdeploy//rest/v1/releases")[0] == 404


def test_members_may_have_no_request(sandbox: Sandbox, brpm: httpx.Client) -> None:
    sandbox.state = {"brpm": {"runs": [{**SAMPLE, "plan_members": [{"id": 7, "position": 1}]}]}}
    assert brpm.get("/runs/1").json()["plan_members"] == [{"id": 7, "position": 1, "request": None}]
    assert brpm.get("/plans/1").json()["members"][0]["request"] is None
    for event in ("plan_it", "start"):
        assert brpm.put("/runs/1", json={"run": {"aasm_event": event}}).status_code == 202
    sandbox.set_options("brpm.empty_fields=omit", "brpm.order=by_name")
    assert brpm.get("/runs/1").json()["plan_members"] == [{"id": 7, "position": 1}]
    assert "request" not in brpm.get("/plans/1").json()["members"][0]


def test_users_are_found_by_name(brpm: httpx.Client) -> None:
    jane = {"id": 2, "login": "jdoe", "first_name": "Jane", "last_name": "Doe"}
    assert brpm.get("/users", params={"filters[first_name]": "Jane", "filters[last_name]": "Doe"}).json() == [
        jane
    ]
    assert brpm.get("/users/2").json() == jane
    assert brpm.get("/users/9").status_code == 404


def test_faults_reach_into_the_answers(sandbox: Sandbox, brpm: httpx.Client) -> None:
    sandbox.plan_faults({"action": "wrong_id"}, {"action": "duplicate_rows", "path": "/runs$"})
    assert brpm.get("/runs/1").json()["id"] == 2
    assert len(brpm.get("/runs").json()) == 2
