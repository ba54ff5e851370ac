"""Says what the journal tells of earlier applies, and of which object on which server; reads no file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from reconcile.desired import Wanted
from reconcile.fields.table import key_text
from reconcile.fields.walk import deferred_values
from reconcile.model import EMPTY, Json, Ref, Spec
from reconcile.moments import Moment
from reconcile.named_tuple import NamedTuple
from reconcile.planning.digest import digest
from reconcile.provider.kinds import Kind

DoubtMark: TypeAlias = tuple[str, str, str]
"""A feature by which a doubt is known again: which feature it is, the origin, and its value."""

ObjectPlace: TypeAlias = tuple[str, str, str]
"""Environment, origin and natural key of an object; or the address of its manifest in place of the key."""


class Identity(NamedTuple):
    """Hold which object on which server a write is about, in digests and ids; it holds no other value."""

    environment: str | None
    """None in a line of an older version, which kept the address alone."""

    origin: str
    address: str
    key: str = ""
    """A digest of the kind and the natural key; empty where a part of the key is not known yet."""

    object: str = ""
    """The kind and the live id; empty before there is one."""

    def is_about(self, other: Identity) -> bool:
        """Tell whether both identities are about one object of one environment."""
        if (self.environment, self.origin) != (other.environment, other.origin):
            return False
        by_key = bool(self.key) and self.key == other.key
        by_id = bool(self.object) and self.object == other.object
        unnamed = not (self.key or self.object) or not (other.key or other.object)
        return by_key or by_id or (unnamed and self.address == other.address)

    def marks(self) -> Iterator[DoubtMark]:
        """Yield the marks by which a doubt about this object is known again if the environment is renamed."""
        if self.key:
            yield "key", self.origin, self.key
        if self.object:
            yield "object", self.origin, self.object
        yield "address", self.origin, self.address

    @property
    def place(self) -> ObjectPlace:
        """Return where an object that was created is found again."""
        return self.environment or "", self.origin, self.key

    @property
    def declared(self) -> ObjectPlace:
        """Return where an object is found again that was created for a manifest, by what it said then."""
        return self.environment or "", self.origin, self.address


class RunPlace(NamedTuple):
    """Hold where a run works: its environment, and the origin of each system."""

    environment: str = ""
    origins: Mapping[str, str] = EMPTY

    def identity(self, wanted: Wanted, live_id: Json = None) -> Identity:
        """Return which object a resource means, its references resolved as far as they are known."""
        address, kind = wanted.resource.address, wanted.kind
        live_id = wanted.resource.id if live_id is None else live_id
        return Identity(
            self.environment,
            self.origins.get(address.system, ""),
            str(address),
            _key(kind, wanted.resource.spec),
            "" if live_id is None else f"{_name(kind)} {live_id}",
        )


def _name(kind: Kind) -> str:
    """Return the kind's name with its type of system, whose version does not count."""
    return f"{kind.api_version.partition('/')[0]}/{kind.name}"


def _key(kind: Kind, spec: Spec) -> str:
    """Return the digest of a natural key and of the fields that say where it was looked up.

    Of a secret in the key only its presence counts. Empty where a reference in it is not known yet, or no
    part of it is given.
    """
    rows = kind.table.rows
    names = dict.fromkeys([*kind.key, *(row.name for row in rows.values() if row.asked)])
    given = {name: spec.get(name) for name in names}
    late = {str(path[0]): value for path, value in deferred_values(given)}
    if any(isinstance(value, Ref) for value in late.values()) or all(given[it] is None for it in kind.key):
        return ""
    values = [late.get(name) or key_text(rows[name].form(value)) for name, value in given.items()]
    return digest([_name(kind), *values, *kind.place(spec)])


class Doubt(NamedTuple):
    """Hold a write whose effect nobody saw."""

    identity: Identity
    meant: Moment
    """When the write was about to be sent."""

    left: Moment | None = None
    """The time by which the write had left; None where nothing says so."""


class Past(NamedTuple):
    """Hold what the journal says of earlier applies."""

    known: bool = False
    """Whether there was a journal at all."""

    doubts: tuple[Doubt, ...] = ()
    made: Mapping[ObjectPlace, Json] = EMPTY
    """The id with which the creation of an object was answered."""

    lost: Moment | None = None
    """When an apply began that knew of an earlier one without having its journal."""

    damaged: int = 0
    """The last line that is not as it was written, so that nobody knows what it left in doubt; 0 for none.

    One before `lost` does not count: that is waited for already.
    """

    begun: frozenset[str] = frozenset()
    """The attempts of build servers in which an apply began."""

    @property
    def in_doubt(self) -> Mapping[str, float]:
        """Return by address when a write was sent whose effect nobody saw, in seconds since the epoch."""
        return {doubt.identity.address: doubt.meant.wall for doubt in self.doubts}

    def about(self, identity: Identity) -> Iterator[Doubt]:
        """Yield the doubts about one object of one environment; a line of an older version by its address."""
        for doubt in self.doubts:
            old = doubt.identity.environment is None and doubt.identity.address == identity.address
            if old or doubt.identity.is_about(identity):
                yield doubt


def past_of(entries: Iterable[Mapping[str, Json]], *, known: bool) -> Past:
    """Return what the entries of a journal come to."""
    doubts: list[Doubt] = []
    made: dict[ObjectPlace, Json] = {}
    lost, damaged, begun = None, 0, set[str]()
    for entry in entries:
        identity, at = identity_of(entry), moment_of(entry)
        match entry["event"]:
            case "doubt":
                lost, damaged = at, 0
            case "damaged":
                damaged = entry["line"]
            case "begun":
                begun.add(str(entry.get("attempt")))
            case "intent":
                doubts.append(Doubt(identity, at))
            case "settled":
                doubts = [doubt for doubt in doubts if not doubt.identity.is_about(identity)]
            case "outcome" if entry.get("effect") == "none":
                _forget_last(doubts, identity)
            case "left" | "outcome":
                doubts = [_left(doubt, identity, at) for doubt in doubts]
        if isinstance(entry.get("id"), str | int) and identity.key:
            made[identity.place] = made[identity.declared] = entry["id"]
    return Past(known, tuple(doubts), made, lost, damaged, frozenset(begun))


def _forget_last(doubts: list[Doubt], identity: Identity) -> None:
    """Take out the last write about an object: those before it stay as open as they were."""
    last = next((doubt for doubt in reversed(doubts) if doubt.identity.is_about(identity)), None)
    if last is not None:
        doubts.remove(last)


def _left(doubt: Doubt, identity: Identity, at: Moment) -> Doubt:
    return doubt._replace(left=at) if doubt.left is None and doubt.identity.is_about(identity) else doubt


def identity_of(entry: Mapping[str, Json]) -> Identity:
    """Return which object an entry is about, whatever else stands in it."""
    if not isinstance(entry.get("environment"), str):
        return Identity(None, "", entry["address"])
    texts = (entry.get(name) for name in ("origin", "address", "key", "object"))
    return Identity(entry["environment"], *(text if isinstance(text, str) else "" for text in texts))


def moment_of(entry: Mapping[str, Json]) -> Moment:
    """Return when an entry was written."""
    boot, up = entry.get("boot"), entry.get("up")
    if isinstance(boot, str) and isinstance(up, int | float):
        return Moment(entry["at"], boot, up)
    return Moment(entry["at"])
