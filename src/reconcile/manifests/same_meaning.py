"""Tells whether two resources mean the same, wherever each is written; what differs is left to `planning`."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from reconcile.model import Hold, Json, Part, Resource


def mean_the_same(one: Resource, other: Resource) -> bool:
    """Tell whether two resources say the same of the same object: their places in files apart."""
    if one is other:
        return True
    if _around(one) != _around(other) or len(one.known) != len(other.known):
        return False
    lives = zip((entry.live for entry in one.known), (entry.live for entry in other.known), strict=True)
    return is_same(one.spec, other.spec) and all(is_same(before, after) for before, after in lives)


def is_same(one: Json, other: Json) -> bool:
    """Tell whether two values are the same: 1 is not true, and the order of keys says nothing."""
    if isinstance(one, Mapping):
        if not isinstance(other, Mapping) or one.keys() != other.keys():
            return False
        return all(is_same(value, other[name]) for name, value in one.items())
    if isinstance(one, list):
        if not isinstance(other, list) or len(one) != len(other) or _gone(one) != _gone(other):
            return False
        return all(map(is_same, one, other))
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


def _gone(entries: list[Json]) -> Hashable:
    return entries.gone if isinstance(entries, Part) else None


def _around(resource: Resource) -> tuple[object, ...]:
    """Return what a resource says around its spec."""
    return (
        resource.address,
        resource.api_version,
        resource.managed_as,
        resource.id,
        frozenset(resource.depends_on),
        resource.absent,
        resource.must_exist,
        resource.pruned,
        _held(resource.suspend),
        {path: _held(hold) for path, hold in resource.held.items()},
        [(entry.path, entry.reason, entry.until) for entry in resource.known],
        {of: share.path for of, share in resource.carries.items()},
    )


def _held(hold: Hold | None) -> tuple[object, ...] | None:
    return None if hold is None else (hold.reason, hold.until)
