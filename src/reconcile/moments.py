"""Tells when something was, by the wall clock and by the clock that counts from the boot of this machine;
what is too long ago is left to the caller.
"""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from reconcile.named_tuple import NamedTuple


class Moment(NamedTuple):
    """Hold a moment as the journal keeps it."""

    wall: float
    """Seconds since the epoch; somebody may set that clock."""

    boot: str = ""
    """Which boot of which machine `up` counts from; empty where that is not known."""

    up: float = 0.0
    """Seconds since that boot, sleep included; nobody can set that clock."""


def stamp() -> str:
    """Return the present second as a document spells it, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def epoch_of(stamp: str) -> float:
    """Return the seconds since the epoch of a moment as a document spells it."""
    return datetime.fromisoformat(stamp).timestamp()


def utc_now() -> datetime:
    """Return the present moment by the wall clock."""
    return datetime.now(UTC)


def moment() -> Moment:
    """Return the present moment."""
    boot = _boot()
    return Moment(round(time.time(), 3), boot, round(time.clock_gettime(_CLOCK), 3) if boot else 0.0)


def elapsed(since: Moment, now: Moment) -> float:
    """Return the seconds that have surely passed since a moment.

    A wall clock that was set forward adds none within one boot; one that was set back leaves none.
    """
    by_wall = max(0.0, now.wall - since.wall)
    if since.boot and since.boot == now.boot:
        return max(0.0, min(by_wall, now.up - since.up))
    return by_wall


_CLOCK: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


@cache
def _boot() -> str:
    """Return a name of this boot of this machine; empty where the system has none."""
    with suppress(OSError, ValueError):
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()[:36]
    return ""
