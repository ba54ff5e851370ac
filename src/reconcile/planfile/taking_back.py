"""Judges what of a record can be taken back, by live as it is now, and says what is wanted then; how that is
brought about is decided as in any plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from reconcile.cleaning import SENSITIVE
from reconcile.desired import Wanted
from reconcile.fields.table import row_at
from reconcile.fields.walk import at, known
from reconcile.model import Address, FieldPath, Json, Live, Origin, PathStep
from reconcile.named_tuple import NamedTuple
from reconcile.planfile.before import Former, as_before
from reconcile.planfile.document_parts import DocumentChange, DocumentOperation, Source
from reconcile.planfile.kept import left_at, left_whole, normal_at
from reconcile.planfile.record_parts import Kept
from reconcile.planning.contents import Taking, Undone
from reconcile.planning.decide import ABSENT
from reconcile.planning.diff import same
from reconcile.planning.hidden import names

BACK = "live is as that apply left it"
_ALREADY = "live is as it was before"
_MOVED = "live has changed since, and is left alone"
_UNKEPT = "it is secret, and no record holds a secret"
_STUCK = frozenset({"moved", "cannot"})
_BEGUN = frozenset({"done", "unknown", "unsettled", "running"})


class Entry(NamedTuple):
    """Hold one operation of a record with what it is about, and what finds the object."""

    address: Address
    operation: DocumentOperation
    kept: Kept
    wanted: Wanted | None
    """It wants nothing of the object; None of what was run, which is not looked at."""

    @property
    def changes(self) -> Iterator[_Field]:
        """Yield each change with its path, and the digest of what its apply left."""
        for field, change in zip(self.kept.fields, self.operation.changes, strict=False):
            yield _Field(tuple(map(_step, field.path)), change, field.left)


class _Field(NamedTuple):
    """Hold one change of a record."""

    path: FieldPath
    change: DocumentChange
    left: str | None


def _step(step: Json) -> PathStep:
    return tuple(map(str, step)) if isinstance(step, list | tuple) else str(step)


class _Seen(NamedTuple):
    """Hold an object of a record as it is live now, and the ids that the record's apply learned."""

    wanted: Wanted
    live: Live
    ids: Mapping[str, Json]

    def at(self, path: FieldPath) -> Json:
        """Return what is live at a path."""
        return at(self.wanted.kind.table, self.live.fields, path)

    def shows(self, path: FieldPath, after: Json) -> bool:
        """Tell whether live shows what was to be written, where nobody saw what the apply left."""
        row, now, wanted = row_at(self.wanted.kind.table, path), self.at(path), _with_ids(after, self.ids)
        if row.table is None:
            return bool(row.normal(wanted) == row.normal(now))
        if wanted is None or now is None:
            return wanted is None and now is None
        return isinstance(now, dict) and same(row.nested, wanted, now)


class Judged(NamedTuple):
    """Hold what becomes of each change of one operation, and what is wanted of its object."""

    rows: tuple[Undone, ...]
    wanted: Wanted | None = None
    """None where nothing of it is taken back."""

    @property
    def is_stuck(self) -> bool:
        """Tell whether nothing of the operation is, or was, taken back."""
        return bool(self.rows) and all(row.status in _STUCK for row in self.rows)


def is_in_record(operation: DocumentOperation) -> bool:
    """Tell whether an operation of a record may have written: one that failed or was refused has nothing."""
    return operation.kept is not None and operation.kept.status in _BEGUN


def judged(entries: Sequence[Entry], live: Mapping[Address, Live], *, prune: bool) -> dict[Address, Judged]:
    """Return what becomes of each operation, by its address.

    What depends on something of which nothing can be taken back stays too.
    """
    ids = {str(entry.address): entry.kept.id for entry in entries}
    found: dict[Address, Judged] = {}
    for entry in entries:
        now = live.get(entry.address)
        seen = None if now is None or entry.wanted is None else _Seen(entry.wanted, now, ids)
        one = _judged(entry, seen, prune=prune)
        stuck = next((need for need in entry.operation.needs if _is_stuck(found, need)), None)
        found[entry.address] = one if stuck is None else _held_by(stuck, one)
    return found


def _is_stuck(found: Mapping[Address, Judged], need: str) -> bool:
    address = Address.parse(need)
    return address is not None and address in found and found[address].is_stuck


def _held_by(need: str, judged: Judged) -> Judged:
    words = f"it needs {need}, of which nothing can be taken back"
    open_ = {"back", "needs_prune"}
    return Judged(tuple(_said(row, "cannot", words) if row.status in open_ else row for row in judged.rows))


def _said(row: Undone, status: Taking, reason: str) -> Undone:
    return row._replace(status=status, reason=reason)


def _judged(entry: Entry, seen: _Seen | None, *, prune: bool) -> Judged:
    match entry.operation.action:
        case "run":
            return _whole(entry, "cannot", "it was started, and no request takes that back")
        case "create":
            return _created(entry, seen, prune=prune)
        case "delete" if seen is not None:
            return _whole(entry, "already", "it is there")
        case "delete":
            return _whole(entry, "cannot", "it was deleted, and no request makes it anew with its id")
    rows = tuple(_row(entry, field, seen) for field in entry.changes)
    back = [field for field, row in zip(entry.changes, rows, strict=True) if row.status == "back"]
    if not back or seen is None:
        return Judged(rows)
    former = [Former(field.path, field.change.before, _place(field.change.source)) for field in back]
    return Judged(rows, as_before(seen.wanted, seen.live, entry.kept.key, former))


def _place(source: Source) -> Origin:
    return Origin(source.file, source.line)


def _whole(entry: Entry, status: Taking, reason: str, wanted: Wanted | None = None) -> Judged:
    row = Undone(entry.address, ABSENT, status, reason, _place(entry.operation.source))
    return Judged((row,), wanted)


def _created(entry: Entry, seen: _Seen | None, *, prune: bool) -> Judged:
    if seen is None:
        return _whole(entry, "already", "it is not there")
    kind = seen.wanted.kind
    if not _is_as_created(entry, seen):
        return _whole(entry, "moved", _MOVED)
    if kind.remove is None:
        return _whole(entry, "cannot", f"no request deletes a {kind.name}")
    if not prune:
        return _whole(entry, "needs_prune", "it was created: it is deleted only with --prune")
    whole = known(kind.table, seen.live.fields)  # all of it, so that nothing may change before it goes
    tombstone = seen.wanted.resource._replace(spec=whole, is_literal=False)
    return _whole(entry, "back", BACK, seen.wanted._replace(resource=tombstone))


def _is_as_created(entry: Entry, seen: _Seen) -> bool:
    if entry.kept.left is not None:
        return left_whole(seen.wanted.kind.table, seen.live.fields) == entry.kept.left
    told = (field for field in entry.changes if not _is_secret(field.change))
    return all(seen.shows(field.path, field.change.after) for field in told)


def _row(entry: Entry, field: _Field, seen: _Seen | None) -> Undone:
    status, reason = _status(field, seen)
    return Undone(entry.address, field.path, status, reason, _place(field.change.source))


def _status(field: _Field, seen: _Seen | None) -> tuple[Taking, str]:
    path, change, left = field
    if _is_secret(change):
        return "cannot", _UNKEPT
    if seen is None:
        return "moved", "the object is not there any more"
    if path[0] in names(seen.wanted, seen.live):
        return "cannot", "the server never shows it, so that nobody knows whether it has changed since"
    if not _is_entry_there(seen, path):
        return "moved", "its entry is not there any more"
    table, now = seen.wanted.kind.table, seen.at(path)
    if normal_at(table, path, now) == normal_at(table, path, change.before):
        return "already", _ALREADY
    if not (left_at(table, seen.live.fields, path) == left if left else seen.shows(path, change.after)):
        return "moved", _MOVED
    row = row_at(table, path)
    if row.table is None and row.equal(change.before, now):
        return "cannot", "no request leads back to the value of before"
    return "back", BACK


def _is_secret(change: DocumentChange) -> bool:
    return change.sensitive or any(map(_holds_secret, (change.before, change.after)))


def _holds_secret(value: Json) -> bool:
    if isinstance(value, dict):
        return value == SENSITIVE or any(map(_holds_secret, value.values()))
    return isinstance(value, list) and any(map(_holds_secret, value))


def _with_ids(value: Json, ids: Mapping[str, Json]) -> Json:
    """Return a value of a record with the ids that its apply learned, each in the place of its address."""
    if isinstance(value, dict):
        if value.keys() == {"unknown"} and value["unknown"] in ids:
            return ids[value["unknown"]]
        return {name: _with_ids(inner, ids) for name, inner in value.items()}
    return [_with_ids(inner, ids) for inner in value] if isinstance(value, list) else value


def _is_entry_there(seen: _Seen, path: FieldPath) -> bool:
    """Tell whether each entry that a field stands in is live."""
    ends = (end for end in range(1, len(path)) if isinstance(path[end - 1], tuple))
    return all(seen.at(path[:end]) is not None for end in ends)


def settled_by(
    rows: Iterable[Undone], reasons: Mapping[tuple[Address, FieldPath], str]
) -> tuple[Undone, ...]:
    """Return the rows, of which those that a plan cannot bring about say so, each with the plan's reason."""
    return tuple(
        _said(row, "cannot", reasons[row.address, row.path])
        if row.status == "back" and (row.address, row.path) in reasons
        else row
        for row in rows
    )
