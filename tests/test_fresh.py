"""Right after our own write: what this apply created is waited for within the settle time, wherever used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from tests.support.servers import LampServer, desk
from tests.support.values import address, lamp, wanted
from tests.support.worlds import World, carried, planned

from reconcile.errors import ApiError
from reconcile.model import Json, Ref, Request, Response
from reconcile.planning.contents import Outcome

SETTLE = 30.0
A, B = wanted(lamp("a")), wanted(lamp("b", {"room": Ref(address("a"))}))


@dataclass
class Lagging(World):
    """A world that says of some requests for a while that there is nothing."""

    method: str = "GET"
    seconds: float = 10.0
    since: float | None = None
    """When something was first created."""

    def _lags(self, request: Request) -> bool:
        if self.since is None or request.method != self.method:
            return False
        return self.now < self.since + self.seconds

    def _read(self, request: Request) -> Response:
        if self._lags(request):
            self.note("read", request)
            self.pass_time(0.01)
            raise ApiError(f"{request.system}: {request.path}: 404 Not Found", status=404, effect="none")
        return super()._read(request)

    def _write(self, request: Request) -> Response:
        if self._lags(request):
            self.note("write", request)
            raise ApiError(f"{request.system}: {request.path}: 404 Not Found", status=404, effect="none")
        answer = super()._write(request)
        self.since = self.now if self.since is None else self.since
        return answer


def outcomes(world: World, *items: Any) -> dict[str, Outcome]:
    return {each.address.name: each for each in carried(planned(world, *items), world, settle=SETTLE)}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_404_to_what_refers_to_a_new_object_is_waited_for(method: str) -> None:
    world = Lagging(LampServer(), method=method)
    found = outcomes(world, A, B)
    assert {name: each.status for name, each in found.items()} == {"a": "done", "b": "done"}
    assert len(world.server.rows) == 2


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_404_that_lasts_longer_than_the_settle_time_is_the_end(method: str) -> None:
    found = outcomes(Lagging(LampServer(), method=method, seconds=1000.0), A, B)
    statuses = {each.status for each in found.values()}
    assert statuses & {"failed", "unknown"}
    assert sum(each.seconds for each in found.values()) < 2.5 * SETTLE


def test_a_404_to_what_refers_to_an_old_object_is_told_at_once() -> None:
    world = Lagging(LampServer(desk()), method="POST", since=1000.0, seconds=1000.0)
    assert outcomes(world, A, B)["b"].status == "failed"
    assert world.of("wait") == []


class Hidden(LampServer):
    """A server that shows nothing new, in no list and by no id, until it was asked so often."""

    def __init__(self, asked: int) -> None:
        super().__init__()
        self.left = asked

    def read(self, request: Request) -> Json:
        self.left -= bool(self.rows)
        return (
            super().read(request) if self.left < 0 or not self.rows else ([], None)["/" in request.path[1:]]
        )


def test_a_new_object_that_nothing_shows_is_waited_for_longer_than_a_field_that_is_not_kept() -> None:
    world = World(Hidden(7))
    (outcome,) = outcomes(world, A).values()
    assert (outcome.status, outcome.requests_sent) == ("done", 1)
    assert 5.0 < outcome.seconds < SETTLE
