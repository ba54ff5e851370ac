"""What a read does when an answer does not come."""

from __future__ import annotations

from email.utils import formatdate

import pytest

from reconcile.endpoint import Bearer, Endpoint
from reconcile.errors import ApiError
from reconcile.model import Request, Secret
from reconcile.transport.response import Stale
from reconcile.transport.retry import RetryPolicy

from .conftest import GET, POST
from .counterpart import answer, close, closed_port, head, raw, reset

TRUNCATED = raw(head(200, "Content-Length: 100") + b'{"a": 1', stays=False)
CHUNKS_CUT = raw(head(200, "Transfer-Encoding: chunked") + b"5\r\n[1, 2", stays=False)


@pytest.mark.parametrize("status", [408, 429, 502, 503, 504])
def test_a_read_is_tried_again_after_a_passing_status(serve, connect, time, status):
    server = serve(answer({}, status), answer({"a": 1}))
    assert connect(server).read(GET).body == {"a": 1}
    assert time.slept == [0.5]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 410, 422, 500, 501, 505])
def test_a_read_is_not_tried_again_after_a_lasting_status(serve, connect, time, status):
    server = serve(answer({}, status), answer({"a": 1}))
    with pytest.raises(ApiError) as caught:
        connect(server).read(GET)
    assert caught.value.status == status
    assert len(server.seen) == 1
    assert time.slept == []


@pytest.mark.parametrize("failure", [close, reset, TRUNCATED, CHUNKS_CUT, raw(b"", stays=False)])
def test_a_read_is_tried_again_after_a_broken_connection(serve, connect, time, failure):
    server = serve(failure, answer([1]))
    assert connect(server).read(GET).body == [1]
    assert time.slept == [0.5]


def test_a_read_is_tried_again_after_a_refused_connection_until_it_has_no_tries_left(connect, time):
    with closed_port() as port:
        client = connect(Endpoint("sys", f"http://127.0.0.1:{port}", Bearer(Secret("t"))))
        with pytest.raises(
            ApiError, match=r"cannot connect to 127.0.0.1:[0-9]+: Connection refused; tried 5 times"
        ) as caught:
            client.read(GET)
    assert caught.value.effect == "none"
    assert time.slept == [0.5, 1.0, 2.0, 4.0]


def test_the_wait_is_drawn_from_a_range_that_doubles_to_twenty_seconds(serve, connect, time):
    server = serve(answer({}, 503))
    with pytest.raises(ApiError, match="tried 9 times"):
        connect(server, retries=8).read(GET)
    assert time.slept == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 20.0, 20.0]


def test_all_waits_of_one_read_stay_under_two_minutes(serve, connect, time):
    server = serve(answer({}, 503))
    with pytest.raises(ApiError):
        connect(server, retries=100).read(GET)
    assert sum(time.slept) <= 120


def test_no_retries_means_one_try(serve, connect):
    server = serve(answer({}, 503), answer({}))
    with pytest.raises(ApiError):
        connect(server, retries=0).read(GET)
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_in_seconds_is_the_wait(serve, connect, time, status):
    server = serve(answer({}, status, "Retry-After: 7"), answer({}))
    connect(server).read(GET)
    assert time.slept == [7.0]


def test_retry_after_as_a_date_is_measured_by_the_servers_own_clock(serve, connect, time):
    dates = (f"Date: {formatdate(5000, usegmt=True)}", f"Retry-After: {formatdate(5042, usegmt=True)}")
    server = serve(answer({}, 503, *dates), answer({}))
    connect(server).read(GET)
    assert time.slept == [42.0]


@pytest.mark.parametrize(
    "header", ["-1", "soon", "1e9", "", "0", "Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 99 Foo 1970", "٣", "1,5"]
)
def test_a_senseless_retry_after_is_ignored(serve, connect, time, header):
    line = f"Retry-After: {header}".encode().decode("latin-1")
    server = serve(answer({}, 503, line), answer({}))
    connect(server).read(GET)
    assert time.slept == [0.5]


@pytest.mark.parametrize("header", ["121", "1000000000", "9" * 400])
def test_a_retry_after_beyond_two_minutes_is_an_error_that_says_so(serve, connect, time, header):
    server = serve(answer({}, 429, f"Retry-After: {header}"), answer({}))
    with pytest.raises(ApiError, match=r"the server asks to wait .*, longer than 120 s") as caught:
        connect(server).read(GET)
    assert caught.value.retry_after is None
    assert time.slept == []


def test_a_server_that_says_do_not_retry_is_not_asked_again(serve, connect, time):
    server = serve(answer({}, 503, "QoS-Retry-Hint: do-not-retry"), answer({}))
    with pytest.raises(ApiError):
        connect(server).read(GET)
    assert len(server.seen) == 1


def test_a_page_instead_of_json_is_not_asked_for_again(serve, connect):
    page = answer(b"<html><title>Log in</title></html>", 200, "Content-Type: text/html")
    server = serve(page, answer({}))
    with pytest.raises(ApiError, match=r"200 OK, but not JSON.*Log in.*check the url of sys"):
        connect(server).read(GET)
    assert len(server.seen) == 1


def test_a_safe_post_is_a_read_and_tried_again(serve, connect):
    server = serve(answer({}, 503), answer({"content": []}))
    search = Request("sys", "POST", "/search", body={"type": "RunConfiguration"}, safe=True)
    assert connect(server).read(search).body == {"content": []}
    assert [seen.body for seen in server.seen] == [b'{"type":"RunConfiguration"}'] * 2


def test_a_reader_refuses_what_is_not_safe_and_sends_nothing(serve, connect):
    server = serve(answer({}))
    with pytest.raises(ValueError, match="not a read"):
        connect(server).read(POST)
    assert server.connections == 0


def test_a_connection_that_the_server_closed_meanwhile_is_replaced_without_an_error(serve, connect, time):
    server = serve(raw(head(200, "Content-Length: 2") + b"{}", stays=False), answer([]))
    client = connect(server)
    client.read(GET)
    assert client.read(GET).body == []


def test_a_refused_token_is_renewed_once_even_where_others_renew_it_too():
    patience = RetryPolicy(4, lambda: 1.0)
    stale = Stale("sys: GET /things: 401 Unauthorized", effect="none", again=False, status=401)
    assert [patience.pause(stale), patience.pause(stale)] == [0.0, None]
