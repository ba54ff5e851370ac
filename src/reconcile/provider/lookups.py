"""How the objects that a field can hold the id of are found by their names; the engine asks and chooses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from reconcile.fields.annotations import Fields
from reconcile.fields.forms import integer
from reconcile.fields.table import Table, table_of
from reconcile.model import Json, Live, Request, Response
from reconcile.provider.cases import BadAnswer, Page, rows_of


class Sought(NamedTuple):
    """Say what is asked for: the objects of a system that may have a name."""

    system: str
    within: Json = None
    """The id of the object that they are in, where they are in one."""

    text: str | None = None
    """The name; None: every object is asked for."""


class _Nothing(Fields):
    """Know no field: what a lookup shows has an id and names alone."""


@dataclass(frozen=True, eq=False, repr=False)
class Lookup:
    """Describe how objects are found by name: what is asked, and what a row of the answer means.

    The answer may show more than was asked for (a server that matches by substring, in any case): the engine
    takes those with exactly the name.
    """

    name: str
    """What one such object is called, in words."""

    ask: Callable[[Sought], Request]
    read: Callable[[Json], Live]
    """The id and the name of a row, by `named`; BadAnswer where it has none."""

    page: Callable[[Request, Response], Page] = lambda request, response: Page(rows_of(response))

    @property
    def table(self) -> Table:
        """The table of what is known of such an object besides: no field."""
        return table_of(_Nothing)


def require_id(row: Json, field: str) -> int:
    """Return the id of a row, however it is spelled; raise BadAnswer where it has none."""
    found = integer(row.get(field)) if isinstance(row, dict) else None
    if type(found) is not int:
        raise BadAnswer(f"a row has no usable {field}")
    return found


def named(id_: Json, name: Json, where: Json = None, also: Iterable[str] = ()) -> Live:
    """Return what a lookup shows of an object: `where` tells it apart from others of its name, `also` are
    other exact names of it. Raise BadAnswer where it has no name.
    """
    if not isinstance(name, str) or not name:
        raise BadAnswer(f"the object with the id {id_} has no name")
    return Live(id_, name, {"where": where if isinstance(where, str) else "", "also": tuple(also)})


def names_of(live: Live) -> tuple[str, ...]:
    """Return every exact name of an object that a lookup shows."""
    return (live.name, *live.fields["also"])


def told_apart(live: Live) -> str:
    """Return an object's id, with what tells it apart from others of its name."""
    where = live.fields["where"]
    return f"{live.id} ({where})" if where else str(live.id)


Lookups = Mapping[str, Lookup]
