"""Defines what a plan consists of, and what became of it; how either is made is left to others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from reconcile.model import (
    EMPTY,
    Action,
    Address,
    Change,
    FieldPath,
    Json,
    Label,
    Noted,
    Origin,
    Problem,
    Request,
)

Status: TypeAlias = Literal[
    "done",
    "unchanged",
    "failed",
    "unknown",
    "unsettled",
    "running",
    "refused",
    "blocked",
    "skipped",
    "not_begun",
]
WELL: Final[frozenset[Status]] = frozenset({"done", "unchanged"})
"""The statuses of what is as wanted, so that what needs it may begin."""


class Blocked(NamedTuple):
    """Describe a difference that no request can close, or that is held back, with its reason."""

    address: Address
    path: FieldPath
    before: Json
    after: Json
    reason: str
    origin: Origin
    label: Label | None = None
    id: Json = None
    """The live id of a whole object that stays, whose live name is `before`."""
    name: str | None = None
    within: bool = False
    """Whether `name` is that of the entry around the field, as in a `Change`."""


class Operation(NamedTuple):
    """Describe one step of a plan: all that one resource needs, in the order in which it is sent."""

    address: Address
    action: Action
    id: Json
    name: str
    origin: Origin
    requests: tuple[Request, ...]
    changes: tuple[Change, ...]
    needs: tuple[Address, ...] = ()
    precondition: str = ""
    said_back: tuple[FieldPath, ...] = ()
    """The paths of the live object that no table knows, and that the requests send back as they were read."""


class Unread(NamedTuple):
    """Describe a resource of which nobody knows whether it differs, with the problem that says why."""

    address: Address
    problem: Problem


class Plan(NamedTuple):
    """Describe what apply would do, in its order, and all that it would not do, with reasons."""

    operations: tuple[Operation, ...] = ()
    blocked: tuple[Blocked, ...] = ()
    finished: tuple[Noted, ...] = ()
    dropped: tuple[Noted, ...] = ()
    unverified: tuple[Noted, ...] = ()
    unchanged: tuple[Address, ...] = ()
    nameless: tuple[Address, ...] = ()
    """The tombstones among the unchanged whose object is not there because nothing has the name of it."""
    problems: tuple[Problem, ...] = ()
    not_read: tuple[Unread, ...] = ()


class Outcome(NamedTuple):
    """Describe what became of one operation or one blocked resource."""

    address: Address
    status: Status
    detail: str = ""
    requests_sent: int = 0
    seconds: float = 0.0
    result: Mapping[str, Json] = EMPTY
