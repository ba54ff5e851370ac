"""Turns a signal into an orderly end: an apply finishes what is under way, and any other run ends at once."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from types import FrameType
from typing import Final, NoReturn

from reconcile.cli import exit_codes
from reconcile.session.stop import Stop

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

_FIRST: Final = "Told to stop: what is under way is finished first, and nothing more is begun."
_SECOND: Final = "A second signal ends it now, and leaves it unknown."


class Ended(KeyboardInterrupt):
    """Say that the run was told to end by a signal other than an interrupt."""

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


class Signals:
    """Tell a run to end when the process is told to, from `watch` on until `leave`."""

    def __init__(self, stop: Stop, under_way: Callable[[], str] = str) -> None:
        """`under_way` says what is finished first, and how long that takes at most."""
        self.by: signal.Signals | None = None
        """The signal that came first."""

        self._stop, self._at = stop, 0.0
        self._under_way = under_way
        self._left = ExitStack()

    @property
    def code(self) -> int | None:
        """Return the exit code of the first signal; None where none came."""
        return None if self.by is None else SIGNALS[self.by]

    def told(self, number: signal.Signals, at: float) -> bool:
        """Take a signal that came at `at`; return whether it is the first one.

        The first lets requests under way end by their own deadlines, the second ends them now.
        """
        if self.by is None:
            self.by, self._at = number, at
            self._stop.ask()
            return True
        if number is not _HANG_UP or at - self._at >= _SAME:
            self._stop.end_now()
        return False

    def watch(self) -> None:
        """Let what is under way end, and begin nothing new, once a signal comes; a second one ends it now."""
        ignored = signal.getsignal(_HANG_UP) is signal.SIG_IGN if _HANG_UP else False  # by nohup
        taken = [number for number in SIGNALS if not (ignored and number is _HANG_UP)]
        self._left.enter_context(_handled(dict.fromkeys(taken, self._came)))

    def leave(self) -> None:
        """Give the signals back to who had them."""
        self._left.close()

    def _came(self, number: int, frame: FrameType | None) -> None:
        if self.told(signal.Signals(number), time.monotonic()):
            with suppress(OSError):  # at once, and not through a stream that may be in the middle of a line
                words = " ".join(filter(None, (_FIRST, self._under_way(), _SECOND)))
                os.write(2, f"{words}\n".encode(errors="backslashreplace"))


@contextmanager
def _handled(handlers: Mapping[signal.Signals, Callable[[int, FrameType | None], None]]) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
