"""Reads live state: what the kinds ask for, each system and kind at once, and which live object is whose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from reconcile.desired import Wanted
from reconcile.errors import ApiError
from reconcile.live.elsewhere import elsewhere
from reconcile.live.levels import Level, levels
from reconcile.live.match import as_the_base_has, matched, must_exist
from reconcile.live.observation import Observation
from reconcile.live.pages import Line, abandoned, lines, look
from reconcile.live.sights import THREADS_AT_MOST, Shown, shown_to, told, unread, unreadable
from reconcile.model import Address, Json, Live, Problem, Request, Resource
from reconcile.named_tuple import NamedTuple
from reconcile.provider.cases import PackageFault
from reconcile.provider.kinds import Kind


class Made(NamedTuple):
    """Hold the ids that earlier applies got for what they created for a resource; None for none."""

    id: Json = None
    """That of an object of its natural key and scope."""

    declared: Json = None
    """That of the last object that was created for its manifest, whatever that said then."""


MadeIds = Callable[[Wanted], Made]


def nothing_made(item: Wanted) -> Made:
    """Return nothing: no earlier apply is known to have created anything."""
    return Made()


def observe(wanted: Sequence[Wanted], line: Line, threads: int, made: MadeIds = nothing_made) -> Observation:
    """Return the live object of each resource, found in as few requests as the kinds know how.

    There are so many threads for each system. What no list shows yet and an earlier apply has made is asked
    for by its id. A natural key may hold a reference, so this goes in levels: what a key refers to is looked
    up first, and if that does not exist, neither does what it identifies.
    """
    systems = {item.resource.address.system for item in wanted}
    many = max(1, min(threads * len(systems), THREADS_AT_MOST))
    with lines(systems, line, threads) as by_system, abandoned(many) as pool:
        seen = _Seen(by_system, made)
        for level in levels(wanted, seen.live):
            seen.level(level, pool)
        seen.look_elsewhere()
    moved = elsewhere(wanted, seen.shown, seen.live)
    silent = frozenset(systems - seen.proven)
    return Observation(seen.live, tuple(seen.problems), seen.clocks, silent, moved, seen.unread)


@dataclass(slots=True)
class _Seen:
    """Collect what the levels show."""

    lines: Mapping[str, Line]
    made: MadeIds = nothing_made
    live: dict[Address, Live] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    clocks: dict[str, float] = field(default_factory=dict)
    proven: set[str] = field(default_factory=set)
    missed: list[tuple[Wanted, Json]] = field(default_factory=list)
    """What is not where it is looked for, with the id of what was created for its manifest."""
    shown: dict[tuple[str, Kind], list[Live]] = field(default_factory=dict)
    """All that was shown of the kinds whose objects can be moved by hand."""
    unread: dict[Address, Problem] = field(default_factory=dict)

    def level(self, level: Level, pool: ThreadPoolExecutor) -> None:
        """Read one level: each system, kind and scope at the same time."""
        before = dict(self.live) if level.by_the_base else {}
        groups: dict[tuple[str, Kind, tuple[str, ...]], list[Wanted]] = defaultdict(list)
        for item in level.wanted:
            try:
                groups[item.resource.address.system, item.kind, _scope(item)].append(item)
            except PackageFault as fault:
                self._left_unread([item], fault)
        asked = [
            (group, pool.submit(_seen, group, self.lines[system])) for (system, *_), group in groups.items()
        ]
        for group, future in asked:
            try:
                self._look_by_made_ids(self._take(group, future.result()), pool)
            except PackageFault as fault:
                self._left_unread(group, fault)
        if level.by_the_base:
            self._give_back(level.wanted, before)

    def _left_unread(self, group: Sequence[Wanted], fault: ApiError) -> None:
        """Note that nothing of a group can be told, since its package cannot."""
        self.problems += told((item.resource.origin, fault) for item in group)
        for item in group:
            self.live.pop(item.resource.address, None)
            self.unread[item.resource.address] = unreadable(item.resource.origin, fault)

    def _give_back(self, wanted: Sequence[Wanted], before: Mapping[Address, Live]) -> None:
        """Give back what was found by the base's key, where another resource has it already."""
        taken = {(address.system, address.kind, live.id) for address, live in before.items()}
        for address in [item.resource.address for item in wanted]:
            found = self.live.get(address)
            if found is not None and (address.system, address.kind, found.id) in taken:
                del self.live[address]

    def _look_by_made_ids(self, group: Sequence[Wanted], pool: ThreadPoolExecutor) -> None:
        """Ask by its id for each object that an earlier apply has made and that is not shown.

        Only an object that has the wanted key counts.
        """
        known = [
            (item, made)
            for item in group
            if item.resource.address not in self.live and (made := self._made_id(item)) is not None
        ]
        asked = [(item, pool.submit(_fetched, item, made, self.lines)) for item, made in known]
        for item, future in asked:
            try:
                lives = future.result()
            except ApiError as error:
                self.problems += told([(item.resource.origin, error)])
                self.unread[item.resource.address] = self.problems[-1]
                continue
            for address, found in matched([item], lives):
                if not isinstance(found, Problem):
                    self.live[address] = found
                    self.proven.add(address.system)

    def _made_id(self, item: Wanted) -> Json:
        """Return the id of what an earlier apply created for a resource that is found by its natural key.

        Of a kind without a list, what was created for the manifest when it said otherwise is kept for later.
        """
        sought = item.kind.identified and item.resource.id is None and not item.left
        if not sought or must_exist(item):
            return None
        made = self.made(item)
        if made.id is None and made.declared is not None and not item.kind.listed and not item.based:
            self.missed.append((item, made.declared))
        return made.id

    def look_elsewhere(self) -> None:
        """Note a problem for each resource whose object an earlier apply made, and is there elsewhere."""
        owners = {(address.system, address.kind, str(live.id)) for address, live in self.live.items()}
        for item, made in self.missed:
            address = item.resource.address
            if (address.system, address.kind, str(made)) in owners:
                continue
            try:
                found = [_elsewhere(item, live) for live in _fetched(item, made, self.lines)]
            except ApiError as error:
                found = [*told([(item.resource.origin, error)])]
            self.problems += found
            self.unread |= dict.fromkeys([address], found[0]) if found else {}

    def _take(self, group: Sequence[Wanted], found: Shown) -> Sequence[Wanted]:
        """Take what the answers show, and return the resources of which all that they need was read."""
        system, sight = group[0].resource.address.system, found.sight
        if sight.now is not None:
            self.clocks[system] = sight.now
        if sight.proof:
            self.proven.add(system)
        if group[0].kind.movable:
            self.shown.setdefault((system, group[0].kind), []).extend(sight.lives)
        readable = self._readable(group, found)
        for address, match in matched(readable, sight.lives):
            if isinstance(match, Problem):
                self.problems.append(match)
                self.unread[address] = match
            else:
                self.live[address] = match
        return readable

    def _readable(self, group: Sequence[Wanted], found: Shown) -> Sequence[Wanted]:
        """Return the resources of which all that they need was read; note why the others were not."""
        past = {id(item.resource): [*as_the_base_has(item)] for item in group} if found.failures else {}
        why = unread(
            found,
            [item.resource for item in group],
            lambda resource: _lookup(group[0], [resource, *past[id(resource)]]),
        )
        self.problems += told((group[index].resource.origin, error) for index, error in why.items())
        resources = {index: group[index].resource for index in why}
        self.unread |= {
            resource.address: unreadable(resource.origin, why[index]) for index, resource in resources.items()
        }
        return [item for index, item in enumerate(group) if index not in why] if why else group


def _seen(group: Sequence[Wanted], line: Line) -> Shown:
    former = [former for item in group if item.former is not None for former in as_the_base_has(item)]
    return shown_to(group[0].kind, _lookup(group[0], [*[item.resource for item in group], *former]), line)


def _scope(item: Wanted) -> tuple[str, ...]:
    """Return where a resource is looked for by its key: what another scope shows is not its object."""
    return item.kind.scope(item.resource.spec) if item.resource.id is None else ()


def _lookup(of: Wanted, resources: Sequence[Resource]) -> Sequence[Request]:
    """Return the requests that show the live objects of these resources, all of one system and kind."""
    return of.kind.lookup(of.resource.address.system, resources, of.options)


def _elsewhere(item: Wanted, live: Live) -> Problem:
    """Return the problem that the object of a resource is not where the resource now says, but is there."""
    resource, place = item.resource, ", ".join(item.kind.scope(live.fields))
    words = (
        f"{resource.address} was created by an earlier apply as id {live.id} (`{live.name}`"
        f"{place and f', {place}'}), and what it is found by was changed since: pin it in "
        f"{resource.origin.file} by metadata: {{id: {live.id}}}, or rename the manifest to create another"
    )
    return Problem("ambiguous", words, resource.origin)


def _fetched(item: Wanted, id_: Json, lines: Mapping[str, Line]) -> Sequence[Live]:
    """Return the live object with this id, or nothing."""
    system = item.resource.address.system
    sight = look(item.kind, item.kind.fetch(system, id_, item.options), lines[system])
    return [live for live in sight.lives if str(live.id) == str(id_)]
