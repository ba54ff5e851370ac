"""Times whole processes, in turn, by the kernel's own accounts: medians of clock, processor and peak memory.

Every round runs every command once (A B C, A B C, ...), so that what else the machine does hits all alike.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

KIB = 1024 if sys.platform != "darwin" else 1
"""What the kernel counts peaks in: KiB, on a Mac bytes."""


@dataclass(frozen=True, slots=True)
class Command:
    """Say what to run, how often at most, and what has to be done before each time (not timed)."""

    argv: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[], None] | None = None
    rounds: int | None = None
    codes: tuple[int, ...] = (0,)
    warmed: bool = True


@dataclass(frozen=True, slots=True)
class Cost:
    """Hold what a process costs, or medians: seconds by the clock and of the processor, bytes at the peak."""

    seconds: float
    processor: float
    peak: float


class Failed(Exception):
    """Say that a command ended with a code that it should not end with; there is nothing to measure."""


def costs(commands: Mapping[str, Command], rounds: int) -> dict[str, Cost]:
    """Return the medians of each command over so many rounds, after one that is not counted."""
    found: dict[str, list[Cost]] = {name: [] for name in commands}
    for turn in range(-1, rounds):
        for name, command in commands.items():
            counted = turn >= 0 and (command.rounds is None or turn < command.rounds)
            if counted or (turn < 0 and command.warmed):
                cost = once(command)
                found[name] += [cost] if counted else []
    return {name: _middle(each) for name, each in found.items()}


def once(command: Command) -> Cost:
    """Return what one run costs; raise Failed where it fails."""
    if command.before is not None:
        command.before()
    environment = clean(command.environment)
    begun = time.perf_counter()
    process = subprocess.Popen(
        command.argv,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in command.codes:
        raise Failed(f"{_spelled(command)} ended with {process.returncode}")
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * KIB)


def clean(additions: Mapping[str, str]) -> dict[str, str]:
    """Return our environment with `additions`, without what makes this machine's Python unlike others.

    With PYTHONDONTWRITEBYTECODE, for one, each run would compile all of our source anew.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, **additions}


def _middle(costs: Sequence[Cost]) -> Cost:
    return Cost(
        median(cost.seconds for cost in costs),
        median(cost.processor for cost in costs),
        median(cost.peak for cost in costs),
    )


def _spelled(command: Command) -> str:
    first, *rest = command.argv
    return " ".join([Path(first).name, *rest])
