"""Foundry's runs: started, listed in pages, and ended by being looked at."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from reconcile_sandbox import Sandbox

SAMPLE = "ri.scheduler.main.schedule.8843955e-37d1-4363-85eb-539833e10a41"
PAUSED = "ri.scheduler.main.schedule.d4a2b3c5-6e7f-4a81-9ba2-c3d4e5f6a718"
VERSION = "ri.scheduler.main.schedule-version.4d1eb55f-6c13-411c-a911-5d84e08d8017"
RUN, RUNS = f"/schedules/{SAMPLE}/run", f"/schedules/{SAMPLE}/runs"

pytestmark = pytest.mark.usefixtures("sandbox")


def _rows(foundry: httpx.Client, **query: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = foundry.get(RUNS, params=query).json()["data"]
    return rows


def _results(foundry: httpx.Client, reads: int) -> list[Any]:
    return [_rows(foundry, pageSize=1)[0].get("result") for _ in range(reads)]


def test_the_pages_sample_is_answered_as_printed_but_for_the_time_and_the_runs_own_rid(
    foundry: httpx.Client,
) -> None:
    reply = foundry.post(RUN)
    run = reply.json()
    assert reply.status_code == 200
    assert re.fullmatch(r"ri\.scheduler\.main\.run\.[0-9a-f-]{36}", run.pop("rid"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", run.pop("createdTime"))
    assert run == {
        "scheduleVersionRid": VERSION,
        "createdBy": "f05f8da4-b84c-4fca-9c77-8af0b13d11de",
        "scheduleRid": SAMPLE,
    }


def test_each_post_is_one_more_run(foundry: httpx.Client) -> None:
    rids = [foundry.post(RUN).json()["rid"] for _ in range(3)]
    assert [row["rid"] for row in _rows(foundry)[:3]] == rids[::-1]
    assert len(_rows(foundry)) == 8


def test_a_body_of_a_run_is_not_looked_at(foundry: httpx.Client) -> None:
    assert foundry.post(RUN, content=b"{", headers={"content-type": "application/json"}).status_code == 200


def test_older_runs_have_results_and_only_those_by_hand_have_a_creator(foundry: httpx.Client) -> None:
    rows = _rows(foundry)
    assert [row["result"]["type"] for row in rows] == [
        "submitted", "error", "submitted", "ignored", "submitted",
    ]  # fmt: skip
    assert [row.get("createdBy") is not None for row in rows] == [False, False, True, False, False]
    times = [row["createdTime"] for row in rows]
    assert times == sorted(times, reverse=True)


def test_a_result_comes_after_as_many_listings_as_the_switch_says(
    sandbox: Sandbox, foundry: httpx.Client
) -> None:
    foundry.post(RUN)
    first, second = _results(foundry, 2)
    assert (first, second["type"]) == (None, "submitted")
    sandbox.set_options("foundry.result_after_reads=3", "foundry.result=ignored")
    foundry.post(RUN)
    assert _results(foundry, 4) == [None, None, None, {"type": "ignored"}]


def test_a_result_can_be_an_error(sandbox: Sandbox, foundry: httpx.Client) -> None:
    sandbox.set_options(
        "foundry.result=error", "foundry.error_name=JobSpecNotFound", "foundry.run_answer_result=present"
    )
    result = foundry.post(RUN).json()["result"]
    assert (result["type"], result["errorName"], bool(result["description"])) == (
        "error",
        "JobSpecNotFound",
        True,
    )
    sandbox.set_options("foundry.error_case=upper")
    assert _results(foundry, 1)[0]["errorName"] == "JOBSPECNOTFOUND"


def test_a_result_can_be_nested_as_the_page_draws_it(sandbox: Sandbox, foundry: httpx.Client) -> None:
    sandbox.set_options("foundry.result_shape=nested", "foundry.error_case=upper")
    rows = _rows(foundry)
    assert [list(row["result"]) for row in rows[:4]] == [["submitted"], ["error"], ["submitted"], ["ignored"]]
    assert rows[1]["result"]["error"]["errorName"] == "JOBSPECNOTFOUND"
    assert rows[3]["result"] == {"ignored": {}}


def test_runs_can_lack_their_time_and_creator(sandbox: Sandbox, foundry: httpx.Client) -> None:
    sandbox.set_options("foundry.created_time=absent", "foundry.created_by=absent")
    assert set(foundry.post(RUN).json()) == {"rid", "scheduleRid", "scheduleVersionRid"}


def test_pages_are_followed_by_a_token_to_the_last_which_has_none(foundry: httpx.Client) -> None:
    pages = []
    query: dict[str, Any] = {"pageSize": 2}
    while True:
        page = foundry.get(RUNS, params=query).json()
        pages.append([row["rid"] for row in page["data"]])
        if "nextPageToken" not in page:
            break
        query["pageToken"] = page["nextPageToken"]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [rid for page in pages for rid in page] == [row["rid"] for row in _rows(foundry)]
    assert "nextPageToken" not in foundry.get(RUNS, params={"pageSize": 5}).json()


@pytest.mark.parametrize(("anchor", "twice"), [("run", 0), ("position", 1)])
def test_a_new_run_between_pages_may_bring_a_row_twice(
    sandbox: Sandbox, foundry: httpx.Client, anchor: str, twice: int
) -> None:
    sandbox.set_options(f"foundry.page_anchor={anchor}")
    first = foundry.get(RUNS, params={"pageSize": 2}).json()
    foundry.post(RUN)
    second = foundry.get(RUNS, params={"pageSize": 2, "pageToken": first["nextPageToken"]}).json()
    seen = [row["rid"] for row in (*first["data"], *second["data"])]
    assert len(seen) - len(set(seen)) == twice


@pytest.mark.parametrize(
    "text", ["x", "", "%", "bnVsbA", "WzEsMl0", "W10", "e30", "\N{SNOWMAN}", "WyJ4IiwgInkiXQ"]
)
def test_a_made_up_page_token_is_refused(foundry: httpx.Client, text: str) -> None:
    reply = foundry.get(RUNS, params={"pageToken": text})
    assert (reply.status_code, reply.json()["errorName"], reply.json()["parameters"]) == (
        400, "InvalidPageToken", {"pageToken": text},
    )  # fmt: skip


def test_a_page_token_is_good_for_its_own_schedule_only(foundry: httpx.Client) -> None:
    token = foundry.get(RUNS, params={"pageSize": 2}).json()["nextPageToken"]
    reply = foundry.get(f"/schedules/{PAUSED}/runs", params={"pageToken": token})
    assert reply.json()["errorName"] == "InvalidPageToken"


@pytest.mark.parametrize(
    ("size", "name"),
    [("0", "InvalidPageSize"), ("-1", "InvalidPageSize"), ("many", "Default:InvalidArgument")],
)
def test_a_page_of_no_size_is_refused(foundry: httpx.Client, size: str, name: str) -> None:
    reply = foundry.get(RUNS, params={"pageSize": size})
    assert (reply.status_code, reply.json()["errorName"]) == (400, name)


def test_a_page_has_a_largest_size(sandbox: Sandbox, foundry: httpx.Client) -> None:
    sandbox.set_options("foundry.page_size_max=3")
    assert len(_rows(foundry, pageSize=100)) == len(_rows(foundry)) == 3
    sandbox.set_options("foundry.page_size_over=reject")
    reply = foundry.get(RUNS, params={"pageSize": 4})
    assert (reply.json()["errorName"], reply.json()["parameters"]) == ("InvalidPageSize", {"pageSize": 4})


def test_new_runs_may_be_missing_from_listings_for_a_while(sandbox: Sandbox, foundry: httpx.Client) -> None:
    sandbox.set_options("foundry.runs_lag=2")
    rid = foundry.post(RUN).json()["rid"]
    assert foundry.get(f"/schedules/{SAMPLE}").status_code == 200
    assert [rid in [row["rid"] for row in _rows(foundry)] for _ in range(3)] == [False, False, True]


def test_a_second_run_beside_the_first_can_be_a_conflict(sandbox: Sandbox, foundry: httpx.Client) -> None:
    sandbox.set_options("foundry.running=conflict")
    assert foundry.post(RUN).status_code == 200
    for _ in range(3):
        reply = foundry.post(RUN)
        assert (reply.status_code, reply.json()["errorName"]) == (409, "ScheduleAlreadyRunning")
        assert reply.json()["parameters"] == {"scheduleRid": SAMPLE}
        _rows(foundry)
    _rows(foundry)
    assert foundry.post(RUN).status_code == 200
    assert len(_rows(foundry)) == 7


def test_a_build_ends_after_it_was_looked_at(sandbox: Sandbox, foundry: httpx.Client) -> None:
    sandbox.set_options("foundry.run_answer_result=present", "foundry.build_status=FAILED")
    rid = foundry.post(RUN).json()["result"]["buildRid"]
    first, second = (foundry.get(f"/builds/{rid}").json() for _ in range(2))
    assert (first["status"], second["status"]) == ("RUNNING", "FAILED")
    assert ("finishedTime" in first, "finishedTime" in second) == (False, True)
    assert (first["scheduleRid"], first["branchName"], first["jobRids"]) == (SAMPLE, "master", [])
    assert (first["retryCount"], first["retryBackoffDuration"]) == (0, {"value": 0, "unit": "SECONDS"})


def test_a_build_can_run_for_ever(sandbox: Sandbox, foundry: httpx.Client) -> None:
    sandbox.set_options("foundry.run_answer_result=present", "foundry.build_status=RUNNING")
    rid = foundry.post(RUN).json()["result"]["buildRid"]
    sandbox.set_options("foundry.build_after_reads=0")
    assert {foundry.get(f"/builds/{rid}").json()["status"] for _ in range(4)} == {"RUNNING"}


def test_builds_need_no_preview_and_unknown_ones_are_not_found(client: httpx.Client) -> None:
    rid = "ri.foundry.main.build.unknown"
    reply = client.get(f"/api/v2/orchestration/builds/{rid}", headers={"authorization": "Bearer demo"})
    assert (reply.status_code, reply.json()["errorName"]) == (404, "BuildNotFound")
    assert reply.json()["parameters"] == {"buildRid": rid}


def test_a_paused_schedule_may_be_run_by_hand_or_not(sandbox: Sandbox, foundry: httpx.Client) -> None:
    assert foundry.post(f"/schedules/{PAUSED}/run").status_code == 200
    sandbox.set_options("foundry.paused_run=reject")
    assert foundry.post(f"/schedules/{PAUSED}/run").status_code == 400
    assert foundry.post(RUN).status_code == 200


@pytest.mark.parametrize("call", ["run", "runs"])
def test_runs_of_an_unknown_schedule_are_not_found(foundry: httpx.Client, call: str) -> None:
    path = f"/schedules/ri.scheduler.main.schedule.none/{call}"
    reply = foundry.post(path) if call == "run" else foundry.get(path)
    assert (reply.status_code, reply.json()["errorName"]) == (404, "ScheduleNotFound")


@pytest.mark.parametrize(
    ("skew", "time"),
    [("0", "08:00:00.000"), ("90", "08:01:30.000"), ("-5", "07:59:55.000")],
)
def test_a_runs_time_is_that_of_the_clock_and_of_the_date_header_but_for_the_skew(
    sandbox: Sandbox, foundry: httpx.Client, skew: str, time: str
) -> None:
    sandbox.set_options("sandbox.clock=2026-12-01T08:00:00Z", f"foundry.clock_skew_seconds={skew}")
    reply = foundry.post(RUN)
    assert reply.json()["createdTime"] == f"2026-12-01T{time}Z"
    assert reply.headers["date"] == "Tue, 01 Dec 2026 08:00:00 GMT"


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ("seconds", "2026-12-01T08:00:00Z"),
        ("nanos", "2026-12-01T08:00:00.000000000Z"),
        ("offset", "2026-12-01T13:30:00.000+05:30"),
    ],
)
def test_instants_can_be_spelled_otherwise(
    sandbox: Sandbox, foundry: httpx.Client, choice: str, told: str
) -> None:
    sandbox.set_options("sandbox.clock=2026-12-01T08:00:00Z", f"foundry.time_format={choice}")
    assert foundry.post(RUN).json()["createdTime"] == told


def test_lists_in_pages_can_be_partial_and_have_rows_twice(sandbox: Sandbox, foundry: httpx.Client) -> None:
    sandbox.plan_faults({"action": "partial_list"}, {"action": "duplicate_rows"})
    assert (len(_rows(foundry)), len(_rows(foundry))) == (2, 10)
