"""Reads live state: the requests that the kinds name, their pages, and which live object is whose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

from reconcile.errors import ApiError
from reconcile.fields.walk import late_values, misshapen, replaced, seal
from reconcile.kinds import BadAnswer, Kind, Options, Page, is_id
from reconcile.model import EMPTY, Address, Json, Live, Problem, Ref, Request, Resource, Response, Secret

Send = Callable[[Request], Response]
Hear = Callable[[Iterable[Secret]], None]
"""Hears of the secrets that live answers show, as soon as they are read."""

THREADS_AT_MOST = 64
PAGES_AT_MOST = 10_000
_REFUSED = frozenset({403, 404, 405})


class Wanted(NamedTuple):
    """One resource with the kind that it is of and its system's options."""

    resource: Resource
    kind: Kind
    options: Options
    former: Resource | None = None
    """The same resource as the base has it, where there is a base and it has one."""

    based: bool = False
    """Whether there is a base, so that differences have labels."""


def unheard(secrets: Iterable[Secret]) -> None:
    """For whoever prints nothing that a server says."""


class Observation(NamedTuple):
    """The live object of each resource that has one, and what could not be read or told apart."""

    live: Mapping[Address, Live]
    problems: tuple[Problem, ...] = ()
    clocks: Mapping[str, float] = EMPTY
    """What time it is for a system, where an answer showed it (seconds since the epoch)."""


def observe(wanted: Sequence[Wanted], send: Send, threads: int, hear: Hear = unheard) -> Observation:
    """Finds the live object of each resource, in as few requests as the kinds know how.

    A natural key may hold a reference, so this goes in levels: what a key refers to is looked up first,
    and if that does not exist, neither does what it identifies.
    """
    seen = _Seen(hear)
    with ThreadPoolExecutor(min(threads, THREADS_AT_MOST)) as pool:
        for level in _levels(wanted):
            seen.level([resolved for item in level if (resolved := _resolved(item, seen.live))], send, pool)
    return Observation(seen.live, tuple(seen.problems), seen.clocks)


def _levels(wanted: Sequence[Wanted]) -> Iterator[Sequence[Wanted]]:
    """First what is found by itself, then what is found by the ids of that, and so on."""
    refer = {item.resource.address: found for item in wanted if (found := _key_references(item))}
    yield [item for item in wanted if item.resource.address not in refer] if refer else wanted
    waiting = {item.resource.address: item for item in wanted if item.resource.address in refer}
    while waiting:
        level = [item for address, item in waiting.items() if waiting.keys().isdisjoint(refer[address])]
        for item in level:
            del waiting[item.resource.address]
        yield level


@dataclass(slots=True)
class _Seen:
    """Collects what the levels show."""

    hear: Hear
    live: dict[Address, Live] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    clocks: dict[str, float] = field(default_factory=dict)

    def level(self, wanted: Sequence[Wanted], send: Send, pool: ThreadPoolExecutor) -> None:
        """Reads one level: each system and kind at the same time."""
        groups: dict[tuple[str, Kind], list[Wanted]] = defaultdict(list)
        for item in wanted:
            groups[item.resource.address.system, item.kind].append(item)
        asked = [(group, pool.submit(_seen, group, send, self.hear)) for group in groups.values()]
        for group, future in asked:
            try:
                self._take(group, future.result())
            except ApiError as error:
                self.problems.append(Problem("unreadable-live", str(error), group[0].resource.origin))

    def _take(self, group: Sequence[Wanted], sight: Sight) -> None:
        if sight.now is not None:
            self.clocks[group[0].resource.address.system] = sight.now
        for found in matched(group, sight.lives):
            if isinstance(found, Problem):
                self.problems.append(found)
            else:
                self.live[found[0]] = found[1]


def _key_references(item: Wanted) -> tuple[Address, ...]:
    if item.resource.plain:
        return ()
    key = {name: item.resource.spec.get(name) for name in item.kind.key}
    return tuple(value.address for _, value in late_values(key) if isinstance(value, Ref))


def _resolved(item: Wanted, live: Mapping[Address, Live]) -> Wanted | None:
    """`item` with the references of its key as ids; None where one of them does not exist."""
    references = _key_references(item)
    if item.resource.id is not None or not references:
        return item
    if any(address not in live for address in references):
        return None
    return item._replace(resource=with_ids(item.resource, {need: live[need].id for need in references}))


def with_ids(resource: Resource, ids: Mapping[Address, Json]) -> Resource:
    """`resource` with every reference whose id is known replaced by it."""
    if resource.plain:
        return resource
    spec = replaced(
        resource.spec, lambda value: ids.get(value.address, value) if isinstance(value, Ref) else value
    )
    return resource._replace(spec=spec)


def _seen(group: Sequence[Wanted], send: Send, hear: Hear) -> Sight:
    kind, options, system = group[0].kind, group[0].options, group[0].resource.address.system
    requests = kind.lookup(system, [*[item.resource for item in group], *_formers(group)], options)
    with ThreadPoolExecutor(max(1, min(len(requests), THREADS_AT_MOST))) as pool:
        sights = list(pool.map(lambda request: look(kind, request, send, hear), requests))
    clocks = [sight.now for sight in sights if sight.now is not None]
    return Sight(tuple(live for sight in sights for live in sight.lives), max(clocks, default=None))


class Sight(NamedTuple):
    """What a reading showed: every live object, and the system's clock where an answer had it."""

    lives: tuple[Live, ...]
    now: float | None = None


def reading(kind: Kind, request: Request, hear: Hear = unheard) -> Generator[Request, Response, Sight]:
    """Yields the requests of all pages from `request` on, takes their answers, returns what they show.

    A read that is refused gives way to those that the kind names instead. ApiError for an answer that
    cannot be what it claims.
    """
    found: list[Live] = []
    now: float | None = None
    trail = _Trail()
    open_ = [request]
    while open_:
        asked = open_.pop(0)
        try:
            response = yield asked
        except ApiError as error:
            if not asked.instead or error.status not in _REFUSED:
                raise
            open_ = [*asked.instead, *open_]
            continue
        now = response.date if response.date is not None else now
        lives, following = _page(kind, asked, response, trail)
        if kind.table.has_sensitive:
            hear(_secrets(kind, lives))
        found += lives
        open_ = [*following, *open_]
    return Sight(tuple(found), now)


def _secrets(kind: Kind, lives: Iterable[Live]) -> Iterator[Secret]:
    """The texts that are sealed in live objects."""
    names = [row.name for row in kind.table.sensitive]
    for live in lives:
        held = [value for name in names if (value := live.said.get(name))]
        if held:
            yield from (value for _, value in late_values(held) if isinstance(value, Secret))


class _Trail:
    """The pages of one reading so far: a server must not lead it on for ever."""

    def __init__(self) -> None:
        self._asked: set[str] = set()
        self._shown: Json = None

    def follow(self, page: Page, shown: Json) -> None:
        """Remembers a page and what it shows; BadAnswer where its next one would lead nowhere new."""
        following = page.next
        if following is None:
            return
        asked = repr((following.method, following.path, following.query, following.body))
        if asked in self._asked:
            raise BadAnswer("the pages go round in a ring: the next one has been read already")
        if shown and shown == self._shown:
            raise BadAnswer("two pages in a row are the same, so that there would be no end of them")
        if len(self._asked) == PAGES_AT_MOST:
            raise BadAnswer(f"more than {PAGES_AT_MOST:,} pages: there seems to be no end of them")
        self._asked.add(asked)
        self._shown = shown


def _page(kind: Kind, asked: Request, response: Response, trail: _Trail) -> tuple[list[Live], list[Request]]:
    try:
        page = kind.page(asked, response)
        trail.follow(page, page.rows or response.body)
        return [sealed(kind, kind.read(row)) for row in page.rows], [page.next] if page.next else []
    except BadAnswer as error:
        raise ApiError(
            f"{asked.system}: {asked.method} {asked.path}: {error}", status=response.status
        ) from error


def look(kind: Kind, request: Request, send: Send, hear: Hear = unheard) -> Sight:
    """What the pages from `request` on show."""
    pages = reading(kind, request, hear)
    try:
        asked = next(pages)
        while True:
            asked = _next(pages, asked, send)
    except StopIteration as done:
        sight: Sight = done.value
        return sight


def _next(pages: Generator[Request, Response, Sight], asked: Request, send: Send) -> Request:
    try:
        response = send(asked)
    except ApiError as error:
        return pages.throw(error)
    return pages.send(response)


def sealed(kind: Kind, live: Live) -> Live:
    """`live` with its sensitive texts sealed; BadAnswer where a list is none, or an id could be no id."""
    if not is_id(live.id):
        raise BadAnswer(f"{kind.name} has an id that no request can name: `{str(live.id)[:60]}`")
    wrong = misshapen(kind.table, live.said)
    if wrong:
        raise BadAnswer(f"{kind.name} {live.id}: {wrong}")
    said = seal(kind.table, live.said)
    return live if said is live.said else Live(live.id, live.name, said)


def matched(group: Sequence[Wanted], found: Iterable[Live]) -> Iterator[tuple[Address, Live] | Problem]:
    """Each resource's live object among `found`; a problem for an ambiguous name or a pin to nothing."""
    by_id = {str(live.id): live for live in found}
    by_key: dict[tuple[str, ...], list[Live]] = defaultdict(list)
    kind = group[0].kind
    for live in by_id.values():
        by_key[kind.key_of(live.said)].append(live)
    keys = [kind.key_of(item.resource.spec) for item in group]
    claimed = set(keys)
    for item, key in zip(group, keys, strict=True):
        named = by_key.get(key, [])
        if item.former is not None and not named:
            former = _former_key(item)
            named = by_key.get(former, []) if former not in claimed else []
        match = _match(item, by_id, named)
        if match is not None:
            yield match


def _formers(group: Sequence[Wanted]) -> Iterator[Resource]:
    """What the base has of the resources that may be found only by it: renamed ones, and all of a kind that
    is not listed but looked for by what it says."""
    for item in group:
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


def _match(
    item: Wanted, by_id: Mapping[str, Live], named: Sequence[Live]
) -> tuple[Address, Live] | Problem | None:
    """The live object that a resource means; a problem where that cannot be told, None for none."""
    resource, live = item.resource, None
    if resource.id is not None:
        live = by_id.get(str(resource.id))
        if live is None and not resource.absent:
            words = f"is pinned to id {resource.id}, which does not exist there: correct it"
            return Problem("no-such-object", f"{resource.address} {words}", resource.origin)
    elif item.kind.pick is not None:
        live = item.kind.pick(resource, named)
    elif len(named) > 1:
        ids = ", ".join(sorted(str(live.id) for live in named))
        words = f"is ambiguous: ids {ids} have the same name; pin one with metadata.id"
        return Problem("ambiguous", f"{resource.address} {words}", resource.origin)
    elif named:
        live = named[0]
    elif (resource.must_exist or item.kind.must_exist) and not resource.absent:
        key = ", ".join(map(str, item.kind.key_of(resource.spec)))
        words = f"needs the live {item.kind.name} `{key}`, and there is none: create it there"
        return Problem("no-such-object", f"{resource.address} {words}", resource.origin)
    return None if live is None else (resource.address, live)
