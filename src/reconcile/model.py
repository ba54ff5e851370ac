"""Defines the frozen values that modules pass on; beyond their own spelling, behaviour is left to others."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal, NoReturn, Protocol, TypeAlias

from reconcile.named_tuple import NamedTuple
from reconcile.timetables.timetable import Timetable

Json: TypeAlias = Any
"""A JSON value in which a `Ref`, `Named`, `Env` or `Secret` may stand for one that is resolved late."""

Spec: TypeAlias = Mapping[str, Json]
"""One object in the vendor's vocabulary: a manifest's spec, or what a live object says of itself."""

PathStep: TypeAlias = str | tuple[str, ...]
"""One step of a field path: a field's name, or the key of an entry of a keyed list."""

FieldPath: TypeAlias = tuple[PathStep, ...]

EMPTY: Final[Mapping[Any, Any]] = MappingProxyType({})
"""The one mapping that holds nothing, and that nobody can put anything into."""

Action: TypeAlias = Literal["create", "update", "delete", "run"]
Label: TypeAlias = Literal["change", "drift", "conflict"]
Severity: TypeAlias = Literal["error", "warning"]


class Address(NamedTuple):
    """Hold where a resource is declared: `<system>/<Kind>/<name>`."""

    system: str
    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.system}/{self.kind}/{self.name}"

    @classmethod
    def parse(cls, text: str) -> Address | None:
        """Return the address that `text` spells, or None where `text` spells none."""
        parts = text.split("/")
        return cls(*parts) if len(parts) == 3 and all(parts) else None


class Origin(NamedTuple):
    """Hold a place in a file that a person wrote; lines and columns count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Problem(NamedTuple):
    """Describe what an author can mend: a problem is recorded with its place, never raised."""

    code: str
    message: str
    origin: Origin | None = None
    severity: Severity = "error"

    def __str__(self) -> str:
        place = f"{self.origin}: " if self.origin else ""
        return f"{place}{self.message} [{self.code}]"


@dataclass(frozen=True, slots=True)
class Ref:
    """Stand for the live id of another resource, a deferred value: known from live, or only after apply."""

    address: Address


@dataclass(frozen=True, slots=True)
class Named:
    """Stand for the id of the one live object with this name, a deferred value: known when live is read."""

    text: str

    def __str__(self) -> str:
        return f"{{named: {self.text}}}"


@dataclass(frozen=True, slots=True)
class Env:
    """Stand for a secret that is still in the operator's environment, under this name."""

    name: str


class Secret:
    """Hold a text that answers one question, whether it equals another text.

    Only transport and a normal form open a secret. It can be neither shown nor pickled, nor enter JSON.
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
        """Return the text itself: for the transport, at the moment of sending, and for a normal form."""
        return self._text


class Part(list[Json]):
    """Hold the entries of a keyed list that are ours, and the keys (`gone`) of those that must not be."""

    __slots__ = ("gone",)

    def __init__(self, entries: Iterable[Json] = (), gone: Iterable[tuple[str, ...]] = ()) -> None:
        super().__init__(entries)
        self.gone = frozenset(gone)


class Term(NamedTuple):
    """Hold until when something holds: as it is written, and in seconds since the epoch."""

    text: str
    ends: float


class Hold(NamedTuple):
    """Say why a resource, or a part of one, is compared and never written, and until when that was meant."""

    reason: str
    until: Term | None = None
    origin: Origin | None = None


class KnownValue(NamedTuple):
    """Describe a difference that is left alone for a while: at one place, and for one live value."""

    path: FieldPath
    live: Json
    reason: str
    until: Term
    origin: Origin


class Share(NamedTuple):
    """Describe the part of another resource's object that a resource claims, and where that is declared."""

    path: FieldPath
    origin: Origin


class Locator(Protocol):
    """Find the place of a field of a spec: that of its key, or of its value."""

    def __call__(self, path: FieldPath, /, *, value: bool = False) -> Origin: ...


class Resource(NamedTuple):
    """Describe one thing that the manifests declare, with the place of each of its fields."""

    address: Address
    api_version: str
    spec: Spec
    origin: Origin
    locate: Locator

    locate_around: Callable[[Sequence[str | int]], Origin] | None = None
    """The line of what stands around the spec, such as an address that the resource waits for."""

    id: Json = None
    depends_on: tuple[Address, ...] = ()
    suspend: Hold | None = None
    absent: bool = False
    managed_as: str = ""
    """The kind of live object that the spec describes, where that is not the address's own kind."""
    must_exist: bool = False
    """Whether nothing of ours creates the object, so that its absence is an error."""
    is_literal: bool = False
    """Whether it is known that the spec holds no deferred value, so that nobody needs to look for one."""

    carries: Mapping[Address, Share] = EMPTY
    """Resources that have no object of their own and are part of this one's."""
    held: Mapping[FieldPath, Hold] = EMPTY
    """Parts of the spec that are held back."""
    known: tuple[KnownValue, ...] = ()
    pruned: frozenset[FieldPath] = frozenset()
    """Entries that must not be there, and that go only where pruning is asked for."""

    named: Mapping[FieldPath, str] = EMPTY
    """The name by which the manifest means the id that the spec has at a place, where it wrote a name."""

    joint: Joint | None = None
    """What the resource was joined of, where names may show that its parts belong together in another way."""


class Joint(NamedTuple):
    """Hold the resources that one was joined of, as they were written, and what joins them again."""

    parts: tuple[Resource, ...]
    join: Callable[[Sequence[Resource]], tuple[Sequence[Resource], Sequence[Problem]]]


class Live(NamedTuple):
    """Describe one object as its system shows it, in the manifest's vocabulary."""

    id: Json
    name: str
    fields: Spec


class Request(NamedTuple):
    """Describe an HTTP request as data; `safe` says that it changes nothing there, whatever its method."""

    system: str
    method: str
    path: str
    query: tuple[tuple[str, str | Ref], ...] = ()
    body: Json = None
    safe: bool = False
    at_most_once: bool = False
    """Whether an apply sends the request at most once: a lost answer makes the apply look, not send again."""
    fallbacks: tuple[Request, ...] = ()
    """The requests that are sent instead where the system refuses this read (403, 404, 405)."""
    context: Json = None
    """A value for the kind's own reading of the answer; it is never sent."""
    absent_on: tuple[int, ...] = ()
    """Statuses that mean "nothing there" for this request: its answer is then the body None, not an error."""
    absent_named: str = ""
    """A text that such an answer's body must hold at its top, in any case; empty: it need hold none."""
    scopes: tuple[str, ...] = ()
    """The rights that a token must have for this request, as the vendor names them."""
    uncached: bool = False
    """Whether the request must be sent: no earlier answer may stand for the answer to it."""
    slash: bool = False
    """Whether a slash stands behind the path, as some servers want it: none can come out of an empty id."""


class Response(NamedTuple):
    """Hold a server's answer to one request: its JSON, and what of its headers decides anything."""

    status: int
    body: Json
    date: float | None = None
    """The server's clock (seconds since the epoch, from the Date header)."""
    depth: int | None = None
    """How deep the arrays and objects of the body are nested, where that is known."""
    link: str = ""
    """The Link header, in which some servers name the next page of a list."""
    location: str = ""
    """The Location header, in which some servers name what a write created."""


class Change(NamedTuple):
    """Describe one field that differs: what is live and desired, whose difference it is, on which line."""

    path: FieldPath
    before: Json
    after: Json
    origin: Origin
    label: Label | None = None
    sensitive: bool = False
    entry: bool = False
    """Whether a whole entry of a keyed list comes (`before` is null) or goes (`after` is null)."""
    name: str | None = None
    """The name that the live answer gives to the id in `before`, or to the entry; shown beside either."""
    within: bool = False
    """Whether `name` is that of the entry around the field, and is shown beside the path, not the value."""
    named: Mapping[str, str] = EMPTY
    """The names by which the manifest means the ids in `after`: by the field's name in it, "" for its own."""
    base: Json = None
    fires: tuple[Timetable, Timetable] | None = None
    """When the values before and after fire, where the field holds a schedule."""


class Noted(NamedTuple):
    """Describe what a report says of a resource beside operations: finished, unverified, dropped."""

    address: Address
    path: FieldPath
    value: Json
    reason: str
    origin: Origin


def spell(path: FieldPath) -> str:
    """Return a field path as reports and plan documents write it: `projects[10000,package1].priority`."""
    parts = (f"[{','.join(step)}]" if isinstance(step, tuple) else f".{step}" for step in path)
    return "".join(parts).removeprefix(".")
