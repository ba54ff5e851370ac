"""Which bytes are believed, and what is said of the others."""

from __future__ import annotations

import gzip
import tracemalloc

import pytest

from reconcile.errors import ApiError
from reconcile.model import Request

from .conftest import GET
from .counterpart import answer, head, raw

LEVELS = 200_000
HOSTILE = {
    "page": b"<!DOCTYPE html><html><head><title>Log in</title></head><body>x</body></html>",
    "xml": b'<?xml version="1.0"?><runs/>',
    "plain text": b"Bad Gateway",
    "NaN": b'{"a": NaN}',
    "Infinity": b"[Infinity]",
    "minus Infinity": b"[-Infinity]",
    "number beyond a double": b"[1e999]",
    "long integer": b"[" + b"9" * 5000 + b"]",
    "deep lists": b"[" * LEVELS + b"]" * LEVELS,
    "deep lists without an end": b"[" * LEVELS,
    "deep objects": b'{"a":' * 5000 + b"1" + b"}" * 5000,
    "65 levels": b"[" * 65 + b"]" * 65,
    "65 levels far down a list": b"[" + b"{}," * 1500 + b"[" * 64 + b"]" * 65,
    "number beyond a double far down a list": b"[" + b"{}," * 1500 + b'{"a": [1, {"b": -1e999}]}]',
    "deep lists that strings seem to close": b'["]",' * 400 + b"1" + b',"["]' * 400,
    "truncated object": b'{"a": 1',
    "truncated string": b'{"a": "bc',
    "truncated escape": b'["\\u12',
    "trailing text": b'{"a": 1} and more',
    "two values": b'{"a": 1}\n{"a": 2}',
    "trailing comma": b'{"a": 1,}',
    "leading zero": b'{"cmsInstanceId": 01010}',
    "comment": b'{"a": 1 /* one */}',
    "single quotes": b"{'a': 1}",
    "half a surrogate pair": b'["\\ud800"]',
    "pair the wrong way round": b'["\\udc00\\ud800"]',
    "half a pair in a key": b'{"\\uDEAD": 1}',
    "control character in a string": b'["a\x00b"]',
    "NUL bytes": b"\x00" * 100,
    "latin-1": '{"a": "é"}'.encode("latin-1"),
    "overlong UTF-8": b'["\xc0\xaf"]',
    "surrogate in UTF-8": b'["\xed\xa0\x80"]',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "UTF-32": '{"a": 1}'.encode("utf-32"),
    "JSONP": b'callback({"a": 1})',
    "anti-hijacking prefix": b")]}'\n{}",
    "gzip without its header": gzip.compress(b'{"a": 1}'),
    "PDF": b"%PDF-1.7\n\xff\xff",
    "only a byte order mark and text": b"\xef\xbb\xbfhello",
    "escape sequences": b"\x1b]8;;http://evil\x07click\x1b]8;;\x07\x1b[2J",
    "bidi": "\u202e\u2066evil\u2069".encode(),
    "workflow command": b"\n::error file=a::b\n##[error]c",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_body_is_one_line_of_error_and_never_a_value(serve, connect, body):
    with pytest.raises(ApiError) as caught:
        connect(serve(answer(body)), retries=0).read(GET)
    message = str(caught.value)
    assert message.startswith("sys: GET /things: 200 OK, but ")
    assert message.isprintable()
    assert len(message) < 500


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_body_of_an_error_is_one_line_too(serve, connect, body):
    with pytest.raises(ApiError) as caught:
        connect(serve(answer(body, 400)), retries=0).read(GET)
    message = str(caught.value)
    assert message.startswith("sys: GET /things: 400 Bad Request")
    assert message.isprintable()
    assert len(message) < 500


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"", None),
        (b" \r\n", None),
        (b"null", None),
        (b"\xef\xbb\xbf[1]", [1]),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b'["\\ud83d\\ude00 \\\\ud800"]', ["😀 \\ud800"]),
        (b"[" * 64 + b"]" * 64, None),
        (b'[1.5, 1e3, -0.0, 123456789012345678901234567890, "[[{\\""]', None),
    ],
)
def test_what_json_allows_is_read(serve, connect, body, value):
    read = connect(serve(answer(body))).read(GET).body
    assert read == value if value is not None else read is None or isinstance(read, list)


def test_the_type_that_a_server_claims_does_not_matter_when_the_body_is_json(serve, connect):
    assert connect(serve(answer(b"[1]", 200, "Content-Type: text/html"))).read(GET).body == [1]


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "x-made-up"])
@pytest.mark.parametrize("status", [200, 400, 404])
def test_a_compressed_body_is_refused_unread(serve, connect, encoding, status):
    play = answer(b"{}", status, f"Content-Encoding: {encoding}")
    with pytest.raises(ApiError, match="Content-Encoding"):
        connect(serve(play)).read(Request("sys", "GET", "/things", safe=True, absent_on=(404,)))


def test_the_encoding_identity_is_none(serve, connect):
    assert connect(serve(answer([1], 200, "Content-Encoding: Identity"))).read(GET).body == [1]


@pytest.mark.parametrize(
    "play",
    [
        answer(b'"' + b"a" * 2000 + b'"'),
        raw(head(200, "Content-Length: 99999999999999999999") + b" "),
        raw(head(200, "Connection: close") + b" " * 2000, stays=False),
        raw(head(200, "Transfer-Encoding: chunked") + b"400\r\n" + b" " * 1024 + b"\r\n1\r\n \r\n"),
        answer(b"e" * 2000, 500),
    ],
    ids=["declared", "declared beyond reason", "until closed", "chunked", "error"],
)
def test_an_answer_beyond_the_limit_is_an_error_and_not_asked_for_again(serve, connect, play):
    server = serve(play)
    with pytest.raises(ApiError, match=r"an answer larger than 0\.000976562 MiB"):
        connect(server, answer_limit=1024, timeout=5).read(GET)
    assert len(server.seen) == 1


def test_an_answer_of_just_the_limit_is_read(serve, connect):
    body = b'"' + b"a" * 1022 + b'"'
    assert connect(serve(answer(body)), answer_limit=1024).read(GET).body == "a" * 1022


def test_an_endless_answer_costs_no_more_memory_than_the_limit(serve, connect):
    def flood(connection, seen):
        connection.sendall(head(200, "Connection: close"))
        while True:
            connection.sendall(b" " * 65536)

    client = connect(serve(flood), answer_limit=2**20)
    tracemalloc.start()
    with pytest.raises(ApiError, match="larger than 1 MiB"):
        client.read(GET)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * 2**20


@pytest.mark.parametrize(
    "play",
    [
        raw(b"HTTP/1.1 200 OK\r\n" + b"X: " + b"a" * 200_000 + b"\r\n\r\n"),
        raw(b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 50_000 + b"\r\n"),
        raw(head(200, "Content-Length: -1") + b"{}"),
        raw(head(200, "Content-Length: ten") + b"{}"),
        raw(head(200, "Transfer-Encoding: chunked") + b"zz\r\n{}"),
        raw(head(200, "Transfer-Encoding: made-up") + b"{}"),
        raw(b"HTTP/1.1 2000 OK\r\n\r\n"),
        raw(b"HTTP/1.1 abc OK\r\n\r\n"),
        raw(b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n"),
        raw(b"HTTP/1.1 200 OK\r\nX: a\x00b\r\n\r\n"),
        raw(head(101, "Upgrade: websocket", "Connection: upgrade")),
        raw(b"\x16\x03\x01\x02\x00\x01", stays=False),
    ],
)
def test_what_is_no_http_is_an_error_of_one_line(serve, connect, play):
    with pytest.raises(ApiError) as caught:
        connect(serve(play), retries=0, timeout=5).read(GET)
    assert str(caught.value).startswith("sys: GET /things: ")
    assert str(caught.value).isprintable()


EMPTY = Request("sys", "GET", "/v1/runs", safe=True, absent_on=(404,))


@pytest.mark.parametrize("body", [b"", b"[]", b'{"error": "nothing"}'])
def test_a_status_that_means_nothing_there_is_an_empty_answer(serve, connect, body):
    response = connect(serve(answer(body, 404))).read(EMPTY)
    assert (response.status, response.body) == (404, None)


@pytest.mark.parametrize("body", [b"<html>404</html>", b"Not Found", b"\xff"])
def test_the_same_status_without_json_is_an_error_as_from_a_wrong_url(serve, connect, body):
    with pytest.raises(ApiError, match=r"404 Not Found.*check the url of sys and the id"):
        connect(serve(answer(body, 404))).read(EMPTY)


def test_another_status_than_the_one_that_means_nothing_is_an_error(serve, connect):
    with pytest.raises(ApiError, match="403 Forbidden"):
        connect(serve(answer(b"[]", 403))).read(EMPTY)


@pytest.mark.parametrize("date", ["", "soon", "Thu, 99 Jan 2026 00:00:00 GMT", "0", "Thu"])
def test_a_date_that_is_none_is_left_out(serve, connect, date):
    assert connect(serve(answer({}, 200, f"Date: {date}"))).read(GET).date is None


NAMED = EMPTY._replace(absent_named="BranchNotFound")


@pytest.mark.parametrize("name", ["BranchNotFound", "BRANCHNOTFOUND"])
def test_a_named_error_that_means_nothing_there_is_an_empty_answer(serve, connect, name):
    body = b'{"errorCode": "NOT_FOUND", "errorName": "%s"}' % name.encode()
    response = connect(serve(answer(body, 404))).read(NAMED)
    assert (response.status, response.body) == (404, None)


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b'"BranchNotFound"', b'{"errorName": "DatasetNotFound"}', b'{"a": {"b": "BranchNotFound"}}'],
)
def test_the_same_status_without_that_name_is_an_error(serve, connect, body):
    with pytest.raises(ApiError, match="404 Not Found"):
        connect(serve(answer(body, 404))).read(NAMED)
