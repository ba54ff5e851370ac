"""What a live answer has and no table knows is there after an update, at every depth, as it was read."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.integration.tool import run
from tests.support.today import Today
from tests.support.today.projects import ENVIRONMENT, begin

from reconcile.laws.subject import left
from reconcile.model import Request
from reconcile.systems import Installed

from .bench import Bench, moved, named
from .cases import CASES, CLEAN, ORDERS, PAUSED, SCHEDULE, Case

UPDATES = tuple(case for case in CASES if case.action == "update")
UNIONS = frozenset({"target", "trigger", "scopeMode"})
"""Values that are compared whole: what they hold is for a test of their own."""

WITHIN = {"flexdeploy": ("projects", "properties", "cmsDetails"), "foundry": ("action",)}
IDENTITY = (
    "projectId",
    "packageName",
    "propertyName",
    "environmentId",
    "id",
    "type",
    "cronExpression",
    "scheduleRid",
)
VALUES: tuple[Any, ...] = (
    0,
    4711,
    "",
    "by the board",
    True,
    None,
    [],
    ["a", "b"],
    {},
    {"name": {"deep": [1]}},
)


OVERRIDES = {
    "overriddenDefaultConfigurations": {"requireChangeTicketForDeployment": True},
    "overriddenEnvironmentConfigurations": [{"environmentId": 1}, {"environmentId": 2}],
}
"""What may stand inside of a change management system, so that there are entries inside of a mapping."""


def _row(state: Any, case: Case) -> Any:
    """The object that the case changes."""
    collection, id_ = next(move for move in case.moves if re.match(r"\w+/", move)).split("/")[:2]
    ids = {"releaseId", "id", "rid"}
    rows = state[case.system][collection]
    return next(row for row in rows if any(str(row.get(name)) == id_ for name in ids))


def _enriched(node: Any, rng: Random, names: tuple[str, ...] | None) -> None:
    """Puts unknown fields into a mapping, and into what stands inside."""
    for name, inner in list(node.items()):
        deeper = name not in UNIONS and (names is None or name in names)
        for each in inner if isinstance(inner, list) else (inner,):
            if deeper and isinstance(each, dict):
                _enriched(each, rng, None)
    for number in range(rng.randint(1, 3)):
        node[f"later{number}{rng.choice(('Id', 'Name', ''))}"] = rng.choice(VALUES)


def _lost(before: Any, after: Any, path: str = "") -> Iterator[str]:
    """The unknown fields that are not as they were; what the manifest took away is none of them."""
    if isinstance(before, list):
        has = {_identity(entry): entry for entry in after or () if isinstance(entry, dict)}
        for entry in before:
            if isinstance(entry, dict) and _identity(entry) in has:
                yield from _lost(entry, has[_identity(entry)], f"{path}{_identity(entry)}")
    elif isinstance(before, dict) and isinstance(after, dict):
        for name, value in before.items():
            if name.startswith("later") and (name not in after or after[name] != value):
                yield f"{path}.{name}: {value!r} became {after.get(name)!r}"
            elif not name.startswith("later"):
                yield from _lost(value, after.get(name), f"{path}.{name}")


def _identity(entry: Any) -> tuple[Any, ...]:
    return tuple(entry.get(name) for name in IDENTITY)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("case", UPDATES, ids=lambda case: f"{case.kind} {case.title}")
def test_an_update_loses_no_field_that_no_table_knows(bench: Bench, case: Case, seed: int) -> None:
    bench.start(case.state)
    with bench.sandbox.editing() as state:
        row = _row(state, case)
        if row.get("cmsDetails"):
            row["cmsDetails"] |= copy.deepcopy(OVERRIDES)
        _enriched(row, Random(f"unknown {seed}"), WITHIN.get(case.system, ()))
    bench.declare(case.manifest)
    before = copy.deepcopy(bench.sandbox.state)
    outcomes = bench.apply()
    assert [outcome.status for outcome in outcomes] == ["done"], outcomes
    after = bench.sandbox.state
    assert list(_lost(_row(before, case), _row(after, case))) == []
    assert named(moved(before[case.system], after[case.system])) == named(set(case.moves))
    assert left(bench) == ""


@pytest.mark.parametrize("case", UPDATES, ids=lambda case: f"{case.kind} {case.title}")
def test_nor_where_the_server_refuses_what_it_does_not_know(bench: Bench, case: Case) -> None:
    """A field that it shows is one that it knows; what is its own alone is never sent."""
    strict = {
        "flexdeploy": ("unknown_keys", "read_only_fields"),
        "katalon": ("unknown_fields",),
        "brpm": ("unknown_keys",),
        "foundry": ("unknown_keys",),
    }[case.system]
    bench.start(case.state, [f"{case.system}.{name}=reject" for name in strict])
    with bench.sandbox.editing() as state:
        _enriched(_row(state, case), Random("strict"), WITHIN.get(case.system, ()))
    bench.declare(case.manifest)
    assert [outcome.status for outcome in bench.apply()] == ["done"]
    assert left(bench) == ""


REPLACED = tuple(
    case for case in UPDATES if case.system != "brpm" and any(line.startswith("PUT") for line in case.writes)
)


def test_every_kind_that_an_update_replaces_is_tried() -> None:
    """One has an update by PUT, another a request of its own; of BRPM the vendor says that PUT is partial."""
    every = {(type_, kind) for type_, system in Installed().items() for kind in system.kinds if kind.rest}
    by_put = {
        (type_, kind.name)
        for type_, kind in every
        if type_ != "brpm" and kind.rest.update and kind.rest.update.spelled.startswith("PUT")
    }
    own = {("flexdeploy", "Release"), ("katalon", "Release")}
    assert by_put | own == {(case.system, case.kind) for case in REPLACED}


@pytest.mark.parametrize("case", REPLACED, ids=lambda case: f"{case.kind} {case.title}")
def test_what_the_vendor_refuses_is_reported_with_its_words(bench: Bench, case: Case) -> None:
    """A field that the answer shows and a request may not hold, and that no table names."""
    switch = "unknown_fields" if case.system == "katalon" else "unknown_keys"
    bench.start(case.state, [f"{case.system}.{switch}=reject"])
    bench.declare(case.manifest)

    def shown(request: Request, body: Any) -> Any:
        rows = (
            body.get("content") or (body.get("data") or {"": body}).values()
            if isinstance(body, dict)
            else body
        )
        for row in rows:
            row["laterComputed"] = 7
        return body

    (outcome,) = bench.apply(shown)
    assert (outcome.status, "laterComputed is not" in outcome.detail) == ("failed", True), outcome


EITHER = [
    {"type": "time", "cronExpression": "0 6 * * *", "timeZone": "UTC"},
    {"type": "and", "triggers": [{"type": "scheduleSucceeded", "scheduleRid": SCHEDULE}]},
]
BUILDS: dict[str, Any] = {
    "rid": PAUSED,
    "displayName": "Daily",
    "description": "old",
    "action": {
        "target": {"type": "manual", "targetRids": [CLEAN]},
        "branchName": "master",
        "retryBackoffDuration": {"value": 60, "unit": "SECONDS"},
    },
    "trigger": {"type": "or", "triggers": EITHER},
    "scopeMode": {"type": "user"},
    "paused": False,
}
WRITTEN: dict[str, dict[str, Any]] = {
    "nothing of it": {},
    "another target": {"action": {"target": {"type": "manual", "targetRids": [ORDERS]}}},
    "the same in another order": {"trigger": {"type": "or", "triggers": EITHER[::-1]}},
    "a scope": {"scopeMode": {"type": "user"}},
    "a duration": {
        "action": {
            "target": {"type": "manual", "targetRids": [CLEAN]},
            "retryBackoffDuration": {"value": 1, "unit": "MINUTES"},
        }
    },
}


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("written", WRITTEN)
def test_nor_one_inside_of_a_value_that_is_compared_whole(
    today: Today, tmp_path: Path, written: str, seed: int
) -> None:
    before = copy.deepcopy(BUILDS)
    _everywhere(before, Random(f"{written} {seed}"))
    today.schedules[PAUSED] = copy.deepcopy(before)
    spec = {"displayName": "Daily", "description": "new", "action": {"target": BUILDS["action"]["target"]}}
    around = {"apiVersion": "foundry/v2", "kind": "Schedule", "metadata": {"name": "daily", "id": PAUSED}}
    begin(tmp_path, today, {**around, "spec": {**spec, **WRITTEN[written]}})
    ran = run("-C", str(tmp_path), "apply", "--yes", environment=ENVIRONMENT)
    assert "Apply: 1 done" in ran.out, ran
    after = today.schedules[PAUSED]
    assert (after["description"], list(_lost(before, after))) == ("new", [])


def _everywhere(node: Any, rng: Random) -> None:
    """Put unknown fields into every mapping."""
    for inner in node.values():
        for each in inner if isinstance(inner, list) else (inner,):
            if isinstance(each, dict):
                _everywhere(each, rng)
    for number in range(rng.randint(1, 3)):
        node[f"later{number}"] = rng.choice(VALUES)
