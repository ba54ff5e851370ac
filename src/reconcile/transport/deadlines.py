"""Ends requests at their deadline, whatever they wait for; what that means for the caller is decided
elsewhere.
"""

from __future__ import annotations

import contextlib
import math
import socket
import threading
import time
from collections.abc import Callable

from reconcile.named_tuple import NamedTuple
from reconcile.transport.failures import Overdue


class Doors(NamedTuple):
    """Hold what is called as a request leaves.

    `before` is called just before the request leaves, and by raising keeps it from leaving; `after` is called
    once all of the request has left.
    """

    before: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None


OPEN = Doors()


class InFlight:
    """Hold one request under way: when it must end, whether it has begun to leave, and on which socket."""

    __slots__ = ("deadline", "doors", "expired", "may_leave", "sent", "socket")

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.doors = OPEN
        self.may_leave: Callable[[], bool] = lambda: True
        self.expired = False
        self.sent = False
        self.socket: socket.socket | None = None

    def board(self, connection: socket.socket | None) -> None:
        """Note that the request travels on `connection` from now on."""
        self.socket = connection
        if self.expired:
            self.end()

    def leave(self) -> None:
        """Note that the request leaves now.

        Raises Overdue where it may not leave any more, and whatever `doors.before` raises to keep it.
        """
        if not self.may_leave():
            raise Overdue
        self.doors.before()
        self.sent = True

    def has_left(self) -> None:
        """Note that all of the request has been handed to the operating system."""
        if self.sent:
            self.doors.after()

    def end(self) -> None:
        """End the request: whoever waits on its socket wakes up at once. Safe to call from any thread."""
        self.expired = True
        if self.socket is not None:
            with contextlib.suppress(OSError, ValueError):
                # The shutdown of SSLSocket itself would drop the TLS state that the reader still uses.
                socket.socket.shutdown(self.socket, socket.SHUT_RDWR)

    def left(self) -> float:
        """Return the seconds to the deadline, never negative."""
        return max(0.0, self.deadline - time.monotonic())


class Watch:
    """Run a thread that sleeps until the next deadline, from the first request on. Safe for threads."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self._changed = threading.Condition()
        self._flights: set[InFlight] = set()
        self._wake = math.inf
        self._limit = math.inf
        self._thread: threading.Thread | None = None
        self._closed = False

    def begin(self, seconds: float) -> InFlight:
        """Return a request under way that ends in `seconds`, or sooner where `stop_after` said so."""
        with self._changed:
            flight = InFlight(min(time.monotonic() + seconds, self._limit))
            self._flights.add(flight)
            self._start()
            if flight.deadline < self._wake:
                self._changed.notify()
        return flight

    def finish(self, flight: InFlight) -> None:
        """Note that `flight` is over, so that its deadline does not end it any more."""
        with self._changed:
            self._flights.discard(flight)

    def stop_after(self, seconds: float) -> None:
        """Let no request, present or to come, outlive `seconds` from now; waits between tries end at once."""
        with self._changed:
            self._limit = min(self._limit, time.monotonic() + seconds)
            for flight in self._flights:
                flight.deadline = min(flight.deadline, self._limit)
            self.stopping.set()
            self._changed.notify()

    def close(self) -> None:
        """End every request under way, and the thread."""
        self.stop_after(0.0)
        with self._changed:
            self._closed = True
            self._end_overdue()
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _start(self) -> None:
        if self._thread is None and not self._closed:
            self._thread = threading.Thread(target=self._run, name="reconcile-deadlines", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        with self._changed:
            while not self._closed:
                self._end_overdue()
                self._wake = min((flight.deadline for flight in self._flights), default=math.inf)
                self._changed.wait(min(max(0.0, self._wake - time.monotonic()), threading.TIMEOUT_MAX))

    def _end_overdue(self) -> None:
        now = time.monotonic()
        for flight in [flight for flight in self._flights if flight.deadline <= now]:
            self._flights.discard(flight)
            flight.end()
