"""Names the limits of a run that may be set: what each is where nobody says, and the range it must be in."""

from __future__ import annotations

from typing import Final, Generic, NamedTuple, TypeVar

_Number = TypeVar("_Number", int, float)


class Limit(NamedTuple, Generic[_Number]):
    """Hold the default of a number, and the least and the most that it may be."""

    default: _Number
    least: _Number
    most: _Number


PARALLELISM: Final[Limit[int]] = Limit(4, 1, 64)
"""Requests in flight to one system."""

TIMEOUT: Final[Limit[float]] = Limit(30.0, 0.01, 3600)
"""Seconds, the deadline of one request."""

RETRIES: Final[Limit[int]] = Limit(4, 0, 20)
"""How often a read is tried again."""

SETTLE: Final[Limit[float]] = Limit(30.0, 0, 3600)
"""Seconds that a write whose answer was lost is looked for before it may be sent again."""

WAIT: Final[Limit[float]] = Limit(600.0, 0, 86400)
"""Seconds that what a run started may take, where a manifest waits for it."""

DAYS: Final[Limit[int]] = Limit(14, 1, 3660)
"""Days that a calendar has."""

NEXT: Final[Limit[int]] = Limit(1, 1, 1000)
"""Firings of each schedule that a calendar may be asked for."""

LOCK_STALE: Final[Limit[float]] = Limit(120.0, 1.0, 86400.0)
"""Seconds after which a lock that was not renewed may be taken over, once it was watched for so long."""

LABELS: Final = ("change", "drift", "conflict")
"""The labels of which one may be chosen."""
