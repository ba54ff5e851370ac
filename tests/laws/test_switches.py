"""Whatever the vendors leave open: what is as wanted stays so, and what is said to be done is done."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconcile.errors import ProblemsFound
from reconcile.laws.subject import left
from reconcile_sandbox import describe

from .bench import Bench
from .cases import CASES, Case
from .test_idempotence import converged

DIFFERENCES = {
    "access=none": "nothing can be read",
    "gateway=key": "a gateway lets through what has its header, which the project file names",
    "flexdeploy.show_properties=false": "options.hidden names what is never shown",
    "flexdeploy.show_cms_details=false": "options.hidden names what is never shown",
    "katalon.search=refused": "a release can be read in no other way",
    "brpm.format=needs_suffix": "the Accept header asks for JSON, as the page allows",
    "foundry.trigger_visible=false": "a trigger that is wanted and not shown cannot be told from none",
    "foundry.rid_case=upper": "an id that pins is matched to the letter",
    "foundry.result_type=deferred": "a result of a type that nobody knows is no success",
    "foundry.submitted_build=unnamed": "a run without the rid of its build cannot be waited for",
    "foundry.build_answered=another": "an answer about another build is not believed",
    "foundry.created_time=absent": "which run is the one asked for cannot be told",
}
"""The switches that no client can look through, and why."""

FULLEST = tuple(
    max((case for case in CASES if (case.system, case.kind) == pair), key=lambda case: len(case.writes))
    for pair in dict.fromkeys((case.system, case.kind) for case in CASES)
)
"""Of each kind the case with the most requests."""


def settings(system: str) -> Iterator[str]:
    """Every other value of every switch of a system."""
    for switch in describe():
        if switch.name.startswith(f"{system}."):
            values = {"NUMBER": ("1", "2"), "SECONDS": ()}.get(switch.values, switch.values.split("|"))
            yield from (f"{switch.name}={value}" for value in values if value != switch.default)


def usual(setting: str) -> str:
    name = setting.partition("=")[0]
    return next(f"{name}={switch.default}" for switch in describe() if switch.name == name)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind} {case.title}")
def test_no_switch_of_the_server_makes_a_difference_of_none(bench: Bench, case: Case) -> None:
    converged(bench, case)
    wrong = {}
    for setting in settings(case.system):
        if not any(setting.endswith(name) for name in DIFFERENCES):
            bench.sandbox.set_options(setting)
            wrong[setting] = left(bench)
            bench.sandbox.set_options(usual(setting))
    assert {name: words for name, words in wrong.items() if words} == {}


@pytest.mark.parametrize("case", FULLEST, ids=lambda case: f"{case.kind} {case.title}")
def test_what_is_said_to_be_done_is_done_under_every_switch(bench: Bench, case: Case) -> None:
    wrong = {}
    for setting in settings(case.system):
        bench.start(case.state, [setting])
        bench.declare(case.manifest)
        try:
            outcomes = bench.apply()
        except ProblemsFound:
            continue
        assert all(outcome.detail or outcome.status == "done" for outcome in outcomes), setting
        wrong[setting] = left(bench) if all(outcome.status == "done" for outcome in outcomes) else ""
    assert {name: words for name, words in wrong.items() if words} == {}
