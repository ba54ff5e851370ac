"""The driver: side by side where nothing waits, results passed on, a stop that is orderly."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from typing import Any

from tests.support.servers import LampServer
from tests.support.values import address, lamp, wanted
from tests.support.worlds import World, planned

from reconcile.errors import ApiError
from reconcile.execution.attempt import Timing
from reconcile.execution.effects import Interrupted, Read, Record, Wait, Write
from reconcile.execution.executor import Executor, drive, execute
from reconcile.model import Json, Ref, Request, Response
from reconcile.planning.build import Planned
from reconcile.planning.contents import Outcome
from reconcile.session.stop import Stop


class Client:
    """A client of a lamp server, safe for threads; what happens before each write is given."""

    def __init__(self, server: LampServer, before: Callable[[Request], None] = lambda request: None) -> None:
        self.server = server
        self.before = before
        self.lock = threading.Lock()

    def read(self, request: Request) -> Response:
        with self.lock:
            found = self.server.read(request)
            return Response(200, list(found) if isinstance(found, list) else found)

    def keep_turn(self, system: str) -> None:
        pass

    def give_back(self) -> None:
        pass

    def write(self, request: Request, leave_by: float = math.inf, *doors: Callable[[], None]) -> Response:
        self.before(request)
        with self.lock:
            return Response(200, self.server.write(request))


def means(client: Client, **more: Any) -> Executor:
    return Executor(client, lambda entry: None, more.pop("stop", Stop()), **more)


def terms() -> Timing:
    return Timing(clock=lambda: 0.0, settle=0.0, wait=0.0)


def plan_of(server: LampServer, *specs: tuple[str, dict[str, Json]], **more: Any) -> Planned:
    return planned(World(server), *(wanted(lamp(name, spec, **more)) for name, spec in specs))


def statuses(outcomes: list[Outcome]) -> dict[str, str]:
    return {outcome.address.name: outcome.status for outcome in outcomes}


def test_independent_operations_are_under_way_side_by_side() -> None:
    server = LampServer()
    together = threading.Barrier(3, timeout=10)
    client = Client(server, lambda request: [together.wait(), None][1])
    outcomes = execute(plan_of(server, ("a", {}), ("b", {}), ("c", {})), terms(), means(client, threads=3))
    assert statuses(outcomes) == {"a": "done", "b": "done", "c": "done"}


def test_an_operation_gets_the_ids_of_what_it_needs() -> None:
    server = LampServer()
    plan = plan_of(server, ("b", {"room": Ref(address("a"))}), ("a", {}))
    assert statuses(execute(plan, terms(), means(Client(server)))) == {"a": "done", "b": "done"}
    rows = {row["title"]: row for row in server.rows.values()}
    assert rows["b"]["room"] == rows["a"]["lampId"]


def test_a_failure_skips_only_what_needs_it() -> None:
    def fails(request: Request) -> None:
        if request.body["title"] == "a":
            raise ApiError("400 no", status=400, effect="none")

    server = LampServer()
    plan = plan_of(server, ("a", {}), ("b", {"room": Ref(address("a"))}), ("c", {}))
    outcomes = execute(plan, terms(), means(Client(server, fails)))
    assert statuses(outcomes) == {"a": "failed", "c": "done", "b": "skipped"}


def test_outcomes_are_told_as_they_come_and_returned_in_the_plans_order() -> None:
    server, told = LampServer(), list[str]()
    plan = plan_of(server, ("c", {}), ("b", {"room": Ref(address("c"))}), ("a", {"room": Ref(address("b"))}))
    outcomes = execute(plan, terms(), means(Client(server), told=lambda each: told.append(each.address.name)))
    assert told == ["c", "b", "a"]
    assert [each.address for each in outcomes] == [each.address for each in plan.plan.operations]


def test_a_stop_lets_what_is_under_way_end_and_begins_nothing_more() -> None:
    server, stop = LampServer(), Stop()
    client = Client(server, lambda request: stop.ask())
    plan = plan_of(server, ("a", {}), ("b", {"room": Ref(address("a"))}))
    outcomes = execute(plan, terms(), means(client, stop=stop))
    assert statuses(outcomes) == {"a": "done", "b": "not_begun"}


def test_after_a_stop_nothing_begins_at_all() -> None:
    server, stop = LampServer(), Stop()
    stop.ask()
    outcomes = execute(plan_of(server, ("a", {}), ("b", {})), terms(), means(Client(server), stop=stop))
    assert statuses(outcomes) == {"a": "not_begun", "b": "not_begun"}
    assert server.rows == {}


def test_what_is_refused_is_not_begun_nor_what_needs_it() -> None:
    server = LampServer()
    plan = plan_of(server, ("a", {}), ("b", {"room": Ref(address("a"))}), ("c", {}))
    outcomes = execute(plan, terms(), means(Client(server)), {address("a"): "not approved"})
    assert statuses(outcomes) == {"a": "refused", "b": "skipped", "c": "done"}


def test_a_bug_in_one_operation_is_named_as_one_and_does_not_hide_what_became_of_the_others() -> None:
    def broken(request: Request) -> None:
        if request.method == "POST" and request.body["title"] == "a":
            raise ValueError("a bug")

    server = LampServer()
    outcomes = execute(plan_of(server, ("a", {}), ("b", {})), terms(), means(Client(server, broken)))
    assert statuses(outcomes) == {"a": "unknown", "b": "done"}
    assert "a fault of reconcile itself, ValueError in broken" in outcomes[0].detail


def test_the_means_perform_each_effect() -> None:
    records: list[Mapping[str, Json]] = []
    server = LampServer({"lampId": 1, "title": "a"})
    able = Executor(Client(server), records.append, Stop())
    read = able.perform(Read(Request("lamps", "GET", "/lamps/1", safe=True)))
    assert read == Response(200, {"lampId": 1, "title": "a"})
    assert able.perform(Record({"event": "x"})) is able.perform(Wait(0.0)) is None
    assert records == [{"event": "x"}]
    written = able.perform(Write(Request("lamps", "PATCH", "/lamps/1", body={"note": "n"})))
    assert written is not None
    assert server.rows[1]["note"] == "n"


def test_a_wait_that_a_stop_ends_is_an_interruption_of_the_operation() -> None:
    stop = Stop()
    stop.ask()

    def effects() -> Any:
        try:
            yield Wait(3600.0)
        except Interrupted:
            return Outcome(address("a"), "unknown")
        return Outcome(address("a"), "done")

    assert drive(effects(), means(Client(LampServer()), stop=stop).perform).status == "unknown"


def test_a_stop_comes_in_time_for_an_operation_that_has_written_nothing() -> None:
    stop, records = Stop(), list[Mapping[str, Json]]()
    stop.ask()

    def effects(*, begins: bool) -> Any:
        try:
            yield Record({"event": "intent"}, begins=begins)
        except Interrupted:
            return Outcome(address("a"), "not_begun")
        return Outcome(address("a"), "done")

    able = Executor(Client(LampServer()), records.append, stop)
    assert drive(effects(begins=True), able.perform).status == "not_begun"
    assert records == []
    assert drive(effects(begins=False), able.perform).status == "done"
    assert records == [{"event": "intent"}]
