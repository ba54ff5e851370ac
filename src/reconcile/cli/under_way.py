"""Keeps which operations are under way, since when, and what each waits for, and calls for word of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event, Thread

from reconcile.named_tuple import NamedTuple

EVERY = 10.0
"""Seconds between two words of an apply about what it waits for."""
_NAMED = 3


class Step(NamedTuple):
    """Hold since when an operation is under way, and what it waits for until when."""

    since: float
    why: str = ""
    until: float | None = None


class UnderWay:
    """Hold the operations that have begun and not ended."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._steps: dict[str, Step] = {}

    def begin(self, address: str) -> None:
        """Note that an operation has begun."""
        self._steps[address] = Step(self._clock())

    def wait(self, address: str, why: str, seconds: float) -> None:
        """Note what an operation waits for, and for how many seconds at most."""
        now = self._clock()
        since = self._steps.get(address, Step(now)).since
        self._steps[address] = Step(since, why, now + seconds)

    def end(self, address: str) -> None:
        """Note that an operation has ended."""
        self._steps.pop(address, None)

    def words(self) -> str:
        """Return what is under way, for how long, and what it waits for; nothing where nothing is."""
        now, steps = self._clock(), [*self._steps.items()]
        told = [_told(address, step, now) for address, step in steps[:_NAMED]]
        more = f" and {len(steps) - _NAMED} more" if len(steps) > _NAMED else ""
        return ", ".join(told) + more


class Heartbeat:
    """Call a function every so many seconds, from a thread of its own, between `start` and `stop`."""

    def __init__(self, beat: Callable[[], None], seconds: float = EVERY) -> None:
        self._beat, self._seconds, self._over = beat, seconds, Event()

    def start(self) -> None:
        """Begin to call it."""
        Thread(target=self._run, daemon=True).start()

    def stop(self) -> None:
        """Call it no more."""
        self._over.set()

    def _run(self) -> None:
        while not self._over.wait(self._seconds):
            self._beat()


def _told(address: str, step: Step, now: float) -> str:
    waits = f" for {step.why}" if step.why else ""
    left = "" if step.until is None else f", {max(0.0, step.until - now):.0f} s left"
    return f"{address} ({now - step.since:.0f} s{waits}{left})"
