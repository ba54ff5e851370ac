"""What an operation asks for while it is carried out: effects that the driver performs, one by one."""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from reconcile.model import Json, Outcome, Request, Response


@dataclass(frozen=True, slots=True)
class Read:
    """Send a request that changes nothing; its response comes back, or ApiError."""

    request: Request


@dataclass(frozen=True, slots=True)
class Write:
    """Send a request once; its response comes back, or ApiError. TooLate where it cannot leave in time,
    Withheld where this apply may send no more."""

    request: Request
    leave_by: float = field(default=math.inf, compare=False)
    """When it must have left, on the terms' clock: then the look that it rests on is too old."""

    entry: Mapping[str, Json] = field(default_factory=dict, compare=False)
    """What the journal says of it once it has left."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Take a turn to this system and keep it until the next write is over: nobody's read comes between."""

    system: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Let this many seconds pass."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Record:
    """Put an entry into the journal, durably, before anything else happens."""

    entry: Mapping[str, Json]
    begins: bool = field(default=False, compare=False)
    """The operation's first write comes next: the last moment at which a stop keeps it from beginning."""


Effect: TypeAlias = Read | Write | Keep | Wait | Record


Effects: TypeAlias = Generator[Effect, Response | None, Outcome]


class Interrupted(Exception):
    """Thrown into the generator where it would wait, or begin: it ends with what it knows."""


class Unrecorded(Exception):
    """Thrown into the generator where an entry could not be made durable; the message says why."""
