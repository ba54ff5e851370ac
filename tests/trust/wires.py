"""One request as the simulated network sees it, and how a simulated process ends."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NoReturn

import httpx

from reconcile.transport.body import Answer
from reconcile_sandbox.system import Answer as Told
from reconcile_sandbox.world import Request as Sent


class Killed(BaseException):
    """The process is no more."""


def ended() -> NoReturn:
    """How a process of the simulation ends when it is killed: nothing of it goes on."""
    raise Killed


@dataclass
class Wire:
    """One request as the network saw it; `effect` is the status that the system itself came to."""

    run: int
    begun: float
    method: str
    path: str
    query: dict[str, str]
    body: Any
    safe: bool
    planning: bool
    fault: str = ""
    status: int | None = None
    effect: int | None = None
    ended: float = 0.0
    answer: Any = None
    seen: dict[str, Any] = field(default_factory=dict)
    """What the client had last been shown of the object that a write is for."""

    @property
    def creates(self) -> bool:
        """Whether it makes something that was not there."""
        return not self.safe and self.method == "POST" and self.path.endswith(("/releases", "/runs", "/run"))


def sent_of(request: httpx.Request) -> Sent:
    """The request as the sandbox takes it."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Sent(request.method, request.url.path, request.url.query.decode(), headers, request.content)


def json_in(data: bytes) -> Any:
    """The JSON in a body; None where there is none."""
    try:
        return json.loads(data) if data else None
    except (ValueError, RecursionError):
        return None


def harmless_twice(wire: Wire) -> bool:
    """Whether a second effect of the request does no harm: it neither creates, nor runs, nor is an event."""
    return wire.method in ("PUT", "PATCH") and "aasm_event" not in json.dumps(wire.body)


def names_one(wire: Wire) -> bool:
    """Whether it reads one object by its id."""
    return wire.method == "GET" and wire.path.rsplit("/", 1)[-1].isdigit()


def answer_of(now: float, told: Told) -> Answer:
    """What the client gets of what the system says, at this moment of its clock."""
    date = datetime.fromtimestamp(now, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    headers = {"content-type": told.content_type, "date": date, **dict(told.headers)}
    return Answer(told.status, httpx.Headers(headers), told.body)
