"""An apply that ends anywhere, and is begun again, comes to the same end as one that nothing disturbed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest

from reconcile.execution.effects import Effect, Write
from reconcile.laws import bench as laws
from reconcile.laws.subject import left

from .bench import Bench, moved, named
from .cases import CASES, Case

by_title = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind} {case.title}")
LOSSES = ("lost_before", "lost_after")


def begun(bench: Bench, case: Case) -> Any:
    """The sandbox as it is before the case; the system's state."""
    bench.start(case.state)
    bench.declare(case.manifest)
    return bench.sandbox.state[case.system]


def cut_off(bench: Bench, effects: int, *, taken: bool) -> Effect | None:
    """Begins an apply that is killed at an effect, having had it or not; the effect, None past the last."""
    return laws.cut_off(bench.plan(), cast(Any, bench.client), effects, taken=taken)


def ends(bench: Bench, case: Case, before: Any) -> str:
    """What is wrong after the next apply; nothing where all is as if nothing had disturbed the first."""
    for outcome in bench.apply():
        if outcome.status not in {"done", "unchanged"}:
            return f"{outcome.status}: {outcome.detail}"
    still = left(bench) or left(bench)
    found = named(moved(before, bench.sandbox.state[case.system]))
    return still or ("" if found == case.moves else f"moved {sorted(found ^ case.moves)}")


def cuts(bench: Bench, case: Case) -> Iterator[tuple[str, str]]:
    """Each effect with what went wrong where the apply was killed there, before or after it was had."""
    for number in range(1000):
        before = begun(bench, case)
        effect = cut_off(bench, number, taken=True)
        if effect is None:
            return
        yield f"{number} {type(effect).__name__} had", ends(bench, case, before)
        if isinstance(effect, Write):
            before = begun(bench, case)
            cut_off(bench, number, taken=False)
            yield f"{number} {type(effect).__name__} not had", ends(bench, case, before)


@by_title
def test_killed_after_any_effect_and_begun_again_it_comes_to_the_same_end(bench: Bench, case: Case) -> None:
    found = dict(cuts(bench, case))
    assert sum("Write" in name for name in found) == 2 * len(case.writes)
    assert {name: words for name, words in found.items() if words} == {}


@by_title
@pytest.mark.parametrize("loss", LOSSES)
def test_an_answer_lost_anywhere_changes_nothing_of_the_end(bench: Bench, case: Case, loss: str) -> None:
    begun(bench, case)
    bench.sandbox.clear_log()
    bench.apply()
    requests = len(bench.sandbox.log)
    wrong = {}
    for number in range(1, requests + 1):
        before = begun(bench, case)
        bench.sandbox.plan_faults({"nth": number, "action": loss})
        outcomes = bench.apply()
        assert {it.status for it in outcomes} <= {"done", "unknown"}, (number, outcomes)
        bench.sandbox.clear_faults()
        wrong[number] = ends(bench, case, before)
    assert {name: words for name, words in wrong.items() if words} == {}


@by_title
def test_where_every_answer_to_a_write_is_lost_each_apply_gets_on(bench: Bench, case: Case) -> None:
    before = begun(bench, case)
    paths = "|".join(
        {write.split(" ")[1].replace("NEW", ".*").replace("77002", ".*") for write in case.writes}
    )
    for method in ("POST", "PUT", "PATCH"):
        bench.sandbox.plan_faults(
            {"nth": "every", "method": method, "path": f"^({paths})$", "action": "lost_after"}
        )
    for _ in case.writes:
        bench.apply()
    bench.sandbox.clear_faults()
    assert ends(bench, case, before) == ""
