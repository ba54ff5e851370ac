"""Real processes, real sockets, real signals: killed, stopped and raced against each other."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest

from reconcile_sandbox import Sandbox

from .commands import Bench, applying, ended, signalled_at
from .drawing import drawn
from .figures import Pace, counted, figure, replayable, seeds
from .oracle import twice, unmet

KILLS = figure(test=2, mutants=2, deep=60)
FAULTED = figure(test=2, mutants=2, deep=60)
RACES = figure(test=2, mutants=2, deep=100)
STOPS = figure(test=2, mutants=1, deep=40)
LOOKING = 0.5
"""Seconds: an operation that looks at its object when the signal comes is under way, and may write."""

FAULTS = (
    {"action": "late", "method": "POST", "seconds": 0.9},
    {"action": "late", "method": "PATCH", "seconds": 0.9},
    {"action": "late", "method": "PUT", "seconds": 0.5},
    {"action": "lost_after", "method": "POST", "reset": True},
    {"action": "lost_before", "method": "POST"},
    {"action": "lost_after", "method": "PUT"},
    {"action": "status_after", "status": 502, "method": "POST"},
    {"action": "status_after", "status": 500, "method": "PATCH"},
    {"action": "status", "status": 429, "method": "POST", "headers": {"retry-after": "0"}},
    {"action": "reset_body", "method": "POST"},
    {"action": "truncated", "method": "PATCH"},
    {"action": "html", "method": "GET", "nth": 3},
    {"action": "status", "status": 503, "method": "GET", "nth": 2},
    {"action": "lost_after", "method": "GET", "nth": 4, "reset": True},
)


def test_killed_over_sockets_and_applied_again_nothing_is_made_twice(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """Some processes end before they can be killed: so many seeds are tried as it takes."""
    pace, killed, numbers = Pace(), 0, seeds(8 * KILLS)
    for seed in numbers:
        with replayable(seed, "test_sockets.py"):
            killed += _killed(Bench(tmp_path / str(seed), sandbox, drawn(seed, small=True)), seed)
        if killed == KILLS:
            break
    counted("sockets killed", kills=killed, seconds=pace.seconds)
    assert killed == KILLS or len(numbers) == 1


def _killed(bench: Bench, seed: int) -> bool:
    rng = Random(f"kill {seed}")
    _faults(bench, rng)
    process, at = bench.begun(*applying()), rng.randrange(1, 22)
    killed = signalled_at(process, signal.SIGKILL, lambda: len(bench.sandbox.log) >= at)
    ended(process)
    _settles_down(bench)
    return killed


def _faults(bench: Bench, rng: Random) -> None:
    bench.sandbox.plan_faults(*rng.sample(FAULTS, 4))


def _settles_down(bench: Bench) -> None:
    """At most three applies without faults, and one more that finds nothing to do."""
    bench.sandbox.clear_faults()
    for _ in range(4):
        last = bench.apply()
        if "No changes." in last.out:
            break
    assert last.code == 0, last
    assert "No changes." in last.out, last
    _is_as_wanted(bench)


def _is_as_wanted(bench: Bench) -> None:
    state = bench.sandbox.state
    assert not twice(bench.drawn, state)
    assert not list(unmet(bench.drawn, state))


def test_faults_over_sockets_and_applied_again_nothing_is_made_twice(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    pace, numbers = Pace(), seeds(FAULTED)
    for seed in numbers:
        with replayable(seed, "test_sockets.py"):
            bench = Bench(tmp_path / str(seed), sandbox, drawn(seed + 1000, small=True))
            _faults(bench, Random(f"faults {seed}"))
            first = bench.apply()
            assert first.code in (0, 1, 3, 4), first
            assert "Traceback" not in first.err + first.out, first
            _settles_down(bench)
    counted("sockets faulted", worlds=len(numbers), seconds=pace.seconds)


def test_of_two_writers_the_second_exits_4_without_a_write(sandbox: Sandbox, tmp_path: Path) -> None:
    pace = Pace()
    for seed in seeds(RACES):
        bench = Bench(tmp_path / str(seed), sandbox, drawn(3, small=True, faulty=False))
        first = bench.begun(*applying())
        sandbox.set_options("flexdeploy.delay=2")
        assert signalled_at(first, 0, lambda: bool(sandbox.log))  # it holds the lock by now
        second = bench.apply()
        sandbox.set_options("flexdeploy.delay=0")
        assert second.code == 4, second
        assert "another apply of this project is under way" in second.err, second
        assert ended(first).code == 0
        _is_as_wanted(bench)
    counted("sockets raced", races=len(seeds(RACES)), seconds=pace.seconds)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_ends_an_apply_within_seconds_and_nothing_new_begins(
    sandbox: Sandbox, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    for seed in seeds(STOPS):
        with replayable(seed, "test_sockets.py"):
            _stopped(
                Bench(tmp_path / str(seed), sandbox, drawn(seed, small=True, faulty=False)), number, code
            )
    counted(f"sockets {number.name}", stops=len(seeds(STOPS)))


def _stopped(bench: Bench, number: signal.Signals, code: int) -> None:
    """Told to stop while its first write is under way, which takes a while."""
    bench.sandbox.plan_faults(
        *(
            {"action": "slow", "method": method, "nth": "every", "seconds": 1.5}
            for method in ("PUT", "PATCH")
        ),
        {
            "action": "slow",
            "method": "POST",
            "path": "(releases|runs|run|link-release)$",
            "nth": "every",
            "seconds": 1.5,
        },
    )
    process = bench.begun(*applying(), "--parallelism", "1")
    if not signalled_at(process, number, lambda: bool(bench.writes)):
        ended(process)
        return
    told, pace = time.time() + LOOKING, Pace()
    last = ended(process)
    assert pace.seconds <= 7.0, f"it took {pace.seconds} s to stop\n{last}"
    assert last.code == code, last
    begun = {entry["address"] for entry in _intents(bench) if entry["at"] <= told}
    late = {entry["address"] for entry in _intents(bench)} - begun
    assert not late, f"{late} was begun after the stop\n{last}"
    _settles_down(bench)


def _intents(bench: Bench) -> list[dict[str, Any]]:
    lines = (bench.folder / ".reconcile" / "journal.jsonl").read_text().splitlines()
    return [entry for entry in map(json.loads, lines) if entry["event"] == "intent"]
