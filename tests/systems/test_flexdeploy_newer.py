"""What later versions of FlexDeploy do otherwise: empty starts, completed releases that return, folders."""

from __future__ import annotations

import pytest
from tests.support.values import HERE, address, locate, release, wanted

from reconcile.desired import resolved
from reconcile.manifests.rules import findings
from reconcile.model import Json, Live, Ref, Resource
from reconcile.planning.decide import Facts, Verdict, decide
from reconcile.systems.flexdeploy import known_zone
from reconcile.systems.flexdeploy.project import compose
from reconcile.systems.flexdeploy.release import RELEASE


def verdict(want: dict[str, Json], live: dict[str, Json] | None, **options: Json) -> Verdict:
    found = None if live is None else Live(1, "a", {"releaseName": "a", **live})
    return decide(resolved(wanted(release("a", want), **options), {}), found, Facts({}))


@pytest.mark.parametrize("want", [{"releaseStatus": "STARTED"}, {"releaseStatus": "STARTED", "projects": []}])
def test_an_empty_release_is_created_started_where_the_option_says_so(want: dict[str, Json]) -> None:
    (request,) = verdict(want, None, startEmpty=True).requests
    assert (request.method, request.body["releaseStatus"]) == ("POST", "STARTED")
    assert verdict(want, None).requests == ()
    assert verdict(want, None, startEmpty=False).requests == ()


def test_an_empty_release_is_started_where_the_option_says_so() -> None:
    live = {"releaseStatus": "NOTSTARTED", "projects": []}
    (request,) = verdict({"releaseStatus": "STARTED"}, live, startEmpty=True).requests
    assert request.body == {"releaseName": "a", "releaseStatus": "STARTED"}
    assert verdict({"releaseStatus": "STARTED"}, live).requests == ()


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ({}, ["started-without-projects", "cron"]),
        ({"startEmpty": False, "hidden": ["properties"]}, ["started-without-projects", "cron"]),
        ({"startEmpty": True}, ["cron"]),
    ],
)
def test_the_rule_on_empty_releases_alone_is_lifted_by_that_option(
    options: dict[str, Json], codes: list[str]
) -> None:
    spec = {"releaseStatus": "STARTED", "projects": [], "scheduleBuildExpression": "@daily"}
    assert [found.code for found in findings(release("a", spec), RELEASE, options=options)] == codes


@pytest.mark.parametrize(
    "want",
    [
        {"releaseStatus": "STARTED", "description": "new"},
        {"releaseStatus": "NOTSTARTED", "description": None},
        {"description": "new"},
    ],
)
def test_nothing_is_written_to_a_completed_release_that_may_come_back(want: dict[str, Json]) -> None:
    found = verdict(want, {"releaseStatus": "COMPLETED", "description": "old"}, completed="drift")
    assert (found.requests, found.finished) == ((), None)
    assert {change.path for change, _ in found.blocked} == {(name,) for name in want}
    assert {reason for _, reason in found.blocked} == {
        "the release is COMPLETED, and no request leads back: revert it in FlexDeploy"
    }


def test_a_completed_release_that_differs_in_nothing_is_in_sync() -> None:
    live = {"releaseStatus": "COMPLETED", "description": "old"}
    assert verdict({"description": "old"}, live, completed="drift") == Verdict()
    assert verdict({"description": "old"}, live, completed="finished").finished


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, ""),
        ({"folderId": None}, ""),
        ({"folderId": 99}, "folder 99"),
        ({"folderId": 99, "folderPath": "FlexDeploy/Payments"}, "folder FlexDeploy/Payments"),
        ({"folderId": {"id": 1}}, ""),
    ],
)
def test_a_release_is_told_apart_by_its_folder_where_the_answer_says_it(
    said: dict[str, Json], words: str
) -> None:
    assert RELEASE.told_apart(Live(1, "a", said)) == words


def line(of: Json) -> Resource:
    where = address("line", "Project", "flexdeploy")
    return Resource(where, "flexdeploy/v1", {"release": of, "projectId": 1}, HERE, locate)


def test_a_line_of_two_releases_of_one_name_joins_the_one_that_it_refers_to() -> None:
    twins = [release("one", {"releaseName": "twin"}), release("two", {"releaseName": "twin"})]
    for twin in twins:
        joined, problems = compose([*twins, line(Ref(twin.address))])
        assert problems == []
        assert [each.address for each in joined if "projects" in each.spec] == [twin.address]


def test_a_line_that_names_two_declared_releases_is_a_problem_that_names_both() -> None:
    twins = [release("one", {"releaseName": "twin"}), release("two", {"releaseName": "twin"})]
    _, (problem,) = compose([*twins, line("twin")])
    assert problem.code == "ambiguous"
    assert all(str(twin.address) in problem.message for twin in twins)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "UTC", None])
def test_a_zone_of_iana_is_in_order(zone: str | None) -> None:
    assert [*known_zone({"timeZone": zone})] == []


@pytest.mark.parametrize("zone", ["+02:00", "Europe/Berln", ""])
def test_any_other_zone_is_told(zone: str) -> None:
    (found,) = known_zone({"timeZone": zone})
    assert (found.path, found.code) == (("timeZone",), "time-zone")
