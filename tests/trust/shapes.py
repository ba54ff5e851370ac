"""The shapes of an operation that are enumerated: what is live, what is wanted, and what may never be."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from reconcile.desired import Wanted
from reconcile.execution.memory import RunPlace
from reconcile.session.prepare import needed
from reconcile.session.recall import where
from reconcile_sandbox.registry import SYSTEMS
from reconcile_sandbox.world import World as Server

from .drawing import ASKED, SAMPLE, VERSIONS, Drawn, Fields
from .oracle import fresh_runs, unmet
from .process import prepared, project

CLOCK = "2026-12-01T09:00:00+00:00"
"""The clock of the systems, which stands still: nothing that is decided depends on what it says meanwhile."""

_COLLECTIONS = {
    "flexdeploy": ("releases",),
    "brpm": ("runs",),
    "foundry": ("runs", "builds", "minted"),
}
_FOREIGN = {"releaseId": 7, "releaseName": "Foreign", "description": "not ours"}
_NIGHTLY = "0 0 2 * * ?"
_PLACE = {"plan_id": 1, "plan_stage_id": 1, "owner_id": 1, "requestor_id": 1}


@dataclass(frozen=True)
class Shape:
    """One shape: where its rows are, what is wanted of them, and what may not be at any time."""

    name: str
    system: str
    collections: tuple[str, ...]
    """What of the system's state an operation of this shape can change."""

    drawn: Drawn
    wanted: tuple[Wanted, ...]
    here: RunPlace
    begin: str
    """The collections before anything is done, as JSON."""

    wrong: Callable[[Fields], str]
    """What is so that may never be; empty where all is well."""

    unmet: Callable[[Fields], str]
    """What is not as it is wanted; empty where all is."""

    reading_counts: bool = False
    """Whether a read may change what the system shows next."""

    def rows(self, server: Server) -> str:
        """The collections as they are, as JSON."""
        state = server.state[self.system]
        return json.dumps({name: state[name] for name in self.collections}, sort_keys=True)

    def put(self, server: Server, rows: str) -> None:
        """Makes the collections what they were."""
        server.state[self.system].update(json.loads(rows))


def server_of(shape: Drawn) -> Server:
    """The systems, with a clock that stands still."""
    server = Server(SYSTEMS)
    server.reset(shape.state, (f"sandbox.clock={CLOCK}",))
    return server


def shapes(folder: Path) -> dict[str, Shape]:
    """Every shape, by its name; each has a project in a folder of its own, from which it is loaded."""
    every = (
        _shape(folder, "create", _train({"description": "ours"}), {"flexdeploy": {"releases": [_FOREIGN]}}),
        _shape(folder, "PATCH", _train({"description": "ours"}), _releases(description="old")),
        _shape(folder, "PUT", _train({"description": None}), _releases(description="old")),
        _shape(folder, "delete", _run(absent=True, id=1), _runs()),
        _shape(folder, "events", _run({"state": "started"}), _runs()),
        _shape(folder, "run", _refresh(), {}),
    )
    return {shape.name: shape for shape in every}


def _shape(folder: Path, name: str, manifest: Fields, state: Fields) -> Shape:
    system = manifest["apiVersion"].partition("/")[0]
    drawn = Drawn(1, (manifest,), state, (), 20.0, 0.0, 0.0, 0.0)
    project(folder / name, drawn)
    session = prepared(folder / name)
    server = server_of(drawn)
    whole = Shape(
        name, system, _COLLECTIONS[system], drawn, needed(session), where(session), "", _WRONG[name],
        lambda state: "; ".join(_UNMET.get(name, unmet_by)(drawn, state)), reading_counts=system == "foundry",
    )  # fmt: skip
    return replace(whole, begin=whole.rows(server))


def unmet_by(drawn: Drawn, state: Fields) -> list[str]:
    """What is not as a manifest wants it."""
    return [*unmet(drawn, state)]


def _manifest(system: str, kind: str, name: str, spec: Fields, **metadata: object) -> Fields:
    around = {"apiVersion": VERSIONS[system], "kind": kind, "metadata": {"name": name, **metadata}}
    return {**around, "spec": spec}


def _train(spec: Fields) -> Fields:
    return _manifest("flexdeploy", "Release", "train", {"releaseName": "Train", **spec})


def _run(spec: Fields | None = None, **metadata: object) -> Fields:
    return _manifest("brpm", "Run", "uat", {"name": "UAT", **_PLACE, **(spec or {})}, **metadata)


def _refresh() -> Fields:
    return _manifest("foundry", "ScheduleRun", "refresh", {"scheduleRid": SAMPLE, "requestedAt": ASKED})


def _releases(**more: object) -> Fields:
    train = {"releaseId": 1, "releaseName": "Train", "scheduleBuildExpression": _NIGHTLY, **more}
    return {"flexdeploy": {"releases": [_FOREIGN, train]}}


def _runs() -> Fields:
    return {"brpm": {"runs": [{"id": 1, "name": "UAT", **_PLACE}, {"id": 2, "name": "Other", **_PLACE}]}}


def _of_releases(most: int, state: Fields) -> str:
    rows = state["flexdeploy"]["releases"]
    trains = [row for row in rows if row["releaseName"] == "Train"]
    if len(trains) > 1:
        return f"{len(trains)} releases are called Train"
    foreign = [row for row in rows if row["releaseName"] == "Foreign" and row["description"] == "not ours"]
    if len(foreign) != 1 or len(rows) != len(trains) + 1 or (most and len(trains) != most):
        return "somebody else's release is not as it was"
    lost = most and trains[0]["scheduleBuildExpression"] != _NIGHTLY
    return "a field that nobody wrote is not as it was" if lost else ""


def _of_runs(states: tuple[str, ...], state: Fields) -> str:
    rows = {row["id"]: row for row in state["brpm"]["runs"]}
    other = rows.get(2)
    if other is None or other["aasm_state"] != "created":
        return "somebody else's run is not as it was"
    if len(rows) > 2:
        return "a run was created"
    mine = rows.get(1)
    at = "deleted" if mine is None else mine["aasm_state"]
    return "" if at in states else f"the run is {at}"


def _of_started(state: Fields) -> str:
    found = len(fresh_runs(state["foundry"] and state, SAMPLE))
    return f"the schedule ran {found} times" if found > 1 else ""


_WRONG: dict[str, Callable[[Fields], str]] = {
    "create": lambda state: _of_releases(0, state),
    "PATCH": lambda state: _of_releases(1, state),
    "PUT": lambda state: _of_releases(1, state),
    "delete": lambda state: _of_runs(("created", "deleted"), state),
    "events": lambda state: _of_runs(("created", "planned", "started"), state),
    "run": _of_started,
}


def _not_gone(drawn: Drawn, state: Fields) -> list[str]:
    there = [row for row in state["brpm"]["runs"] if row["id"] == 1 and row["aasm_state"] != "deleted"]
    return ["the run is there"] if there else []


_UNMET: dict[str, Callable[[Drawn, Fields], list[str]]] = {"delete": _not_gone}
