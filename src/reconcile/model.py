"""The nouns that every module passes on: frozen values without behaviour beyond their own spelling."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple, NoReturn, TypeAlias

Json: TypeAlias = Any
"""A JSON value in which a `Ref`, an `Env` or a `Secret` may stand for a value that is resolved late."""

Spec: TypeAlias = Mapping[str, Json]
"""One object in the vendor's vocabulary: a manifest's spec, or what a live object says of itself."""

Step: TypeAlias = str | tuple[str, ...]
"""One step of a field path: a field's name, or the key of an entry of a keyed list."""

FieldPath: TypeAlias = tuple[Step, ...]

EMPTY: Final[Mapping[Any, Any]] = MappingProxyType({})
"""The one mapping that holds nothing, and that nobody can put anything into."""

Action: TypeAlias = Literal["create", "update", "delete", "run"]
Label: TypeAlias = Literal["change", "drift", "conflict"]
Severity: TypeAlias = Literal["error", "warning"]
Status: TypeAlias = Literal[
    "done", "unchanged", "failed", "unknown", "unsettled", "refused", "blocked", "skipped", "not_begun"
]


class Address(NamedTuple):
    """Where a resource is declared: `<system>/<Kind>/<name>`."""

    system: str
    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.system}/{self.kind}/{self.name}"

    @classmethod
    def parse(cls, text: str) -> Address | None:
        """The address that `text` spells, or None where it is none."""
        parts = text.split("/")
        return cls(*parts) if len(parts) == 3 and all(parts) else None


class Origin(NamedTuple):
    """A place in a file that a person wrote; lines and columns count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Problem(NamedTuple):
    """What an author can mend: recorded with its place, never raised."""

    code: str
    message: str
    origin: Origin | None = None
    severity: Severity = "error"

    def __str__(self) -> str:
        place = f"{self.origin}: " if self.origin else ""
        return f"{place}{self.message} [{self.code}]"


@dataclass(frozen=True, slots=True)
class Ref:
    """The live id of another resource: known from live state, or only after apply."""

    address: Address


@dataclass(frozen=True, slots=True)
class Env:
    """A secret that still stands in the operator's environment, under this name."""

    name: str


class Secret:
    """A text that answers one question, whether it equals another; only transport and a normal form open it.

    It has no readable representation, cannot be pickled and cannot enter JSON by accident.
    """

    __slots__ = ("_text", "name")

    def __init__(self, text: str, name: str = "") -> None:
        self._text = text
        self.name = name
        """The variable that a manifest reads it from; empty where it comes from elsewhere."""

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Secret):
            other = other._text
        return isinstance(other, str) and hmac.compare_digest(self._text.encode(), other.encode())

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "Secret(...)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is never stored")

    def open(self) -> str:
        """The text itself: for the transport, at the moment of sending, and for a normal form."""
        return self._text


class Part(list[Json]):
    """Entries of a keyed list that are ours while the rest of the live list is left alone.

    `gone` holds the keys of entries that must not be there.
    """

    __slots__ = ("gone",)

    def __init__(self, entries: Iterable[Json] = (), gone: Iterable[tuple[str, ...]] = ()) -> None:
        super().__init__(entries)
        self.gone = frozenset(gone)


class Share(NamedTuple):
    """The part of another resource's object that a resource claims, and where it is declared."""

    path: FieldPath
    origin: Origin


class Resource(NamedTuple):
    """One thing that the manifests declare, with the place of each of its fields."""

    address: Address
    api_version: str
    spec: Spec
    origin: Origin
    locate: Callable[[FieldPath], Origin]
    """The line of a field of the spec."""

    locate_around: Callable[[Sequence[str | int]], Origin] | None = None
    """The line of what stands around the spec, such as an address that it waits for."""

    id: Json = None
    depends_on: tuple[Address, ...] = ()
    suspend: str | None = None
    absent: bool = False
    managed_as: str = ""
    """The kind of live object that the spec describes, where that is not the address's own kind."""

    must_exist: bool = False
    """Nothing of ours creates the object: that it is not there is an error."""

    is_literal: bool = False
    """Known to hold no late value, so that nobody needs to look for one."""

    carries: Mapping[Address, Share] = EMPTY
    """Resources that have no object of their own and are part of this one's."""

    held: Mapping[FieldPath, str] = EMPTY
    """Parts of the spec that are held back, each with its reason."""

    pruned: frozenset[FieldPath] = frozenset()
    """Entries that must not be there: they go only where pruning is asked for."""


class Live(NamedTuple):
    """One object as its system shows it, in the manifest's vocabulary."""

    id: Json
    name: str
    fields: Spec


class Request(NamedTuple):
    """HTTP as data. `safe` says that it changes nothing on the server, whatever its method."""

    system: str
    method: str
    path: str
    query: tuple[tuple[str, str | Ref], ...] = ()
    body: Json = None
    safe: bool = False
    at_most_once: bool = False
    """Sent at most once by an apply: a lost answer is looked for, and never makes it go out again."""

    fallbacks: tuple[Request, ...] = ()
    """What is asked where the system refuses this read (403, 404, 405)."""

    context: Json = None
    """For the kind's own reading of the answer; never sent."""
    absent_on: tuple[int, ...] = ()
    """Statuses that mean "nothing there" for this request: answered with the body None, not an error."""
    uncached: bool = False
    """No answer of before may stand for the one to this."""


class Response(NamedTuple):
    """A server's answer to one request: its JSON, and what of its headers decides anything."""

    status: int
    body: Json
    date: float | None = None
    """The server's clock (seconds since the epoch, from the Date header)."""
    depth: int | None = None
    """How deep the arrays and objects of the body are nested, where that is known."""


class Change(NamedTuple):
    """One field that differs: what is live, what is wanted, whose difference it is, on which line."""

    path: FieldPath
    before: Json
    after: Json
    origin: Origin
    label: Label | None = None
    sensitive: bool = False
    entry: bool = False
    """A whole entry of a keyed list comes (`before` is null) or goes (`after` is null)."""
    name: str | None = None
    """What the live answer calls the id that `before` is, or the entry: shown beside it."""
    within: bool = False
    """The name is that of the entry which the field stands in: shown beside the path, not the value."""


class Blocked(NamedTuple):
    """A difference that no request can close, or that is held back, with its reason."""

    address: Address
    path: FieldPath
    before: Json
    after: Json
    reason: str
    origin: Origin
    label: Label | None = None
    id: Json = None
    """Of a whole object that stays: its live id, beside the live name that `before` is."""
    name: str | None = None
    within: bool = False
    """The name, as a change has it."""


class Operation(NamedTuple):
    """The step type: all that one resource needs, in the order in which it is sent."""

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
    """What of the live object no table knows, and the requests say back as it was read."""


class Noted(NamedTuple):
    """What a report says of a resource beside operations: finished, unverified, dropped."""

    address: Address
    path: FieldPath
    value: Json
    reason: str
    origin: Origin


class Plan(NamedTuple):
    """What apply would do, in its order, and all that it would not do, with reasons."""

    operations: tuple[Operation, ...] = ()
    blocked: tuple[Blocked, ...] = ()
    finished: tuple[Noted, ...] = ()
    dropped: tuple[Noted, ...] = ()
    unverified: tuple[Noted, ...] = ()
    unchanged: tuple[Address, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether live is not as the manifests want it, blocked differences included."""
        return bool(self.operations or self.blocked)

    @property
    def drifted(self) -> bool:
        """Whether some difference is not the manifests' own change."""
        labels = [change.label for operation in self.operations for change in operation.changes]
        return any(
            label in {"drift", "conflict"} for label in (*labels, *(item.label for item in self.blocked))
        )


class Outcome(NamedTuple):
    """What became of one operation or one blocked resource."""

    address: Address
    status: Status
    detail: str = ""
    requests_sent: int = 0
    seconds: float = 0.0
    result: Mapping[str, Json] = EMPTY


def spell(path: FieldPath) -> str:
    """A field path as reports and plan documents write it: `projects[10000,package1].priority`."""
    parts = (f"[{','.join(step)}]" if isinstance(step, tuple) else f".{step}" for step in path)
    return "".join(parts).removeprefix(".")
