"""Holds back what the program's signal handlers raise while an apply writes, and makes a stop of it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from contextlib import ExitStack
from types import FrameType
from typing import Final, Self

from reconcile.session.stop import Stop

_Handler = Callable[[int, FrameType | None], object]
_NUMBERS: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


class HeldSignals:
    """Call the program's own handlers of signals within the block, and keep what they raise.

    What a handler raises goes up from wherever the main thread stands, which may be in the middle of the
    account of what was sent. Within the block the first asks the run to end, each further one ends it now.
    In a thread other than the main one nothing is held, since it hears no signal.
    """

    def __init__(self, stop: Stop) -> None:
        self.raised: BaseException | None = None
        """What a handler raised first; None where none raised."""

        self._stop = stop
        self._left = ExitStack()

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in _NUMBERS:
                self._hold(number)
        return self

    def __exit__(self, *error: object) -> None:
        self._left.close()

    def _hold(self, number: signal.Signals) -> None:
        handler = signal.getsignal(number)
        if callable(handler):
            signal.signal(number, self._held(handler))
            self._left.callback(signal.signal, number, handler)

    def _held(self, handler: _Handler) -> _Handler:
        def came(number: int, frame: FrameType | None) -> None:
            try:
                handler(number, frame)
            except BaseException as error:  # kept, and raised once the account is made
                self._keep(error)

        return came

    def _keep(self, error: BaseException) -> None:
        if self.raised is None:
            self.raised = error
            self._stop.ask()
        else:
            self._stop.end_now()
