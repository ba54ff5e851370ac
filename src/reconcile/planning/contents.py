"""Defines what a plan consists of, and what became of it; how either is made is left to others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from reconcile.model import (
    EMPTY,
    Action,
    Address,
    Change,
    FieldPath,
    Json,
    Label,
    Live,
    Noted,
    Origin,
    Problem,
    Request,
)
from reconcile.named_tuple import NamedTuple

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
Taking: TypeAlias = Literal["back", "moved", "already", "needs_prune", "cannot"]
"""What an undo does with one change: it takes it back, or it leaves it alone for one of four reasons."""

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
    overdue: bool = False
    """Whether the time is over for which it was held back: then it counts, whatever its label."""
    live_written: LiveWritten | None = None


class KnownDifference(NamedTuple):
    """Describe a difference that is left alone: its live value, why, and until when."""

    address: Address
    path: FieldPath
    live: Json
    reason: str
    until: str
    new: bool | None
    """Whether the base lacks the entry; None without a base."""
    origin: Origin


class LiveWritten(NamedTuple):
    """Hold what a system says of an object's last write: when, in UTC, and the name of who did it."""

    at: str | None
    by: str | None


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
    live_written: LiveWritten | None = None


class Unread(NamedTuple):
    """Describe a resource of which nobody knows whether it differs, with the problem that says why."""

    address: Address
    problem: Problem


class Undone(NamedTuple):
    """Say whether an undo takes back a change of a record, and why; a whole object's path is `absent`."""

    address: Address
    path: FieldPath
    status: Taking
    reason: str
    origin: Origin


class Revert(NamedTuple):
    """Name the commits whose revert the manifests need after an undo, or say why nobody can name them."""

    commits: tuple[str, ...]
    """Each with its first line: `c3ae362… Another stage`; the newest first."""

    words: str


class Plan(NamedTuple):
    """Describe what apply would do, in its order, and all that it would not do, with reasons."""

    operations: tuple[Operation, ...] = ()
    blocked: tuple[Blocked, ...] = ()
    finished: tuple[Noted, ...] = ()
    dropped: tuple[Noted, ...] = ()
    unverified: tuple[Noted, ...] = ()
    unchanged: tuple[Address, ...] = ()
    problems: tuple[Problem, ...] = ()
    not_read: tuple[Unread, ...] = ()
    known: tuple[KnownDifference, ...] = ()
    """The newly known ones stand first."""
    nameless: tuple[Address, ...] = ()
    """The tombstones among the unchanged whose object is not there because nothing has the name of it."""
    undone: tuple[Undone, ...] | None = None
    """What becomes of each change of a record; None of a plan that takes none back."""
    revert: Revert | None = None
    unchecked: tuple[Noted, ...] = ()
    """The ids that are written, and of which nobody has asked the server whether there is such an object."""


class Outcome(NamedTuple):
    """Describe what became of one operation or one blocked resource."""

    address: Address
    status: Status
    detail: str = ""
    requests_sent: int = 0
    seconds: float = 0.0
    result: Mapping[str, Json] = EMPTY
    live: Live | None = None
    """The live object as it was last seen; what a record keeps of it is no more than digests."""
