"""How the objects that a field can hold the id of are found by their names; the engine asks and chooses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import compress

from reconcile.fields.annotations import Fields
from reconcile.fields.forms import integer
from reconcile.fields.table import Table, table_of
from reconcile.model import Json, Live, Request, Response
from reconcile.named_tuple import NamedTuple
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
    """The id and the names of a row, by `named`; BadAnswer where it has no id."""

    page: Callable[[Request, Response], Page] = lambda request, response: Page(rows_of(response))

    called: str = "its name"
    """What may be written as its name, in words."""

    searched: Callable[[Live, str], Iterable[str]] = lambda live, text: names_of(live)
    """The texts among which a part of a name, which somebody looks for, may stand; default: its names."""

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


def named(id_: Json, name: Json, *facts: Json, also: Iterable[str] = ()) -> Live:
    """Return what a lookup shows of an object: `facts` tell it apart from others of its name, each at the
    same place for every object, `also` are other exact names of it. One without a name has none of those.
    """
    has_name = isinstance(name, str) and name != ""
    told = tuple(fact if isinstance(fact, str) else "" for fact in facts)
    return Live(id_, name if has_name else "", {"facts": told, "also": tuple(also) if has_name else ()})


def names_of(live: Live) -> tuple[str, ...]:
    """Return every exact name of an object that a lookup shows; nothing where it shows none."""
    return tuple(dict.fromkeys((live.name, *live.fields["also"]))) if live.name else ()


def described(live: Live) -> str:
    """Return what is known of an object beside its id and its names; nothing where that is nothing."""
    return ", ".join(filter(None, live.fields["facts"]))


def told_apart(lives: Iterable[Live]) -> str:
    """Return the ids of objects, each with what differs among them: their names, and what else is known.

    What is the same for all of them tells nothing apart; of one alone all is told that is known.
    """
    every = sorted(lives, key=lambda live: str(live.id))
    facts = [(live.name, *live.fields["facts"]) for live in every]
    differ = [len({*column}) > 1 for column in zip(*facts, strict=True)] if len(every) > 1 else []
    told = [
        ", ".join(filter(None, compress(row, differ))) if differ else described(live)
        for live, row in zip(every, facts, strict=True)
    ]
    return ", ".join(
        f"{live.id} ({words})" if words else str(live.id) for live, words in zip(every, told, strict=True)
    )


Lookups = Mapping[str, Lookup]
