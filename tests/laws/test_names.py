"""A name never stands for another id than that of the one object with exactly it, whatever else is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconcile.errors import ProblemsFound
from reconcile.model import Json
from reconcile.systems import Installed

from .bench import Bench, Manifest

NAMES = ("Core", "core", "CORE", "Cor", "Core 2", "My Core", "Core.", "Cöre")
FIRST = 50


@dataclass(frozen=True)
class Case:
    """How objects get names in one lookup, and a manifest that means one of them."""

    lookup: str
    state: Callable[[Sequence[str]], dict[str, Any]]
    """The sandbox's state in which the first name is that of the object with the id 50, and so on."""

    manifest: Callable[[str], Manifest]
    switches: tuple[str, ...] = ()


def rows(names: Sequence[str], key: str, name: str, **more: Any) -> list[dict[str, Any]]:
    return [{key: FIRST + at, name: text, **more} for at, text in enumerate(names)]


def document(version: str, kind: str, spec: Manifest) -> Manifest:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "a"}, "spec": spec}


def line(**spec: Any) -> Manifest:
    return document("flexdeploy/v1", "Project", {"release": "Spring", **spec})


def link(**spec: Any) -> Manifest:
    return document("katalon/v1", "ScheduleLink", {"runConfigurationId": 7, "releaseId": None, **spec})


def run(**spec: Any) -> Manifest:
    people = {"owner_id": 1, "requestor_id": 1}
    return document("brpm/v1", "Run", {"plan_id": 1, "plan_stage_id": 1, **people, **spec})


def flexdeploy(projects: list[dict[str, Any]]) -> dict[str, Any]:
    return {"flexdeploy": {"projects": projects, "releases": [{"releaseId": 1, "releaseName": "Spring"}]}}


def main(**more: Any) -> dict[str, Any]:
    return {"projectId": 1, "projectName": "P", **more}


def katalon(schedules: list[dict[str, Any]], releases: list[dict[str, Any]]) -> dict[str, Any]:
    return {"katalon": {"runConfigurations": schedules, "releases": releases}}


RELEASES = [{"id": 9, "projectId": 4711, "name": "A release"}]
SCHEDULES = [{"id": 7, "projectId": 4711, "name": "A schedule"}]


def plans(names: Sequence[str]) -> dict[str, Any]:
    template = {"id": 1, "name": "T", "stages": [{"id": 1, "name": "uat"}]}
    return {"brpm": {"plans": rows(names, "id", "name", plan_template=template), "runs": []}}


def stages(names: Sequence[str]) -> dict[str, Any]:
    template = {"id": 1, "name": "T", "stages": rows(names, "id", "name")}
    return {"brpm": {"plans": [{"id": 1, "name": "P", "plan_template": template}], "runs": []}}


def users(names: Sequence[str]) -> dict[str, Any]:
    return {"brpm": {"users": [{"id": 1, "login": "one"}, *rows(names, "id", "login")], "runs": []}}


def people(names: Sequence[str]) -> dict[str, Any]:
    found = [
        {"id": FIRST + at, "login": f"u{at}", "first_name": "Jo", "last_name": text}
        for at, text in enumerate(names)
    ]
    return {"brpm": {"users": [{"id": 1, "login": "one"}, *found], "runs": []}}


SUBSTRING, ALL = ("brpm.name_filter=substring",), ("brpm.name_filter=ignored",)
CASES = [
    Case(
        "flexdeploy project",
        lambda names: flexdeploy(rows(names, "projectId", "projectName")),
        lambda text: line(projectId={"named": text}, projectStreamId=5),
    ),
    Case(
        "flexdeploy stream",
        lambda names: flexdeploy([main(streams=rows(names, "streamId", "streamName"))]),
        lambda text: line(projectId=1, projectStreamId={"named": text}),
    ),
    Case(
        "flexdeploy environment",
        lambda names: flexdeploy([main(buildEnvironments=rows(names, "environmentId", "environmentCode"))]),
        lambda text: line(projectId=1, projectStreamId=5, buildEnvironmentId={"named": text}),
    ),
    Case(
        "katalon release",
        lambda names: katalon(SCHEDULES, rows(names, "id", "name", projectId=4711)),
        lambda text: link(releaseId={"named": text}),
    ),
    Case(
        "katalon schedule",
        lambda names: katalon(rows(names, "id", "name", projectId=4711), RELEASES),
        lambda text: link(runConfigurationId={"named": text}, releaseId=9),
    ),
    *(
        case
        for switches in (SUBSTRING, ALL)
        for case in (
            Case("brpm plan", plans, lambda text: run(plan_id={"named": text}), switches),
            Case("brpm stage", stages, lambda text: run(plan_stage_id={"named": text}), switches),
            Case("brpm user", users, lambda text: run(owner_id={"named": text}), switches),
            Case("brpm user", people, lambda text: run(owner_id={"named": f"{text}, Jo"}), switches),
        )
    ),
]


def test_there_is_a_case_for_each_lookup_of_each_system() -> None:
    every = {
        f"{system.type} {name}"
        for system in Installed().values()
        for kind in system.kinds
        for name in kind.lookups
    }
    assert {case.lookup for case in CASES} == every


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join((case.lookup, *case.switches)))
@given(names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=5), text=st.sampled_from(NAMES))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_name_stands_for_the_one_object_with_exactly_it_or_for_nothing(
    bench: Bench, case: Case, names: list[str], text: str
) -> None:
    bench.start(case.state(names), case.switches)
    bench.declare(case.manifest(text))
    exact = [FIRST + at for at, name in enumerate(names) if name == text]
    found, codes = meant(bench)
    assert found == exact if len(exact) == 1 else codes & {"no-such-name", "ambiguous"}


def meant(bench: Bench) -> tuple[list[Json], set[str]]:
    """The ids that the names of the plan stand for; else the codes of what is wrong."""
    try:
        (step,) = bench.plan().steps
    except ProblemsFound as error:
        return [], {problem.code for problem in error.problems}
    return [name.id for name in step.wanted.names], set()
