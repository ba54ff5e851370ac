"""Orders what is looked up: a natural key may hold a reference, so that what it refers to is found first.

Asking is left to `observe`; whose object is which, to `match`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from reconcile.desired import Wanted, with_ids
from reconcile.fields.walk import deferred_values
from reconcile.live.match import must_exist
from reconcile.model import Address, Live, Ref, Resource
from reconcile.named_tuple import NamedTuple


class Level(NamedTuple):
    """Hold what can be looked up at once."""

    wanted: Sequence[Wanted]
    by_the_base: bool = False
    """Whether each stands here as the base has it: an object that another resource has is not its own."""


def levels(wanted: Sequence[Wanted], live: Mapping[Address, Live]) -> Iterator[Level]:
    """Yield what is found by itself, then what is found by the ids of that, which are `live` by then.

    What the key of the base refers to counts too: by it an object is found that was renamed or moved. What
    refers to nothing that is there is looked for as the base has it.
    """
    refer = {
        item.resource.address: found
        for item in wanted
        if (item.former is not None or not item.resource.is_literal) and (found := _references(item))
    }
    yield Level([item for item in wanted if item.resource.address not in refer] if refer else wanted)
    left = [item for item in wanted if item.resource.address in refer]
    while left:
        yield from (Level(level) for level in _by_references(left, refer, live))
        left = [item for item in left if item.resource.address not in live and _is_open(item, live)]
        past = [*_as_they_were(left, live)]
        if not past:
            return
        yield Level(past, by_the_base=True)
        tried = {item.resource.address for item in past}
        left = [item for item in left if item.resource.address not in tried]


def _by_references(
    wanted: Iterable[Wanted], refer: Mapping[Address, Sequence[Address]], live: Mapping[Address, Live]
) -> Iterator[Sequence[Wanted]]:
    """Yield the resources whose keys refer to nothing that is still to be looked up, again and again."""
    waiting = {item.resource.address: item for item in wanted}
    needs = dict(refer)
    while waiting:
        level = [item for address, item in waiting.items() if waiting.keys().isdisjoint(needs[address])]
        if not level:  # the keys of two commits go round in a ring
            needs |= {address: _key_references(item, item.resource) for address, item in waiting.items()}
        for item in level:
            del waiting[item.resource.address]
        if resolved := [found for item in level if (found := _resolved(item, live))]:
            yield resolved


def _is_open(item: Wanted, live: Mapping[Address, Live]) -> bool:
    return item.resource.id is None and any(
        address not in live for address in _key_references(item, item.resource)
    )


def _as_they_were(wanted: Iterable[Wanted], live: Mapping[Address, Live]) -> Iterator[Wanted]:
    for item in wanted:
        former = None if item.former is None else _with_key(item, item.former, live)
        if former is not None and former.id is None and not must_exist(item):
            resource = former._replace(address=item.resource.address, origin=item.resource.origin)
            yield item._replace(resource=resource, former=former)


def _references(item: Wanted) -> tuple[Address, ...]:
    """Return what the keys of both sides refer to."""
    former = () if item.former is None else _key_references(item, item.former)
    return (*_key_references(item, item.resource), *former)


def _key_references(item: Wanted, side: Resource) -> tuple[Address, ...]:
    if side.is_literal:
        return ()
    key = {name: side.spec.get(name) for name in item.kind.key}
    return tuple(value.address for _, value in deferred_values(key) if isinstance(value, Ref))


def _resolved(item: Wanted, live: Mapping[Address, Live]) -> Wanted | None:
    """Return `item` with its keys' references as ids; None where one does not exist and it is not pinned."""
    resource = _with_key(item, item.resource, live)
    if resource is None and item.resource.id is None:
        return None
    former = None if item.former is None else _with_key(item, item.former, live)
    return item._replace(resource=resource or item.resource, former=former or item.former)


def _with_key(item: Wanted, side: Resource, live: Mapping[Address, Live]) -> Resource | None:
    """Return one side with its key's references as ids; None where one does not exist."""
    references = _key_references(item, side)
    if any(address not in live for address in references):
        return None
    return with_ids(side, {address: live[address].id for address in references}) if references else side
