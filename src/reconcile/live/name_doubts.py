"""Decides why a name stands for no one object, and says so; nothing is believed gone that no list lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from reconcile.desired import NameQuery
from reconcile.errors import ApiError
from reconcile.fields.named import NameAt
from reconcile.live.name_queries import Asked, NamedSide, having
from reconcile.live.sights import told
from reconcile.model import Live, Noted, Origin, Problem, spell
from reconcile.provider.lookups import names_of, told_apart
from reconcile.suggest import suggestion

_SHOWN_AT_MOST = 3

NameDoubt: TypeAlias = Problem | ApiError | None
"""Why a name stands for no one object; None where it does, or where it is sure that nothing has it."""


def doubt(asked: Asked, query: NameQuery, *, may_be_gone: bool) -> NameDoubt:
    """Return why a name stands for no one object.

    Where it `may_be_gone`, that nothing has it is no doubt, if the list of all proves that.
    """
    answer = asked.answers[query]
    if isinstance(answer, ApiError):
        return answer
    found = having(query, answer)
    if found:
        return Problem("ambiguous", _several(query, found)) if len(found) > 1 else None
    every = asked.whole(query)
    if isinstance(every, ApiError):
        return every if may_be_gone else Problem("no-such-name", _none(query, ()))
    if having(query, every):
        words = f"{query.system} shows no {_called(query)} where it is asked for that name, and shows one in "
        return Problem("unreadable-live", f"{words}the list of all: write the id, or try again")
    if may_be_gone:
        return _unproven(query, every)
    return Problem("no-such-name", _none(query, every))


def told_at(why: NameDoubt, origin: Origin) -> Iterator[Problem]:
    """Yield the problem of a doubt at its place."""
    if isinstance(why, ApiError):
        yield from told([(origin, why)])
    elif why is not None:
        yield why._replace(origin=origin)


def nowhere(at: NameAt, origin: Origin) -> Problem:
    """Return the problem of a name of which it is not known in what to look for it."""
    words = f"`{spell(at.path)}` is looked for within {at.mark.within}, which is not known: write that"
    return Problem("no-such-name", words, origin)


def unlabelled(side: NamedSide, at: NameAt, why: Problem | None) -> Problem:
    """Return the warning about a name of the base by which nobody knows what the base meant."""
    what = why.message if why else f"nothing is named `{at.text}` by now"
    path = spell((*side.place, *at.path))
    words = f"the base's {path} of {side.resource.address}: {what}; what it meant counts as a conflict"
    return Problem("unread-base", words, severity="warning")


def unseen(side: NamedSide, why: Problem) -> Noted:
    """Return what only the base declares and nobody can look at, since its name stands for no one object."""
    reason = f"no longer managed; not looked at: {why.message}"
    return Noted(side.resource.address, side.place, None, reason, side.resource.origin)


def _called(query: NameQuery) -> str:
    where = "" if query.within is None else f" in {query.within}"
    return f"{query.lookup.name}{where} named `{query.text}`"


def _none(query: NameQuery, every: Sequence[Live]) -> str:
    where = "" if query.within is None else f" in {query.within}"
    names = {name for live in every for name in names_of(live)}
    words = f"no {query.lookup.name} of {query.system}{where} is named `{query.text}`"
    return f"{words}{_nameless(every)}{suggestion(query.text, names)}"


def _unproven(query: NameQuery, every: Sequence[Live]) -> Problem | None:
    """Return why a list does not prove that nothing has the name; None where it does."""
    why = _nameless(every) if every else " (its list of all is empty)"
    words = f"it cannot be told whether {query.system} has a {_called(query)}"
    return Problem("unreadable-live", f"{words}{why}: write the id") if why else None


def _nameless(every: Sequence[Live]) -> str:
    """Return, as text, the ids of objects that are shown without a name; nothing where there is none."""
    ids = [str(live.id) for live in every if not names_of(live)]
    more = ", …" if len(ids) > _SHOWN_AT_MOST else ""
    return f" (of id {', '.join(ids[:_SHOWN_AT_MOST])}{more} it shows no name)" if ids else ""


def _several(query: NameQuery, found: Sequence[Live]) -> str:
    what = f"`{query.text}` is the name of {len(found)} objects of {query.system}: {told_apart(found)}"
    own = [*_own_names(found)]
    more = f", or {' or '.join(own[:_SHOWN_AT_MOST])}" if own else ""
    return f"{what}; write the id{more}"


def _own_names(found: Sequence[Live]) -> Iterator[str]:
    """Yield the shortest name of each object that no other of them has."""
    many = Counter(name for live in found for name in names_of(live))
    for live in sorted(found, key=lambda live: str(live.id)):
        alone = [name for name in names_of(live) if many[name] == 1]
        yield from (f"`{name}`" for name in alone[:1])
