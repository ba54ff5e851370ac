"""Asks what names stand for: each name once, and many of a kind by one list; what follows from the answers is
decided in `names`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeAlias

from reconcile.desired import NameQuery, Wanted, place_in
from reconcile.errors import ApiError
from reconcile.fields.forms import integer
from reconcile.fields.named import NameAt, names_in
from reconcile.fields.table import row_at, table_at
from reconcile.live.pages import Line, look
from reconcile.model import FieldPath, Json, Live, Named, Ref, Resource
from reconcile.provider.listings import BY_NAME_AT_MOST
from reconcile.provider.lookups import Sought, names_of
from reconcile.provider.routes import is_id

NameAnswer: TypeAlias = Sequence[Live] | ApiError


class NamedSide:
    """Hold a resource, or a part that it was joined of, as declared or as the base has it, with its names."""

    def __init__(self, item: Wanted, resource: Resource, place: FieldPath = ()) -> None:
        self.resource, self.place, self.kind = resource, place, item.kind
        self.system = resource.address.system
        key = row_at(item.kind.table, place).key if place else item.kind.key
        found = names_in(table_at(item.kind.table, place), resource.spec)
        by_key_alone = resource.absent or item.left
        self.names = [at for at in found if not by_key_alone or at.path[0] in key]
        self.queries: dict[FieldPath, NameQuery] = {}

    def open(self, answers: Mapping[NameQuery, NameAnswer]) -> Iterator[NameQuery]:
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

    def _within(self, at: NameAt, answers: Mapping[NameQuery, NameAnswer]) -> Json:
        value = at.around.get(at.mark.within) if at.mark.within else None
        if isinstance(value, Named):
            query = self.queries.get((*at.path[:-1], at.mark.within))
            return None if query is None else id_of(query, answers.get(query, ()))
        return None if isinstance(value, Ref) else integer(value)

    def places(self) -> Iterator[tuple[NameAt, NameQuery | None]]:
        """Yield each name with what was asked for it; None where it is not known in what to look for it."""
        return ((at, self.queries.get(at.path)) for at in self.names)


def sides_of(item: Wanted, resource: Resource | None) -> list[NamedSide]:
    """Return the resource, or what it was joined of, as far as names stand there."""
    if resource is None or resource.is_literal:
        return []
    if resource.joint is None:
        sides = [NamedSide(item, resource)]
    else:
        sides = [NamedSide(item, part, place_in(resource, part)) for part in resource.joint.parts]
    return [side for side in sides if side.names]


def id_of(query: NameQuery, answer: NameAnswer) -> Json:
    """Return the id of the one object that has the name; None where that is none or several."""
    found = [] if isinstance(answer, ApiError) else having(query, answer)
    return found[0].id if len(found) == 1 else None


def having(query: NameQuery, lives: Iterable[Live]) -> list[Live]:
    """Return the objects that have exactly the name, each once."""
    return [*{str(live.id): live for live in lives if query.text in names_of(live)}.values()]


@dataclass(slots=True)
class Asked:
    """Asks, and keeps what was answered."""

    lines: Mapping[str, Line]
    pool: ThreadPoolExecutor
    answers: dict[NameQuery, NameAnswer] = field(default_factory=dict)
    lists: dict[NameQuery, NameAnswer] = field(default_factory=dict)
    """What a list showed, by the query without its text."""

    def ask(self, queries: Iterable[NameQuery]) -> None:
        """Ask for each name, or for a whole list where they are many."""
        groups: dict[NameQuery, list[NameQuery]] = defaultdict(list)
        for query in queries:
            groups[query._replace(text="")].append(query)
        single = [query for group in groups.values() if len(group) <= BY_NAME_AT_MOST for query in group]
        many = [each for each, group in groups.items() if len(group) > BY_NAME_AT_MOST]
        futures = {
            query: self.pool.submit(self._shown, query, query.text or None) for query in (*single, *many)
        }
        found = {query: future.result() for query, future in futures.items()}
        self.answers |= {query: found[query] for query in single}
        for each in many:
            self.lists[each] = found[each]
            self.answers |= dict.fromkeys(groups[each], found[each])

    def _shown(self, query: NameQuery, text: str | None) -> NameAnswer:
        if query.within is not None and not is_id(query.within):
            return ApiError(f"{query.system}: `{query.within}` is no id, so nothing can be looked for in it")
        request = query.lookup.ask(Sought(query.system, query.within, text))
        try:
            return look(query.lookup, request, self.lines[query.system]).lives
        except ApiError as error:
            return error

    def whole(self, query: NameQuery) -> NameAnswer:
        """Return the list of all that could have the name: one more request, where a name is wrong."""
        each = query._replace(text="")
        if each not in self.lists:
            self.lists[each] = self._shown(each, None)
        return self.lists[each]

    def silent(self, systems: Iterable[str]) -> frozenset[str]:
        """Return those of the systems of which no answer showed an object, as a wrong place would."""
        every = (*self.answers.items(), *self.lists.items())
        return frozenset(systems) - {query.system for query, answer in every if not is_nothing(answer)}


def is_nothing(answer: NameAnswer) -> bool:
    """Tell whether an answer shows no object."""
    return isinstance(answer, ApiError) or not answer
