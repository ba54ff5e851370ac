"""The stream of events: what an apply does, line by line while it does it, and never more than happened."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from tests.support.commands import Ran, Tool
from tests.support.http import Wire
from tests.support.plan_schema import hold_events, validator_of
from tests.support.projects import release

from reconcile.cli.event_stream import EventStream
from reconcile.cli.under_way import Heartbeat
from reconcile.planfile.document_parts import DocumentOutcome, Labels, Summary
from reconcile.planfile.stream_lines import STREAM_LINES


@pytest.fixture
def changed(project: Path) -> Path:
    """The project, its release with another description than is live."""
    (project / "manifests/train.yaml").write_text(release("train", "{description: new}"))
    return project


def events(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_an_apply_says_what_it_does_in_order(tool: Tool, changed: Path) -> None:
    assert tool("apply", "--yes", "--events", "events.jsonl").code == 0
    found = events(changed / "events.jsonl")
    assert [each["event"] for each in found] == ["started", "planned", "begun", "ended", "finished"]
    assert {each["address"] for each in found if "address" in each} == {"flexdeploy/Release/train"}
    assert len({each["run"] for each in found}) == 1
    assert all(each["at"].endswith("Z") for each in found)
    assert found[1]["summary"]["update"] == 1
    outcome = found[3]["outcome"]
    assert (outcome["status"], outcome["requests_sent"]) == ("done", 1)
    assert found[-1]["exit_code"] == 0


def test_on_standard_output_the_events_stand_alone_and_the_text_goes_to_standard_error(
    tool: Tool, changed: Path
) -> None:
    ran = tool("apply", "--yes", "--events", "-")
    assert [json.loads(line)["event"] for line in ran.out.splitlines()][-1] == "finished"
    assert "Apply: 1 done, 0 failed, 0 skipped, 0 unknown, 0 blocked." in ran.err


def test_the_last_event_has_the_exit_code_of_a_run_that_wrote_nothing(tool: Tool, changed: Path) -> None:
    (changed / "manifests/train.yaml").write_text(release("train", "{nope: 1}"))
    assert tool("apply", "--yes", "--events", "events.jsonl").code == 1
    assert [(each["event"], each.get("exit_code")) for each in events(changed / "events.jsonl")] == [
        ("started", None),
        ("finished", 1),
    ]


def test_a_wait_says_what_for_and_until_when(tool: Tool, changed: Path, wire: Wire) -> None:
    wire.fallbacks["PATCH"] = (500, {"message": "broken"})
    ran = tool("apply", "--yes", "--events", "events.jsonl", "--settle", "0")
    assert ran.code == 3
    found = events(changed / "events.jsonl")
    begun, wait = (next(each for each in found if each["event"] == name) for name in ("begun", "waiting"))
    assert wait["for"] == "the effect of a request whose answer was lost"
    assert wait["until"] >= begun["at"]
    again = [each["for"] for each in found if each["event"] == "waiting"]
    assert again == [wait["for"], f"{wait['for']} again"], "what is sent twice is waited for twice"


def test_no_event_holds_a_secret(tool: Tool, changed: Path, wire: Wire) -> None:
    wire.fallbacks["PATCH"] = (400, {"message": "no: s3cret-Passw0rd"})
    tool("apply", "--yes", "--events", "events.jsonl", FD_PASSWORD="s3cret-Passw0rd")
    assert "s3cret-Passw0rd" not in (changed / "events.jsonl").read_text()


HEAD = {"at": "2026-12-01T09:00:00.000Z", "run": "0"}


@pytest.mark.parametrize("line", STREAM_LINES.values(), ids=STREAM_LINES)
def test_each_event_is_as_its_schema_says(tmp_path: Path, line: type[Any]) -> None:
    counts = {"address": "a/B/c", "until": HEAD["at"], "for_": "its turn", "to_do": 1, "exit_code": 0}
    outcome = DocumentOutcome("a/B/c", "done", "", 1, 0.1, {})
    summary = Summary(0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, Labels(0, 0, 0), None)
    given: dict[str, Any] = {**counts, "outcome": outcome, "summary": summary}
    stream = EventStream(str(tmp_path / "events.jsonl"))
    stream.write(line(**{name: given[name] for name in line._fields}))
    stream.close()
    hold_events((tmp_path / "events.jsonl").read_text("utf-8"))


@pytest.mark.parametrize(
    "said",
    [
        {"event": "stopped"},
        {"event": "begun"},
        {"event": "finished", "exit_code": "0"},
        {"event": "waiting", "address": "a/B/c", "until": "2026"},
        {"event": "ended", "address": "a/B/c", "outcome": {"status": "well"}},
    ],
    ids=str,
)
def test_what_is_no_event_is_not_taken_for_one(said: dict[str, Any]) -> None:
    assert not validator_of("events").is_valid({**HEAD, **said})
    assert not validator_of("events").is_valid({"event": "started"})


def test_the_stream_takes_no_file_that_the_run_reads(tool: Tool, changed: Path) -> None:
    assert tool("apply", "--yes", "--events", str(changed / "reconcile.yaml")).code == 64


def test_without_a_terminal_each_outcome_is_a_line_as_it_comes(tool: Tool, changed: Path) -> None:
    ran = tool("apply", "--yes")
    assert said(ran) == ["done       flexdeploy/Release/train  1 request"]
    assert said(tool("apply", "--yes", "-q")) == []


def said(ran: Ran) -> list[str]:
    """The lines of standard error, without how long each took."""
    return [line.rpartition(",")[0] or line for line in ran.err.splitlines()]


def test_a_heartbeat_comes_again_and_again_until_it_is_stopped() -> None:
    beats, twice = list[int](), threading.Event()

    def beat() -> None:
        beats.append(1)
        if len(beats) == 2:
            twice.set()

    heart = Heartbeat(beat, 0.001)
    heart.start()
    assert twice.wait(30)
    heart.stop()
