"""Decides what of a difference may be written into manifests, and as which edits of which files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal

from reconcile.accepting.written_at import Unwritten, Use, WrittenAt, WrittenVariables, sayers, written_at
from reconcile.fields.table import Row
from reconcile.fields.walk import is_instruction
from reconcile.manifests.envelope import Declared
from reconcile.manifests.known_entries import path_of
from reconcile.manifests.resources import MadeResource
from reconcile.model import Address, FieldPath, Json, Label, Origin, Resource, Secret, spell
from reconcile.named_tuple import NamedTuple
from reconcile.provider.kinds import Kind
from reconcile.yaml_source.edits import Edit

At = Literal["use", "variable"]


class Difference(NamedTuple):
    """Describe one field or entry of which live says another thing than the manifests do."""

    address: Address
    path: FieldPath
    live: Json
    wanted: Json
    origin: Origin
    label: Label | None = None
    is_entry: bool = False
    never: str = ""
    """Why nothing of it may be taken over, where that is known beforehand."""


class FileEdit(NamedTuple):
    """Describe an edit of a file, with the place and the value that it leads to."""

    file: str
    edit: Edit


class TakenOver(NamedTuple):
    """Hold the edits that make the manifests say what is live in one difference."""

    difference: Difference
    edits: tuple[FileEdit, ...]
    variables: tuple[tuple[str, Use], ...] = ()
    """The variables whose values the edits change, each with where the manifest uses it."""


class Left(NamedTuple):
    """Say why a difference is left as it is."""

    difference: Difference
    reason: str


class Grounds(NamedTuple):
    """Hold what taking rests on: the manifests by address, the variables, and what ids mean."""

    made: Mapping[Address, MadeResource]
    variables: WrittenVariables
    at: At | None
    address_of: Callable[[str, str, Json], Address | None]
    """Returns the one declared resource of a system and kind that has a live id."""
    shared: Callable[[str], str]
    """Says who uses a variable."""
    name_of: Callable[[Kind, Row, Difference], str | None] = lambda kind, row, difference: None
    """Returns the name that the object with the live id has alone."""


def taken(host: Resource, difference: Difference, known: Grounds) -> TakenOver | Left:
    """Return the edits that take over what is live, or why nothing is taken."""
    if reason := difference.never or _unfit(difference):
        return Left(difference, reason)
    edits: list[FileEdit] = []
    variables: list[tuple[str, Use]] = []
    reasons: list[str] = []
    for address, path in sayers(host, difference.path):
        if address not in known.made:
            continue
        found = _edit(known.made[address], path, difference, known)
        if isinstance(found, str):
            reasons.append(found)
        elif found is not None:
            edits.append(found[0])
            variables += found[1]
    if not edits:
        return Left(difference, reasons[0] if reasons else "no manifest writes it")
    return TakenOver(difference, tuple(edits), tuple(dict.fromkeys(variables)))


def _unfit(difference: Difference) -> str:
    if isinstance(difference.live, Secret) or isinstance(difference.wanted, Secret):
        return "it is sensitive, and nothing sensitive is written"
    if is_instruction(difference.live):
        return "live holds what would be {env}, {var}, {ref}, {named} or {file} in a manifest"
    return ""


class Leave(NamedTuple):
    """Say until when and why differences are left as they are."""

    until: str
    reason: str


def known_by(host: Resource, difference: Difference, known: Grounds, leave: Leave) -> TakenOver | Left:
    """Return the edit that writes a difference down as known, or why none does."""
    if reason := difference.never or _unfit(difference):
        return Left(difference, reason)
    said = ((known.made[at], path) for at, path in sayers(host, difference.path) if at in known.made and path)
    found = next(said, None)
    if found is None:
        return Left(difference, "no manifest writes it")
    document, path = found[0].declared.document, found[1]
    entry = {"path": spell(path), "live": difference.live, "reason": leave.reason, "until": leave.until}
    return TakenOver(difference, (FileEdit(document.file, _entry_edit(found[0].declared, path, entry)),))


def _entry_edit(declared: Declared, path: FieldPath, entry: Mapping[str, Json]) -> Edit:
    """Return the edit that writes an entry of `known`, over the one of the same place where there is one."""
    begins, entries = declared.document.begins_at, declared.document.value["metadata"].get("known")
    if not isinstance(entries, list):
        return Edit(begins, ("metadata",), "add", [entry], "known")
    for index, said in enumerate(entries):
        if path_of(declared.kind.table, said["path"]) == path:
            return Edit(begins, ("metadata", "known", index), "replace", entry)
    return Edit(begins, ("metadata", "known"), "append", entry)


_Found = tuple[FileEdit, tuple[tuple[str, Use], ...]]


def _edit(made: MadeResource, path: FieldPath, difference: Difference, known: Grounds) -> _Found | str:
    """Return the edit of one manifest, with the variable that it changes; words where there is none."""
    if not path:
        return "the entry is a resource of its own: write absent: true there, or take the manifest out"
    place = written_at(made.declared, made.spec, path, known.variables)
    if isinstance(place, Unwritten):
        return place.reason
    if place.variable is not None and (place.is_within or known.at != "use"):
        return _in_variable(place, difference, known)
    edit = _changed(place, made, difference, known)
    return edit if isinstance(edit, str) else (_of(place, edit), ())


def _of(place: WrittenAt, edit: Edit) -> FileEdit:
    return FileEdit(place.document.file, edit._replace(document=place.document.begins_at))


def _in_variable(place: WrittenAt, difference: Difference, known: Grounds) -> _Found | str:
    name = str(place.variable)
    if known.at is None:
        return f"it is the variable {name}, used by {known.shared(name)}: say --at use or --at variable"
    if known.at == "use":
        return f"it is within the variable {name}: --at variable changes it, or write the value out first"
    steps = known.variables.steps(name)
    if steps is None or place.use is None:
        return f"the variable {name} is in no project file"
    inside = place if place.is_within else place._replace(document=known.variables.document, steps=steps)
    edit = _plain(inside, difference)
    return edit if isinstance(edit, str) else (_of(inside, edit), ((name, place.use),))


def _changed(place: WrittenAt, made: MadeResource, difference: Difference, known: Grounds) -> Edit | str:
    """Return the edit of a place; a reference stays one, and a name stays a name."""
    value, row = place.value, place.row
    form = next(iter(value)) if isinstance(value, dict) and len(value) == 1 and is_instruction(value) else ""
    if form in {"ref", "named"} and row is not None and difference.live is None:
        return "live has none, which no reference says: write null yourself where that is meant"
    if form == "ref" and row is not None:
        system = made.declared.address.system
        address = row.refers_to and known.address_of(system, row.refers_to, difference.live)
        words = f"live is {difference.live}, and no declared {row.refers_to or 'object'} has that id"
        return _at(place, "ref", str(address)) if address else words
    if form == "named" and row is not None:
        name = known.name_of(made.declared.kind, row, difference)
        words = f"live is {difference.live}, and no name stands for that alone: write the id"
        return _at(place, "named", name) if name else words
    if form == "env" or form == "file":
        return "it is a secret, and no secret is written"
    return _plain(place, difference)


def _at(place: WrittenAt, step: str, text: str) -> Edit:
    return Edit(0, (*place.steps, step), "replace", text)


def _plain(place: WrittenAt, difference: Difference) -> Edit | str:
    row, steps = place.row, place.steps
    if not difference.is_entry or row is None:
        return Edit(0, steps, "replace", _spelled(row, difference.live))
    if difference.live is None:
        return Edit(0, steps, "remove") if isinstance(steps[-1], int) else "the list does not have it"
    if not isinstance(place.value, list):
        return "the manifest writes no list there"
    if any(isinstance(value, Secret) for value in difference.live.values()):
        return "the entry holds something sensitive, and nothing sensitive is written"
    return Edit(0, steps, "append", _entry(row, place.value, difference.live))


def _spelled(row: Row | None, live: Json) -> Json:
    """Return a live value in the type of its field: a server may spell a number as a text."""
    if row is None or row.shape != "scalar" or row.is_text or not isinstance(live, str):
        return live
    normal = row.form(live)
    return normal if isinstance(normal, int | float) else live


def _entry(row: Row, neighbours: Sequence[Json], live: Mapping[str, Json]) -> dict[str, Json]:
    """Return an entry with its key and what its neighbours write; without any, what adding it needs."""
    written = set(_fields(neighbours)) or {name for name, of in row.nested.rows.items() if of.required}
    names = [name for name in row.nested.rows if name in row.key or name in written]
    return {name: live[name] for name in names if live.get(name) is not None}


def _fields(entries: Sequence[Json]) -> Iterator[str]:
    for entry in entries:
        yield from entry if isinstance(entry, dict) and not is_instruction(entry) else ()
