"""Reads and writes, and decides what is tried again and when; what a request is for was decided before."""

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
from reconcile.transport.exchange import Exchange, SystemTurns
from reconcile.transport.redaction import Redactor
from reconcile.transport.response import Fault
from reconcile.transport.retry import RetryPolicy
from reconcile.transport.settings import Settings


class Reader:
    """Ask systems, with no way to change anything in them. Safe for threads.

    `environment` names proxies and certificates, `log` gets one line a request, `sleep` waits between two
    tries (by default a wait that `stop_after` cuts short). `redactor` learns every secret that is sent.
    `lanes` opens the connections.
    """

    def __init__(
        self,
        endpoints: Mapping[str, Endpoint],
        settings: Settings,
        *,
        environment: Mapping[str, str],
        clock: Callable[[], float] = now,
        sleep: Callable[[float], object] | None = None,
        random: Callable[[], float] = chance.random,
        log: Callable[[str], None] | None = None,
        redactor: Redactor | None = None,
        lanes: Lanes | None = None,
    ) -> None:
        self.settings = settings
        self.redactor = redactor or Redactor()
        lanes = lanes or Lanes(environment)
        for endpoint in endpoints.values():
            checked_base(endpoint.url)
            self.redactor.learn(endpoint)
            self.redactor.add(*lanes.secrets(endpoint.origin))
        systems = {
            name: SystemTurns(endpoint, self.settings.parallelism, clock)
            for name, endpoint in endpoints.items()
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
        """Return the answer to a request that changes nothing, tried again where that may help.

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
        """Return `text` without any secret that this client knows."""
        return self.redactor.redact(text)

    def stop_after(self, seconds: float) -> None:
        """End every request, present or to come, within `seconds` from now, and try none again."""
        self._exchange.watch.stop_after(seconds)

    def close(self) -> None:
        """End the requests that are under way and close all connections."""
        self._exchange.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Writer(Reader):
    """Ask systems, and change things in them."""

    def write(
        self,
        request: Request,
        leave_by: float = math.inf,
        before: Callable[[], None] = lambda: None,
        after: Callable[[], None] = lambda: None,
    ) -> Response:
        """Return the answer to `request`, which is sent at most once, whatever happens.

        `before` is called just before the request leaves, and by raising keeps it from leaving; `after` is
        called once the request has left. Raises ApiError, whose `effect` is `none` only where the system
        cannot have acted on the request; TooLate where the request has not left by `leave_by`, a moment of
        the clock; and ValueError where the request is a bug.
        """
        try:
            return self._exchange.once(request, leave_by, Doors(before, after))
        except Fault as fault:
            raise fault.plain() from None

    def keep_turn(self, system: str) -> None:
        """Wait for a turn to the system, and keep it for this thread's requests until `give_back`."""
        self._exchange.keep_turn(system)

    def give_back(self) -> None:
        """Give back every turn that this thread keeps."""
        self._exchange.give_back()
