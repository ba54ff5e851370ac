"""Says whether a run was told to end, and how soon its requests end."""

from __future__ import annotations

from threading import Event
from typing import Protocol


class EndsRequests(Protocol):
    """Describe a client that can end its requests under way."""

    def stop_after(self, seconds: float) -> None:
        """End every request within so many seconds, and try none again."""


class Stop:
    """Tell a run to end: what is under way is finished, nothing new begins. Safe for threads and signals."""

    def __init__(self) -> None:
        self._event = Event()
        self._clients: list[EndsRequests] = []

    def watch(self, client: EndsRequests) -> None:
        """Let a client be told as well, once the run is told to end."""
        self._clients.append(client)

    def ask(self) -> None:
        """Ask the run to end: requests that are under way keep their own deadlines."""
        self._event.set()
        self._end(float("inf"))

    def end_now(self) -> None:
        """End the requests under way at once, which leaves their effects unknown."""
        self._event.set()
        self._end(0.0)

    def is_set(self) -> bool:
        """Tell whether the run was asked to end."""
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait until the run is asked to end, or so many seconds; tell whether it was asked."""
        return self._event.wait(seconds)

    def _end(self, seconds: float) -> None:
        for client in self._clients:
            client.stop_after(seconds)
