"""What a live answer has and no table knows is there after an update, at every depth, as it was read."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from reconcile.model import Request

from .bench import Bench, moved, named
from .cases import CASES, Case
from .test_idempotence import left

UPDATES = tuple(case for case in CASES if case.action == "update")
UNIONS = frozenset({"target", "trigger", "scopeMode"})
"""Values that are compared whole: what they hold is for a test of their own."""

WITHIN = {"flexdeploy": ("projects", "properties", "cmsDetails"), "foundry": ("action",)}
IDENTITY = ("projectId", "packageName", "propertyName", "environmentId", "id")
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
        _enriched(_row(state, case), Random(f"unknown {seed}"), WITHIN.get(case.system, ()))
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
