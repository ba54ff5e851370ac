"""Reads and writes: decides what is tried again and when; what a request is for was decided before."""

from __future__ import annotations

import math
import random as chance
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from reconcile.clock import now
from reconcile.endpoint import Endpoint
from reconcile.model import Request, Response
from reconcile.transport.connections import Lanes
from reconcile.transport.deadlines import Doors
from reconcile.transport.encode import checked_base
from reconcile.transport.exchange import Exchange, System
from reconcile.transport.redaction import Redactor
from reconcile.transport.response import Fault
from reconcile.transport.retry import RetryPolicy
from reconcile.transport.settings import Settings


class Reader:
    """Asks systems, and has no way to change anything in them. Safe for threads.

    `environment` names proxies and certificates, `log` gets one line a request, `sleep` waits between two
    tries (without it, a wait that `stop_after` cuts short). `redactor` learns every secret that is sent.
    `lanes` opens the connections.
    """

    def __init__(
        self,
        endpoints: Mapping[str, Endpoint],
        settings: Settings | None = None,
        *,
        environment: Mapping[str, str],
        clock: Callable[[], float] = now,
        sleep: Callable[[float], object] | None = None,
        random: Callable[[], float] = chance.random,
        log: Callable[[str], None] | None = None,
        redactor: Redactor | None = None,
        lanes: Lanes | None = None,
    ) -> None:
        self.settings = settings or Settings()
        self.redactor = redactor or Redactor()
        lanes = lanes or Lanes(environment)
        for endpoint in endpoints.values():
            checked_base(endpoint.url)
            self.redactor.learn(endpoint)
            self.redactor.add(*lanes.secrets(endpoint.origin))
        systems = {
            name: System(endpoint, self.settings.parallelism, clock) for name, endpoint in endpoints.items()
        }
        self._exchange = Exchange(
            systems,
            self.settings,
            lanes=lanes,
            redactor=self.redactor,
            clock=clock,
            log=log,
        )
        self._sleep = sleep or self._exchange.watch.stopping.wait
        self._random = random

    def read(self, request: Request) -> Response:
        """The answer to a request that changes nothing, tried again where that may help.

        Raises ApiError where no usable answer came, and ValueError where the request is not safe or is a bug.
        """
        if not request.safe:
            raise ValueError(f"not a read: {request.method} {request.path}")
        patience = RetryPolicy(self.settings.retries, self._random)
        while True:
            try:
                return self._exchange.once(request)
            except Fault as fault:
                pause = None if self._exchange.watch.stopping.is_set() else patience.pause(fault)
                if pause is None:
                    raise patience.exhausted(fault) from None
            self._sleep(pause)

    def redact(self, text: str) -> str:
        """`text` without any secret that this client knows."""
        return self.redactor.redact(text)

    def stop_after(self, seconds: float) -> None:
        """Every request, present or to come, ends within `seconds` from now, and none is tried again."""
        self._exchange.watch.stop_after(seconds)

    def close(self) -> None:
        """Ends what is under way and closes all connections."""
        self._exchange.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Writer(Reader):
    """A reader that can also change things."""

    def write(
        self,
        request: Request,
        leave_by: float = math.inf,
        before: Callable[[], None] = lambda: None,
        after: Callable[[], None] = lambda: None,
    ) -> Response:
        """The answer to `request`, which is on the wire at most once, whatever happens.

        `before` is called just before it leaves, and keeps it by raising; `after` once it has left. Raises
        ApiError, whose `effect` is `none` only where the system cannot have acted on the request, TooLate
        where it has not left by that moment of the clock, and ValueError where the request is a bug.
        """
        try:
            return self._exchange.once(request, leave_by, Doors(before, after))
        except Fault as fault:
            raise fault.plain() from None

    def keep_turn(self, system: str) -> None:
        """Waits for a turn to the system, and keeps it for this thread's requests until it is given back."""
        self._exchange.keep_turn(system)

    def give_back(self) -> None:
        """Gives back every turn that this thread keeps."""
        self._exchange.give_back()
