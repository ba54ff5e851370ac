"""Reads live state: what the kinds ask for, each system and kind at once, and which live object is whose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

from reconcile.errors import ApiError
from reconcile.fields.walk import deferred_values, replaced
from reconcile.live.pages import Line, abandoned, lines, look
from reconcile.live.sights import THREADS_AT_MOST, Shown, shown, told, unread
from reconcile.live.tombstones import names_another
from reconcile.model import EMPTY, Address, Json, Live, Problem, Ref, Request, Resource
from reconcile.provider.kinds import Kind, Options


class Wanted(NamedTuple):
    """One resource with the kind that it is of and its system's options."""

    resource: Resource
    kind: Kind
    options: Options
    former: Resource | None = None
    """The same resource as the base has it, where there is a base and it has one."""

    based: bool = False
    """Whether there is a base, so that differences have labels."""

    left: bool = False
    """Only the base has it: it is looked at to say so, and of several with its name any will do."""

    unsure: bool = False
    """Whether a part of the base that cannot be read may have held something of it."""


class Observation(NamedTuple):
    """The live object of each resource that has one, and what could not be read or told apart."""

    live: Mapping[Address, Live]
    problems: tuple[Problem, ...] = ()
    clocks: Mapping[str, float] = EMPTY
    """What time it is for a system, where an answer showed it (seconds since the epoch)."""

    silent: frozenset[str] = frozenset()
    """The systems whose every answer said that there is nothing: as a wrong address would."""


Made = Callable[[Wanted], Json]
"""The id that an earlier apply got for what it created for a resource; None where it knows of none."""


def nothing_made(item: Wanted) -> Json:
    """Knows of nothing that was created."""


def observe(wanted: Sequence[Wanted], line: Line, threads: int, made: Made = nothing_made) -> Observation:
    """Finds the live object of each resource, in as few requests as the kinds know how, with so many threads
    for each system. What no list shows yet and an earlier apply has made is asked for by its id.

    A natural key may hold a reference, so this goes in levels: what a key refers to is looked up first,
    and if that does not exist, neither does what it identifies.
    """
    systems = {item.resource.address.system for item in wanted}
    many = max(1, min(threads * len(systems), THREADS_AT_MOST))
    with lines(systems, line, threads) as by_system, abandoned(many) as pool:
        seen = _Seen(by_system, made)
        for level in _levels(wanted, seen.live):
            seen.level(level, pool)
    return Observation(seen.live, tuple(seen.problems), seen.clocks, frozenset(systems - seen.proven))


def _levels(wanted: Sequence[Wanted], live: Mapping[Address, Live]) -> Iterator[Sequence[Wanted]]:
    """First what is found by itself, then what is found by the ids of that, which are `live` by then."""
    refer = {item.resource.address: found for item in wanted if (found := _key_references(item))}
    yield [item for item in wanted if item.resource.address not in refer] if refer else wanted
    waiting = {item.resource.address: item for item in wanted if item.resource.address in refer}
    while waiting:
        level = [item for address, item in waiting.items() if waiting.keys().isdisjoint(refer[address])]
        for item in level:
            del waiting[item.resource.address]
        yield [resolved for item in level if (resolved := _resolved(item, live))]


@dataclass(slots=True)
class _Seen:
    """Collects what the levels show."""

    lines: Mapping[str, Line]
    made: Made = nothing_made
    live: dict[Address, Live] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    clocks: dict[str, float] = field(default_factory=dict)
    proven: set[str] = field(default_factory=set)

    def level(self, wanted: Sequence[Wanted], pool: ThreadPoolExecutor) -> None:
        """Reads one level: each system and kind at the same time."""
        groups: dict[tuple[str, Kind], list[Wanted]] = defaultdict(list)
        for item in wanted:
            groups[item.resource.address.system, item.kind].append(item)
        asked = [
            (group, pool.submit(_seen, group, self.lines[system])) for (system, _), group in groups.items()
        ]
        for group, future in asked:
            self._look_by_made_ids(self._take(group, future.result()), pool)

    def _look_by_made_ids(self, group: Sequence[Wanted], pool: ThreadPoolExecutor) -> None:
        """Asks for what is not shown, and an earlier apply has made, by its id; only what has the wanted key
        counts."""
        known = [
            (item, made)
            for item in group
            if item.resource.address not in self.live and (made := _made_id(item, self.made)) is not None
        ]
        asked = [(item, pool.submit(_fetched, item, made, self.lines)) for item, made in known]
        for item, future in asked:
            try:
                lives = future.result()
            except ApiError as error:
                self.problems += told([(item.resource.origin, error)])
                continue
            for found in matched([item], lives):
                if not isinstance(found, Problem):
                    self.live[found[0]] = found[1]
                    self.proven.add(item.resource.address.system)

    def _take(self, group: Sequence[Wanted], found: Shown) -> Sequence[Wanted]:
        """Takes what the answers show; the resources of which all that they need was read."""
        system, sight = group[0].resource.address.system, found.sight
        if sight.now is not None:
            self.clocks[system] = sight.now
        if sight.proof:
            self.proven.add(system)
        readable = self._readable(group, found)
        for match in matched(readable, sight.lives):
            if isinstance(match, Problem):
                self.problems.append(match)
            else:
                self.live[match[0]] = match[1]
        return readable

    def _readable(self, group: Sequence[Wanted], found: Shown) -> Sequence[Wanted]:
        """The resources of which all that they need was read; of the others it is told why it was not."""
        formers = {id(item.resource): [*_former(item)] for item in group} if found.failures else {}
        why = unread(
            found,
            [item.resource for item in group],
            lambda resource: _lookup(group[0], [resource, *formers[id(resource)]]),
        )
        self.problems += told((group[index].resource.origin, error) for index, error in why.items())
        return [item for index, item in enumerate(group) if index not in why] if why else group


def _key_references(item: Wanted) -> tuple[Address, ...]:
    if item.resource.is_literal:
        return ()
    key = {name: item.resource.spec.get(name) for name in item.kind.key}
    return tuple(value.address for _, value in deferred_values(key) if isinstance(value, Ref))


def _resolved(item: Wanted, live: Mapping[Address, Live]) -> Wanted | None:
    """`item` with the references of its key as ids; None where one does not exist, and it is not pinned."""
    references = _key_references(item)
    if item.resource.id is None and any(address not in live for address in references):
        return None
    ids = {need: live[need].id for need in references if need in live}
    return item._replace(resource=with_ids(item.resource, ids)) if ids else item


def with_ids(resource: Resource, ids: Mapping[Address, Json]) -> Resource:
    """`resource` with every reference whose id is known replaced by it."""
    if resource.is_literal:
        return resource
    spec = replaced(
        resource.spec, lambda value: ids.get(value.address, value) if isinstance(value, Ref) else value
    )
    return resource._replace(spec=spec)


def _seen(group: Sequence[Wanted], line: Line) -> Shown:
    former = [former for item in group for former in _former(item)]
    return shown(group[0].kind, _lookup(group[0], [*[item.resource for item in group], *former]), line)


def _lookup(of: Wanted, resources: Sequence[Resource]) -> Sequence[Request]:
    """The requests that show the live objects of these resources, which are all of one system and kind."""
    return of.kind.lookup(of.resource.address.system, resources, of.options)


def _made_id(item: Wanted, made: Made) -> Json:
    """The id of what an earlier apply created for a resource that is found by its natural key."""
    sought = item.kind.identified and item.resource.id is None and not item.left
    return made(item) if sought and not _must_exist(item) else None


def _must_exist(item: Wanted) -> bool:
    return item.resource.must_exist or item.kind.must_exist


def _fetched(item: Wanted, id_: Json, lines: Mapping[str, Line]) -> Sequence[Live]:
    """The live object with this id."""
    system = item.resource.address.system
    sight = look(item.kind, item.kind.fetch(system, id_, item.options), lines[system])
    return [live for live in sight.lives if str(live.id) == str(id_)]


def matched(group: Sequence[Wanted], found: Iterable[Live]) -> Iterator[tuple[Address, Live] | Problem]:
    """Each resource's live object among `found`; a problem for an ambiguous name or a pin to nothing."""
    if not group:
        return
    kind = group[0].kind
    by_id = {str(live.id): live for live in found}
    by_key: dict[tuple[str, ...], list[Live]] = defaultdict(list)
    for live in by_id.values():
        by_key[kind.key_of(live.fields)].append(live)
    keys = [kind.key_of(item.resource.spec) for item in group]
    claimed, taken = set(keys), set[Json]()
    by_name_alone = kind.pick is None and not any(item.based or item.left for item in group)
    for item, key in zip(group, keys, strict=True):
        named: Sequence[Live] = by_key.get(key, ())
        if by_name_alone and len(named) == 1 and item.resource.id is None:
            yield item.resource.address, named[0]
            continue
        if item.left:
            named = [live for live in named if live.id not in taken] or named
        if item.former is not None and _may_be_renamed(item):
            former = _former_key(item)
            past = by_key.get(former, ()) if former not in claimed else ()
            if named and past and item.resource.id is None:
                yield _two_places(item, past[0], named[0])
                continue
            named = named or past
        match = _match(item, by_id, named)
        if isinstance(match, Live):
            match = (None if item.left else names_another(kind, item.resource, match)) or match
        if isinstance(match, Live):
            taken.add(match.id)
            yield item.resource.address, match
        elif match is not None:
            yield match


def _former(item: Wanted) -> Iterator[Resource]:
    """What the base has of a resource that may be found only by it: a renamed one, and any of a kind that is
    not listed but looked for by what it says."""
    if item.former is not None:
        elsewhere = not item.kind.listed and item.kind.pick is None
        if elsewhere or _former_key(item):
            yield item.former


def _former_key(item: Wanted) -> tuple[str, ...]:
    """The natural key by which the base found the object, where it is another one; else nothing."""
    if item.former is None or item.former.id is not None or item.kind.pick is not None:
        return ()
    key = item.kind.key_of(item.former.spec)
    return () if key == item.kind.key_of(item.resource.spec) else key


def _may_be_renamed(item: Wanted) -> bool:
    """Whether a new natural key can be a new name of the same object: no such object is made elsewhere."""
    return not _must_exist(item)


def _two_places(item: Wanted, past: Live, now: Live) -> Problem:
    """Both what the base means and what the manifests name are there: which one is meant cannot be told."""
    words = f"was id {past.id} (`{past.name}`) at the base, and id {now.id} has its new name (`{now.name}`)"
    todo = "pin the one that is meant with metadata.id"
    return Problem("ambiguous", f"{item.resource.address} {words}: {todo}", item.resource.origin)


def _asked(item: Wanted) -> str:
    """What a live object was looked for by, and where: `runConfigurationId 12345, projectId 4711`."""
    rows = item.kind.table.rows.values()
    names = dict.fromkeys([*item.kind.key, *(row.name for row in rows if row.asked)])
    spec = item.resource.spec
    return ", ".join(f"{name} {spec[name]}" for name in names if spec.get(name) is not None)


def _match(item: Wanted, by_id: Mapping[str, Live], named: Sequence[Live]) -> Live | Problem | None:
    """The live object that a resource means; a problem where that cannot be told, None for none."""
    resource, live = item.resource, None
    if resource.id is not None:
        live = by_id.get(str(resource.id))
        if live is None and not resource.absent:
            words = f"is pinned to id {resource.id}, which does not exist there: correct it"
            return Problem("no-such-object", f"{resource.address} {words}", resource.origin)
    elif item.kind.pick is not None:
        live = item.kind.pick(resource, named)
    elif len(named) > 1 and not item.left:
        ids = ", ".join(sorted(str(live.id) for live in named))
        words = f"is ambiguous: ids {ids} have the same name; pin one with metadata.id"
        return Problem("ambiguous", f"{resource.address} {words}", resource.origin)
    elif named:
        live = named[0]
    elif (resource.must_exist or item.kind.must_exist) and not resource.absent:
        words = (
            f"needs a live {item.kind.name} with {_asked(item)}, and there is none: correct it, or create it"
        )
        return Problem(
            "no-such-object", f"{resource.address} {words} there", resource.locate(item.kind.key[:1])
        )
    return live
