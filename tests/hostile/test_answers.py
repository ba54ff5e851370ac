"""Hostile answers at each stage of a plan and an apply: told with their request, and nothing done twice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from tests.integration.tool import Ran, run

from reconcile.systems import BUILT_IN
from reconcile_sandbox import Sandbox, running

from .answers import Party, answers, parties
from .playing import ENVIRONMENT, SAFE
from .snapshot import Snapshot

PARTIES = parties()
APPLY = ("apply", "--yes", "--settle", "0.5")
_SUCCESS = range(200, 300)


@pytest.fixture(scope="module")
def pool() -> Iterator[Sequence[Sandbox]]:
    size = max(len(party.guests) for party in PARTIES)
    with ThreadPoolExecutor(16) as threads:
        stacks = [ExitStack() for _ in range(size)]
        yield [stack.enter_context(running()) for stack in stacks]
        for _ in threads.map(ExitStack.close, stacks):
            pass


@pytest.mark.parametrize("party", PARTIES, ids=str)
def test_hostile_answers_are_told_and_nothing_is_done_twice(
    party: Party, pool: Sequence[Sandbox], tmp_path: Path, snapshot: Snapshot
) -> None:
    party.prepare(tmp_path, pool)
    ran = _run(tmp_path, party, *(("plan",) if party.stage == "listing" else APPLY))
    told = {guest.name: list(_told(ran.document, guest.name)) for guest in party.guests}
    for guest, sandbox in zip(party.guests, pool, strict=False):
        for status, words in told[guest.name]:
            _is_told_well(guest.name, words)
            _has_written(party.stage, status, _effects(sandbox))
    _has_ended(party, ran, [status for each in told.values() for status, _ in each])
    _is_repaired_by_another_run(party, pool, tmp_path, told)
    snapshot.check(str(party), _lines(party, told))


def test_there_are_many_and_each_is_tried_somewhere() -> None:
    assert len(answers()) >= 100
    assert {guest.answer.name for party in PARTIES for guest in party.guests} == {a.name for a in answers()}
    assert {guest.type for party in PARTIES for guest in party.guests} == set(BUILT_IN)


def _run(root: Path, party: Party, *arguments: str) -> Ran:
    flags = party.flags or ("--timeout", "60")
    words = ("-C", str(root), *arguments, "-o", "json", "--retries", "0", *flags)
    ran = run(*words, environment=ENVIRONMENT)
    assert "Traceback" not in ran.err
    assert "canary" not in ran.out + ran.err
    return ran


def _told(document: dict[str, Any], name: str) -> Iterator[tuple[str, str]]:
    """What the run says of one system: problems, outcomes, blocked differences."""
    for problem in document["problems"]:
        if re.search(rf"\b{name}\b", problem["message"]):
            yield "problem", problem["message"]
    for outcome in document.get("outcomes", ()):
        if outcome["address"].startswith(f"{name}/"):
            yield outcome["status"], outcome["detail"]


def _is_told_well(name: str, words: str) -> None:
    """On one short line, without anything that a terminal would obey, naming the request or the address."""
    assert words.isprintable()
    assert len(words) < 900
    if re.search(r"could not be read|JSON|the answer", words):
        assert re.search(rf"\b{name}(: (GET|POST|PUT|PATCH) /\S+: |/\w+/a )", words), words


def _effects(sandbox: Sandbox) -> list[str]:
    """The writes that had an effect."""
    log = [entry for entry in sandbox.log if entry.method != "GET" and not SAFE.search(entry.path)]
    return [f"{entry.method} {entry.path}" for entry in log if entry.effect in _SUCCESS]


def _has_written(stage: str, status: str, effects: Sequence[str]) -> None:
    """No write before live was seen as planned, none twice, and one where the outcome says so."""
    assert len(effects) == len(set(effects)) <= 1, effects
    if stage == "listing" or (stage == "look" and status in {"failed", "refused", "unchanged"}):
        assert effects == []
    if stage == "readback" or status in {"done", "unsettled"}:
        assert len(effects) == 1


def _has_ended(party: Party, ran: Ran, statuses: Sequence[str]) -> None:
    if party.stage == "listing":
        assert ran.code == (1 if "problem" in statuses else 0), ran
        return
    left = set(statuses) - {"done", "unchanged"}
    assert ran.code == (0 if not left else 4 if left == {"refused"} else 3), ran


def _is_repaired_by_another_run(
    party: Party, pool: Sequence[Sandbox], root: Path, told: dict[str, list[tuple[str, str]]]
) -> None:
    """Once the answers are good, a plan finds nothing to do where something was done, no second object."""
    if party.stage == "listing":
        return
    for sandbox in pool:
        sandbox.clear_faults()
    document = _run(root, party, "plan").document
    assert document["problems"] == []
    left = {operation["address"].split("/")[0] for operation in document["operations"]}
    done = {guest.name for guest, sandbox in zip(party.guests, pool, strict=False) if _effects(sandbox)}
    assert left.isdisjoint(done)
    assert left == set(told) - done


def _lines(party: Party, told: dict[str, list[tuple[str, str]]]) -> Iterator[str]:
    for guest in party.guests:
        for status, words in told[guest.name] or [("taken", "")]:
            about = guest.answer.name if party.stage != "readback" else f"{guest.work}, {guest.answer.name}"
            yield f"{about}: {status}: {words.replace(guest.name, guest.type)}".removesuffix(": ")
