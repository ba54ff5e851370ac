"""Reads live state: the requests that the kinds name, their pages, and which live object is whose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from reconcile.errors import ApiError
from reconcile.fields.walk import late_values, misshapen, replaced, seal
from reconcile.kinds import BadAnswer, Kind, Options
from reconcile.model import Address, Json, Live, Problem, Ref, Request, Resource, Response

Send = Callable[[Request], Response]
THREADS_AT_MOST = 64


@dataclass(frozen=True, slots=True)
class Wanted:
    """One resource with the kind that it is of and its system's options."""

    resource: Resource
    kind: Kind
    options: Options


@dataclass(frozen=True, slots=True)
class Observation:
    """The live object of each resource that has one, and what could not be read or told apart."""

    live: Mapping[Address, Live]
    problems: tuple[Problem, ...] = ()


def observe(wanted: Sequence[Wanted], send: Send, threads: int) -> Observation:
    """Finds the live object of each resource, in as few requests as the kinds know how.

    A natural key may hold a reference, so this goes in levels: what a key refers to is looked up first,
    and if that does not exist, neither does what it identifies.
    """
    live: dict[Address, Live] = {}
    problems: list[Problem] = []
    waiting = {item.resource.address: item for item in wanted}
    with ThreadPoolExecutor(min(threads, THREADS_AT_MOST)) as pool:
        while waiting:
            level = [
                item for item in waiting.values() if not any(a in waiting for a in _key_references(item))
            ]
            for item in level:
                del waiting[item.resource.address]
            found, more = _level(
                [resolved for item in level if (resolved := _resolved(item, live))], send, pool
            )
            live |= found
            problems += more
    return Observation(live, tuple(problems))


def _key_references(item: Wanted) -> Iterator[Address]:
    key = {name: item.resource.spec.get(name) for name in item.kind.key}
    return (value.address for _, value in late_values(key) if isinstance(value, Ref))


def _resolved(item: Wanted, live: Mapping[Address, Live]) -> Wanted | None:
    """`item` with the references of its key as ids; None where one of them does not exist."""
    references = list(_key_references(item))
    if not references or item.resource.id is not None:
        return item
    if any(address not in live for address in references):
        return None
    return Wanted(
        with_ids(item.resource, {address: live[address].id for address in references}),
        item.kind,
        item.options,
    )


def with_ids(resource: Resource, ids: Mapping[Address, Json]) -> Resource:
    """`resource` with every reference whose id is known replaced by it."""
    spec = replaced(
        resource.spec, lambda value: ids.get(value.address, value) if isinstance(value, Ref) else value
    )
    return replace(resource, spec=spec)


def _level(
    wanted: Sequence[Wanted], send: Send, pool: ThreadPoolExecutor
) -> tuple[dict[Address, Live], list[Problem]]:
    groups: dict[tuple[str, str], list[Wanted]] = defaultdict(list)
    for item in wanted:
        groups[item.resource.address.system, item.kind.name].append(item)
    asked = [(group, pool.submit(_rows, group, send, pool)) for group in groups.values()]
    live: dict[Address, Live] = {}
    problems: list[Problem] = []
    for group, future in asked:
        try:
            rows = future.result()
        except ApiError as error:
            problems.append(Problem("unreadable-live", str(error)))
            continue
        for found in matched(group, rows):
            if isinstance(found, Problem):
                problems.append(found)
            else:
                live[found[0]] = found[1]
    return live, problems


def _rows(group: Sequence[Wanted], send: Send, pool: ThreadPoolExecutor) -> list[Live]:
    kind, options, system = group[0].kind, group[0].options, group[0].resource.address.system
    requests = kind.lookup(system, [item.resource for item in group], options)
    if len(requests) == 1:
        return rows(kind, requests[0], send)
    return [
        live
        for answer in map_in(pool, lambda request: rows(kind, request, send), requests)
        for live in answer
    ]


def map_in(
    pool: ThreadPoolExecutor, work: Callable[[Request], list[Live]], requests: Iterable[Request]
) -> list[list[Live]]:
    """`work` on each request; on threads of its own, since a thread of `pool` waits here."""
    requests = list(requests)
    with ThreadPoolExecutor(max(1, min(len(requests), THREADS_AT_MOST))) as inner:
        return list(inner.map(work, requests))


def reading(kind: Kind, request: Request) -> Generator[Request, Response, list[Live]]:
    """Yields the requests of all pages from `request` on, takes their answers, returns every live object.

    ApiError for an answer that cannot be what it claims.
    """
    found: list[Live] = []
    following: Request | None = request
    while following is not None:
        asked, response = following, (yield following)
        try:
            page = kind.page(asked, response)
            found += [sealed(kind, kind.read(row)) for row in page.rows]
        except BadAnswer as error:
            raise ApiError(
                f"{asked.system}: {asked.method} {asked.path}: {error}", status=response.status
            ) from error
        following = page.next
    return found


def rows(kind: Kind, request: Request, send: Send) -> list[Live]:
    """Every live object that the pages from `request` on show."""
    pages = reading(kind, request)
    try:
        asked = next(pages)
        while True:
            asked = pages.send(send(asked))
    except StopIteration as done:
        return list(done.value)


def sealed(kind: Kind, live: Live) -> Live:
    """`live` with its sensitive texts sealed; BadAnswer where a list is none."""
    wrong = misshapen(kind.table, live.said)
    if wrong:
        raise BadAnswer(f"{kind.name} {live.id}: {wrong}")
    return Live(live.id, live.name, seal(kind.table, live.said)) if kind.table.has_sensitive else live


def matched(group: Sequence[Wanted], found: Iterable[Live]) -> Iterator[tuple[Address, Live] | Problem]:
    """Each resource's live object among `found`; a problem for an ambiguous name or a pin to nothing."""
    by_id = {str(live.id): live for live in found}
    by_key: dict[tuple[str, ...], list[Live]] = defaultdict(list)
    kind = group[0].kind
    for live in by_id.values():
        by_key[kind.key_of(live.said)].append(live)
    for item in group:
        yield from _match(item, by_id, by_key[kind.key_of(item.resource.spec)])


def _match(
    item: Wanted, by_id: Mapping[str, Live], named: Sequence[Live]
) -> Iterator[tuple[Address, Live] | Problem]:
    resource = item.resource
    if resource.id is not None:
        pinned = by_id.get(str(resource.id))
        if pinned is not None:
            yield resource.address, pinned
        elif not resource.absent:
            message = f"{resource.address} is pinned to id {resource.id}, which does not exist there"
            yield Problem("no-such-object", message, resource.origin)
    elif len(named) > 1:
        ids = ", ".join(str(live.id) for live in sorted(named, key=lambda live: str(live.id)))
        message = f"{resource.address} is ambiguous: ids {ids} have the same name; pin one with metadata.id"
        yield Problem("ambiguous", message, resource.origin)
    elif named:
        yield resource.address, named[0]
    elif resource.must_exist and not resource.absent:
        key = ", ".join(map(str, item.kind.key_of(resource.spec)))
        message = f"{resource.address} needs the live {item.kind.name} `{key}`, and there is none"
        yield Problem("no-such-object", message, resource.origin)
