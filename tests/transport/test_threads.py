"""Many threads share one client, and no connection."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from reconcile.endpoint import Bearer, ClientCredentials
from reconcile.errors import ApiError
from reconcile.model import Request, Secret

from .conftest import GET, POST
from .counterpart import answer, hang


def test_each_thread_gets_its_own_answers_over_its_own_connection(serve, connect):
    def mirror(connection, seen):
        return answer({"target": seen.target})(connection, seen)

    server = serve(mirror)
    client = connect(server, parallelism=8)

    def ask(number: int) -> bool:
        request = Request("sys", "GET", f"/things/{number}", safe=True)
        return client.read(request).body == {"target": f"/base/things/{number}"}

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(400)))
    assert server.connections <= 8


@pytest.mark.parametrize("parallelism", [1, 3])
def test_no_more_requests_than_allowed_are_in_flight_to_one_system(serve, connect, parallelism):
    lock, flying, too_many = threading.Lock(), [0], threading.Event()

    def count(connection, seen):
        with lock:
            flying[0] += 1
            if flying[0] > parallelism:
                too_many.set()
        too_many.wait(0.05)
        with lock:
            flying[0] -= 1
        return answer({})(connection, seen)

    client = connect(serve(count), parallelism=parallelism)
    with ThreadPoolExecutor(6) as pool:
        futures = [pool.submit(client.read, GET) for _ in range(3)]
        futures += [pool.submit(client.write, POST) for _ in range(3)]
    assert [future.result().status for future in futures] == [200] * 6
    assert not too_many.is_set()


def test_many_threads_fetch_one_token(serve, connect):
    def play(connection, seen):
        return answer({"access_token": "tok", "expires_in": 3600})(connection, seen)

    server = serve(play)
    credential = ClientCredentials("/token", Secret("id"), Secret("secret"), "scope")
    client = connect(server, credential, parallelism=8)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: client.read(GET), range(32)))
    assert sum(seen.target == "/base/token" for seen in server.seen) == 1


def test_closing_ends_what_is_in_flight(serve, connect):
    arrived = threading.Event()
    server = serve(lambda *call: arrived.set() or hang(*call))
    client = connect(server, timeout=600)
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(client.read, GET)
        arrived.wait()
        client.close()
        assert isinstance(future.exception(), ApiError)


def test_a_closed_client_sends_nothing_and_can_be_closed_again(serve, connect):
    server = serve(answer({}))
    client = connect(server, Bearer(Secret("t")))
    client.read(GET)
    client.close()
    client.close()
    with pytest.raises(ApiError, match="stopped"):
        client.write(POST)
    assert len(server.seen) == 1


def test_a_client_that_was_never_used_starts_no_thread_and_opens_nothing(serve, connect):
    server, before = serve(answer({})), threading.active_count()
    connect(server).close()
    assert threading.active_count() == before
    assert server.connections == 0
