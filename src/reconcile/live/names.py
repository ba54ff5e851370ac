"""Looks up the ids that names stand for: each name once, many of a kind by one list; a name that does not
stand for one object is a problem at its line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from reconcile.desired import Meant, NameQuery, Wanted, with_names
from reconcile.errors import ApiError
from reconcile.fields.forms import integer
from reconcile.fields.named import NameAt, names_in
from reconcile.live.pages import Line, abandoned, lines, look
from reconcile.live.sights import THREADS_AT_MOST, told
from reconcile.manifests.references import identity
from reconcile.model import (
    EMPTY,
    Address,
    FieldPath,
    Json,
    Live,
    Named,
    Origin,
    Problem,
    Ref,
    Resource,
    spell,
)
from reconcile.provider.lookups import Sought, names_of
from reconcile.provider.lookups import told_apart as called
from reconcile.provider.rest import BY_NAME_AT_MOST
from reconcile.suggest import suggestion

_Answer: TypeAlias = Sequence[Live] | ApiError


class Names(NamedTuple):
    """Hold the resources with ids in the place of names, and what stood against it."""

    wanted: tuple[Wanted, ...]
    """Those of which every name is known."""

    problems: tuple[Problem, ...] = ()
    unread: Mapping[Address, Problem] = EMPTY
    """Why a name of a resource stands for nothing that is known; the other problems concern several."""

    gone: frozenset[str] = frozenset()
    """The systems of which it is believed that something is gone, as its name stands for nothing there."""


def names_resolved(items: Sequence[Wanted], line: Line, threads: int) -> Names:
    """Return the resources with the id in the place of each name that stands for exactly one object.

    What only the base names, and nothing has that name, stays a name, which equals nothing.
    """
    sides = [_Side(item, resource) for item in items for resource in _resources(item)]
    if not (sides := [side for side in sides if side.names]):
        return Names(tuple(items))
    systems = {side.system for side in sides}
    many = max(1, min(threads * len(systems), THREADS_AT_MOST))
    with lines(systems, line, threads) as by_system, abandoned(many) as pool:
        asked = _Asked(by_system, pool)
        while queries := {query for side in sides for query in side.open(asked.answers)}:
            asked.ask(queries)
        return _Resolution(asked, sides).of(items)


def _resources(item: Wanted) -> Iterator[Resource]:
    for resource in (item.resource, item.former):
        if resource is not None and not resource.is_literal:
            yield resource


class _Side:
    """Hold one side of a resource, as declared or as the base has it, with the names in it."""

    def __init__(self, item: Wanted, resource: Resource) -> None:
        self.item, self.resource, self.kind = item, resource, item.kind
        self.system = resource.address.system
        keys = item.kind.key if resource.absent else None
        found = names_in(item.kind.table, resource.spec)
        self.names = [at for at in found if keys is None or at.path[0] in keys]
        self.queries: dict[FieldPath, NameQuery] = {}

    @property
    def is_declared(self) -> bool:
        """Tell whether the manifests say it, and not the base alone."""
        return self.resource is self.item.resource and not self.item.left

    def open(self, answers: Mapping[NameQuery, _Answer]) -> Iterator[NameQuery]:
        """Yield what has to be asked next: a name within something is asked for when that is known."""
        for at in self.names:
            if at.path not in self.queries:
                within = self._within(at, answers)
                if at.mark.within and within is None:
                    continue
                lookup = self.kind.lookups[at.mark.lookup]
                self.queries[at.path] = NameQuery(self.system, lookup, within, at.text)
            if self.queries[at.path] not in answers:
                yield self.queries[at.path]

    def _within(self, at: NameAt, answers: Mapping[NameQuery, _Answer]) -> Json:
        value = at.around.get(at.mark.within) if at.mark.within else None
        if isinstance(value, Named):
            query = self.queries.get((*at.path[:-1], at.mark.within))
            return None if query is None else id_of(query, answers.get(query, ()))
        return None if isinstance(value, Ref) else integer(value)

    def places(self) -> Iterator[tuple[NameAt, NameQuery | None]]:
        """Yield each name with what was asked for it; None where it is not known in what to look for it."""
        return ((at, self.queries.get(at.path)) for at in self.names)


def id_of(query: NameQuery, answer: _Answer) -> Json:
    """Return the id of the one object that has the name; None where that is none or several."""
    found = [] if isinstance(answer, ApiError) else having(query, answer)
    return found[0].id if len(found) == 1 else None


def having(query: NameQuery, lives: Iterable[Live]) -> list[Live]:
    """Return the objects that have exactly the name, each once."""
    return [*{str(live.id): live for live in lives if query.text in names_of(live)}.values()]


@dataclass(slots=True)
class _Asked:
    """Asks, and keeps what was answered."""

    lines: Mapping[str, Line]
    pool: ThreadPoolExecutor
    answers: dict[NameQuery, _Answer] = field(default_factory=dict)
    lists: dict[NameQuery, _Answer] = field(default_factory=dict)
    """What a list showed, by the query without its text."""

    def ask(self, queries: Iterable[NameQuery]) -> None:
        """Ask for each name, or for a whole list where they are many."""
        groups: dict[NameQuery, list[NameQuery]] = defaultdict(list)
        for query in queries:
            groups[query._replace(text="")].append(query)
        single = [query for group in groups.values() if len(group) <= BY_NAME_AT_MOST for query in group]
        whole = [each for each, group in groups.items() if len(group) > BY_NAME_AT_MOST]
        futures = {
            query: self.pool.submit(self._shown, query, query.text or None) for query in (*single, *whole)
        }
        found = {query: future.result() for query, future in futures.items()}
        self.answers |= {query: found[query] for query in single}
        for each in whole:
            self.lists[each] = found[each]
            self.answers |= dict.fromkeys(groups[each], found[each])

    def _shown(self, query: NameQuery, text: str | None) -> _Answer:
        try:
            request = query.lookup.ask(Sought(query.system, query.within, text))
            return look(query.lookup, request, self.lines[query.system]).lives
        except ApiError as error:
            return error
        except ValueError:
            return ApiError(f"{query.system}: `{query.within}` is no id, so nothing can be looked for in it")

    def nearest(self, query: NameQuery) -> Sequence[str]:
        """Return the names that there are instead: one more list, asked for where a name is wrong."""
        whole = query._replace(text="")
        if whole not in self.lists:
            self.lists[whole] = self._shown(whole, None)
        found = self.lists[whole]
        return [] if isinstance(found, ApiError) else [name for live in found for name in names_of(live)]


class _Resolution:
    """Puts the ids into both sides of resources, and tells what is wrong with a name."""

    def __init__(self, asked: _Asked, sides: Sequence[_Side]) -> None:
        self.asked, self.problems = asked, list[Problem]()
        self.sides = {id(side.resource): side for side in sides}
        self.gone: set[str] = set()
        self.unread: dict[Address, Problem] = {}

    def of(self, items: Sequence[Wanted]) -> Names:
        """Return all items but those that are gone, or of which a name is wrong."""
        found = tuple(filter(None, map(self._item, items)))
        self.problems += _rivals(item for item in found if not item.left)
        return Names(found, tuple(self.problems), self.unread, frozenset(self.gone))

    def _item(self, item: Wanted) -> Wanted | None:
        side = self.sides.get(id(item.resource))
        former = self._former(item)
        if side is None:
            return item._replace(former=former)
        wrong = [*self._wrong(side)]
        self._note(item, wrong)
        if wrong or self._is_gone(side):
            return None
        ids = {at.path: self._id(query) for at, query in side.places()}
        names = (Meant(query, ids[at.path]) for at, query in side.places() if query)
        known = tuple(dict.fromkeys(meant for meant in names if meant.id is not None))
        resource, again = with_names(item.kind.table, item.resource, lambda at: ids.get(at.path))
        self._note(item, again)
        return item._replace(resource=resource, former=former, names=known)

    def _former(self, item: Wanted) -> Resource | None:
        side = self.sides.get(id(item.former))
        if side is None or item.former is None:
            return item.former
        queries = [query for _, query in side.places() if query]
        failed = (answer for query in queries if isinstance(answer := self.asked.answers[query], ApiError))
        self._note(item, [*told((item.resource.origin, error) for error in failed)])
        ids = {at.path: self._id(query) for at, query in side.places()}
        return with_names(item.kind.table, item.former, lambda at: ids.get(at.path))[0]

    def _note(self, item: Wanted, problems: Sequence[Problem]) -> None:
        """Note what is wrong with the names of a resource."""
        self.problems += problems
        for problem in problems:
            self.unread.setdefault(item.resource.address, problem)

    def _id(self, query: NameQuery | None) -> Json:
        return None if query is None else id_of(query, self.asked.answers[query])

    def _is_gone(self, side: _Side) -> bool:
        """Tell whether a tombstone's object is not there, since nothing has a name of its key."""
        unknown = [at for at, query in side.places() if self._id(query) is None]
        if unknown:
            self.gone.add(side.system)
        return bool(unknown) and side.resource.absent and side.resource.id is None

    def _wrong(self, side: _Side) -> Iterator[Problem]:
        """Yield what is wrong with each name that does not stand for exactly one object."""
        for at, query in side.places():
            origin = side.resource.locate(at.path)
            if query is None:
                yield from () if self._waits(side, at) else (_nowhere(at, origin),)
                continue
            answer = self.asked.answers[query]
            if isinstance(answer, ApiError):
                yield from told([(origin, answer)])
                continue
            found = having(query, answer)
            if len(found) > 1 and not side.item.left:
                yield Problem("ambiguous", _several(query, found), origin)
            elif not found and not (at.gone or side.resource.absent):
                yield Problem("no-such-name", self._none(query), origin)

    def _waits(self, side: _Side, at: NameAt) -> bool:
        """Tell whether it is the name of what this one is within that is not known, which is told there."""
        return isinstance(at.around.get(at.mark.within), Named)

    def _none(self, query: NameQuery) -> str:
        where = "" if query.within is None else f" in {query.within}"
        near = suggestion(query.text, self.asked.nearest(query))
        return f"no {query.lookup.name} of {query.system}{where} is named `{query.text}`{near}"


def _nowhere(at: NameAt, origin: Origin) -> Problem:
    words = f"`{spell(at.path)}` is looked for within {at.mark.within}, which is not known: write that"
    return Problem("no-such-name", words, origin)


def _several(query: NameQuery, found: Sequence[Live]) -> str:
    ids = ", ".join(sorted(map(called, found)))
    more = (
        ", or a longer name that one of them alone has"
        if any(len(names_of(one)) > 1 for one in found)
        else ""
    )
    return f"`{query.text}` is the name of {len(found)} objects of {query.system}: {ids}; write the id{more}"


def _rivals(items: Iterable[Wanted]) -> Iterator[Problem]:
    """Yield a problem for two manifests that claim one live object, which their names have shown."""
    first: dict[tuple[str, str, Json], Wanted] = {}
    for item in items:
        resource = item.resource
        found = identity(item.kind, resource)
        if found is None:
            continue
        other = first.setdefault((resource.address.system, item.kind.name, found), item)
        if other is not item and (item.names or other.names):
            both = f"{resource.address} and {other.resource.address} ({other.resource.origin})"
            yield Problem("claimed-twice", f"{both} claim the same live object; keep one", resource.origin)
