"""Says whether a run was told to end, and how soon its requests end."""

from __future__ import annotations

from threading import Event
from typing import Protocol


class EndsRequests(Protocol):
    """Ends the requests that are under way."""

    def stop_after(self, seconds: float) -> None:
        """End every request within so many seconds, and try none again."""


class Stop:
    """Tells a run to end: what is under way is finished, nothing new begins. Safe for threads and signals."""

    def __init__(self) -> None:
        self._event = Event()
        self._clients: list[EndsRequests] = []

    def watch(self, client: EndsRequests) -> None:
        """Have a client told as well, once the run is."""
        self._clients.append(client)

    def ask(self) -> None:
        """Ask the run to end: requests that are under way keep their own deadlines."""
        self._event.set()
        self._end(float("inf"))

    def end_now(self) -> None:
        """End what is under way at once, which leaves it unknown."""
        self._event.set()
        self._end(0.0)

    def is_set(self) -> bool:
        """Tell whether the run was asked to end."""
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait until the run is asked to end, or so long; tell whether it was asked."""
        return self._event.wait(seconds)

    def _end(self, seconds: float) -> None:
        for client in self._clients:
            client.stop_after(seconds)
