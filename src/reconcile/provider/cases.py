"""Describes what a kind is asked and what it answers; how it decides is left to the kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TypeAlias

from reconcile.errors import ApiError
from reconcile.model import (
    Action,
    Address,
    Change,
    FieldPath,
    Json,
    Live,
    Origin,
    Ref,
    Request,
    Response,
    Spec,
)
from reconcile.named_tuple import NamedTuple

Options: TypeAlias = Mapping[str, Json]
_NOTHING = 400
"""From here on a status can say that there is nothing; an empty answer with a lower one says nothing."""


class BadAnswer(Exception):
    """Say that a system's answer cannot be what it claims; the message says what is wrong with it."""


class PackageFault(BadAnswer, ApiError):
    """Say that a function of an installed package failed; nothing was sent by it."""

    def __init__(self, words: str) -> None:
        ApiError.__init__(self, words, effect="none")


class Case(NamedTuple):
    """Hold all that a kind decides on: what is wanted, what is live, what differs."""

    address: Address
    origin: Origin
    options: Options
    want: Spec
    live: Live | None
    changes: tuple[Change, ...] = ()
    now: float | None = None
    """The system's clock where an answer showed it, in seconds since the epoch."""

    @property
    def system(self) -> str:
        """Return the system's name in the project."""
        return self.address.system

    @property
    def itself(self) -> Ref:
        """Return the object's own id, which is known only after its creation."""
        return Ref(self.address)


def creation_of(case: Case, *without: str) -> dict[str, Json]:
    """Return what is wanted as the body of a new object: a null is left out, since it has none of it yet."""
    return {name: value for name, value in case.want.items() if value is not None and name not in without}


def patch_of(case: Case, *without: str) -> dict[str, Json]:
    """Return the changed top-level fields as a body, each with all that is wanted of it."""
    names = dict.fromkeys(str(change.path[0]) for change in case.changes)
    return {name: case.want[name] for name in names if name not in without}


class Decision(NamedTuple):
    """Hold what closes the difference: requests in their order, and what none can close, with reasons."""

    requests: tuple[Request, ...] = ()
    blocked: tuple[tuple[Change, str], ...] = ()
    finished: str | None = None
    action: Action = "update"
    waits: str | None = None
    """What the object has still to come to by itself: nothing is sent, and an apply waits for it."""


IN_SYNC = Decision()
"""There is nothing to close."""


class Finding(NamedTuple):
    """Name a vendor's rule that a spec breaks."""

    path: FieldPath
    code: str
    message: str
    severity: Literal["error", "warning"] = "error"
    unless_live: bool = False
    """Whether only live can say: it is an error of a plan that writes it where live has another value."""
    value: Json = None
    """What it is about, where the path leads to a whole that holds it; default: what is at the path."""
    unless: str = ""
    """The option of the system that lifts the rule, where it is true."""


class Page(NamedTuple):
    """Hold one answer's rows, the request for the next page, and what it says of the whole list."""

    rows: Sequence[Json]
    next: Request | None = None
    rest: Iterable[Request] = ()
    """The requests for the pages after the next one, where the answer says how many there are.

    They are asked for early, and believed only as far as page after page leads to them.
    """

    total: int | None = None
    """How many rows the list has, where the answer says so."""

    proof: bool = False
    """The answer shows that the system is the one that is meant, though it has no row."""


def rows_of(response: Response) -> Sequence[Json]:
    """Return the rows of an answer that is a bare list, or one bare object."""
    match response.body:
        case None if response.status >= _NOTHING:
            return ()
        case None:
            raise BadAnswer("the answer is empty, where a list or an object was asked for")
        case list():
            return response.body
        case dict():
            return (response.body,)
    raise BadAnswer("the answer is neither a list nor an object")
