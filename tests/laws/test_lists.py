"""A list of several pages over real sockets: read at once, and whole although it changes meanwhile."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from reconcile.cli.flags import Flags
from reconcile.cli.readying import Ready, live_plan, ready
from reconcile.cli.session import begin
from reconcile.cli.unmanaged import Remembering, unmanaged
from reconcile.model import Request, Response
from reconcile.pages import Line, look
from reconcile.systems.katalon.release import RELEASE
from reconcile.transport import Writer

from .bench import Bench, Manifest

LISTED, PAGES, PROJECT = 450, 5, 4711
NEWEST, FIRST_OF_THE_SECOND_PAGE = 450, 350
PATIENCE = 20.0


def listed() -> Manifest:
    """A TestOps of so many releases; the newest come first."""
    return {
        "katalon": {
            "releases": [{"id": n, "name": f"law-{n}", "projectId": PROJECT} for n in range(1, LISTED + 1)]
        }
    }


def test_the_pages_of_a_list_that_says_how_many_there_are_are_read_at_the_same_time(bench: Bench) -> None:
    bench.start(listed())
    bench.sandbox.clear_log()
    together = threading.Barrier(PAGES - 1, timeout=PATIENCE)

    def meet(request: Request) -> Response:
        if request.body["pagination"]["page"]:
            together.wait()
        return bench.client.read(request)

    (request,) = RELEASE.lookup("katalon", [], {"projectId": PROJECT})
    sight = look(RELEASE, request, Line(meet, threads=PAGES - 1))
    assert [live.id for live in sight.lives] == list(range(LISTED, 0, -1))
    assert len(bench.sandbox.log) == PAGES


@dataclass
class Meanwhile:
    """A client behind which somebody deletes the newest release as soon as the first page has been read."""

    client: Writer
    done: bool = False

    def read(self, request: Request) -> Response:
        response = self.client.read(request)
        if not self.done:
            self.done = True
            self.client.write(Request("katalon", "DELETE", f"/api/v1/releases/{NEWEST}"))
        return response


def prepared(bench: Bench) -> Ready:
    spec = {"closed": False}
    name = f"law-{FIRST_OF_THE_SECOND_PAGE}"
    bench.declare(
        {"apiVersion": "katalon/v1", "kind": "Release", "metadata": {"name": name}, "spec": spec},
    )
    session = begin(Flags(chdir=bench.folder), (), live=True)
    return ready(session._replace(environment={"DEMO": "demo"}))


def test_a_release_that_moves_to_a_page_that_was_read_already_is_not_missed(bench: Bench) -> None:
    bench.start(listed())
    declared = prepared(bench)
    lists = Remembering(Meanwhile(bench.client), declared)
    found = live_plan(declared, lists)
    assert list(found.facts.ids.values()) == [FIRST_OF_THE_SECOND_PAGE]
    assert found.plan.operations == ()
    assert unmanaged(declared, found.facts.ids, lists) == {"katalon/Release": LISTED - 2}
