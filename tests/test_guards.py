"""How much one apply may do: counts at, below and past each limit."""

from __future__ import annotations

import pytest
from tests.support.values import HERE, address

from reconcile.model import Action, Change, Request
from reconcile.planning.contents import Operation, Plan
from reconcile.planning.guards import counted, entries_removed, refusals
from reconcile.project import Guards

SENT = Request("lamps", "POST", "/lamps")


def acting(action: Action, *changes: Change) -> Operation:
    return Operation(address("a"), action, 1, "a", HERE, (SENT,), changes)


def entry(before: object, after: object) -> Change:
    return Change(("bulbs", ("1",)), before, after, HERE, entry=True)


REMOVED, ADDED = entry({"slot": 1}, None), entry(None, {"slot": 1})
CLEARED = Change(("note",), "x", None, HERE)


def told(guards: Guards, *operations: Operation) -> list[str]:
    return [refusal.message for refusal in refusals(Plan(operations), guards)]


def test_entries_that_go_are_counted_and_nothing_else_is() -> None:
    plan = Plan((acting("update", REMOVED, ADDED, CLEARED, REMOVED), acting("update", REMOVED)))
    assert entries_removed(plan) == 3
    assert counted(plan, "update") == 2


@pytest.mark.parametrize(("deletes", "entries"), [(3, 0), (0, 3), (1, 2), (0, 0)])
def test_up_to_three_deletes_entries_included_pass(deletes: int, entries: int) -> None:
    operations = [acting("delete")] * deletes + [acting("update", *[REMOVED] * entries)]
    assert told(Guards(), *operations) == []


@pytest.mark.parametrize(("deletes", "entries"), [(4, 0), (0, 4), (2, 2)])
def test_a_fourth_is_refused_with_count_limit_and_what_lifts_it(deletes: int, entries: int) -> None:
    operations = [acting("delete")] * deletes + [acting("update", *[REMOVED] * entries)]
    assert told(Guards(), *operations) == [
        "4 objects deleted and entries removed, max_deletes allows 3: "
        "raise it in reconcile.yaml, or apply with --force"
    ]


def test_runs_have_a_limit_of_ten() -> None:
    assert told(Guards(), *[acting("run")] * 10) == []
    (words,) = told(Guards(), *[acting("run")] * 11)
    assert words.startswith("11 runs started, max_runs allows 10: ")


def test_a_run_that_was_started_before_and_is_waited_for_counts_as_none() -> None:
    assert told(Guards(max_runs=0), acting("run")._replace(requests=())) == []


def test_creates_have_no_limit_but_a_written_one() -> None:
    assert told(Guards(), *[acting("create")] * 999) == []
    (words,) = told(Guards(max_creates=1), *[acting("create")] * 2)
    assert words.startswith("2 objects created, max_creates allows 1: ")


def test_a_limit_of_nought_refuses_the_first() -> None:
    assert len(told(Guards(max_deletes=0), acting("delete"))) == 1
    assert told(Guards(max_deletes=0), acting("update", CLEARED)) == []


def test_null_is_no_limit() -> None:
    assert told(Guards(max_deletes=None), *[acting("delete")] * 99) == []


def test_every_guard_that_refuses_is_told() -> None:
    operations = [acting("delete"), acting("run"), acting("create")]
    assert len(told(Guards(max_deletes=0, max_runs=0, max_creates=0), *operations)) == 3
