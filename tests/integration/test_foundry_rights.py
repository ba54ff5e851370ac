"""A client of Foundry asks for the rights that its requests need, and one that reads for none to write."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs

import pytest

from reconcile.provider import Route
from reconcile.systems.foundry import routes

from .stage import Stage

READ, DATASETS, WRITE = "api:orchestration-read", "api:datasets-read", "api:orchestration-write"
NUMBERS = "ri.foundry.main.dataset.3d4f8a85-4c3b-4f88-9d88-5d4c9c3a4e04"
RUN: dict[str, Any] = {
    "apiVersion": "foundry/v2",
    "kind": "ScheduleRun",
    "metadata": {"name": "refresh"},
    "spec": {
        "scheduleRid": "ri.scheduler.main.schedule.8843955e-37d1-4363-85eb-539833e10a41",
        "requestedAt": "2026-11-28T08:00:00Z",
    },
}
SCHEDULE: dict[str, Any] = {
    "apiVersion": "foundry/v2",
    "kind": "Schedule",
    "metadata": {"name": "daily"},
    "spec": {
        "action": {"target": {"type": "manual", "targetRids": [NUMBERS]}},
        "trigger": {"type": "manual"},
    },
}
ROUTES = [
    *(value for value in vars(routes).values() if isinstance(value, Route)),
    *(value for value in routes.SCHEDULE if isinstance(value, Route)),
]


def _begin(stage: Stage, *manifests: dict[str, Any], client: str = "demo", **options: Any) -> None:
    stage.live(None, {"foundry.result_after_reads": 0})
    auth = {"bearer": None, "oauth2": {"clientId": client, "clientSecret": {"env": "SECRET"}}}
    stage.environment["SECRET"] = "demo"
    stage.project({"systems": {"foundry": {"auth": auth, "options": options}}}, ["foundry"])
    stage.manifests({"all": list(manifests)})


def _asked(stage: Stage) -> list[list[str]]:
    """The scopes of each request for a token since the last call."""
    forms = [parse_qs(str(entry.body)) for entry in stage.sandbox.log if entry.path.endswith("/token")]
    stage.forget()
    return [form["scope"][0].split() for form in forms]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.spelled)
def test_every_route_says_its_rights_and_a_read_none_to_write(route: Route) -> None:
    request = route("foundry", None, None, **dict.fromkeys(route.places, "ri.a"))
    assert request.scopes
    assert any("write" in scope for scope in request.scopes) is not request.safe


@pytest.mark.parametrize("command", ["plan", "drift", "doctor"])
@pytest.mark.parametrize(
    ("manifest", "needed"), [(RUN, {READ}), (SCHEDULE, {READ, DATASETS})], ids=["run", "schedule"]
)
def test_a_client_that_reads_asks_for_no_right_to_write(
    stage: Stage, command: str, manifest: dict[str, Any], needed: set[str]
) -> None:
    _begin(stage, manifest, client="reader")
    stage.forget()
    assert stage.run(command).code == (2 if command == "drift" else 0)
    asked = {scope for scopes in _asked(stage) for scope in scopes}
    assert asked == ({READ} if command == "doctor" else needed)


def test_a_client_that_writes_asks_for_the_right_to_write_when_it_writes(stage: Stage) -> None:
    _begin(stage, RUN, SCHEDULE)
    stage.forget()
    assert stage.run("apply", "--yes").code == 0
    last = _asked(stage)[-1]
    assert set(last) == {READ, DATASETS, WRITE}
    stage.forget()
    assert "No changes." in stage.run("apply", "--yes").out
    assert not any(WRITE in scopes for scopes in _asked(stage))


@pytest.mark.parametrize("scopes", [[READ, WRITE], [WRITE, READ, DATASETS, "api:more"]])
def test_the_option_is_asked_for_in_place_of_what_is_needed(stage: Stage, scopes: list[str]) -> None:
    _begin(stage, RUN, scopes=scopes)
    stage.forget()
    assert stage.run("plan").code == 0
    to_read = {frozenset(scopes) - {WRITE}}
    assert {frozenset(asked) for asked in _asked(stage)} == to_read
    assert stage.run("apply", "--yes").code == 0
    assert {frozenset(asked) for asked in _asked(stage)} == {*to_read, frozenset(scopes)}


@pytest.mark.parametrize(
    ("scopes", "words"),
    [
        ([], "`scopes` is empty, which asks for every right: name what reading needs, or leave `scopes` out"),
        ([WRITE], "`scopes` names no scope to read with: name what reading needs"),
        ([READ, ""], "`scopes` has an entry that is no scope: one word an entry"),
        ([READ, " "], "`scopes` has an entry that is no scope"),
        ([f"{READ} {WRITE}"], "`scopes` has an entry that is no scope"),
    ],
)
def test_scopes_that_cannot_be_asked_for_are_a_problem_of_their_line(
    stage: Stage, scopes: list[str], words: str
) -> None:
    _begin(stage, RUN, scopes=scopes)
    stage.forget()
    ran = stage.run("plan")
    assert ran.code == 1
    assert re.match(r"reconcile\.yaml:[0-9]+:[0-9]+: ", ran.err)
    assert words in ran.err
    assert _asked(stage) == []


@pytest.mark.parametrize(("granted", "status"), [("told", ["not sent"]), ("untold", ["403 Forbidden"])])
def test_a_request_whose_right_was_not_granted_is_not_sent(
    stage: Stage, granted: str, status: list[str]
) -> None:
    _begin(stage, RUN, client="reader")
    stage.sandbox.set_options(f"foundry.granted_scope={granted}")
    stage.forget()
    ran = stage.run("apply", "--yes")
    assert ran.code == 3
    assert all(words in ran.out for words in [*status, WRITE])
    runs = [entry for entry in stage.sandbox.log if entry.path.endswith("/run")]
    assert len(runs) == (granted == "untold")


def test_a_right_that_the_option_leaves_out_is_named_by_the_system(stage: Stage) -> None:
    _begin(stage, SCHEDULE, scopes=[READ])
    ran = stage.run("plan")
    assert ran.code == 1
    assert DATASETS in ran.out + ran.err
