"""Decides how long a read waits before its next try, and when there is none; does not wait itself."""

from __future__ import annotations

from collections.abc import Callable

from reconcile.errors import ApiError
from reconcile.transport.response import LONGEST_WAIT, Fault, Stale

FIRST = 0.5
LAST = 20.0
"""Seconds: each wait is drawn between zero and a bound that doubles from FIRST to LAST."""


class RetryPolicy:
    """Count what one read may still spend: tries, and 120 seconds of waiting in all."""

    def __init__(self, retries: int, random: Callable[[], float]) -> None:
        self._retries = retries
        self._random = random
        self._tries = 1
        self._waited = 0.0
        self._renewed = False

    def pause(self, fault: Fault) -> float | None:
        """Return the seconds to wait after `fault` until the next try, None where there is none."""
        if isinstance(fault, Stale) and not self._renewed:
            self._renewed = True
            return 0.0
        if not fault.again or self._tries > self._retries:
            return None
        wait = fault.retry_after or self._random() * min(LAST, FIRST * 2 ** (self._tries - 1))
        if self._waited + wait > LONGEST_WAIT:
            return None
        self._tries += 1
        self._waited += wait
        return wait

    def exhausted(self, fault: Fault) -> ApiError:
        """Return the error of the whole read, which is that of its last try."""
        return fault.plain(f"; tried {self._tries} times" if self._tries > 1 else "")
