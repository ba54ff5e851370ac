"""Holds each write against what was planned, journalled and shown, at the moment of sending."""

from __future__ import annotations

import json
from typing import Any

from reconcile.planfile.document_parts import DocumentOperation, DocumentRequest
from reconcile.planning.digest import digest

from .drawing import BASES
from .hands import FIELDS, row_of, shown_of, written_to
from .process import Lived, Project
from .wires import Wire

ANY = "\0any"


class Watcher:
    """Holds each write against what was planned, journalled and shown, at the moment of sending."""

    def __init__(self, world: Project) -> None:
        self._world = world
        self._simulation = world.simulation
        self.unseen = 0
        """Edits that a write undid because they came after its last look: no protocol can help that."""

        self._simulation.on_write.append(self._sending)
        self._simulation.on_due.append(self._remembering)
        self._simulation.on_effect.append(self._acting)
        self._before: dict[str, Any] = {}

    def _sending(self, wire: Wire) -> None:
        _is_planned(wire, self._world.lives[-1])
        _intent_is_durable(wire, self._world)
        self._rests_on_what_is_fresh(wire)
        self._was_looked_at(wire)

    def _remembering(self, wire: Wire) -> None:
        """An effect that comes late is held against what people have made of the object meanwhile."""
        self._before = json.loads(json.dumps(self._simulation.server.state))

    def _rests_on_what_is_fresh(self, wire: Wire) -> None:
        """What creates, runs or deletes rests on a look too, and none is older than two seconds."""
        reads = [each for each in self._simulation.wires if _is_read(each, wire)]
        assert reads, f"{wire.method} {wire.path} was sent without any look in this run"
        assert not reads[-1].planning, f"{wire.method} {wire.path} rests on the plan's reading alone"
        assert wire.begun - reads[-1].ended <= 2.0, f"{wire.method} {wire.path}: the last look is too old"

    def _was_looked_at(self, wire: Wire) -> None:
        """A fresh read of the object right before; nothing that it showed for the first time is undone."""
        place = written_to(wire.path)
        if place is None:
            return
        reads = [
            (each, shown_of(*place, each.answer)) for each in self._simulation.wires if _is_read(each, wire)
        ]
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
        assert str(sent) == str(value), (
            f"{wire.method} {wire.path} undoes {name}={value!r}, which a read had shown"
        )

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
            if (
                title in (spec.get("releaseName"), spec.get("name"))
                or str(spec.get("runConfigurationId")) == place[1]
            ):
                return name in spec or (name == "pipelineId" and "pipelineName" in spec)
        return False


def _plain(value: Any) -> Any:
    """A value without the difference between nothing and an empty text or list."""
    return value or None


def _is_read(each: Wire, wire: Wire) -> bool:
    return each.safe and each.run == wire.run and each.answer is not None and each.status == 200


def _is_planned(wire: Wire, lived: Lived) -> None:
    operations = lived.planned.operations if lived.planned else ()
    fits = any(_fits(wire, request, it) for it in operations for request in it.requests)
    assert fits, f"{wire.method} {wire.path} {wire.body} is none of the plan's requests"


def _fits(wire: Wire, request: DocumentRequest, operation: DocumentOperation) -> bool:
    path = BASES[operation.address.split("/")[0]] + request.path
    if wire.method != request.method or not _path_fits(path, wire.path):
        return False
    body = _opened(request.body)
    names = {change.path.split(".")[0].split("[")[0] for change in operation.changes}
    if request.method == "PUT" and isinstance(body, dict) and "run" not in body and body:
        return all(_body_fits(body.get(name), (wire.body or {}).get(name)) for name in names)
    return _body_fits(body, wire.body)


def _opened(value: Any) -> Any:
    """A value of the plan, with anything in the place of what the plan doesn't show."""
    match value:
        case {"unknown": _} | {"sensitive": True}:
            return ANY
        case dict():
            return {name: _opened(inner) for name, inner in value.items()}
        case list():
            return [_opened(inner) for inner in value]
    return value


def _path_fits(planned: str, sent: str) -> bool:
    left = planned.split("{")[0]
    if left != planned:
        return sent.startswith(left) and sent.endswith(planned.rsplit("}", 1)[1])
    return planned == sent


def _body_fits(planned: Any, sent: Any) -> bool:
    if planned == ANY:
        return True
    if isinstance(planned, dict) and isinstance(sent, dict):
        return planned.keys() == sent.keys() and all(
            _body_fits(planned[name], sent[name]) for name in planned
        )
    if isinstance(planned, list) and isinstance(sent, list):
        if all(isinstance(entry, dict) for entry in planned):  # whose order means nothing
            return len(planned) == len(sent) and all(
                any(_body_fits(entry, other) for other in sent) for entry in planned
            )
        return len(planned) == len(sent) and all(map(_body_fits, planned, sent))
    return bool(planned == sent)


def _intent_is_durable(wire: Wire, world: Project) -> None:
    lines = world.journal.read_bytes().splitlines()
    assert lines, "a write without a journal"
    entry = json.loads(lines[-1])
    told = (entry["event"], entry["method"], entry["path"])
    path = next(
        wire.path.removeprefix(base)
        for base in sorted(BASES.values(), reverse=True)
        if wire.path.startswith(base)
    )
    assert told == ("intent", wire.method, path), f"no intent right before {wire.method} {path}: {told}"
    assert entry["body"].startswith("sha256:")
    if world.simulation.drawn.secrets[0] not in json.dumps(wire.body):
        assert entry["body"] == digest(wire.body)
