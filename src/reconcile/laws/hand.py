"""Stands between engine and client: counts writes, loses answers, and tells answers in other words."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Self

from reconcile.endpoint import Endpoint
from reconcile.errors import ApiError
from reconcile.model import Json, Request, Response
from reconcile.transport import Redactor, Settings, Writer

Retold = Callable[[Request, Json], Json]
"""Returns the body of an answer in other words."""


def as_it_is(request: Request, body: Json) -> Json:
    """Return a body as it came."""
    return body


@dataclass
class Hand:
    """Do what a client does, over real connections, with a hand on every answer."""

    client: Writer
    retold: Retold = as_it_is
    loses: int = 0
    """The number of the write whose answer is lost, counted from 1; 0 for none."""
    taken: bool = True
    """Whether the system takes that write."""
    writes: list[Request] = field(default_factory=list)
    answers: list[Json] = field(default_factory=list)
    """The bodies of all answers to reads, as they came."""

    @classmethod
    def of(cls, endpoints: Mapping[str, Endpoint], settings: Settings) -> Self:
        """Return a hand on a client that waits for nothing between two tries."""
        return cls(Writer(endpoints, settings, environment={}, sleep=lambda seconds: None))

    @property
    def redactor(self) -> Redactor:
        """Return what the client knows of secrets."""
        return self.client.redactor

    def redact(self, text: str) -> str:
        """Return a text without any secret that the client knows."""
        return self.client.redact(text)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.client.close()

    def stop_after(self, seconds: float) -> None:
        """Go on: no law ends a run."""

    def keep_turn(self, system: str) -> None:
        """Take no turn: one operation is under way at a time."""

    def give_back(self) -> None:
        """Give no turn back."""

    def read(self, request: Request) -> Response:
        """Return the answer to a read, in other words where they are wanted."""
        response = self.client.read(request)
        self.answers.append(response.body)
        return (
            response if response.body is None else response._replace(body=self.retold(request, response.body))
        )

    def write(self, request: Request, leave_by: float = math.inf, *doors: Callable[[], None]) -> Response:
        """Return the answer to a write; ApiError where it is to be lost."""
        self.writes.append(request)
        if len(self.writes) != self.loses:
            return self.client.write(request)
        if self.taken:
            self.client.write(request)
        raise ApiError(f"{request.system}: {request.method} {request.path}: lost", effect="unknown")
