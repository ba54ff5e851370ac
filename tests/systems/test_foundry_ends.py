"""How a Foundry run and its build ended, read from answers of every spelling."""

from __future__ import annotations

import pytest

from reconcile.provider import BadAnswer, Json
from reconcile.systems.foundry.ends import End, end_of, is_settled, status_of
from reconcile.systems.foundry.runs import read

BUILD = "ri.foundry.main.build.1a"


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("CANCELED", "CANCELED"),
        (" Cancelled\n", "CANCELED"),
        ("succeeded ", "SUCCEEDED"),
        ("QUEUED", "QUEUED"),
    ],
)
def test_a_status_is_read_in_any_case_and_either_spelling(said: str, status: str) -> None:
    assert status_of({"rid": BUILD.upper(), "status": said}, BUILD) == status


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"rid": BUILD},
        {"rid": BUILD, "status": " "},
        {"status": "FAILED"},
        {"rid": "ri.a.b.c.d"},
    ],
)
def test_an_answer_about_another_build_or_without_a_status_is_none(body: Json) -> None:
    with pytest.raises(BadAnswer):
        status_of(body, BUILD)


@pytest.mark.parametrize(
    ("result", "build", "end", "is_told"),
    [
        (None, None, "open", False),
        ({"type": " Ignored"}, None, "well", True),
        ({"ignored": {}}, None, "well", True),
        ({"type": "submitted", "buildRid": BUILD}, "SUCCEEDED", "well", True),
        ({"type": "submitted", "buildRid": BUILD}, "RUNNING", "open", True),
        ({"type": "submitted", "buildRid": BUILD}, "WAITING", "open", True),
        ({"type": "submitted", "buildRid": BUILD}, "CANCELED", "failed", True),
        ({"type": "submitted", "buildRid": BUILD}, "not found", "unclear", False),
        ({"type": "submitted"}, "not named", "unclear", False),
        ({"type": "error", "errorName": "Internal"}, None, "failed", True),
        ({"type": "deferred"}, None, "open", False),
        ({"deferred": {}}, None, "open", False),
        ("submitted", None, "open", False),
    ],
)
def test_only_a_known_word_says_how_a_run_ended(result: Json, build: Json, end: End, is_told: bool) -> None:
    row = {"rid": "ri.run", "scheduleRid": "ri.s", "createdTime": "2026-12-01T08:00:00Z", "result": result}
    run = read(row if build is None else {**row, "build": build})
    assert end_of(run, by_build=True) == end
    assert is_settled(run) is is_told
