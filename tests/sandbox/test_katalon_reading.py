"""Reading Katalon: searches and their pages, smart schedulers, projects, and who may read."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from reconcile_sandbox import Sandbox

pytestmark = pytest.mark.usefixtures("sandbox")

_OURS = {"key": "Project.id", "operator": "=", "value": "4711"}
_WITH_ID = {"key": "id", "operator": "=", "value": "12346"}


def _request(kind: str = "RunConfiguration", *conditions: Any, **pagination: Any) -> dict[str, Any]:
    rest: dict[str, Any] = {"functions": [], "groupBys": []}
    return {"type": kind, "conditions": list(conditions or (_OURS,)), **rest, "pagination": pagination}


def _found(katalon: httpx.Client, *args: Any, **pagination: Any) -> Any:
    reply = katalon.post("/search", json=_request(*args, **pagination))
    assert reply.status_code == 200, reply.text
    return reply.json()


def _ids(page: Any) -> list[int]:
    return [row["id"] for row in page["content"]]


def test_a_search_finds_a_schedule_by_id_and_project(katalon: httpx.Client) -> None:
    request = _request("RunConfiguration", _WITH_ID, _OURS, page=0, size=30, sorts=["id,desc"])
    by_body = katalon.post("/search", json=request)
    by_query = katalon.get("/search", params={"q": json.dumps(request)})
    assert by_body.json() == by_query.json()
    assert [row["name"] for row in by_body.json()["content"]] == ["Nightly Regression"]


def test_pages_together_hold_everything_once(katalon: httpx.Client) -> None:
    pages = [_found(katalon, page=number, size=15, sorts=["id, asc"]) for number in range(3)]
    ids = [number for page in pages for number in _ids(page)]
    assert ids == sorted(set(ids))
    assert len(ids) == pages[0]["totalElements"] == 32
    assert [page["last"] for page in pages] == [False, False, True]


def test_a_page_is_complete_and_the_default_holds_thirty(katalon: httpx.Client) -> None:
    page = _found(katalon)
    content = page.pop("content")
    assert len(content) == 30
    sort = {"empty": True, "sorted": False, "unsorted": True}
    pageable = {"offset": 0, "pageNumber": 0, "pageSize": 30, "paged": True, "unpaged": False, "sort": sort}
    assert page == {
        "totalPages": 2, "totalElements": 32, "size": 30, "number": 0, "numberOfElements": 30,
        "first": True, "last": False, "empty": False, "sort": sort, "pageable": pageable,
    }  # fmt: skip


def test_a_page_beyond_the_last_is_empty_and_last(katalon: httpx.Client) -> None:
    page = _found(katalon, page=9)
    assert (page["content"], page["empty"], page["last"], page["totalPages"]) == ([], True, True, 2)


@pytest.mark.parametrize(
    ("kind", "condition", "expected"),
    [
        ("RunConfiguration", {"key": "name", "operator": "=", "value": "Daily Smoke Test"}, [12345]),
        ("RunConfiguration", {"key": "name", "operator": "starts with", "value": "Nightly"}, [12346]),
        ("RunConfiguration", {"key": "id", "operator": "<", "value": 12347}, [12345, 12346]),
        ("RunConfiguration", {"key": "id", "operator": "=", "value": "1"}, []),
        ("Release", {"key": "name", "operator": "=", "value": "Release 1.2"}, [67890]),
        ("Release", {"key": "id", "operator": ">=", "value": "67891"}, [67891]),
        ("Build", {"key": "Release.id", "operator": "=", "value": "67891"}, [67895]),
    ],
)
def test_conditions_are_all_met(
    katalon: httpx.Client, kind: str, condition: dict[str, Any], expected: list[int]
) -> None:
    assert _ids(_found(katalon, kind, _OURS, condition)) == expected


def test_projects_and_teams_are_found_without_a_project(katalon: httpx.Client) -> None:
    anything = {"key": "id", "operator": ">=", "value": "0"}
    assert _ids(_found(katalon, "Project", anything, sorts=["name,asc"])) == [4712, 4711]
    assert _ids(_found(katalon, "Team", anything)) == [100]


def test_rows_are_sorted_by_each_sort_in_turn(katalon: httpx.Client) -> None:
    page = _found(katalon, size=3, sorts=["Team.id,asc", "name,desc"])
    assert [row["name"] for row in page["content"]] == ["Wishlist Suite", "Vouchers Suite", "Stock Suite"]
    assert page["sort"] == {"empty": False, "sorted": True, "unsorted": False}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"type": "Schedule"}, "type must be one of"),
        ({"conditions": [{"key": "nme", "operator": "=", "value": "x"}]}, "key must be one of"),
        ({"conditions": [_OURS, {"key": "createdAt", "operator": "=", "value": "x"}]}, "no such key"),
        ({"conditions": [{**_OURS, "operator": "in"}]}, "operator must be one of"),
        ({"conditions": [{**_OURS, "value": "web"}]}, "must be a whole number"),
        ({"conditions": [_WITH_ID]}, "Project.id is required"),
        ({"conditions": []}, "Project.id is required"),
        ({"pagination": {"sorts": ["nme,asc"]}}, "no such sort"),
        ({"pagination": {"page": -1}}, "out of range"),
        ({"pagination": {"size": 0}}, "out of range"),
        ({"type": None}, "type must be string"),
    ],
)
def test_what_cannot_be_searched_is_a_bad_request(
    katalon: httpx.Client, changes: dict[str, Any], reason: str
) -> None:
    request = {**_request(), **changes}
    by_body = katalon.post("/search", json=request)
    by_query = katalon.get("/search", params={"q": json.dumps(request)})
    assert (by_body.status_code, by_query.status_code) == (400, 400)
    assert reason in by_body.json()["message"]
    assert reason in by_query.json()["message"]


def test_the_names_inside_the_published_client_are_no_search(sandbox: Sandbox, katalon: httpx.Client) -> None:
    request = {"searchEntity": "RunConfiguration", "searchRequestConditions": [_OURS]}
    assert katalon.post("/search", json=request).status_code == 400
    assert katalon.post("/search", json={**request, **_request()}).status_code == 200
    sandbox.set_options("katalon.unknown_fields=reject")
    assert katalon.post("/search", json={**request, **_request()}).status_code == 400


@pytest.mark.parametrize("query", ["", "?q=", "?q=%7B", "?q=[]"])
def test_a_search_in_the_query_needs_a_request(katalon: httpx.Client, query: str) -> None:
    assert katalon.get(f"/search{query}").status_code == 400


def test_a_schedule_has_no_address_of_its_own(katalon: httpx.Client) -> None:
    assert katalon.get("/run-configurations/12345").status_code == 405
    assert katalon.get("/run-configurations").status_code == 405
    assert katalon.get("/releases/67890").status_code == 405


def test_a_smart_scheduler_has_a_schedule_and_its_timer(katalon: httpx.Client) -> None:
    pair = katalon.get("/smart-scheduler/12345").json()
    assert (pair["runConfiguration"]["id"], pair["scheduler"]["id"]) == (12345, 50001)
    assert "scheduler" not in katalon.get("/smart-scheduler/12348").json()
    assert katalon.get("/smart-scheduler/50001").status_code == 404


def test_the_id_of_a_smart_scheduler_can_be_that_of_the_timer(
    sandbox: Sandbox, katalon: httpx.Client
) -> None:
    sandbox.set_options("katalon.smart_scheduler_id=scheduler")
    pair = katalon.get("/smart-scheduler/12345").json()
    assert (pair["runConfiguration"]["id"], pair["scheduler"]["id"]) == (12346, 12345)
    assert katalon.get("/smart-scheduler/12346").status_code == 404


def test_projects_and_teams_can_be_listed_and_read(katalon: httpx.Client) -> None:
    assert _ids(katalon.get("/projects", params={"size": 1, "page": 1, "sort": "id,desc"}).json()) == [4711]
    assert katalon.get("/projects", params={"teamId": 5}).json()["content"] == []
    assert katalon.get("/projects/4711").json()["name"] == "Web Shop"
    assert _ids(katalon.get("/teams").json()) == [100]
    assert katalon.get("/teams/100").json()["name"] == "Quality"
    assert [katalon.get(path).status_code for path in ("/projects/1", "/teams/1")] == [404, 404]


@pytest.mark.parametrize("auth", [("", "demo"), ("demo", "demo"), "Bearer demo", "bearer demo"])
def test_three_kinds_of_credentials_are_good(client: httpx.Client, auth: Any) -> None:
    assert _status(client, auth) == 200


@pytest.mark.parametrize(
    "auth",
    [None, ("", "wrong"), ("demo", ""), ("demo", "x"), "Bearer x", "Bearer", "Basic demo", "Digest demo"],
)
def test_other_credentials_are_not(client: httpx.Client, auth: Any) -> None:
    assert _status(client, auth) == 401


def _status(client: httpx.Client, auth: Any) -> int:
    headers = {"authorization": auth} if isinstance(auth, str) else {}
    basic = auth if isinstance(auth, tuple) else None
    return client.get("/api/v1/teams", headers=headers, auth=basic).status_code


def test_a_reader_may_search_but_not_link(client: httpx.Client) -> None:
    headers = {"authorization": "Bearer reader"}
    assert client.post("/api/v1/search", json=_request(), headers=headers).status_code == 200
    path = "/api/v1/run-configurations/12345/link-release?releaseId=67890"
    assert client.post(path, headers=headers).status_code == 403


def test_search_can_be_refused_alone(sandbox: Sandbox, katalon: httpx.Client) -> None:
    sandbox.set_options("katalon.search=refused")
    assert katalon.post("/search", json=_request()).status_code == 403
    assert katalon.get("/search", params={"q": json.dumps(_request())}).status_code == 403
    assert katalon.get("/smart-scheduler/12345").status_code == 200


def test_search_can_do_without_a_project(sandbox: Sandbox, katalon: httpx.Client) -> None:
    sandbox.set_options("katalon.search_project=optional")
    assert _ids(_found(katalon, "RunConfiguration", _WITH_ID)) == [12346]


def test_search_can_lag_behind_what_it_indexes(sandbox: Sandbox, katalon: httpx.Client) -> None:
    sandbox.set_options("katalon.search_lag=2")
    katalon.post("/run-configurations/12345/link-release", json={"releaseId": "67890"})
    assert katalon.get("/smart-scheduler/12345").json()["runConfiguration"]["releaseId"] == 67890
    condition = {**_WITH_ID, "value": "12345"}
    rows = [_found(katalon, "RunConfiguration", _OURS, condition)["content"][0] for _ in range(3)]
    assert [row.get("releaseId") for row in rows] == [None, None, 67890]


def test_pages_can_be_shorter_than_asked_for(sandbox: Sandbox, katalon: httpx.Client) -> None:
    sandbox.set_options("katalon.max_page_size=10")
    page = _found(katalon, size=300)
    assert (len(page["content"]), page["size"], page["totalPages"], page["last"]) == (10, 10, 4, False)


def test_pages_without_a_sort_can_be_in_any_order(sandbox: Sandbox, katalon: httpx.Client) -> None:
    stored = _ids(_found(katalon, size=40))
    sandbox.set_options("katalon.unsorted=shuffled")
    shuffled = [_ids(_found(katalon, size=40)) for _ in range(2)]
    assert stored not in shuffled
    assert shuffled[0] != shuffled[1]
    assert sorted(shuffled[0]) == sorted(shuffled[1]) == sorted(stored)
    assert _ids(_found(katalon, size=40, sorts=["id,asc"])) == sorted(stored)


def test_a_busy_list_of_several_pages_has_another_length_at_every_other_request(
    sandbox: Sandbox, katalon: httpx.Client
) -> None:
    sandbox.set_options("katalon.busy=true")
    totals = [_found(katalon, page=number % 2, size=15)["totalElements"] for number in range(4)]
    assert abs(totals[0] - totals[1]) == 1
    assert totals[:2] == totals[2:]
    assert len({_found(katalon, size=300)["totalElements"] for _ in range(2)}) == 1
