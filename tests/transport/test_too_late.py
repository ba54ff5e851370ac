"""A write that has not left by its moment does not leave, whatever it waited for; a turn can be kept."""

from __future__ import annotations

import ssl
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import trustme

from reconcile.endpoint import ClientCredentials
from reconcile.errors import TooLate
from reconcile.model import Secret

from .conftest import GET, POST
from .counterpart import answer

OAUTH = ClientCredentials("/oauth2/token", Secret("client-1"), Secret("client-secret/+="), "api:write")
PATIENCE = 20.0


def late(time, seconds, play):
    """Plays an answer when so many seconds of the client's clock have passed."""

    def played(connection, seen):
        time.now += seconds
        return play(connection, seen)

    return played


def refused(client, time, request=POST):
    with pytest.raises(TooLate, match="not sent: too late") as caught:
        client.write(request, time.clock() + 1.5)
    assert caught.value.effect == "none"


def test_a_write_in_time_leaves(serve, connect, time):
    server = serve(answer({}))
    assert connect(server).write(POST, time.clock()).status == 200


def test_a_write_whose_moment_is_over_does_not_leave(serve, connect, time):
    server = serve(answer({}))
    client = connect(server)
    leave_by = time.clock() + 1.5
    time.now += 1.6
    with pytest.raises(TooLate):
        client.write(POST, leave_by)
    assert server.seen == []


def test_a_write_that_waited_for_its_turn_does_not_leave_too_late(serve, connect, time):
    reached, go = threading.Event(), threading.Event()

    def slow(connection, seen):
        reached.set()
        assert go.wait(PATIENCE)
        return answer({})(connection, seen)

    server = serve(slow, answer({}))
    client = connect(server, parallelism=1)
    with ThreadPoolExecutor(2) as pool:
        read = pool.submit(client.read, GET)
        assert reached.wait(PATIENCE)
        write = pool.submit(client.write, POST, time.clock() + 1.5)
        time.now += 6.0
        go.set()
        with pytest.raises(TooLate):
            write.result(PATIENCE)
        read.result(PATIENCE)
    assert [seen.method for seen in server.seen] == ["GET"]


def test_a_write_that_waited_for_a_token_does_not_leave_too_late(serve, connect, time):
    token = answer({"access_token": "tok", "expires_in": 3600})
    server = serve(late(time, 5.0, token), answer({}))
    client = connect(server, OAUTH)
    refused(client, time)
    assert client.write(POST, time.clock() + 1.5).status == 200
    assert [seen.target for seen in server.seen] == ["/base/oauth2/token", "/base/things"]


def test_a_write_that_waited_for_a_connection_does_not_leave_too_late(serve, connect, time, tmp_path):
    authority, trusted = trustme.CA(), tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(trusted))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)

    def slowly(connection: ssl.SSLSocket, name: str | None, own: ssl.SSLContext) -> None:
        time.now += 5.0

    context.sni_callback = slowly
    server = serve(answer({}), tls=context)
    client = connect(server, environment={"SSL_CERT_FILE": str(trusted)})
    refused(client, time)
    assert server.seen == []


def test_who_keeps_a_turn_waits_for_nobody_until_it_is_given_back(serve, connect, time):
    server = serve(answer({}))
    client = connect(server, parallelism=1)
    client.keep_turn("sys")
    client.keep_turn("sys")
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(client.read, GET)
        for _ in range(3):
            client.read(GET)
        client.write(POST, time.clock() + 1.5)
        assert not other.done()
        client.give_back()
        assert other.result(PATIENCE).status == 200
    client.give_back()
    assert [seen.method for seen in server.seen] == ["GET", "GET", "GET", "POST", "GET"]
