"""Turns SIGINT and SIGTERM into an orderly end: what is under way ends, nothing new begins."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event
from types import FrameType

from reconcile.cli import codes
from reconcile.transport import Writer

SIGNALS = {signal.SIGINT: codes.SIGINT, signal.SIGTERM: codes.SIGTERM}
GRACE = 5.0
"""Seconds that a request in flight may still take once the run was told to stop."""


@dataclass(slots=True)
class Stop:
    """Whether the run was told to stop, and by which signal."""

    event: Event
    by: signal.Signals | None = None


@contextmanager
def stopping(client: Writer) -> Iterator[Stop]:
    """SIGINT and SIGTERM let what is under way end within seconds, and begin nothing new."""
    stop = Stop(Event())

    def told(number: int, frame: FrameType | None) -> None:
        stop.by = signal.Signals(number)
        stop.event.set()
        client.stop_after(GRACE)

    before = {number: signal.signal(number, told) for number in SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
