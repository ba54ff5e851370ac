"""The journal as a file: durable before it returns, tolerant of torn tails, held by one process."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from reconcile.execution.journal import Busy, Journal, Unusable, remembered
from reconcile.moments import Moment

from .drawing import drawn
from .figures import Pace, counted, figure
from .worlds import World

RACES = figure(test=100, mutants=10, deep=2_000)
ABOUT = {"environment": "e", "origin": "https://a", "address": "a/B/c", "key": "sha256:1", "object": ""}
INTENT = {"event": "intent", **ABOUT, "method": "POST", "path": "/x", "body": "sha256:0"}
TAKEN = {**INTENT, "event": "outcome", "effect": "taken", "id": 7}


def written(folder: Path, *entries: dict[str, Any]) -> bytes:
    """The bytes of a journal with these entries."""
    with Journal(folder, lambda: Moment(1000.0)) as journal:
        for entry in entries:
            journal.append(entry)
    return (folder / ".reconcile" / "journal.jsonl").read_bytes()


def test_an_entry_is_on_the_disk_before_append_returns(tmp_path: Path) -> None:
    calls: list[str] = []

    def watch(frame: Any, event: str, called: Any) -> None:
        if event == "c_call" and called.__name__ in ("write", "fsync", "pwrite"):
            calls.append(called.__name__)

    with Journal(tmp_path) as journal:
        sys.setprofile(watch)
        try:
            journal.append(INTENT)
        finally:
            sys.setprofile(None)
    assert calls == ["write", "fsync"]


def test_a_torn_tail_is_passed_over_wherever_it_is_torn(tmp_path: Path) -> None:
    whole = written(tmp_path, INTENT, TAKEN)
    first = whole.index(b"\n") + 1
    for end in range(first, len(whole) - 1):
        past = remembered(whole[:end])
        assert past.known
        assert past.in_doubt == {"a/B/c": 1000.0}, f"torn after {end} bytes"
        assert not past.made
    assert remembered(whole).made == {("e", "https://a", "sha256:1"): 7, ("e", "https://a", "a/B/c"): 7}


def test_a_line_that_is_not_as_it_was_written_says_nothing(tmp_path: Path) -> None:
    whole = written(tmp_path, INTENT)
    for at in range(len(whole) - 1):
        torn = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
        assert not remembered(torn).in_doubt, f"believed with another byte at {at}"
    foreign = json.dumps({**INTENT, "at": 1000.0}).encode() + b"\n"
    assert not remembered(foreign + b"\x00\xff\n[]\n" + b"[" * 100_000).in_doubt


def test_what_follows_a_torn_tail_is_read(tmp_path: Path) -> None:
    path = tmp_path / ".reconcile" / "journal.jsonl"
    path.parent.mkdir()
    path.write_bytes(b'{"event": "int')
    assert remembered(written(tmp_path, INTENT)).in_doubt == {"a/B/c": 1000.0}


LOST = {**INTENT, "event": "outcome", "effect": "unknown"}
NOT_TAKEN = {**LOST, "effect": "none"}
SEEN = {**ABOUT, "event": "settled"}


@pytest.mark.parametrize(
    ("last", "doubtful"), [(SEEN, False), (LOST, True), (TAKEN, True), (NOT_TAKEN, False)]
)
def test_an_intent_is_in_doubt_until_its_effect_was_seen_or_ruled_out(
    tmp_path: Path, last: dict[str, Any], *, doubtful: bool
) -> None:
    assert bool(remembered(written(tmp_path, INTENT, LOST, last)).in_doubt) is doubtful


@pytest.mark.parametrize("name", ["lock", "journal.jsonl"])
def test_a_link_in_place_of_a_file_is_not_followed(tmp_path: Path, name: str) -> None:
    (tmp_path / ".reconcile").mkdir()
    target = tmp_path / "elsewhere"
    target.write_text("kept")
    (tmp_path / ".reconcile" / name).symlink_to(target)
    with pytest.raises(Unusable), Journal(tmp_path):
        pass
    assert target.read_text() == "kept"


def test_of_many_writers_one_has_the_lock(tmp_path: Path) -> None:
    pace = Pace()
    for _ in range(RACES):
        codes = _raced(tmp_path, 3)
        assert sorted(codes) == [0, 4, 4], codes
    counted("races", races=RACES, seconds=pace.seconds)


def _raced(folder: Path, count: int) -> list[int]:
    """So many processes want the lock at once; the one that gets it holds it until all have tried."""
    go, tried, end = os.pipe(), os.pipe(), os.pipe()
    children = [_fork(lambda: _take(folder, go[0], tried[1], end[0])) for _ in range(count)]
    os.write(go[1], b"." * count)
    for _ in range(count):
        os.read(tried[0], 1)
    os.write(end[1], b"." * count)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    for descriptor in (*go, *tried, *end):
        os.close(descriptor)
    return codes


def _take(folder: Path, go: int, tried: int, end: int) -> int:
    os.read(go, 1)
    try:
        with Journal(folder):
            os.write(tried, b".")
            os.read(end, 1)
    except Busy:
        os.write(tried, b".")
        return 4
    return 0


def test_the_lock_of_a_killed_process_is_free_at_once(tmp_path: Path) -> None:
    held = os.pipe()

    def hold() -> int:
        with Journal(tmp_path):
            os.write(held[1], b".")
            signal.pause()
        return 0

    child = _fork(hold)
    os.read(held[0], 1)
    with pytest.raises(Busy, match=str(child)), Journal(tmp_path):
        pass
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with Journal(tmp_path):
        pass


def _fork(work: Callable[[], int]) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    return child or _in_child(work)


def _in_child(work: Callable[[], int]) -> NoReturn:
    code = 3
    try:
        code = work()
    finally:
        os._exit(code)


def test_without_room_for_its_intent_nothing_is_sent(tmp_path: Path) -> None:
    """A record or a journal that cannot be written ends the apply before its first write, and says why."""
    world = World(tmp_path, drawn(3, faulty=False))
    told = os.pipe()

    def full() -> int:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (60, 60))
        lived = world.project.apply()
        os.write(told[1], json.dumps([[it.status, it.detail] for it in lived.outcomes or ()]).encode())
        return any(not wire.safe for wire in world.simulation.wires)

    child = _fork(full)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, "something was sent"
    outcomes = json.loads(os.read(told[0], 100_000))
    assert {status for status, _ in outcomes} <= {"failed", "skipped"}, outcomes
    assert not outcomes or any("journal" in detail for _, detail in outcomes), outcomes
