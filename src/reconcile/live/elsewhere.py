"""Finds the live objects that may be a missing one which somebody has moved by hand; it decides nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from reconcile.desired import Wanted
from reconcile.model import EMPTY, Address, Live, Spec
from reconcile.provider.kinds import Kind

LivesByKind: TypeAlias = Mapping[tuple[str, Kind], Sequence[Live]]
"""What was shown of each system and kind whose objects can be moved."""

_Place: TypeAlias = tuple[str, Kind, tuple[str, ...]]


def elsewhere(
    wanted: Iterable[Wanted], shown: LivesByKind, live: Mapping[Address, Live]
) -> Mapping[Address, Sequence[Live]]:
    """Return, for each resource without a live object, those that are alike but for where they are.

    A live object that is another resource's is not among them.
    """
    if not shown:
        return EMPTY
    known = {item.resource.address: item for item in wanted}
    missing = [item for at, item in known.items() if at not in live and _may_be_moved(item)]
    if not missing:
        return EMPTY
    taken = {_object(known[at], each) for at, each in live.items() if at in known}
    near: dict[_Place, list[Live]] = defaultdict(list)
    for (system, kind), lives in shown.items():
        for each in {each.id: each for each in lives}.values():
            if (system, kind, str(each.id)) not in taken:
                near[system, kind, _rest(kind, each.fields)].append(each)
    return {item.resource.address: found for item in missing if (found := near.get(_place(item)))}


def _may_be_moved(item: Wanted) -> bool:
    return bool(item.kind.movable) and item.resource.id is None and not item.left


def _place(item: Wanted) -> _Place:
    return item.resource.address.system, item.kind, _rest(item.kind, item.resource.spec)


def _object(item: Wanted, live: Live) -> tuple[str, Kind, str]:
    return item.resource.address.system, item.kind, str(live.id)


def _rest(kind: Kind, said: Spec) -> tuple[str, ...]:
    """Return the natural key without what tells where the object is."""
    parts = zip(kind.key, kind.key_of(said), strict=True)
    return tuple(part for name, part in parts if name not in kind.movable)
