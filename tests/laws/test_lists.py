"""A list of several pages over real sockets: read at once, and whole although it changes meanwhile."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import pytest

from reconcile.live.pages import Line, lines, look
from reconcile.model import Request, Response
from reconcile.session.prepare import Ready, live_plan, ready
from reconcile.session.unmanaged import Remembering, unmanaged
from reconcile.systems.katalon.release import RELEASE
from reconcile.transport import Writer

from .bench import Bench, Manifest

SIZE, PROJECT = 100, 4711
PATIENCE = 20.0


def listed(count: int) -> Manifest:
    """A TestOps of so many releases; the newest come first."""
    rows = [{"id": n, "name": f"law-{n}", "projectId": PROJECT} for n in range(1, count + 1)]
    return {"katalon": {"releases": rows}}


def prepared(bench: Bench, newest: int) -> Ready:
    """A run whose manifests name the release that is the first of the second page."""
    name = f"law-{newest - SIZE}"
    bench.declare(
        {"apiVersion": "katalon/v1", "kind": "Release", "metadata": {"name": name}, "spec": {"closed": False}}
    )
    return ready(bench.session())


@dataclass
class Together:
    """A client whose pages after the first wait until so many of them are asked for."""

    client: Writer
    pages: int
    barrier: threading.Barrier = field(init=False)

    def __post_init__(self) -> None:
        self.barrier = threading.Barrier(self.pages, timeout=PATIENCE)

    def read(self, request: Request) -> Response:
        if request.body["pagination"]["page"]:
            self.barrier.wait()
        return self.client.read(request)


def test_a_plan_reads_the_pages_of_a_list_at_the_same_time_and_each_once(bench: Bench) -> None:
    bench.start(listed(450))
    declared = prepared(bench, 450)
    bench.sandbox.clear_log()
    found = live_plan(declared, Together(bench.client, 4))
    assert list(found.facts.ids.values()) == [350]
    assert len(bench.sandbox.log) == 5


def test_a_list_of_all_is_read_in_its_order_with_the_threads_of_its_system_alone(bench: Bench) -> None:
    bench.start(listed(450))
    (request,) = RELEASE.lookup("katalon", [], {"projectId": PROJECT})
    with lines(["katalon", "brpm"], Line(Together(bench.client, 4).read), 4) as by_system:
        sight = look(RELEASE, request, by_system["katalon"])
    assert [live.id for live in sight.lives] == list(range(450, 0, -1))
    assert by_system["katalon"].pool is not by_system["brpm"].pool


@dataclass
class Meanwhile:
    """A client behind which somebody deletes the newest release as soon as the first page has been read."""

    client: Writer
    newest: int
    done: bool = False

    def read(self, request: Request) -> Response:
        response = self.client.read(request)
        if not self.done:
            self.done = True
            self.client.write(Request("katalon", "DELETE", f"/api/v1/releases/{self.newest}"))
        return response


@pytest.mark.parametrize("newest", [450, 150])
def test_a_release_that_moves_to_a_page_that_was_read_already_is_not_missed(
    bench: Bench, newest: int
) -> None:
    bench.start(listed(newest))
    declared = prepared(bench, newest)
    lists = Remembering(Meanwhile(bench.client, newest), declared)
    found = live_plan(declared, lists)
    assert list(found.facts.ids.values()) == [newest - SIZE]
    assert found.plan.operations == ()
    bench.sandbox.clear_log()
    assert unmanaged(declared, found.facts.ids, lists) == {"katalon/Release": newest - 2}
    assert bench.sandbox.log == []
