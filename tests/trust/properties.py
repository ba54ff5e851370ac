"""What must hold in every world, on the wire and in the journal, whatever goes wrong."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from reconcile.digest import digest
from reconcile.fields.walk import replaced
from reconcile.model import Operation, Ref, Request, Secret

from .drawing import BASES
from .hands import FIELDS, row_of, shown_of, written_to
from .oracle import twice, unmet_of
from .process import Lived, Project
from .simulation import Simulation, Wire

ANY = "\0any"


class Watcher:
    """Holds each write against what was planned, journalled and shown, at the moment of sending."""

    def __init__(self, world: Project) -> None:
        self._world = world
        self._simulation = world.simulation
        self.unseen = 0
        """Edits that a write undid because they came after its last look: no protocol can help that."""

        self._simulation.on_write.append(self._sending)
        self._simulation.on_effect.append(self._acting)
        self._before: dict[str, Any] = {}

    def _sending(self, wire: Wire) -> None:
        _is_planned(wire, self._world.lives[-1])
        _intent_is_durable(wire, self._world)
        self._was_looked_at(wire)
        self._before = json.loads(json.dumps(self._simulation.server.state))

    def _was_looked_at(self, wire: Wire) -> None:
        """A fresh read of the object right before; nothing that it showed for the first time is undone."""
        place = written_to(wire.path)
        if place is None:
            return
        reads = [(each, shown_of(*place, each.answer)) for each in self._simulation.wires if _is_read(each, wire)]
        shown = [(each, row) for each, row in reads if row is not None]
        assert shown, f"{wire.method} {wire.path} was sent without a look at it in this run"
        last, wire.seen = shown[-1][0], dict(shown[-1][1])
        assert not last.planning, f"{wire.method} {wire.path} rests on the plan's reading alone"
        assert wire.begun - last.ended <= 2.0, f"{wire.method} {wire.path}: the last look is too old"
        planned = next((row for each, row in reversed(shown) if each.planning), None)
        for edit in self._simulation.hands.edits:
            if (edit.collection, edit.id) == place:
                self._not_undone(wire, edit.field, edit.value, planned)

    def _not_undone(self, wire: Wire, name: str, value: Any, planned: Any) -> None:
        if wire.seen.get(name) != value or planned is None or planned.get(name) == value:
            return
        body = wire.body.get("run", wire.body) if isinstance(wire.body, dict) else {}
        sent = body.get(name, value if wire.method != "PUT" or "run" in (wire.body or {}) else None)
        if name == "releaseId":
            sent = wire.query.get("releaseId", sent)
        assert str(sent) == str(value), f"{wire.method} {wire.path} undoes {name}={value!r}, which a read had shown"

    def _acting(self, wire: Wire) -> None:
        """What is not ours is as it was, unless somebody changed it after our last look."""
        place, state = written_to(wire.path), self._simulation.server.state
        if place is None or wire.effect is None or wire.effect >= 300:
            return
        after, before = row_of(state, *place), row_of(self._before, *place)
        for name in FIELDS[place[0]] if after and before else ():
            if not self._is_owned(name, place, before) and _plain(before[name]) != _plain(after[name]):
                assert _plain(wire.seen.get(name)) != _plain(before[name]), (
                    f"{wire.method} {wire.path} changed {name}, which no manifest writes"
                )
                self.unseen += 1

    def _is_owned(self, name: str, place: tuple[str, str], row: Any) -> bool:
        title = row.get("releaseName") or row.get("name")
        for manifest in self._simulation.drawn.manifests:
            spec = manifest["spec"]
            if title in (spec.get("releaseName"), spec.get("name")) or str(
                spec.get("runConfigurationId")
            ) == place[1]:
                return name in spec or (name == "pipelineId" and "pipelineName" in spec)
        return False


def _plain(value: Any) -> Any:
    """A value without the difference between nothing and an empty text or list."""
    return value or None


def _is_read(each: Wire, wire: Wire) -> bool:
    return each.safe and each.run == wire.run and each.answer is not None and each.status == 200


def _is_planned(wire: Wire, lived: Lived) -> None:
    operations = lived.planned.plan.operations if lived.planned else ()
    fits = any(_fits(wire, request, it) for it in operations for request in it.requests)
    assert fits, f"{wire.method} {wire.path} {wire.body} is none of the plan's requests"


def _fits(wire: Wire, request: Request, operation: Operation) -> bool:
    path = BASES[request.system] + request.path
    if wire.method != request.method or not _path_fits(path, wire.path):
        return False
    body = json.loads(json.dumps(replaced(request.body, _opened)))
    names = {str(change.path[0]) for change in operation.changes}
    if request.method == "PUT" and isinstance(body, dict) and "run" not in body and body:
        return all(_body_fits(body.get(name), (wire.body or {}).get(name)) for name in names)
    return _body_fits(body, wire.body)


def _opened(value: Any) -> Any:
    if isinstance(value, Ref):
        return ANY
    return value.open() if isinstance(value, Secret) else value


def _path_fits(planned: str, sent: str) -> bool:
    left = planned.split("{")[0]
    if left != planned:
        return sent.startswith(left) and sent.endswith(planned.rsplit("}", 1)[1])
    return planned == sent


def _body_fits(planned: Any, sent: Any) -> bool:
    if planned == ANY:
        return True
    if isinstance(planned, dict) and isinstance(sent, dict):
        return planned.keys() == sent.keys() and all(_body_fits(planned[name], sent[name]) for name in planned)
    return bool(planned == sent)


def _intent_is_durable(wire: Wire, world: Project) -> None:
    lines = world.journal.read_bytes().splitlines()
    assert lines, "a write without a journal"
    entry = json.loads(lines[-1])
    told = (entry["event"], entry["method"], entry["path"])
    path = next(wire.path.removeprefix(base) for base in sorted(BASES.values(), reverse=True) if wire.path.startswith(base))
    assert told == ("intent", wire.method, path), f"no intent right before {wire.method} {path}: {told}"
    assert entry["body"].startswith("sha256:")
    if world.simulation.drawn.secrets[0] not in json.dumps(wire.body):
        assert entry["body"] == digest(wire.body)


def nothing_twice(simulation: Simulation) -> None:
    """No identity is live twice, and nothing ran twice."""
    found = twice(simulation.drawn, simulation.server.state)
    assert not found, f"made twice: {', '.join(found)}"


def creates_are_apart(simulation: Simulation) -> None:
    """On the wire: a create in doubt goes out again only after a listing that began when settle was over."""
    doubtful: dict[str, float] = {}
    for wire in simulation.wires:
        if not wire.creates:
            continue
        identity = f"{wire.path} {json.dumps(wire.body, sort_keys=True)}"
        if identity in doubtful:
            since = doubtful[identity] + simulation.drawn.settle - 0.01
            looks = [it for it in simulation.wires if it.safe and since <= it.begun <= wire.begun and it.status == 200]
            assert looks, f"{wire.method} {wire.path} went out again before a late look"
        if _says_nothing(wire):
            doubtful[identity] = wire.begun
        else:
            doubtful.pop(identity, None)


def _says_nothing(wire: Wire) -> bool:
    """Whether the answer left it open what came of the request."""
    if wire.fault == "503 with Retry-After":
        return False
    return wire.status is None or wire.status in (408, 500, 502, 503, 504) or bool(wire.fault and wire.status < 300)


def once_per_apply(simulation: Simulation) -> None:
    """What goes out once is sent once by an apply, unless the system said that it took nothing."""
    seen: set[tuple[int, str]] = set()
    for wire in simulation.wires:
        event = (wire.body or {}).get("run", {}).get("aasm_event") if isinstance(wire.body, dict) else None
        once = wire.path.endswith("/run") or event in ("start", "complete", "cancel")
        if wire.safe or not once or (wire.status in (429, 503) and wire.effect is None):
            continue
        key = (wire.run, f"{wire.path} {event}")
        assert key not in seen, f"{wire.path} {event} went out twice in one apply"
        seen.add(key)


def at_most_twice_per_apply(simulation: Simulation) -> None:
    """A write of which nobody knows what came goes out once more, and after the wait that was asked for."""
    last: dict[tuple[int, str], Wire] = {}
    counts: Counter[tuple[int, str]] = Counter()
    for wire in simulation.wires:
        key = wire.run, f"{wire.method} {wire.path} {json.dumps(wire.body, sort_keys=True)}"
        if wire.safe:
            continue
        asked = {"503 with Retry-After": 3.0, "429 with Retry-After": 2.0}.get(last[key].fault, 0.0) if key in last else 0.0
        assert not asked or wire.begun >= last[key].ended + asked - 0.01, f"{key[1]} did not wait for {asked} s"
        counts[key] += _says_nothing(wire)
        assert counts[key] <= 2, f"{key[1]} went out again and again"
        last[key] = wire


def needs_came_first(lived: Lived) -> None:
    """Nothing was begun whose need is not done."""
    statuses = {outcome.address: outcome.status for outcome in lived.outcomes or ()}
    for operation in lived.planned.plan.operations if lived.planned and lived.outcomes is not None else ():
        missing = [need for need in operation.needs if statuses.get(need) not in ("done", "unchanged")]
        if missing:
            assert statuses[operation.address] in ("skipped", "not_begun"), (
                f"{operation.address} is {statuses[operation.address]} though {missing[0]} is {statuses.get(missing[0])}"
            )


def accounted(lived: Lived) -> None:
    """Each operation and each blocked resource has one outcome, and no other thing has one."""
    if lived.planned is None or lived.outcomes is None:
        return
    plan = lived.planned.plan
    wanted = sorted([*(str(it.address) for it in plan.operations), *{str(it.address) for it in plan.blocked}])
    assert sorted(str(outcome.address) for outcome in lived.outcomes) == wanted


def done_is_done(world: Project, lived: Lived) -> None:
    """What is called done is so, unless somebody changed it since."""
    simulation = world.simulation
    if any(edit.at >= lived.begun for edit in simulation.hands.edits) or simulation.pending():
        return
    for outcome in lived.outcomes or ():
        if outcome.status in ("done", "unchanged"):
            left = unmet_of(simulation.drawn, simulation.server.state, str(outcome.address))
            assert not left, f"{outcome.address} is called {outcome.status}, and {left}"


def journal_tells_nothing(world: Project) -> None:
    """No value and no secret stands in the journal."""
    text = world.journal.read_text() if world.journal.exists() else ""
    drawn = world.simulation.drawn
    for word in (*drawn.secrets, *drawn.texts, "Test Pipeline"):
        assert word not in text, f"the journal holds {word!r}"
