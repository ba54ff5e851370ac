"""Tells the time by a clock that goes on while the machine sleeps, and whether this process was stopped; what
follows from a stop is left to the caller.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Self

BEAT = 0.1
"""Seconds between two looks at the clock."""

UNNOTICED = 0.5
"""Seconds: a process that was stopped for less goes for one that was merely busy."""


def _sleepless() -> Callable[[], float]:
    """Return the clock of this machine that counts its sleep; the monotonic one where there is none."""
    for name in ("CLOCK_BOOTTIME", "CLOCK_MONOTONIC"):
        number = getattr(time, name, None)
        if number is not None:
            try:
                time.clock_gettime(number)
            except OSError:
                continue
            return lambda: time.clock_gettime(number)
    return time.monotonic


now = _sleepless()
"""Seconds that only grow, sleep of the machine included; they mean nothing between two machines."""


class Pulse:
    """Notice, by a jump of the clock, that this process was stopped, frozen or asleep; safe for threads."""

    def __init__(self, clock: Callable[[], float] = now) -> None:
        self._clock = clock
        self._lock = Lock()
        self._last = self._since = clock()
        self._over = Event()
        self._thread = Thread(target=self._run, name="reconcile-pulse", daemon=True)

    def beat(self) -> None:
        """Look at the clock; after a long time without a look, the process counts as running since now."""
        with self._lock:
            moment = self._clock()
            if moment - self._last > UNNOTICED:
                self._since = moment
            self._last = moment

    def ran_since(self, moment: float) -> bool:
        """Return whether the process has run without a stop ever since that moment of its clock."""
        self.beat()
        with self._lock:
            return self._since <= moment

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(BEAT):
            self.beat()
