"""What each planned fault does to the wire, and whether the request had its effect."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from reconcile_sandbox import Sandbox

RELEASES = "/releases"
NEW = {"releaseName": "new"}


def _post(flexdeploy: httpx.Client) -> httpx.Response:
    return flexdeploy.post(RELEASES, json=NEW)


def _made(sandbox: Sandbox) -> int:
    return len(sandbox.state["flexdeploy"]["releases"]) - 2


@pytest.mark.parametrize(("action", "made"), [("lost_before", 0), ("lost_after", 1)])
@pytest.mark.parametrize(("reset", "error"), [(False, httpx.RemoteProtocolError), (True, httpx.ReadError)])
def test_a_connection_is_lost_without_a_byte(
    sandbox: Sandbox, flexdeploy: httpx.Client, action: str, made: int, *, reset: bool, error: type[Exception]
) -> None:
    sandbox.plan_faults({"method": "POST", "action": action, "reset": reset})
    with pytest.raises(error):
        _post(flexdeploy)
    assert _made(sandbox) == made
    entry = sandbox.log[-1]
    assert (entry.fault, entry.status, entry.effect) == (action, None, 201 if made else None)
    assert _post(flexdeploy).status_code == 201


def test_an_effect_comes_late(sandbox: Sandbox, flexdeploy: httpx.Client) -> None:
    sandbox.plan_faults({"method": "POST", "action": "late", "seconds": 0.05})
    with pytest.raises(httpx.RemoteProtocolError):
        _post(flexdeploy)
    assert _made(sandbox) == 0
    time.sleep(0.15)
    assert (_made(sandbox), sandbox.log[-1].effect) == (1, 201)


@pytest.mark.parametrize(("action", "made"), [("status", 0), ("status_after", 1)])
def test_a_status_is_answered(sandbox: Sandbox, flexdeploy: httpx.Client, action: str, made: int) -> None:
    fault = {"action": action, "status": 503, "headers": {"Retry-After": "7"}, "body": {"message": "busy"}}
    sandbox.plan_faults(fault)
    reply = _post(flexdeploy)
    assert (reply.status_code, reply.headers["retry-after"], reply.json()) == (503, "7", {"message": "busy"})
    assert (_made(sandbox), sandbox.log[-1].status) == (made, 503)


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_a_body_has_none(sandbox: Sandbox, flexdeploy: httpx.Client, status: int) -> None:
    sandbox.plan_faults({"action": "status", "status": status, "body": "never sent"})
    assert (_post(flexdeploy).content, _post(flexdeploy).status_code) == (b"", 201)


def test_a_login_page_stands_in(sandbox: Sandbox, flexdeploy: httpx.Client) -> None:
    sandbox.plan_faults({"action": "html"})
    reply = _post(flexdeploy)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert ("Sign in" in reply.text, _made(sandbox)) == (True, 0)


def test_an_answer_redirects(sandbox: Sandbox, flexdeploy: httpx.Client) -> None:
    sandbox.plan_faults({"action": "redirect", "status": 307, "headers": {"location": "//evil.example/"}})
    reply = _post(flexdeploy)
    assert (reply.status_code, reply.headers["location"], _made(sandbox)) == (307, "//evil.example/", 0)


def test_json_is_cut_in_the_middle(sandbox: Sandbox, flexdeploy: httpx.Client) -> None:
    sandbox.plan_faults({"action": "truncated"})
    reply = _post(flexdeploy)
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        reply.json()
    assert (reply.status_code, _made(sandbox)) == (201, 1)


@pytest.mark.parametrize(("reset", "error"), [(False, httpx.RemoteProtocolError), (True, httpx.ReadError)])
def test_less_is_sent_than_was_declared(
    sandbox: Sandbox, flexdeploy: httpx.Client, *, reset: bool, error: type[Exception]
) -> None:
    sandbox.plan_faults({"action": "reset_body", "reset": reset})
    with pytest.raises(error):
        _post(flexdeploy)
    assert _made(sandbox) == 1


@pytest.mark.parametrize("action", ["slow", "slow_headers"])
def test_an_answer_trickles_in(sandbox: Sandbox, flexdeploy: httpx.Client, action: str) -> None:
    sandbox.plan_faults({"action": action, "seconds": 0.2})
    begun = time.monotonic()
    assert _post(flexdeploy).json()["releaseName"] == "new"
    assert time.monotonic() - begun >= 0.15


def test_a_body_is_given_word_for_word(sandbox: Sandbox, flexdeploy: httpx.Client) -> None:
    sandbox.plan_faults({"action": "body", "body": "[1, 2", "headers": {"content-type": "application/json"}})
    reply = _post(flexdeploy)
    assert (reply.status_code, reply.text, reply.headers["content-type"]) == (
        201,
        "[1, 2",
        "application/json",
    )


def test_headers_are_overlaid(sandbox: Sandbox, flexdeploy: httpx.Client) -> None:
    fault = {
        "action": "headers",
        "headers": {"Content-Type": "text/html", "Date": "Mon, 01 Jan 2001 00:00:00 GMT"},
    }
    sandbox.plan_faults(fault)
    reply = _post(flexdeploy)
    assert (reply.headers["content-type"], reply.headers["date"][:16]) == ("text/html", "Mon, 01 Jan 2001")
    assert reply.json()["releaseId"] == 12105


def test_the_id_is_wrong(sandbox: Sandbox, flexdeploy: httpx.Client) -> None:
    sandbox.plan_faults({"action": "wrong_id", "nth": "every"})
    assert _post(flexdeploy).json()["releaseId"] == 12106
    assert [row["releaseId"] for row in flexdeploy.get(RELEASES).json()] == [12102, 12105, 12106]


def test_an_error_page_has_no_id_to_falsify(sandbox: Sandbox, flexdeploy: httpx.Client) -> None:
    sandbox.set_options("flexdeploy.error_body=html")
    sandbox.plan_faults({"action": "wrong_id"})
    assert flexdeploy.get("/releases/1").status_code == 404


def test_an_answer_is_empty(sandbox: Sandbox, flexdeploy: httpx.Client) -> None:
    sandbox.plan_faults({"action": "empty"})
    reply = _post(flexdeploy)
    assert (reply.status_code, reply.content, _made(sandbox)) == (201, b"", 1)


def test_an_answer_is_packed(sandbox: Sandbox, flexdeploy: httpx.Client) -> None:
    sandbox.plan_faults({"action": "gzip"}, {"action": "gzip", "size": 5_000_000})
    reply = _post(flexdeploy)
    assert (reply.headers["content-encoding"], reply.json()["releaseId"]) == ("gzip", 12105)
    bomb = _post(flexdeploy)
    assert len(bomb.content) > 4_900_000
    assert bomb.num_bytes_downloaded < 50_000
    assert bomb.json()["releaseId"] == 12106


def test_an_answer_is_huge(sandbox: Sandbox, flexdeploy: httpx.Client) -> None:
    sandbox.plan_faults({"action": "huge", "size": 3_000_000})
    assert len(_post(flexdeploy).content) == 3_000_000


def test_a_huge_answer_can_be_left(sandbox: Sandbox, flexdeploy: httpx.Client) -> None:
    sandbox.plan_faults({"action": "huge"})
    with flexdeploy.stream("GET", RELEASES) as reply:
        assert next(reply.iter_bytes())[:2] == b'["'
    assert _post(flexdeploy).status_code == 201


def test_an_effect_happens_twice(sandbox: Sandbox, flexdeploy: httpx.Client) -> None:
    sandbox.plan_faults({"action": "double"})
    assert (_post(flexdeploy).status_code, _made(sandbox)) == (201, 2)


@pytest.mark.parametrize(
    ("action", "ids"), [("partial_list", [12101]), ("duplicate_rows", [12101, 12104, 12101, 12104])]
)
def test_a_list_lies(sandbox: Sandbox, flexdeploy: httpx.Client, action: str, ids: list[int]) -> None:
    sandbox.plan_faults({"action": action})
    assert [row["releaseId"] for row in flexdeploy.get(RELEASES).json()] == ids


def test_a_fault_strikes_the_nth_fitting_request_once(sandbox: Sandbox, flexdeploy: httpx.Client) -> None:
    (fault,) = sandbox.plan_faults(
        {"method": "get", "path": "releases$", "nth": 2, "action": "status", "status": 500}
    )
    statuses = [
        flexdeploy.get(path).status_code
        for path in ("/releases", "/releases/12101", "/releases", "/releases")
    ]
    assert statuses == [200, 200, 500, 200]
    assert (fault.seen, fault.struck) == (2, 1)


def test_faults_for_one_request_strike_one_after_another(sandbox: Sandbox, flexdeploy: httpx.Client) -> None:
    sandbox.plan_faults({"action": "status", "status": 500}, {"action": "status", "status": 502})
    assert [flexdeploy.get(RELEASES).status_code for _ in range(3)] == [500, 502, 200]


def test_faults_are_planned_read_and_cleared_over_http(
    sandbox: Sandbox, client: httpx.Client, flexdeploy: httpx.Client
) -> None:
    planned = client.post(
        "/_sandbox/faults", json=[{"action": "status", "status": 500, "nth": "every"}]
    ).json()
    assert planned == [
        {"action": "status", "method": "", "path": "", "nth": "every", "seen": 0, "struck": 0},
    ]
    assert [flexdeploy.get(RELEASES).status_code for _ in range(2)] == [500, 500]
    assert client.get("/_sandbox/faults").json()[0]["struck"] == 2
    assert client.delete("/_sandbox/faults").json() == []
    assert flexdeploy.get(RELEASES).status_code == 200


@pytest.mark.parametrize(
    "fault",
    [
        {},
        {"action": "explode"},
        {"action": "html", "nth": 0},
        {"action": "html", "nth": "all"},
        {"action": "html", "path": "("},
        {"action": "status", "status": 99},
        {"action": "html", "colour": "red"},
        {"action": "status", "headers": {"x": "a\r\nb"}},
        {"action": "slow", "seconds": -1},
        "html",
    ],
)
@pytest.mark.usefixtures("sandbox")
def test_a_fault_that_is_none_is_refused(client: httpx.Client, fault: Any) -> None:
    assert client.post("/_sandbox/faults", json=[fault]).status_code == 400
    assert client.get("/_sandbox/faults").json() == []
