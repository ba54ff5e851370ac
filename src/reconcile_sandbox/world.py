"""Holds the state of all systems, and decides what a request does to it; knows nothing of sockets."""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from .faults import Faults
from .reading import read_form, read_json
from .routing import Router
from .schema import fits_text, violations
from .seeding import seeded
from .switches import CORE, Options, instant
from .system import FORM, Answer, Call, Fields, Json, Refused, Route, System, json_answer
from .wirelog import WireLog

_GATEWAY = "x-gateway-key"


@dataclass(frozen=True, slots=True)
class Request:
    """Hold a request as it came; `too_large` says that its body exceeds what is read, and is left out."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    client: str = ""
    too_large: bool = False


class World:
    """Hold the systems with their state, options, planned faults and record; `lock` guards all of it."""

    def __init__(self, systems: Iterable[System], state: Json = None, options: Iterable[str] = ()) -> None:
        self.systems = tuple(systems)
        self.options = Options(self.systems)
        self.state: dict[str, Fields] = {}
        self.faults = Faults()
        self.log = WireLog()
        self.lock = threading.RLock()
        self._router = Router(self.systems)
        self._stale: dict[tuple[str, str], tuple[Fields, int]] = {}
        self._handled_count = 0
        self.reset(state, options)

    def reseed(self, document: Json) -> None:
        """Start again from another state; raise ValueError, changing nothing, for what is no state."""
        state = seeded(document, self.systems)
        with self.lock:
            self.state = state
            self._stale.clear()

    def reset(self, state: Json = None, options: Iterable[str] = ()) -> None:
        """Start again as a new world would: with this state, these options, no record, no faults."""
        with self.lock:
            self.reseed({} if state is None else state)
            self.options.reset()
            for assignment in options:
                self.options.set(assignment)
            self.faults.clear()
            self.log.clear()
            self._handled_count = 0

    def system(self, path: str) -> System | None:
        """Return the system that serves `path`."""
        return self._router.system(self._router.plain(path))

    def delay(self, path: str) -> float:
        """Return the seconds that pass before a request to `path` is handled."""
        system = self.system(path)
        return float(self.options.of(system.name)["delay"]) if system else 0.0

    def now(self) -> datetime:
        """Return the time that the systems believe it is."""
        clock = self.options.of(CORE)["clock"]
        return datetime.now(UTC) if clock == "real" else instant(clock).astimezone(UTC)

    def handle(self, request: Request) -> Answer:
        """Do what the request asks, and return what the vendor's system would answer."""
        request = replace(request, path=self._router.plain(request.path))
        system = self.system(request.path)
        if system is None:
            mounts = ", ".join(known.mount for known in self.systems)
            return json_answer(404, {"message": f"nothing is served here; there are {mounts}"})
        with self.lock:
            try:
                return self._handled(system, request)
            except Refused as refused:
                refused.path, refused.at = request.path, self.now()
                return system.refusal(refused, self.options.of(system.name))

    def _handled(self, system: System, request: Request) -> Answer:
        query = _first_of_each(request.query)
        if self.options.of(system.name)["gateway"] == "key" and request.headers.get(_GATEWAY) != "demo":
            raise Refused(403, "the gateway wants its header")
        public = self._router.is_public(request.path)
        may_write = public or system.admit(request.headers, query)
        found = self._router.find(system, request.method, request.path)
        route = found.route
        self._handled_count += 1
        call = Call(
            request.method, request.path, query, request.headers, found.params, None,
            self.state[system.name], self.options.of(system.name), self.now(), self._handled_count,
        )  # fmt: skip
        if not public:
            _require_right(system, route, call, may_write=may_write)
        body = _checked_body(route, request)
        _check_query(route, query)
        before = self._before(system, route)
        answer = route.answer(replace(call, body=body, state=self._seen_by(system, route)))
        if before is not None and answer.status < 400:
            switches = self.options.of(system.name)
            self._stale.update({(system.name, lag): (before, int(switches[lag])) for lag in _lags(system)})
        return answer

    def _before(self, system: System, route: Route) -> Fields | None:
        switches = self.options.of(system.name)
        stale = any(int(switches[lag]) for lag in _lags(system))
        return copy.deepcopy(self.state[system.name]) if stale and not route.reads_only else None

    def _seen_by(self, system: System, route: Route) -> Fields:
        seen = self.state[system.name]
        if not route.reads_only:
            return seen
        for lag in (route.lag, "stale_reads"):
            old, left = self._stale.get((system.name, lag), ({}, 0))
            if left:
                self._stale[system.name, lag] = (old, left - 1)
                seen = old
        return seen


def _require_right(system: System, route: Route, call: Call, *, may_write: bool) -> None:
    if system.authorize is not None:
        system.authorize(call, route)
    access = call.switches["access"]
    writes = access == "normal" and may_write
    if access == "none" or not (route.reads_only or writes):
        raise Refused(403, "this user has no right to do this")


def _first_of_each(query: str) -> dict[str, str]:
    return dict(reversed(parse_qsl(query, keep_blank_values=True))) if query else {}


def _checked_body(route: Route, request: Request) -> Json:
    if route.body is None or not (request.body or route.body_required or request.too_large):
        return None
    if request.too_large:
        raise Refused(413, "the body is too large")
    kind = FORM if route.form else "application/json"
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != kind:
        raise Refused(415, f"the body must be {kind}")
    try:
        body = read_form(request.body) if route.form else read_json(request.body)
    except ValueError as error:
        raise Refused(400, str(error)) from None
    problem = next(violations(route.body, body), None)
    if problem is not None:
        raise Refused(400, problem)
    return body


def _lags(system: System) -> set[str]:
    return {"stale_reads", *(route.lag for route in system.routes if route.lag)}


def _check_query(route: Route, query: Mapping[str, str]) -> None:
    missing = [name for name in route.required if name not in query]
    if missing:
        raise Refused(400, f"{missing[0]} is required")
    for name, schema in route.query.items():
        if name in query and not fits_text(schema, query[name]):
            raise Refused(400, f"{name} {schema.get('x-message', 'cannot be read')}")
