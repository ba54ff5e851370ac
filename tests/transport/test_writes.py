"""A write is on the wire at most once, and its error says whether it may have had an effect."""

from __future__ import annotations

import pytest

from reconcile.endpoint import Bearer, Endpoint
from reconcile.errors import ApiError
from reconcile.model import Address, Ref, Request, Secret

from .conftest import GET, POST
from .counterpart import answer, close, closed_port, head, raw, reset

HTML = "Content-Type: text/html"
UNKNOWN = {
    "closed without an answer": close,
    "reset without an answer": reset,
    "closed in the status line": raw(b"HTTP/1.1 20", stays=False),
    "closed in the headers": raw(b"HTTP/1.1 201 Created\r\nContent-", stays=False),
    "closed in the body": raw(head(201, "Content-Length: 10") + b'{"a"', stays=False),
    "closed in a chunk": raw(head(201, "Transfer-Encoding: chunked") + b"9\r\n{", stays=False),
    "no HTTP at all": raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n", stays=False),
    "two lengths": raw(head(200, "Content-Length: 1", "Content-Length: 2") + b"{}"),
    "a page with 200": answer(b"<html><title>Log in</title>", 200, HTML),
    "truncated JSON of the promised length": answer(b'{"releaseId": 1', 201),
    "compressed": answer(b"\x1f\x8b\x08", 200, "Content-Encoding: gzip"),
    "500": answer({}, 500),
    "502": answer({}, 502),
    "503 without a time": answer({}, 503),
    "503 with a senseless time": answer({}, 503, "Retry-After: soon"),
    "504": answer({}, 504),
    "302": answer({}, 302, "Location: /releases/7"),
    "303": answer({}, 303),
    "408": answer({}, 408),
    "599": answer({}, 599),
}
NONE = {
    **{str(status): (answer({}, status), None) for status in (300, 301, 304, 307, 308)},
    **{str(status): (answer({}, status), None) for status in (400, 401, 403, 404, 405, 409, 412, 422)},
    "429 without a time": (answer({}, 429), 2.0),
    "429 that is not to be sent again": (answer({}, 429, "QoS-Retry-Hint: do-not-retry"), None),
    "429 with a time": (answer({}, 429, "Retry-After: 3"), 3.0),
    "429 with no wait": (answer({}, 429, "Retry-After: 0"), 0.0),
    "503 with a time": (answer({}, 503, "Retry-After: 9"), 9.0),
    "503 with a time too long": (answer({}, 503, "Retry-After: 900"), None),
}


@pytest.mark.parametrize("play", UNKNOWN.values(), ids=UNKNOWN.keys())
def test_the_effect_is_unknown_when_an_answer_says_nothing_of_it(serve, connect, time, play):
    server = serve(play, answer({}))
    with pytest.raises(ApiError) as caught:
        connect(server).write(POST)
    assert caught.value.effect == "unknown"
    assert caught.value.retry_after is None
    assert len(server.seen) == 1
    assert time.slept == []


@pytest.mark.parametrize(("play", "retry_after"), NONE.values(), ids=NONE.keys())
def test_there_is_no_effect_when_the_server_refused(serve, connect, time, play, retry_after):
    server = serve(play, answer({}))
    with pytest.raises(ApiError) as caught:
        connect(server).write(POST)
    assert caught.value.effect == "none"
    assert caught.value.retry_after == retry_after
    assert len(server.seen) == 1
    assert time.slept == []


def test_there_is_no_effect_when_nobody_listens(connect, time):
    with closed_port() as port:
        endpoint = Endpoint("sys", f"http://127.0.0.1:{port}", Bearer(Secret("t")))
        with pytest.raises(
            ApiError, match=r"sys: POST /things: cannot connect to 127.0.0.1:[0-9]+: Connection refused"
        ) as caught:
            connect(endpoint).write(POST)
    assert caught.value.effect == "none"
    assert time.slept == []


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 70 + ".invalid", "xn--a.invalid"])
def test_there_is_no_effect_when_a_name_has_no_address(connect, host):
    endpoint = Endpoint("sys", f"http://{host}:1", Bearer(Secret("t")))
    with pytest.raises(ApiError) as caught:
        connect(endpoint).write(POST)
    assert caught.value.effect == "none"


def test_a_connection_that_breaks_after_use_leaves_the_effect_unknown(serve, connect):
    server = serve(answer({}), close, answer({}))
    client = connect(server)
    client.read(GET)
    with pytest.raises(ApiError) as caught:
        client.write(POST)
    assert caught.value.effect == "unknown"
    assert [seen.method for seen in server.seen] == ["GET", "POST"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_write_arrives_as_it_was_said(serve, connect, method):
    server = serve(answer({"id": 1}, 201, "Date: Thu, 01 Jan 1970 00:01:00 GMT"))
    body = {"name": "Größe", "list": [1, None, True, 1.5], "password": Secret("hunter2-hunter2")}
    response = connect(server).write(Request("sys", method, "/things/1", (("a b", "c&d=[é]"),), body))
    (seen,) = server.seen
    assert (response.status, response.body, response.date) == (201, {"id": 1}, 60.0)
    assert (seen.method, seen.target) == (method, "/base/things/1?a%20b=c%26d%3D%5B%C3%A9%5D")
    assert seen.body == (
        b'{"name":"Gr\\u00f6\\u00dfe","list":[1,null,true,1.5],"password":"hunter2-hunter2"}'
    )
    assert seen.headers["content-type"] == seen.headers["accept"] == "application/json"
    assert seen.headers["accept-encoding"] == "identity"
    assert seen.headers["user-agent"].startswith("reconcile/")


def test_a_write_without_a_body_has_no_content(serve, connect):
    server = serve(answer({}))
    connect(server).write(Request("sys", "POST", "/schedules/1/run"))
    assert server.seen[0].body == b""
    assert "content-type" not in server.seen[0].headers
    assert server.seen[0].headers["content-length"] == "0"


@pytest.mark.parametrize(
    "value", [Ref(Address("sys", "Kind", "a")), float("nan"), float("inf"), b"bytes", {1, 2}, {(1, 2): 3}]
)
def test_a_body_that_is_not_json_is_a_bug_and_nothing_is_sent(serve, connect, value):
    server = serve(answer({}))
    with pytest.raises(ValueError, match=r"."):
        connect(server).write(Request("sys", "POST", "/things", body={"a": [value]}))
    assert server.connections == 0


def test_an_unknown_system_or_method_is_a_bug(serve, connect):
    client = connect(serve(answer({})))
    for request in (
        Request("other", "POST", "/a"),
        Request("sys", "CONNECT", "/a"),
        Request("sys", "post", "/a"),
    ):
        with pytest.raises(ValueError, match="no such system or method"):
            client.write(request)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_an_empty_answer_to_a_write_is_a_success_without_a_body(serve, connect, status):
    length = () if status == 204 else ("Content-Length: 0",)
    response = connect(serve(raw(head(status, *length)))).write(POST)
    assert (response.status, response.body) == (status, None)
