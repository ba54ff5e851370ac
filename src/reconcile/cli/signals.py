"""Turns a signal into an orderly end: an apply finishes what is under way, and any other run ends at once."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event
from types import FrameType
from typing import Final, NoReturn, Protocol

from reconcile.cli import exit_codes

_HANG_UP: Final = getattr(signal, "SIGHUP", None)  # not on every system
SIGNALS: Final[Mapping[signal.Signals, int]] = {
    signal.SIGINT: exit_codes.SIGINT,
    signal.SIGTERM: exit_codes.SIGTERM,
    **({_HANG_UP: exit_codes.SIGHUP} if _HANG_UP else {}),
}
_WORDS: Final = {
    exit_codes.SIGINT: "Interrupted.",
    exit_codes.SIGTERM: "Terminated.",
    exit_codes.SIGHUP: "Hung up.",
}
_SAME: Final = 0.2
"""Seconds within which a hang-up is told again: by the terminal, and by the shell that runs in it."""

_WAITING: Final = (
    b"Told to stop: what is under way is finished first, and nothing more is begun. "
    b"A second signal ends it now, and leaves it unknown.\n"
)


class Ended(KeyboardInterrupt):
    """The run was told to end by a signal other than an interrupt."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.code = SIGNALS[signal.Signals(number)]


def code_of_end(error: BaseException | None) -> int | None:
    """Return the exit code of the signal that an error came from; None where it came from none."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return error.code if isinstance(error, Ended) else exit_codes.SIGINT
        error = error.__cause__ or error.__context__
    return None


def words_of_end(code: int) -> str:
    """Return the last word of a run that a signal ended."""
    return _WORDS[code]


@contextmanager
def ending() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the block as an interrupt does; one that is ignored stays ignored."""

    def told(number: int, frame: FrameType | None) -> NoReturn:
        raise Ended(number)

    dying = [number for number in SIGNALS if signal.getsignal(number) is signal.SIG_DFL]
    with _handled({number: told for number in dying}):
        yield


class Stops(Protocol):
    """What a stop needs of the client."""

    def stop_after(self, seconds: float) -> None:
        """Every request ends within so many seconds, and none is tried again."""


@dataclass(slots=True)
class Stop:
    """Whether the run was told to stop, and by which signal first."""

    event: Event
    by: signal.Signals | None = None
    at: float = 0.0

    def told(self, number: signal.Signals, at: float, client: Stops) -> bool:
        """Take a signal that came at `at`; return whether it is the first one.

        The first lets requests under way end by their own deadlines, the second ends them now.
        """
        if self.by is None:
            self.by, self.at = number, at
            self.event.set()
            client.stop_after(float("inf"))
            return True
        if number is not _HANG_UP or at - self.at >= _SAME:
            client.stop_after(0.0)
        return False


@contextmanager
def stopping(client: Stops) -> Iterator[Stop]:
    """Let what is under way end, and begin nothing new, once a signal comes; a second one ends it now."""
    stop = Stop(Event())

    def told(number: int, frame: FrameType | None) -> None:
        if stop.told(signal.Signals(number), time.monotonic(), client):
            with suppress(OSError):  # at once, and not through a stream that may be in the middle of a line
                os.write(2, _WAITING)

    ignored = signal.getsignal(_HANG_UP) is signal.SIG_IGN if _HANG_UP else False  # by nohup
    with _handled({number: told for number in SIGNALS if not (ignored and number is _HANG_UP)}):
        yield stop


@contextmanager
def _handled(handlers: Mapping[signal.Signals, Callable[[int, FrameType | None], None]]) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
