"""Tells which ids of a plan only their server knows: what one request shows is checked, the rest is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from typing import TypeAlias

from reconcile.errors import ApiError
from reconcile.fields.forms import integer
from reconcile.fields.table import Row, Table, row_at
from reconcile.model import Change, FieldPath, Json, Noted, Problem, spell
from reconcile.named_tuple import NamedTuple
from reconcile.planning.build import Planned, Step
from reconcile.planning.contents import Plan
from reconcile.provider.cases import BadAnswer, PackageFault
from reconcile.provider.lookups import Lookup, Sought
from reconcile.provider.routes import is_id
from reconcile.session.clients import Reads

ASKED_AT_MOST = 8
"""How many lists are asked for: a plan is no place to read a whole server."""

Opens: TypeAlias = Callable[[], AbstractContextManager[Reads]]
"""Gives a client, once something is to be asked."""

_NOTHING_ASKED = "only the server knows it"


class _WrittenId(NamedTuple):
    """Hold an id that a plan writes as a number, and where the objects are listed that it may be of."""

    step: Step
    change: Change
    """That of the field itself, where a whole entry comes."""

    row: Row
    value: int
    within: Json = None

    @property
    def lookup(self) -> Lookup | None:
        """Return how such objects are listed; None where nothing lists them."""
        return self.step.wanted.kind.lookups[self.row.nameable.lookup] if self.row.nameable else None

    @property
    def sought(self) -> Sought | None:
        """Return what shows whether there is such an object; None where it is not known in what to look."""
        if self.lookup is None or (self.row.nameable and self.row.nameable.within and not is_id(self.within)):
            return None
        return Sought(self.step.operation.address.system, self.within)


def with_unchecked(planned: Planned, opens: Opens, *, asks: bool) -> Planned:
    """Return the plan with the ids that were not checked, and a warning for each that no object has.

    `opens` gives a client that tries once, since a plan is whole without this. Where it `asks` for nothing,
    all are only named.
    """
    unchecked: list[Noted] = []
    wrong: list[Problem] = []
    with ExitStack() as stack:
        lists = _Lists(lambda: stack.enter_context(opens()), ASKED_AT_MOST if asks else 0)
        for written in (each for step in planned.steps for each in _written(step)):
            known = lists.has(written)
            if known is None:
                unchecked.append(_noted(written))
            elif not known:
                wrong.append(_unknown(written))
    plan: Plan = planned.plan
    problems = (*plan.problems, *wrong)
    return planned._replace(plan=plan._replace(unchecked=tuple(unchecked), problems=problems))


def _noted(written: _WrittenId) -> Noted:
    address, change = written.step.operation.address, written.change
    return Noted(address, change.path, written.value, _NOTHING_ASKED, change.origin)


def _unknown(written: _WrittenId) -> Problem:
    system, kind = written.step.operation.address.system, written.step.wanted.kind.name
    field = ".".join(part for part in written.change.path if isinstance(part, str))
    what = written.lookup.name if written.lookup else "object"
    words = f"{spell(written.change.path)}: no {what} has the id {written.value}"
    finds = f"`reconcile find {system}/{kind}.{field}` lists them"
    return Problem("unknown-id", f"{words}; {finds}", written.change.origin, "warning")


class _Lists:
    """Ask for lists, each once and its first page alone, and keep the ids that they show.

    A system that did not answer, or not now, is asked for no other.
    """

    def __init__(self, opens: Callable[[], Reads], at_most: int) -> None:
        self._opens, self._at_most = opens, at_most
        self._client: Reads | None = None
        self._silent: set[str] = set()
        self._seen: dict[tuple[int, Sought], tuple[frozenset[str], bool]] = {}

    def has(self, written: _WrittenId) -> bool | None:
        """Tell whether some object has the id; None where that cannot be told by one request."""
        lookup, sought = written.lookup, written.sought
        if lookup is None or sought is None or sought.system in self._silent:
            return None
        key = (id(lookup), sought)
        if key not in self._seen:
            if len(self._seen) >= self._at_most:
                return None
            self._seen[key] = self._first_page(lookup, sought)
        ids, whole = self._seen[key]
        return True if str(written.value) in ids else False if whole else None

    def _first_page(self, lookup: Lookup, sought: Sought) -> tuple[frozenset[str], bool]:
        """Return the ids of a list's first page, and whether it is known that there are no others."""
        try:
            request = lookup.ask(sought)
            page = lookup.page(request, self._reads().read(request))
            ids = frozenset(str(lookup.read(row).id) for row in page.rows)
        except ApiError as error:
            if error.status is None or error.status == 429 or error.status >= 500:
                self._silent.add(sought.system)
            return frozenset(), False
        except (BadAnswer, PackageFault):
            return frozenset(), False
        return ids, bool(ids) and page.next is None

    def _reads(self) -> Reads:
        if self._client is None:
            self._client = self._opens()
        return self._client


def _written(step: Step) -> Iterator[_WrittenId]:
    """Yield the ids that an operation writes as numbers; those of references and names are looked up."""
    table = step.wanted.kind.table
    for change in step.operation.changes:
        row = _row(table, change.path)
        if row is None:
            continue
        if change.entry and isinstance(change.after, Mapping):
            for name, inner in row.nested.rows.items():
                if name not in change.named:
                    yield from _of(step, change._replace(path=(*change.path, name)), inner, change.after)
        elif "" not in change.named:
            around = {**_around(step, change), row.name: change.after}
            yield from _of(step, change, row, around)


def _row(table: Table, path: FieldPath) -> Row | None:
    """Return the row at a path; None where an operation stands for parts of an object of another kind."""
    try:
        return row_at(table, path)
    except KeyError:
        return None


def _of(step: Step, change: Change, row: Row, around: Mapping[str, Json]) -> Iterator[_WrittenId]:
    value = _as_id(around.get(row.name))
    if value is not None and (row.nameable or row.named_by):
        place = row.nameable.within if row.nameable else ""
        within = _as_id(around.get(place)) if place else None
        yield _WrittenId(step, change, row, value, within)


def _as_id(value: Json) -> int | None:
    found = integer(value) if isinstance(value, int | str) else None
    return found if type(found) is int else None


def _around(step: Step, change: Change) -> Mapping[str, Json]:
    """Return the fields beside a changed one: those of its entry's key, or of the resource."""
    *outer, _ = change.path
    key = outer[-1] if outer else ()
    if not outer:
        return step.wanted.resource.spec
    row = _row(step.wanted.kind.table, tuple(outer))
    return dict(zip(row.key, key, strict=False)) if row and isinstance(key, tuple) else {}
