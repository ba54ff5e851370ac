"""Which operation may begin when: after what it needs, beside what it does not, never after what failed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.values import HERE, address, operation

from reconcile.execution.scheduler import Scheduler, in_order
from reconcile.planning.contents import Blocked, Operation, Outcome, Status


def blocked(name: str, reason: str = "why") -> Blocked:
    return Blocked(address(name), ("note",), 1, 2, reason, HERE)


def names(operations: list[Operation]) -> list[str]:
    return [each.address.name for each in operations]


def finished(schedule: Scheduler, name: str, status: Status = "done") -> None:
    schedule.finish(Outcome(address(name), status))


def said(schedule: Scheduler) -> dict[str, tuple[str, str]]:
    return {outcome.address.name: (outcome.status, outcome.detail) for outcome in schedule.outcomes}


def test_independent_operations_begin_together_in_the_plans_order() -> None:
    schedule = Scheduler([operation("b"), operation("a"), operation("c", "a")], [], {})
    assert names(schedule.ready()) == ["b", "a"]
    assert schedule.ready() == []


def test_an_operation_begins_when_all_that_it_needs_has_ended() -> None:
    schedule = Scheduler([operation("a"), operation("b"), operation("c", "a", "b")], [], {})
    assert names(schedule.ready()) == ["a", "b"]
    finished(schedule, "a")
    assert schedule.ready() == []
    finished(schedule, "b", "unchanged")
    assert names(schedule.ready()) == ["c"]


@pytest.mark.parametrize(
    "status", ["failed", "unknown", "unsettled", "running", "refused", "skipped", "not_begun"]
)
def test_what_needs_something_that_did_not_end_well_is_skipped_by_its_name(status: Status) -> None:
    schedule = Scheduler([operation("a"), operation("b", "a"), operation("c", "b"), operation("d")], [], {})
    assert names(schedule.ready()) == ["a", "d"]
    finished(schedule, "a", status)
    finished(schedule, "d")
    assert schedule.ready() == []
    assert said(schedule) == {
        "a": (status, ""),
        "d": ("done", ""),
        "b": ("skipped", f"needs lamps/Lamp/a, which is {status}"),
        "c": ("skipped", "needs lamps/Lamp/b, which is skipped"),
    }


def test_what_needs_something_blocked_is_skipped_before_anything_begins() -> None:
    schedule = Scheduler([operation("b", "a"), operation("c")], [blocked("a")], {})
    assert names(schedule.ready()) == ["c"]
    assert said(schedule) == {"b": ("skipped", "needs lamps/Lamp/a, which is blocked")}


def test_what_is_refused_never_begins_nor_what_needs_it() -> None:
    schedule = Scheduler([operation("a"), operation("b", "a")], [], {address("a"): "moved"})
    assert schedule.ready() == []
    assert said(schedule) == {
        "a": ("refused", "moved"),
        "b": ("skipped", "needs lamps/Lamp/a, which is refused"),
    }


def test_an_operation_that_is_blocked_in_part_begins_all_the_same() -> None:
    schedule = Scheduler([operation("a"), operation("b", "a")], [blocked("a")], {})
    assert names(schedule.ready()) == ["a"]
    finished(schedule, "a")
    assert schedule.ready() == []
    assert said(schedule)["b"][0] == "skipped"


def test_what_has_not_begun_when_all_is_abandoned_says_so() -> None:
    schedule = Scheduler([operation("a"), operation("b", "a"), operation("c", "b")], [], {})
    schedule.ready()
    finished(schedule, "a")
    schedule.abandon()
    assert {name: status for name, (status, _) in said(schedule).items()} == {
        "a": "done",
        "b": "not_begun",
        "c": "not_begun",
    }


def test_outcomes_stand_in_the_plans_order_and_then_one_for_each_blocked_resource() -> None:
    operations = [operation("b"), operation("a")]
    outcomes = [Outcome(address("a"), "done"), Outcome(address("b"), "failed")]
    held = [blocked("z", "first"), blocked("z", "second"), blocked("b", "third")]
    assert [
        (each.address.name, each.status, each.detail) for each in in_order(outcomes, operations, held)
    ] == [
        ("b", "failed", ""),
        ("a", "done", ""),
        ("z", "blocked", "first"),
        ("b", "blocked", "third"),
    ]


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.lists(st.tuples(st.sets(st.integers(0, 8)), st.booleans()), max_size=9), st.randoms())
def test_every_operation_of_any_plan_ends_once_and_after_what_it_needs(
    shape: list[tuple[set[int], bool]], random: st.random.Random
) -> None:
    plan = [operation(f"o{n}", *(f"o{m}" for m in needs if m < n)) for n, (needs, _) in enumerate(shape)]
    works = {each.address: good for each, (_, good) in zip(plan, shape, strict=True)}
    schedule, running, begun = Scheduler(plan, [], {}), [], []
    while True:
        ready = schedule.ready()
        for each in ready:
            done = {outcome.address for outcome in schedule.outcomes if outcome.status == "done"}
            assert set(each.needs) <= done
        begun += ready
        running += ready
        if not running:
            break
        ended = running.pop(random.randrange(len(running)))
        schedule.finish(Outcome(ended.address, "done" if works[ended.address] else "failed"))
    assert sorted(each.address for each in schedule.outcomes) == sorted(each.address for each in plan)
    assert len({each.address for each in begun}) == len(begun)
