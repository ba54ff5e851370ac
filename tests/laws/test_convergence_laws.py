"""For every kind of every system: what is applied is there, and nothing else has moved."""

from __future__ import annotations

import pytest

from reconcile.systems import BUILT_IN, Installed

from .bench import Bench, moved, named, renamed
from .cases import CASES, Case

by_title = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind} {case.title}")


def test_every_kind_of_every_system_is_held_to_the_laws() -> None:
    installed = {(name, kind.name) for name in BUILT_IN for kind in Installed()[name].kinds}
    assert installed == {(case.system, case.kind) for case in CASES}


@by_title
def test_one_apply_makes_it_so_and_the_next_plan_is_empty(bench: Bench, case: Case) -> None:
    bench.start(case.state)
    bench.declare(case.manifest)
    planned = bench.plan()
    assert [operation.action for operation in planned.plan.operations] == [case.action]
    before = bench.sandbox.state[case.system]
    bench.sandbox.clear_log()
    outcomes = bench.apply()
    assert [(str(it.address), it.status) for it in outcomes] == [(case.address, "done")]
    assert all(not it.detail or it.detail.startswith("no list shows it: pin it in") for it in outcomes)
    assert [renamed(write) for write in bench.writes()] == [*case.writes]
    assert outcomes[0].requests_sent == len(case.writes)
    after = bench.sandbox.state[case.system]
    assert named(moved(before, after)) == case.moves
    again = bench.plan().plan
    assert (again.operations, again.blocked) == ((), ())
    assert len(again.unchanged) == 1
