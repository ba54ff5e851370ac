"""Decides which live object is whose: by its pinned id, its natural key, or the key that the base had."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from reconcile.desired import Wanted
from reconcile.fields.walk import deferred_values
from reconcile.live.sealed import sealed_by_base
from reconcile.live.tombstones import names_another
from reconcile.model import Address, Json, Live, Problem, Ref, Resource
from reconcile.provider.kinds import Kind


def matched(group: Sequence[Wanted], found: Iterable[Live]) -> Iterator[tuple[Address, Live | Problem]]:
    """Yield each resource's live object among `found`, sealed by its base.

    An ambiguous name, or a pin to nothing, is a problem instead.
    """
    if not group:
        return
    kind, key_of = group[0].kind, group[0].kind.key_of
    by_id = {str(live.id): live for live in found}
    by_key: dict[tuple[str, ...], list[Live]] = defaultdict(list)
    for live in by_id.values():
        by_key[key_of(live.fields)].append(live)
    keys = [key_of(item.resource.spec) for item in group]
    claimed, taken = set(keys), set[Json]()
    by_name_alone = kind.pick is None and not any(item.left for item in group)
    for item, key in zip(group, keys, strict=True):
        resource = item.resource
        named: Sequence[Live] = by_key.get(key, ())
        if by_name_alone and len(named) == 1 and resource.id is None and _is_at_its_name(item):
            yield resource.address, named[0]
            continue
        if item.left:
            named = [live for live in named if live.id not in taken] or named
        if item.former is not None and _may_be_renamed(item):
            former = _former_key(item)
            past = by_key.get(former, ()) if former not in claimed else ()
            if named and past and item.resource.id is None:
                yield item.resource.address, _two_places(item, past[0], named[0])
                continue
            named = named or past
        match = _match(item, by_id, named)
        if isinstance(match, Live):
            match = (None if item.left else names_another(kind, item.resource, match)) or match
        if isinstance(match, Live):
            taken.add(match.id)
            yield item.resource.address, sealed_by_base(item, match)
        elif match is not None:
            yield item.resource.address, match


def _is_at_its_name(item: Wanted) -> bool:
    """Tell whether an object is found by what the manifest says alone: the base says nothing else of it."""
    return not item.based or item.is_as_it_was


def as_the_base_has(item: Wanted) -> Iterator[Resource]:
    """Yield what the base has of a resource whose live object may be found only by the base.

    That is a renamed resource, and any of a kind that is not listed but looked for by what it says.
    """
    if item.former is not None and not item.is_as_it_was and not _is_open(item, item.former):
        elsewhere = not item.kind.listed and item.kind.pick is None
        if elsewhere or _former_key(item):
            yield item.former


def _former_key(item: Wanted) -> tuple[str, ...]:
    """Return the natural key by which the base found the object, where it is another one; else nothing."""
    if item.former is None or item.former.id is not None or item.kind.pick is not None:
        return ()
    if _is_open(item, item.former):
        return ()
    key = item.kind.key_of(item.former.spec)
    return () if key == item.kind.key_of(item.resource.spec) else key


def _is_open(item: Wanted, side: Resource) -> bool:
    """Tell whether the key of one side refers to what is not there, so that nothing is found by it."""
    if side.is_literal:
        return False
    key = {name: side.spec.get(name) for name in item.kind.key}
    return any(isinstance(value, Ref) for _, value in deferred_values(key))


def _may_be_renamed(item: Wanted) -> bool:
    """Tell whether a new natural key can be a new name of the object: no such object is made elsewhere."""
    return not must_exist(item)


def _two_places(item: Wanted, past: Live, now: Live) -> Problem:
    """Return the problem that both what the base means and what the manifests name are there.

    Which of the two is meant cannot be told.
    """
    words = f"was id {past.id} (`{past.name}`) at the base, and id {now.id} has its new name (`{now.name}`)"
    todo = "pin the one that is meant with metadata.id"
    return Problem("ambiguous", f"{item.resource.address} {words}: {todo}", item.resource.origin)


def _asked(item: Wanted) -> str:
    """Return what a live object was looked for by, and where: `runConfigurationId 12345, projectId 4711`."""
    rows = item.kind.table.rows.values()
    names = dict.fromkeys([*item.kind.key, *(row.name for row in rows if row.asked)])
    spec = item.resource.spec
    return ", ".join(f"{name} {spec[name]}" for name in names if spec.get(name) is not None)


def _match(item: Wanted, by_id: Mapping[str, Live], named: Sequence[Live]) -> Live | Problem | None:
    """Return the live object that a resource means; a problem where that cannot be told, None for none."""
    resource, live = item.resource, None
    if resource.id is not None:
        live = by_id.get(str(resource.id))
        if live is None and not resource.absent:
            words = f"is pinned to id {resource.id}, which does not exist there: correct it"
            return Problem("no-such-object", f"{resource.address} {words}", resource.origin)
    elif item.kind.pick is not None:
        live = item.kind.pick(resource, named)
    elif len(named) > 1 and not item.left:
        ids = ", ".join(sorted(_told_apart(item.kind, live) for live in named))
        part = f"declare the {item.kind.name} that is meant with metadata.id, and refer to it"
        todo = part if resource.managed_as else "pin one with metadata.id"
        words = f"is ambiguous: ids {ids} have the same name; {todo}"
        return Problem("ambiguous", f"{resource.address} {words}", resource.origin)
    elif named:
        live = named[0]
    elif must_exist(item) and not resource.absent:
        words = (
            f"needs a live {item.kind.name} with {_asked(item)}, and there is none: correct it, or create it"
        )
        return Problem(
            "no-such-object", f"{resource.address} {words} there", resource.locate(item.kind.key[:1])
        )
    return live


def _told_apart(kind: Kind, live: Live) -> str:
    """Return an object's id, with what tells it apart from others of its name."""
    where = kind.told_apart(live)
    return f"{live.id} ({where})" if where else str(live.id)


def must_exist(item: Wanted) -> bool:
    """Tell whether nothing of ours creates the object."""
    return item.resource.must_exist or item.kind.must_exist
