"""What must hold in every world, on the wire and in the journal, whatever goes wrong."""

from __future__ import annotations

import json
from collections import Counter

from .oracle import twice, unmet_of
from .process import Lived, Project
from .simulation import Simulation
from .wires import Wire

_TOOK_NOTHING = (404, 429, 503)
"""What may be sent again: an object that was just created may not be there yet, and is waited for."""


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
            looks = [
                it
                for it in simulation.wires
                if it.safe and since <= it.begun <= wire.begun and it.status == 200
            ]
            assert looks, f"{wire.method} {wire.path} went out again before a late look"
        if _says_nothing(wire):
            doubtful[identity] = wire.begun
        else:
            doubtful.pop(identity, None)


def _says_nothing(wire: Wire) -> bool:
    """Whether the answer left it open what came of the request."""
    if wire.fault == "503 with Retry-After":
        return False
    return (
        wire.status is None
        or wire.status in (408, 500, 502, 503, 504)
        or bool(wire.fault and wire.status < 300)
    )


def once_per_apply(simulation: Simulation) -> None:
    """What goes out once is sent once by an apply, unless the system said that it took nothing."""
    seen: set[tuple[int, str]] = set()
    for wire in simulation.wires:
        event = (wire.body or {}).get("run", {}).get("aasm_event") if isinstance(wire.body, dict) else None
        once = wire.path.endswith("/run") or event in ("start", "complete", "cancel")
        took_nothing = wire.status in _TOOK_NOTHING and wire.effect is None
        if wire.safe or not once or took_nothing:
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
        asked = (
            {"503 with Retry-After": 3.0, "429 with Retry-After": 2.0, "429": 2.0}.get(last[key].fault, 0.0)
            if key in last
            else 0.0
        )
        assert not asked or wire.begun >= last[key].ended + asked - 0.01, (
            f"{key[1]} did not wait for {asked} s"
        )
        counts[key] += _says_nothing(wire)
        assert counts[key] <= 2, f"{key[1]} went out again and again"
        last[key] = wire


def needs_came_first(lived: Lived) -> None:
    """Nothing was begun whose need is not done."""
    statuses = {outcome.address: outcome.status for outcome in lived.outcomes or ()}
    for operation in lived.planned.operations if lived.planned and lived.outcomes is not None else ():
        missing = [need for need in operation.needs if statuses.get(need) not in ("done", "unchanged")]
        if missing:
            assert statuses[operation.address] in ("skipped", "not_begun"), (
                f"{operation.address} is {statuses[operation.address]}, and {missing[0]} is not done"
            )


def accounted(lived: Lived) -> None:
    """Each operation and each blocked resource has one outcome, and no other thing has one."""
    if lived.planned is None or lived.outcomes is None:
        return
    plan = lived.planned
    faults = [it.detail for it in lived.outcomes if "fault of reconcile itself" in it.detail]
    assert not faults, faults
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
