"""Decides what the operator allows: which secret goes to which system, and which origins are contacted.

The operator's lists stand outside the repository, since a reviewed file must not decide where a secret goes.
An entry that is not in order allows nothing. Reading the secrets is left to `credentials`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar
from urllib.parse import urlsplit

from reconcile.endpoint import is_loopback, origin_of, stays
from reconcile.named_tuple import NamedTuple

SECRETS = "RECONCILE_SECRETS"
ORIGINS = "RECONCILE_ORIGINS"

_ENDS = re.compile(r"[\r\n]")
_CODED = re.compile(r"%(25|2c|40)", re.IGNORECASE)
_ODD = re.compile(r"[?#\\*\s\x00-\x1f\x7f]")
T = TypeVar("T")
_NO_NAME = re.compile(r"[\s*?/%=\x00-\x1f\x7f]")


class Target(NamedTuple):
    """Describe the systems to which an entry lets a secret go: their origin, and how their paths begin."""

    origin: str
    path: tuple[str, ...]

    def holds(self, url: str) -> bool:
        """Tell whether `url` begins with this origin and path, by whole segments."""
        return origin_of(url) == self.origin and _segments(url)[: len(self.path)] == self.path


class AllowedEntry(NamedTuple):
    """Hold one entry of RECONCILE_SECRETS: a variable or absolute path, and for a credential its systems."""

    source: str
    target: Target | None


class Allowed(NamedTuple):
    """Hold what the operator allows; None where a list is not set."""

    entries: tuple[AllowedEntry, ...] | None
    origins: frozenset[str] | None
    in_ci: bool
    secret_flaws: tuple[str, ...] = ()
    """What is wrong in RECONCILE_SECRETS; no entry is repeated, since a secret may stand there by mistake."""
    origin_flaws: tuple[str, ...] = ()
    withheld: frozenset[str] = frozenset()
    """Variables that stand before an `@`, in an entry that is not in order too."""

    @property
    def readable(self) -> frozenset[str] | None:
        """Return the only variables that a manifest may read; None for any."""
        if self.entries is None:
            return None
        return frozenset(entry.source for entry in self.entries if entry.target is None) - self.withheld

    def must_bind(self, url: str) -> bool:
        """Tell whether each secret of a system at `url` must be bound to it."""
        return self.entries is not None or (self.in_ci and not is_loopback(url))

    def may_go(self, source: str, url: str) -> bool:
        """Tell whether an entry lets the variable or file go to the system at `url`."""
        return any(
            entry.source == source and entry.target is not None and entry.target.holds(url)
            for entry in self.entries or ()
        )

    def may_contact(self, url: str) -> bool:
        """Tell whether the origin of `url` may be contacted; an origin behind an `@` counts as named."""
        if self.origins is None:
            return True
        bound = {entry.target.origin for entry in self.entries or () if entry.target is not None}
        return origin_of(url) in self.origins | bound


def allowed(environment: Mapping[str, str]) -> Allowed:
    """Return what the operator's environment allows."""
    secrets, origins = environment.get(SECRETS), environment.get(ORIGINS)
    entries = [] if secrets is None else [*_read(_parts(secrets), _entry, SECRETS)]
    named = [] if origins is None else [*_read(_parts(origins), _origin, ORIGINS)]
    return Allowed(
        None if secrets is None else tuple(entry for entry in entries if isinstance(entry, AllowedEntry)),
        None if origins is None else frozenset(found.origin for found in named if isinstance(found, Target)),
        is_ci(environment),
        tuple(flaw for flaw in entries if isinstance(flaw, str)),
        tuple(flaw for flaw in named if isinstance(flaw, str)),
        frozenset(part.partition("@")[0].strip() for part in _parts(secrets or "") if "@" in part),
    )


def is_ci(environment: Mapping[str, str]) -> bool:
    """Tell whether `CI` counts."""
    return is_on(environment, "CI")


def is_on(environment: Mapping[str, str], name: str) -> bool:
    """Tell whether a variable counts as set: it does unless it is empty, `0` or `false`."""
    return environment.get(name, "") not in {"", "0", "false"}


def entry_for(source: str, url: str | None = None) -> str:
    """Return the entry that lets `source` go to the system at `url`, or be a manifest's value."""
    if url is None:
        return source
    where = "/".join([origin_of(url), *_segments(url)])
    return f"{_coded(source) if source.startswith('/') else source}@{_coded_path(where)}"


def can_be_listed(source: str, url: str | None = None) -> bool:
    """Tell whether an entry can name the variable or file, and the system's url."""
    parts = [*_parts(entry_for(source, url))]
    if len(parts) != 1:
        return False
    found = next(_read(parts, _entry, SECRETS))
    return isinstance(found, AllowedEntry) and found.source == source


def _parts(listed: str) -> Iterator[str]:
    yield from filter(None, (part.strip() for part in _ENDS.sub(",", listed).split(",")))


def _read(parts: Iterable[str], read: Callable[[str], T], name: str) -> Iterator[T | str]:
    """Yield what each part says, or which of them allows nothing and why."""
    for number, part in enumerate(parts, 1):
        try:
            yield read(part)
        except ValueError as error:
            yield f"entry {number} of {name} allows nothing: {error}"


def _entry(part: str) -> AllowedEntry:
    source, at, where = part.partition("@")
    source = source.strip()
    if source.startswith("/"):
        return AllowedEntry(_path(source), _bound(where) if at else _needs_origin())
    if not source or _NO_NAME.search(source):
        raise ValueError("what it names is neither a variable nor an absolute path (there are no wildcards)")
    return AllowedEntry(source, _bound(where) if at else None)


def _bound(where: str) -> Target:
    """Return the systems that stand behind an `@`."""
    if "@" in where:
        raise ValueError("an `@` stands in it twice: in a path it is %40")
    return _target(where.strip())


def _needs_origin() -> Target:
    raise ValueError("a file needs the url of its system: PATH@https://host")


def _origin(part: str) -> Target:
    if "@" in part:
        raise ValueError("an origin has no user name")
    return _target(part)


def _target(url: str) -> Target:
    if _ODD.search(url):
        raise ValueError("its url holds more than scheme, host, port and a plain path")
    try:
        target = Target(origin_of(url), _segments(url))
    except ValueError:
        raise ValueError("its url does not begin with https://HOST (or http://HOST)") from None
    if not urlsplit(url).netloc.isascii():
        raise ValueError("its host has other letters than ASCII: write it as xn--…, here and in the project")
    if not all(map(stays, urlsplit(url.rstrip("/")).path.split("/")[1:])):
        raise ValueError("its path is no plain path")
    return target


def _path(coded: str) -> str:
    path = _CODED.sub(lambda found: chr(int(found.group(1), 16)), coded)
    if "*" in path or any(step in {"", ".", ".."} for step in path[1:].split("/")):
        raise ValueError("its path is no plain absolute path (there are no wildcards)")
    return path


def _segments(url: str) -> tuple[str, ...]:
    path = urlsplit(url.rstrip("/")).path
    return tuple(_decoded(segment) for segment in path.split("/")[1:])


def _decoded(segment: str) -> str:
    return re.sub("%2c", ",", segment, flags=re.IGNORECASE).replace("%40", "@")


def _coded(path: str) -> str:
    return _CODED.sub(r"%25\1", path).replace(",", "%2C").replace("@", "%40")


def _coded_path(url: str) -> str:
    return url.replace(",", "%2C").replace("@", "%40")
