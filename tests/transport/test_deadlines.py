"""Nothing that a server does keeps a request alive past its deadline."""

from __future__ import annotations

import socket
import threading

import pytest
from tests.support.settings import SETTINGS

from reconcile.endpoint import Bearer, Endpoint
from reconcile.errors import ApiError
from reconcile.model import Request, Secret
from reconcile.transport import Writer
from reconcile.transport.deadlines import Watch

from .conftest import GET, POST
from .counterpart import answer, hang, head, listener, trickle

SHORT = 0.3
SLOW = {
    "silence": hang,
    "status line by bytes": trickle(b"", b"H"),
    "headers without an end": trickle(head(200)[:-2], b"X-More: 1\r\n"),
    "one header without an end": trickle(head(200)[:-2] + b"X-Long: ", b"a"),
    "informational answers without an end": trickle(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body by bytes": trickle(head(200, "Content-Length: 100000"), b" "),
    "chunks without an end": trickle(head(200, "Transfer-Encoding: chunked"), b"1\r\n \r\n"),
    "chunk extensions without an end": trickle(head(200, "Transfer-Encoding: chunked") + b"1;", b"x"),
    "trailers without an end": trickle(head(200, "Transfer-Encoding: chunked") + b"0\r\n", b"X: 1\r\n"),
    "body that only a close ends": trickle(head(200, "Connection: close"), b" "),
    "error body by bytes": trickle(head(500, "Content-Length: 100000"), b"e"),
}


@pytest.mark.parametrize("play", SLOW.values(), ids=SLOW.keys())
def test_a_slow_answer_ends_at_the_deadline(serve, connect, play):
    server = serve(play)
    with pytest.raises(ApiError, match="no whole answer within the time") as caught:
        connect(server, timeout=SHORT, retries=0).read(GET)
    assert caught.value.effect == "unknown"


@pytest.mark.parametrize("play", SLOW.values(), ids=SLOW.keys())
def test_a_slow_answer_to_a_write_leaves_its_effect_unknown_and_is_asked_for_once(serve, connect, play):
    server = serve(play)
    with pytest.raises(ApiError) as caught:
        connect(server, timeout=SHORT).write(POST)
    assert caught.value.effect == "unknown"
    assert len(server.seen) == 1


def test_a_body_that_the_server_never_reads_ends_at_the_deadline(connect):
    with listener(b"") as port:
        endpoint = Endpoint("sys", f"http://127.0.0.1:{port}", Bearer(Secret("t")))
        with pytest.raises(ApiError, match="no whole answer within the time") as caught:
            connect(endpoint, timeout=SHORT).write(Request("sys", "PUT", "/things", body="x" * 2**25))
    assert caught.value.effect == "unknown"


def test_a_deadline_also_ends_requests_on_a_connection_used_before(serve, connect):
    server = serve(answer({}), SLOW["body by bytes"])
    client = connect(server, timeout=SHORT, retries=0)
    client.read(GET)
    with pytest.raises(ApiError, match="no whole answer within the time"):
        client.read(GET)
    assert [seen.connection for seen in server.seen] == [1, 1]


def test_the_thread_goes_on_with_a_new_connection_after_a_deadline(serve, connect):
    server = serve(hang, answer({"a": 1}))
    client = connect(server, timeout=SHORT)
    assert client.read(GET).body == {"a": 1}
    assert server.connections == 2


def test_a_stop_shortens_the_deadline_of_requests_in_flight(serve, connect):
    server, arrived, caught = serve(lambda *call: arrived.set() or hang(*call)), threading.Event(), []
    client = connect(server, timeout=600)

    def write():
        with pytest.raises(ApiError, match="stopped") as error:
            client.write(POST)
        caught.append(error.value)

    thread = threading.Thread(target=write)
    thread.start()
    arrived.wait()
    client.stop_after(0.05)
    thread.join()
    assert caught[0].effect == "unknown"


def test_after_a_stop_nothing_more_is_sent(serve, connect):
    server = serve(answer({}))
    client = connect(server)
    client.stop_after(0)
    with pytest.raises(ApiError, match="stopped") as caught:
        client.write(POST)
    assert caught.value.effect == "none"
    assert server.seen == []


def test_a_stop_ends_the_wait_between_two_tries(serve):
    server = serve(answer({}, 503, "Retry-After: 100"))
    said = []
    client = Writer(
        {"sys": server.endpoint()},
        SETTINGS,
        environment={},
        log=lambda line: (said.append(line), client.stop_after(5)),
    )
    with pytest.raises(ApiError, match="503"):
        client.read(GET)
    assert len(said) == 1
    client.close()


def test_a_near_deadline_is_kept_while_the_watch_sleeps_until_a_far_one():
    watch = Watch()
    here, there = socket.socketpair()
    with here, there:
        watch.begin(600)
        flight = watch.begin(0.05)
        flight.board(here)
        assert here.recv(1) == b""
    assert flight.expired
    watch.close()


def test_a_flight_that_is_over_is_not_ended():
    watch = Watch()
    here, there = socket.socketpair()
    with here, there:
        flight = watch.begin(600)
        flight.board(here)
        watch.finish(flight)
        watch.close()
        there.sendall(b"x")
        assert here.recv(1) == b"x"
