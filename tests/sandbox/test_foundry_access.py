"""Who may call Foundry's orchestration, with which token and scope, and how it refuses."""

from __future__ import annotations

import base64
import uuid
from typing import Any

import httpx
import pytest

from reconcile_sandbox import Sandbox

SAMPLE = "ri.scheduler.main.schedule.8843955e-37d1-4363-85eb-539833e10a41"
ORCHESTRATION = "/api/v2/orchestration"
RUN = f"{ORCHESTRATION}/schedules/{SAMPLE}/run?preview=true"
GET = f"{ORCHESTRATION}/schedules/{SAMPLE}?preview=true"
TOKEN = "/multipass/api/oauth2/token"
READ, WRITE = "api:orchestration-read", "api:orchestration-write"
DATASETS = "api:datasets-read"

pytestmark = pytest.mark.usefixtures("sandbox")


def _form(**own: str) -> dict[str, str]:
    return {"grant_type": "client_credentials", "client_id": "demo", "client_secret": "demo", **own}


def _token(client: httpx.Client, **own: str) -> dict[str, str]:
    reply = client.post(TOKEN, data=_form(**own))
    assert reply.status_code == 200, reply.text
    return {"authorization": f"Bearer {reply.json()['access_token']}"}


def _refused(reply: httpx.Response) -> tuple[int, str, str, Any]:
    body = reply.json()
    assert set(body) == {"errorCode", "errorName", "errorInstanceId", "parameters"}
    assert uuid.UUID(body["errorInstanceId"])
    return reply.status_code, body["errorCode"], body["errorName"], body["parameters"]


@pytest.mark.parametrize(
    "authorization", [None, "Bearer", "Bearer wrong", "Bearer a.b.c", "Basic ZGVtbzpkZW1v", "demo"]
)
def test_wrong_credentials_are_401_in_the_platforms_shape(
    client: httpx.Client, authorization: str | None
) -> None:
    reply = client.post(RUN, headers={} if authorization is None else {"authorization": authorization})
    assert _refused(reply)[:3] == (401, "UNAUTHORIZED", "Default:Unauthorized")
    assert reply.headers["www-authenticate"] == "Bearer"


def test_a_reader_reads_and_is_refused_writes_by_name(client: httpx.Client) -> None:
    reader = {"authorization": "Bearer reader"}
    assert client.get(GET, headers=reader).status_code == 200
    expected = (403, "PERMISSION_DENIED", "RunSchedulePermissionDenied", {"scheduleRid": SAMPLE})
    assert _refused(client.post(RUN, headers=reader)) == expected
    create = f"{ORCHESTRATION}/schedules?preview=true"
    assert _refused(client.post(create, headers=reader))[2:] == ("CreateSchedulePermissionDenied", {})


def test_a_schedule_can_be_closed_to_single_calls(sandbox: Sandbox, foundry: httpx.Client) -> None:
    with sandbox.editing() as state:
        state["foundry"]["schedules"][0]["denied"] = ["Run", "GetAffectedResources"]
    path = f"/schedules/{SAMPLE}"
    assert _refused(foundry.post(f"{path}/run"))[2] == "RunSchedulePermissionDenied"
    refused = _refused(foundry.post(f"{path}/getAffectedResources"))
    assert refused[2:] == ("GetAffectedResourcesSchedulePermissionDenied", {"scheduleRid": SAMPLE})
    assert foundry.post(f"{path}/pause").status_code == 204
    with sandbox.editing() as state:
        state["foundry"]["schedules"][0]["denied"] = ["Get"]
    assert _refused(foundry.get(path))[:3] == (404, "NOT_FOUND", "ScheduleNotFound")


@pytest.mark.parametrize(("access", "read", "run"), [("read_only", 200, 403), ("none", 403, 403)])
def test_access_can_be_narrowed(
    sandbox: Sandbox, foundry: httpx.Client, access: str, read: int, run: int
) -> None:
    sandbox.set_options(f"foundry.access={access}")
    assert foundry.get(f"/schedules/{SAMPLE}").status_code == read
    reply = foundry.post(f"/schedules/{SAMPLE}/run")
    assert (reply.status_code, reply.json()["errorName"]) == (run, "RunSchedulePermissionDenied")


def test_an_application_gets_a_token_for_the_scopes_it_asks_for(client: httpx.Client) -> None:
    reply = client.post(TOKEN, data=_form(scope=f"{WRITE} offline_access"))
    body = reply.json()
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("bearer", 3600, WRITE)
    assert reply.headers["cache-control"] == "no-store"
    run = client.post(RUN, headers={"authorization": f"Bearer {body['access_token']}"}).json()
    assert run["createdBy"] != client.post(RUN, headers={"authorization": "Bearer demo"}).json()["createdBy"]


def test_an_application_may_name_itself_in_the_header(client: httpx.Client) -> None:
    reply = client.post(TOKEN, data={"grant_type": "client_credentials"}, auth=("demo", "demo"))
    assert reply.json()["scope"] == f"{READ} {DATASETS} {WRITE}"


@pytest.mark.parametrize(
    ("form", "auth", "status", "error"),
    [
        (_form(client_secret="wrong"), None, 401, "invalid_client"),
        (_form(client_id="nobody"), None, 401, "invalid_client"),
        ({"grant_type": "client_credentials"}, None, 401, "invalid_client"),
        ({"grant_type": "client_credentials"}, ("demo", "x"), 401, "invalid_client"),
        (_form(grant_type="password"), None, 400, "unsupported_grant_type"),
        (_form(scope="api:everything"), None, 400, "invalid_scope"),
        (_form(client_id="reader", scope=WRITE), None, 400, "invalid_scope"),
        ({"client_id": "demo", "client_secret": "demo"}, None, 400, "invalid_request"),
    ],
)
def test_what_gets_no_token_is_told_as_oauth_tells_it(
    client: httpx.Client, form: dict[str, str], auth: tuple[str, str] | None, status: int, error: str
) -> None:
    reply = client.post(TOKEN, data=form, auth=auth)
    assert (reply.status_code, reply.json()["error"]) == (status, error)


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{}", "application/json", 415),
        (b"\xff", "application/x-www-form-urlencoded", 400),
        (b"grant_type=a&grant_type=b", "application/x-www-form-urlencoded", 400),
        (b"x" * (1024 * 1024 + 1), "application/x-www-form-urlencoded", 413),
    ],
)
def test_what_is_no_form_gets_no_token(client: httpx.Client, content: bytes, kind: str, status: int) -> None:
    reply = client.post(TOKEN, content=content, headers={"content-type": kind})
    assert (reply.status_code, reply.json()["error"]) == (status, "invalid_request")


def test_the_token_endpoint_stands_alone(client: httpx.Client) -> None:
    assert client.get(TOKEN).status_code == 405
    bearer = {"authorization": "Bearer demo"}
    assert client.post("/multipass/api/oauth2/authorize", headers=bearer).status_code == 404
    assert client.post("/api/v2/oauth2/token", headers=bearer).status_code == 404


def test_a_token_without_the_scope_writes_nothing(client: httpx.Client) -> None:
    headers = _token(client, scope=READ)
    expected = (403, "PERMISSION_DENIED", "ApiUsageDenied", {"missingScope": WRITE})
    assert _refused(client.post(RUN, headers=headers)) == expected
    assert client.get(GET, headers=headers).status_code == 200


def test_reading_needs_a_scope_of_its_own_unless_any_will_do(sandbox: Sandbox, client: httpx.Client) -> None:
    headers = _token(client, scope=WRITE)
    assert _refused(client.get(GET, headers=headers))[2:] == ("ApiUsageDenied", {"missingScope": READ})
    assert client.get(GET, headers=_token(client)).status_code == 200
    sandbox.set_options("foundry.read_scope=any")
    assert client.get(GET, headers=headers).status_code == 200
    assert client.get(GET, headers={"authorization": "Bearer demo"}).status_code == 200


@pytest.mark.parametrize(
    ("scope", "missing"), [(READ, DATASETS), (DATASETS, READ), (WRITE, READ), (f"{READ} {DATASETS}", None)]
)
def test_the_schedules_of_a_dataset_need_the_right_to_read_either(
    client: httpx.Client, scope: str, missing: str | None
) -> None:
    of_dataset = "/api/v2/datasets/ri.foundry.main.dataset.a/getSchedules"
    reply = client.get(of_dataset, headers=_token(client, scope=scope))
    assert reply.json().get("parameters") == ({"missingScope": missing} if missing else None)


def test_a_token_has_of_the_scopes_asked_for_those_that_the_client_has(client: httpx.Client) -> None:
    form = _form(client_id="reader", scope=f"{WRITE} api:everything {READ}")
    assert client.post(TOKEN, data=form).json()["scope"] == READ


def test_a_token_ends_when_its_time_is_over(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.set_options("sandbox.clock=2026-12-01T08:00:00Z", "foundry.token_seconds=60")
    headers = _token(client)
    sandbox.set_options("sandbox.clock=2026-12-01T08:00:59Z")
    assert client.post(RUN, headers=headers).status_code == 200
    sandbox.set_options("sandbox.clock=2026-12-01T08:01:00Z")
    assert _refused(client.post(RUN, headers=headers))[:3] == (401, "UNAUTHORIZED", "Default:Unauthorized")


def test_a_token_cannot_be_made_up(client: httpx.Client) -> None:
    head, claims, signature = _token(client, scope=READ)["authorization"].split(".")
    wider = base64.urlsafe_b64decode(claims + "==").replace(b"-read", b"-write")
    forged = base64.urlsafe_b64encode(wider).decode().rstrip("=")
    reply = client.post(RUN, headers={"authorization": f"{head}.{forged}.{signature}"})
    assert reply.status_code == 401


def test_secrets_of_a_form_are_not_recorded(sandbox: Sandbox, client: httpx.Client) -> None:
    client.post(TOKEN, data=_form(client_secret="s3cret"))
    entry = sandbox.log[-1].document()
    assert entry["body"] == "grant_type=client_credentials&client_id=demo&client_secret=***"


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_refuses_writes_without_effect(
    sandbox: Sandbox, foundry: httpx.Client, status: int
) -> None:
    sandbox.set_options(f"foundry.busy={status}")
    before = sandbox.state["foundry"]
    reply = foundry.post(f"/schedules/{SAMPLE}/run")
    assert _refused(reply)[0] == status
    assert not {"qos-retry-hint", "retry-after"} & set(reply.headers)
    sandbox.set_options("foundry.qos_hint=do-not-retry", "foundry.retry_after=7")
    headers = foundry.post(f"/schedules/{SAMPLE}/run").headers
    assert (headers["qos-retry-hint"], headers["retry-after"]) == ("do-not-retry", "7")
    assert foundry.get(f"/schedules/{SAMPLE}").status_code == 200
    assert sandbox.state["foundry"] == before


def test_errors_can_be_told_in_other_shapes(sandbox: Sandbox, foundry: httpx.Client) -> None:
    sandbox.set_options("foundry.error_description=present")
    assert "trigger" in foundry.put(f"/schedules/{SAMPLE}", json=_action()).json()["errorDescription"]
    sandbox.set_options("foundry.error_body=html")
    reply = foundry.put(f"/schedules/{SAMPLE}", json=_action())
    assert (reply.status_code, reply.headers["content-type"]) == (400, "text/html; charset=utf-8")
    sandbox.set_options("foundry.error_body=empty")
    reply = foundry.put(f"/schedules/{SAMPLE}", json=_action())
    assert (reply.status_code, reply.content) == (400, b"")


def test_what_is_no_api_is_a_404_without_a_body(foundry: httpx.Client) -> None:
    reply = foundry.get("/schedules")
    assert (reply.status_code, reply.headers["allow"]) == (405, "POST")
    reply = foundry.get("/nothing")
    assert (reply.status_code, reply.content) == (404, b"")


def _action() -> dict[str, Any]:
    rid = "ri.foundry.main.dataset.1b2d6e63-2a1f-4d66-9b66-3b2a7a1e2c02"
    return {"action": {"target": {"type": "manual", "targetRids": [rid]}}}
