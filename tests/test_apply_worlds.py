"""Thousands of worlds with random scripts of faults: what must hold in each of them, whatever goes wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.servers import Releases, Row, row
from tests.support.values import release, wanted
from tests.support.worlds import FINE, Fault, World, carried, planned

from reconcile.desired import Wanted
from reconcile.model import Spec
from reconcile.planning.build import Planned
from reconcile.planning.contents import Outcome

WORLDS = 2000
BYTES = 48
NAMES = ("a", "ab", "abc")
"""Each contains the one before: a listing by name shows more than was asked for."""

FIELDS: dict[str, tuple[Any, ...]] = {
    "description": (None, "one", "two"),
    "scheduleBuildExpression": (None, "0 0 2 * * ?", "0 0 3 ? * MON"),
    "pipelineName": (None, "one", "two"),
}
KINDS = (*["none"] * 3, "refuse", "later", "lost_before", *["lost_after"] * 3, "shows_late", "ignored")
SHARES = (0.0, 0.01, 0.3, 0.6, 0.95)
"""How late an effect comes, as a share of the settle time."""


@dataclass
class Dice:
    """Chooses by one byte after the other: zeros choose the simplest world."""

    data: bytes
    at: int = -1

    def of(self, choices: Sequence[Any]) -> Any:
        """One of the choices."""
        self.at += 1
        return choices[self.data[self.at % len(self.data)] % len(choices)]

    def some(self, choices: Sequence[Any]) -> list[Any]:
        """Some of the choices, perhaps none, perhaps all."""
        return [choice for choice in choices if self.of((False, True))]


@dataclass
class Case:
    """A world, what is wanted of it, and how long a lost write is looked for."""

    world: World
    specs: dict[str, Spec]
    settle: float

    @property
    def items(self) -> list[Wanted]:
        """What is wanted, for a plan."""
        return [wanted(release(name, spec)) for name, spec in self.specs.items()]


def rolled(dice: Dice) -> Case:
    """The world that these dice make."""
    settle = dice.of((4.0, 20.0))
    declared = {name: _spec(dice) for name in dice.some(NAMES) or ["a"]}
    live = [row(NAMES.index(name) + 1, name, **_full(_spec(dice))) for name in dice.some(NAMES)]
    faults = [Fault(dice.of(KINDS), dice.of(SHARES) * settle) for _ in range(dice.of(range(6)))]
    unreadable = set(dice.some(range(1, 7))) if dice.of((False, True)) else set()
    hands = {dice.of(range(6)): _meddling(dice.of(NAMES))} if dice.of((False, True)) else {}
    stop = dice.of((-1, -1, -1, 0, 1, 4))
    return Case(World(Releases(*live), faults, unreadable, stop, meddle=hands), declared, settle)


def _spec(dice: Dice) -> dict[str, Any]:
    return {name: dice.of(FIELDS[name]) for name in dice.some(list(FIELDS))}


def _full(said: Row) -> Row:
    return {"description": None, "projects": [], "properties": [], "cmsDetails": None, **said}


def _meddling(name: str) -> Any:
    def meddle(server: Any) -> None:
        for live in server.rows.values():
            if live["releaseName"] == name:
                live["description"] = "by hand"

    return meddle


def test_whatever_goes_wrong_nothing_is_made_twice_or_believed_unseen() -> None:
    statuses: Counter[str] = Counter()

    @settings(max_examples=WORLDS, deadline=None, derandomize=True, database=None)
    @given(st.binary(min_size=BYTES, max_size=BYTES))
    def holds(data: bytes) -> None:
        statuses.update(outcome.status for outcome in _lived(rolled(Dice(data))))

    holds()
    for status in ("done", "failed", "unknown", "unsettled", "refused"):
        assert statuses[status] > 0.005 * statuses.total(), statuses


def _lived(case: Case) -> list[Outcome]:
    """The outcomes of an apply in this world, in which all that must hold has held."""
    world = case.world
    plan = planned(world, *case.items)
    outcomes = carried(plan, world, settle=case.settle)
    _each_operation_has_one_outcome(plan, outcomes)
    _every_write_has_its_intent_before_it(world)
    _nothing_is_created_again_before_a_late_look(case)
    _done_was_seen(case, outcomes)
    world.pass_time(case.settle)
    _no_name_is_live_twice(world)
    _one_more_apply_without_faults_leaves_nothing(case)
    return outcomes


def _each_operation_has_one_outcome(plan: Planned, outcomes: list[Outcome]) -> None:
    assert [outcome.address for outcome in outcomes] == [item.address for item in plan.plan.operations]


def _every_write_has_its_intent_before_it(world: World) -> None:
    kinds = [(kind, what.get("event") if kind == "record" else None) for kind, what in world.seen]
    for index, (kind, _) in enumerate(kinds):
        if kind == "write":
            assert kinds[index - 1] == ("record", "intent")
            entry, request = world.seen[index - 1][1], world.seen[index][1]
            assert (entry["method"], entry["path"]) == (request.method, request.path)


def _nothing_is_created_again_before_a_late_look(case: Case) -> None:
    """On the wire: a create in doubt is repeated only after a listing that began when settle had passed."""
    world = case.world
    doubtful: dict[str, float] = {}
    looked: dict[str, float] = {}
    for (kind, what), began in zip(world.seen, world.times, strict=True):
        if kind == "read":
            looked[dict(what.query).get("releaseName", "")] = began
        elif kind == "write" and what.method == "POST":
            name = what.body["releaseName"]
            if name in doubtful:
                assert looked[name] >= doubtful[name] + case.settle
        elif kind == "record" and what.get("method") == "POST" and what.get("effect") == "unknown":
            name = next(w.body["releaseName"] for k, w in reversed(_until(world, what)) if k == "write")
            doubtful[name] = began


def _until(world: World, what: Any) -> list[Any]:
    return world.seen[: next(i for i, (_, other) in enumerate(world.seen) if other is what)]


def _done_was_seen(case: Case, outcomes: list[Outcome]) -> None:
    """What is called done stood, as wanted, in an answer to a read after its last write."""
    for outcome in outcomes:
        if outcome.status == "done":
            name = outcome.address.name
            assert any(_shows(shown, name, case.specs[name]) for shown in case.world.shown)


def _shows(shown: Any, name: str, spec: Spec) -> bool:
    rows = shown if isinstance(shown, list) else [shown] if shown else []
    found = [live for live in rows if live["releaseName"] == name]
    wanted_fields = {field: value for field, value in spec.items() if field in FIELDS}
    return any(all(live.get(field) == value for field, value in wanted_fields.items()) for live in found)


def _no_name_is_live_twice(world: World) -> None:
    counts = Counter(live["releaseName"] for live in world.server.rows.values())
    assert not counts or max(counts.values()) == 1


def _one_more_apply_without_faults_leaves_nothing(case: Case) -> None:
    world = World(case.world.server)
    statuses = {outcome.status for outcome in carried(planned(world, *case.items), world)}
    assert statuses <= {"done"}
    assert not planned(world, *case.items).plan.operations


def test_a_world_without_faults_writes_each_operation_once() -> None:
    world = World(Releases(row(description="old")), [FINE])
    items = [wanted(release("a", {"description": "new"})), wanted(release("b"))]
    assert [outcome.status for outcome in carried(planned(world, *items), world)] == ["done", "done"]
    assert world.count("write") == 2
