"""Says whether a run was told to end, and how soon its requests end."""

from __future__ import annotations

from threading import Event
from typing import Protocol


class EndsRequests(Protocol):
    """Describe a client that can end its requests under way."""

    def stop_after(self, seconds: float) -> None:
        """End every request within so many seconds, and try none again."""


class Stop:
    """Tell a run to end: what is under way is finished, nothing new begins.

    A signal handler may call it, also one that comes while another is in the middle of it.
    """

    def __init__(self) -> None:
        self._event = Event()
        self._clients: list[EndsRequests] = []
        self._asked: list[float] = []
        self._telling = False

    def watch(self, client: EndsRequests) -> None:
        """Let a client be told as well, once the run is told to end."""
        self._clients.append(client)

    def ask(self) -> None:
        """Ask the run to end: requests that are under way keep their own deadlines."""
        self._end(float("inf"))

    def end_now(self) -> None:
        """End the requests under way at once, which leaves their effects unknown."""
        self._end(0.0)

    def is_set(self) -> bool:
        """Tell whether the run was asked to end."""
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait until the run is asked to end, or so many seconds; tell whether it was asked."""
        return self._event.wait(seconds)

    def _end(self, seconds: float) -> None:
        """Tell the clients; what interrupts the telling leaves its own seconds to the one it interrupted.

        The locks of an Event and of a client are not made for a thread that takes them twice.
        """
        self._asked.append(seconds)
        while self._asked and not self._telling:
            self._telling = True
            try:
                self._tell(self._asked.pop())
            finally:
                self._telling = False

    def _tell(self, seconds: float) -> None:
        self._event.set()
        for client in self._clients:
            client.stop_after(seconds)
