"""Decides which differences are left alone: those known for a while, and those that manifests hold back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from reconcile.desired import Wanted
from reconcile.fields.forms import blank
from reconcile.fields.table import Table, row_at
from reconcile.fields.walk import at
from reconcile.model import (
    EMPTY,
    Change,
    FieldPath,
    Hold,
    Json,
    KnownValue,
    Live,
    Problem,
    Resource,
    Term,
    spell,
)
from reconcile.named_tuple import NamedTuple
from reconcile.planning.diff import managed, ours
from reconcile.planning.hidden import names


class Alone(NamedTuple):
    """Hold what of an object's differences is known, and what still is held though its day has passed."""

    known: tuple[tuple[Change, KnownValue], ...] = ()
    over: Mapping[FieldPath, KnownValue] = EMPTY

    @property
    def paths(self) -> list[FieldPath]:
        """Return the places of what is known."""
        return [change.path for change, _ in self.known]

    def others(self, changes: Iterable[Change]) -> tuple[Change, ...]:
        """Return the changes that are not known."""
        known = {*self.paths}
        return tuple(change for change in changes if change.path not in known)


NONE_ALONE = Alone()


def left_alone(wanted: Wanted, live: Live | None, changes: Sequence[Change], now: float) -> Alone:
    """Return which of the changes of a live object are known by the manifest's entries, at a moment."""
    entries = wanted.resource.known
    if live is None or not entries or not changes:
        return NONE_ALONE
    unseen = names(wanted, live)
    fitting = [
        (change, entry)
        for change in changes
        if change.path[0] not in unseen
        if (entry := _fitting(wanted.kind.table, entries, change, live)) is not None
    ]
    return Alone(
        tuple((change, entry) for change, entry in fitting if not has_passed(entry.until, now)),
        {change.path: entry for change, entry in fitting if has_passed(entry.until, now)},
    )


def _fitting(table: Table, entries: Sequence[KnownValue], change: Change, live: Live) -> KnownValue | None:
    """Return the entry that knows a change, the one that holds longest; None where none does."""
    found = [each for each in entries if each.path == change.path and not change.sensitive]
    found = [each for each in found if _is_live(table, each, at(table, live.fields, change.path))]
    return max(found, key=lambda each: each.until.ends, default=None)


def _is_live(table: Table, entry: KnownValue, have: Json) -> bool:
    """Tell whether a live value is the known one, in normal form; of an entry, as far as it is said."""
    row, said = row_at(table, entry.path), entry.live
    whole = isinstance(entry.path[-1], tuple)
    if row.table is None:
        return bool(row.normal(said) == row.normal(have))
    if blank(said) is None or have is None:
        return blank(said) is None and blank(have) is None and not (whole and said == {})
    if not isinstance(said, Mapping) or not isinstance(have, Mapping):
        return False
    if managed(row.table, said, have) != managed(row.table, said, said):
        return False
    rest = ours(table, entry.path, have)
    return whole or managed(row.table, rest, said) == managed(row.table, rest, have)


def has_passed(term: Term | None, now: float) -> bool:
    """Tell whether a term is over at a moment."""
    return term is not None and now >= term.ends


def suspended(hold: Hold, now: float) -> str:
    """Return why something is suspended, as text, and what is to be done where the time for that is over."""
    if hold.until is None:
        return f"suspended: {hold.reason}"
    over = ", which has passed: renew it or take it out" if has_passed(hold.until, now) else ""
    return f"suspended: {hold.reason} (until {hold.until.text}{over})"


def reasons(resource: Resource, alone: Alone, now: float) -> dict[FieldPath, str]:
    """Return what the manifests hold back of a resource, by its place, each with the reason."""
    found = {
        path: f"known until {entry.until.text}: accept it, renew it or take the entry out"
        for path, entry in alone.over.items()
    }
    return found | {path: suspended(hold, now) for path, hold in _holds(resource).items()}


def overdue(
    resource: Resource, blocked: Iterable[FieldPath], alone: Alone, now: float
) -> frozenset[FieldPath]:
    """Return what of the blocked is held back for a time that is over."""
    ended = [path for path, hold in _holds(resource).items() if has_passed(hold.until, now)]
    late = (path for path in blocked if path in alone.over or any(path[: len(at)] == at for at in ended))
    return frozenset(late)


def _holds(resource: Resource) -> Mapping[FieldPath, Hold]:
    """Return what holds a resource or a part of it back, by its place."""
    return resource.held if resource.suspend is None else {**resource.held, (): resource.suspend}


class Told(NamedTuple):
    """Hold what warnings are made of: the places that are known, those whose day is over, all that differ."""

    known: Collection[FieldPath]
    differing: Collection[FieldPath]
    overdue: Collection[FieldPath]


def warnings(resource: Resource, live: Live | None, told: Told, now: float) -> Iterator[Problem]:
    """Yield a warning for each entry that knows no difference, and for each term that is over."""
    for entry in resource.known:
        if live is None or entry.path not in told.known:
            code, words = _why_not(entry, live, told)
            said = f"{resource.address}: {spell(entry.path)} {words}"
            yield Problem(code, said, entry.origin, "warning")
    for hold in _holds(resource).values():
        if hold.until is not None and has_passed(hold.until, now):
            words = (
                f"was suspended until {hold.until.text}, and still is not written: renew it or take it out"
            )
            yield Problem("suspend-over", f"{resource.address} {words}", hold.origin, "warning")


def _why_not(entry: KnownValue, live: Live | None, told: Told) -> tuple[str, str]:
    """Return the code and the words of the warning about an entry that knows no difference."""
    if live is None:
        return "known-nothing", "cannot be known: the object is not there live; take the entry out"
    if entry.path in told.overdue:
        return "known-over", f"was known until {entry.until.text}: accept it, renew it or take the entry out"
    if entry.path in told.differing:
        return "known-other", "is live with another value than the known one: it counts like any difference"
    return "known-nothing", "is known, and nothing differs there: take the entry out"
