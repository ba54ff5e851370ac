"""Finds ids by names: what may stand in a field that takes the id of a live object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconcile.errors import ApiError, NotRead, ProblemsFound, WrongUsage
from reconcile.fields.table import Row, Table
from reconcile.live.pages import Line, lines, look
from reconcile.model import Json, Live, Problem
from reconcile.named_tuple import NamedTuple
from reconcile.provider.kinds import Kind
from reconcile.provider.lookups import Lookup, Sought, described
from reconcile.session.clients import opened
from reconcile.session.prepare import bound_to
from reconcile.session.proving import believe
from reconcile.session.session import Session
from reconcile.suggest import suggestion
from reconcile.transport import Reader


class Match(NamedTuple):
    """Hold an object whose id may stand in the field."""

    id: Json
    name: str
    where: str
    """What tells it apart from others of its name: a folder, the plan that it is in."""


class Field(NamedTuple):
    """Hold a field that takes a name, and how the objects are found that may be meant."""

    system: str
    kind: Kind
    table: Table
    row: Row

    @property
    def lookup(self) -> Lookup:
        """Return how the objects are found."""
        if self.row.nameable is None:
            raise ValueError(f"{self.row.name} takes no name")
        return self.kind.lookups[self.row.nameable.lookup]

    @property
    def within(self) -> Field | None:
        """Return the field beside this one with the id of the object that they are in; None for no such."""
        name = self.row.nameable.within if self.row.nameable else ""
        return self._replace(row=self.table.rows[name]) if name else None


def find(session: Session, what: str, text: str) -> tuple[Field, list[Match]]:
    """Return the field that `what` names, and each object that it may hold whose name contains `text`.

    Case does not count. Raises WrongUsage for what names no such field, NotRead where a system cannot be
    read.
    """
    field = _field(session, what)
    endpoints = bound_to(session, [field.system])
    try:
        with opened(Reader, session, endpoints) as client:
            line = Line(client.read, client.redactor.hear)
            with lines([field.system], line, session.options.parallelism) as by_system:
                every = [*_every(session, field, by_system[field.system])]
            believe(session, () if every else {field.system}, client)
    except ApiError as error:
        origin = session.project.systems[field.system].origin
        raise NotRead((Problem("unreadable-live", str(error), origin),)) from error
    clean = session.around.cleaner.clean
    found = [_match(live, called) for live, called in every if _contains(field.lookup, live, text)]
    ordered = sorted(found, key=lambda match: (match.name.casefold(), match.where, str(match.id)))
    return field, [match._replace(name=clean(match.name), where=clean(match.where)) for match in ordered]


def _match(live: Live, called: str) -> Match:
    return Match(live.id, live.name, ", ".join(filter(None, (called, described(live)))))


def _contains(lookup: Lookup, live: Live, text: str) -> bool:
    return not text or any(text.casefold() in name.casefold() for name in lookup.searched(live, text))


def _every(session: Session, field: Field, line: Line) -> Iterator[tuple[Live, str]]:
    """Yield every object that the field may hold, with the name of what it is in where it is in something."""
    around = field.within
    for place, called in ((None, ""),) if around is None else _places(session, around, line):
        yield from ((live, called) for live in _shown(field, place, line))


def _places(session: Session, around: Field, line: Line) -> Iterator[tuple[Json, str]]:
    """Yield the ids of all that the objects may be in, with names; the option's alone where one says it."""
    options: Mapping[str, Json] = session.project.systems[around.system].options
    name = around.row.name
    if around.row.nameable is not None:
        yield from ((live.id, live.name) for live in _shown(around, None, line))
    elif options.get(name) is not None:
        yield options[name], ""
    else:
        origin = session.project.systems[around.system].origin
        words = f"options.{name} of {around.system} says where to look: write it"
        raise ProblemsFound((Problem("no-list", words, origin),))


def _shown(field: Field, within: Json, line: Line) -> Sequence[Live]:
    return look(field.lookup, field.lookup.ask(Sought(field.system, within)), line).lives


def _field(session: Session, what: str) -> Field:
    """Return the field that SYSTEM/KIND.FIELD names; WrongUsage with the nearest where there is none."""
    known = {f"{f.system}/{f.kind.name}.{path}": f for f, path in _fields(session)}
    found = next((field for name, field in known.items() if name.casefold() == what.casefold()), None)
    if found is None:
        words = f"`{what}` is no SYSTEM/KIND.FIELD that holds an id which has a name"
        raise WrongUsage(f"{words}{suggestion(what, known)}")
    return found


def _fields(session: Session) -> Iterator[tuple[Field, str]]:
    """Yield each field of the project's systems that takes a name, with its path."""
    for system, config in session.project.systems.items():
        for kind in config.system.kinds:
            open_: list[tuple[Table, str]] = [(kind.table, "")]
            while open_:
                table, path = open_.pop(0)
                for name, row in table.rows.items():
                    if row.nameable is not None:
                        yield Field(system, kind, table, row), f"{path}{name}"
                    if row.table is not None:
                        open_.append((row.table, f"{path}{name}."))
