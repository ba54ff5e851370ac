"""What an error says: whose it is, what failed, the server's own words on one line, and what to do."""

from __future__ import annotations

import json

import pytest

from reconcile.errors import ApiError

from .conftest import GET, POST
from .counterpart import answer

FOUNDRY = {
    "errorCode": "NOT_FOUND",
    "errorName": "ScheduleNotFound",
    "errorInstanceId": "11111111-2222-3333-4444-555555555555",
    "parameters": {"scheduleRid": "ri.scheduler.main.schedule.1"},
}
SPRING = {"timestamp": 1, "status": 400, "error": "Bad Request", "message": "no such id", "path": "/api"}
PREFECT = {
    "exception_message": "Invalid request received.",
    "exception_detail": [
        {"type": "string_too_long", "loc": ["body", "name"], "msg": "Too long", "input": "aaa"},
        {"type": "extra_forbidden", "loc": ["body", "x"], "msg": "Not permitted", "input": 1},
    ],
    "request_body": {"name": "aaa", "x": 1},
}
WORDS = [
    ({"message": "no pipeline"}, "no pipeline"),
    ({"errorMessage": "no pipeline"}, "no pipeline"),
    ({"error": "no pipeline"}, "no pipeline"),
    (FOUNDRY, "ScheduleNotFound: scheduleRid: ri.scheduler.main.schedule.1"),
    ({"errorName": "Oops", "errorDescription": "it broke"}, "Oops: it broke"),
    (SPRING, "Bad Request: no such id"),
    ({"name": ["has already been taken", "is short"]}, "name: has already been taken; is short"),
    ({"name": ["is bad"], "plan_id": ["is blank"]}, "name: is bad; plan_id: is blank"),
    ({"error": {"code": 7, "message": "nested"}}, "nested"),
    ({"errors": [{"message": "one"}, {"message": "two"}]}, "one; two"),
    ({"error": "invalid_client", "error_description": "unknown client"}, "invalid_client: unknown client"),
    ({"detail": "not here"}, "not here"),
    ({"errors": ["Name is taken", "Status is unknown"]}, "Name is taken; Status is unknown"),
    ({"errors": {"name": ["is taken"], "rank": ["is no number"]}}, "name: is taken; rank: is no number"),
    ({"detail": [{"loc": ["body", 0, "name"], "msg": "Field required"}]}, "body.0.name: Field required"),
    (PREFECT, "Invalid request received.: body.name: Too long; body.x: Not permitted"),
    ("just text", "just text"),
    (["one", "two"], "one; two"),
    ({"message": "a\r\nb\tc\x1b[31m\u202ed\u2028e"}, "a b c [31m d e"),
    ({"message": "x" * 500}, "x" * 199 + "…"),
    ({"message": ""}, ""),
    ({}, ""),
    (None, ""),
    ({"message": {"message": {"message": {"message": "too deep"}}}}, ""),
    (b"plain\n\ntext", "plain text"),
    (b"<html><head><title>502 Bad\nGateway</title></head><body>x</body></html>", "502 Bad Gateway"),
    (b"<html><head><style>p{}</style></head><body><h1>Login</h1><!-- x --> failure</body>", "Login failure"),
    (b"<html><title> </title><p>a &amp; b</p>", "a & b"),
    (b"", ""),
    (b"\xff\xfe", "\ufffd\ufffd"),
]


@pytest.mark.parametrize(("body", "words"), WORDS)
def test_the_servers_own_words_are_on_one_line(serve, connect, body, words):
    with pytest.raises(ApiError) as caught:
        connect(serve(answer(body, 400))).write(POST)
    assert str(caught.value) == "sys: POST /things: 400 Bad Request" + (f": {words}" if words else "")


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        (401, "check the credential of sys"),
        (403, "some systems answer 403 to a bad token"),
        (404, "check the url of sys and the id"),
        (407, "the proxy wants a credential"),
    ],
)
def test_a_hint_says_what_to_check(serve, connect, status, hint):
    with pytest.raises(ApiError) as caught:
        connect(serve(answer({}, status))).read(GET)
    assert hint in str(caught.value)
    assert str(caught.value).endswith(")")


@pytest.mark.parametrize("status", [100, 199, 418, 451, 599, 799, 999])
def test_a_status_that_nobody_knows_is_an_error_of_one_line(serve, connect, status):
    client = connect(serve(answer({"a": 1}, status)), timeout=0.2)
    with pytest.raises(ApiError, match="sys: POST /things: ") as caught:
        client.write(POST)
    assert str(caught.value).isprintable()


def test_a_long_and_deep_error_body_is_cut(serve, connect):
    body = json.dumps({f"field{i}": ["is bad " * 10] for i in range(1000)}).encode()
    with pytest.raises(ApiError) as caught:
        connect(serve(answer(body, 422))).write(POST)
    assert len(str(caught.value)) < 300
