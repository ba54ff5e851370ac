"""What the sandbox does for every system: hosts, rights, options, state, record, its start and end."""

from __future__ import annotations

import io
import json
import signal
import socket
import subprocess
import sys
import threading
from typing import Any

import httpx
import pytest

from reconcile_sandbox import Sandbox, describe, running

RELEASES = "/flexdeploy/rest/v1/releases"
AUTH = ("demo", "demo")

pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.mark.parametrize("host", ["localhost", "localhost:80", "127.0.0.1:1", "[::1]:8080", "LOCALHOST"])
def test_local_hosts_are_served(client: httpx.Client, host: str) -> None:
    assert client.get(RELEASES, auth=AUTH, headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", ""]
)
@pytest.mark.parametrize("path", [RELEASES, "/_sandbox/state", "/openapi.json"])
def test_other_hosts_are_misdirected(client: httpx.Client, host: str, path: str) -> None:
    assert client.get(path, auth=AUTH, headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost.evil.example"]
)
@pytest.mark.parametrize("path", [RELEASES, "/_sandbox/state", "/openapi.json"])
def test_a_page_of_another_origin_is_refused(client: httpx.Client, origin: str, path: str) -> None:
    assert client.get(path, auth=AUTH, headers={"origin": origin}).status_code == 403


def test_a_page_of_its_own_is_answered(client: httpx.Client, sandbox: Sandbox) -> None:
    assert client.get("/_sandbox/log", headers={"origin": sandbox.url}).status_code == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "text/plain;charset=UTF-8", "multipart/form-data; boundary=x", "text/json"]
)
def test_a_body_that_a_page_may_send_unasked_changes_nothing(client: httpx.Client, kind: str) -> None:
    sent = client.put("/_sandbox/state", content=b"{}", headers={"content-type": kind})
    assert sent.status_code == 415
    assert client.get("/_sandbox/state").json()["flexdeploy"]["releases"]


def test_only_loopback_is_listened_to(sandbox: Sandbox) -> None:
    assert sandbox.url.startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    "authorization",
    [None, "Basic", "Basic !!!", "Basic ZGVtbzp3cm9uZw==", "Basic /w==", "Bearer demo", "Basic ZGVtbw=="],
)
def test_wrong_credentials_are_401(client: httpx.Client, authorization: str | None) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    reply = client.get(RELEASES, headers=headers)
    assert (reply.status_code, reply.headers["www-authenticate"]) == (401, 'Basic realm="FlexDeploy"')


def test_a_reader_reads_and_does_not_write(client: httpx.Client) -> None:
    reader = ("reader", "demo")
    assert client.get(RELEASES, auth=reader).status_code == 200
    assert client.post(RELEASES, auth=reader, json={"releaseName": "x"}).status_code == 403


def test_access_can_be_narrowed(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.set_options("flexdeploy.access=read_only")
    assert client.get(RELEASES, auth=AUTH).status_code == 200
    assert client.post(RELEASES, auth=AUTH, json={"releaseName": "x"}).status_code == 403
    sandbox.set_options("flexdeploy.access=none")
    assert client.get(RELEASES, auth=AUTH).status_code == 403


def test_what_is_no_system_is_not_found(client: httpx.Client) -> None:
    reply = client.get("/elsewhere")
    assert (reply.status_code, "/flexdeploy/rest/v1" in reply.json()["message"]) == (404, True)


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("flexdeploy.show_propertys=false", "did you mean flexdeploy.show_properties?"),
        ("flexdeploy.show_properties=no", "it is true|false"),
        ("flexdeploy.stale_reads=-1", "it is NUMBER"),
        ("sandbox.clock=yesterday", "it is real|INSTANT"),
        ("nonsense", "an option is NAME=VALUE"),
    ],
)
def test_a_wrong_option_is_refused_with_what_is_known(option: str, told: str) -> None:
    with pytest.raises(ValueError, match="option") as refused, running(options=[option]):
        pass
    assert told in str(refused.value)


def test_every_switch_is_described_in_a_sentence(sandbox: Sandbox) -> None:
    described = {switch.name: switch for switch in describe()}
    assert sandbox.options == {name: switch.default for name, switch in described.items()}
    assert all(switch.about.endswith(".") for switch in described.values())


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ([], "must be an object"),
        ({"flexdeplay": {}}, "did you mean flexdeploy?"),
        ({"flexdeploy": {"release": []}}, "flexdeploy.release is not known here"),
        ({"flexdeploy": {"releases": [{"releaseId": 1}]}}, "flexdeploy.releases[0].releaseName is required"),
        ({"flexdeploy": {"releases": [{"releaseId": "1", "releaseName": "x"}]}}, "releaseId must be integer"),
        ({"flexdeploy": {"releases": [{"releaseId": 1, "releaseName": "x"}] * 2}}, "has the id 1 twice"),
    ],
)
def test_a_wrong_state_is_refused_with_its_place(state: Any, told: str) -> None:
    with pytest.raises(ValueError, match="state") as refused, running(state=state):
        pass
    assert told in str(refused.value)


def test_a_seed_may_leave_out_what_it_does_not_care_for(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.state = {"flexdeploy": {"releases": [{"releaseId": 5, "releaseName": "mine"}]}}
    assert [row["releaseName"] for row in client.get(RELEASES, auth=AUTH).json()] == ["mine"]
    assert client.get("/flexdeploy/rest/v1/project/6789", auth=AUTH).status_code == 200


def test_a_state_is_read_and_written_whole(client: httpx.Client) -> None:
    state = client.get("/_sandbox/state").json()
    state["flexdeploy"]["releases"][0]["releaseStatus"] = "COMPLETED"
    assert client.put("/_sandbox/state", json=state).json() == state
    assert client.get(f"{RELEASES}/12101", auth=AUTH).json()["releaseStatus"] == "COMPLETED"
    assert client.put("/_sandbox/state", json={"x": 1}).status_code == 400


def test_a_copy_of_the_state_is_only_a_copy(sandbox: Sandbox) -> None:
    sandbox.state["flexdeploy"]["releases"].clear()
    assert len(sandbox.state["flexdeploy"]["releases"]) == 2


def test_options_change_over_http(client: httpx.Client) -> None:
    changed = client.patch(
        "/_sandbox/options", json={"flexdeploy.show_properties": False, "flexdeploy.stale_reads": 0}
    )
    assert changed.json()["flexdeploy.show_properties"] == "false"
    assert client.get("/_sandbox/options").json() == changed.json()
    assert client.patch("/_sandbox/options", json={"flexdeploy.x": 1}).status_code == 400
    assert client.patch("/_sandbox/options", json=[]).status_code == 400


def test_control_paths_say_what_they_allow(client: httpx.Client) -> None:
    reply = client.post("/_sandbox/state")
    assert (reply.status_code, reply.headers["allow"]) == (405, "GET, PUT")
    assert client.get("/_sandbox/nothing").status_code == 404


def test_the_record_is_in_order_and_holds_no_credential(sandbox: Sandbox, client: httpx.Client) -> None:
    client.get(RELEASES, auth=AUTH, params={"token": "s3cret", "releaseName": "x"})
    client.post(RELEASES, auth=AUTH, json={"releaseName": "x", "password": "s3cret"})
    client.get(RELEASES)
    entries = client.get("/_sandbox/log").json()
    assert [(row["method"], row["status"], row["effect"]) for row in entries] == [
        ("GET", 200, 200),
        ("POST", 201, 201),
        ("GET", 401, 401),
    ]
    assert entries[0]["query"] == "token=***&releaseName=x"
    assert entries[1]["body"] == {"releaseName": "x", "password": "***"}
    assert "authorization" in entries[1]["headers"]
    assert "s3cret" not in json.dumps(entries)
    assert [entry.document() for entry in sandbox.log] == entries
    assert client.delete("/_sandbox/log").json() == sandbox.log == []


def test_the_date_follows_the_clock(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.set_options("sandbox.clock=2026-12-01T08:00:00Z")
    assert client.get(RELEASES, auth=AUTH).headers["date"] == "Tue, 01 Dec 2026 08:00:00 GMT"


def test_the_openapi_document_names_every_operation(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    release = document["paths"]["/flexdeploy/rest/v1/releases/{releaseId}"]
    assert set(release) == {"get", "put", "patch"}
    assert release["get"]["security"] == [{"flexdeploy": []}]
    assert set(release["patch"]["responses"]) == {"200", "400", "401", "403", "404", "413", "415"}
    assert document["components"]["schemas"]["Release"]["properties"]["releaseId"]["readOnly"] is True


def test_requests_are_lines_without_credentials() -> None:
    lines = io.StringIO()
    with running(log=lines) as sandbox:
        httpx.get(f"{sandbox.url}{RELEASES}", auth=AUTH, params={"token": "s3cret"}, trust_env=False)
        httpx.get(f"{sandbox.url}{RELEASES}/%0A%C3%A9", auth=AUTH, trust_env=False)
    shown = [line.rsplit(" ", 2)[0] for line in lines.getvalue().splitlines()]
    assert shown == [f"GET {RELEASES}?token=*** 200", f"GET {RELEASES}/%0A%C3%A9 404"]


def test_many_threads_lose_nothing(sandbox: Sandbox) -> None:
    def create(number: int) -> None:
        with httpx.Client(base_url=sandbox.url, auth=AUTH, verify=False) as own:  # noqa: S501
            for index in range(20):
                assert own.post(RELEASES, json={"releaseName": f"{number}-{index}"}).status_code == 201
                assert len(sandbox.state["flexdeploy"]["releases"]) > 2

    threads = [threading.Thread(target=create, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = [row["releaseId"] for row in sandbox.state["flexdeploy"]["releases"]]
    assert len(set(ids)) == 82


def test_a_taken_port_is_an_error(sandbox: Sandbox) -> None:
    with pytest.raises(OSError, match="in use"), running(port=int(sandbox.url.rsplit(":", 1)[1])):
        pass


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_serving_cleanly(number: signal.Signals) -> None:
    script = (
        "from functools import partial; from reconcile_sandbox import serve_forever;"
        "serve_forever(announce=partial(print, flush=True), options=['flexdeploy.show_properties=false'])"
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))):
            process.send_signal(number)
            _, errors = process.communicate(timeout=5)
    assert (process.returncode, errors) == (0, "")
