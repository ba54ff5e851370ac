"""Turns live objects into the manifests that would declare them; a report writes them down."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from reconcile.fields.check import checked
from reconcile.fields.forms import instant
from reconcile.fields.table import Row, Table
from reconcile.kinds import Kind
from reconcile.model import Env, Json, Live, Origin, Secret, Spec

_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")


class Named(NamedTuple):
    """A value with what the live answer calls it."""

    value: Json
    name: str


class Manifest(NamedTuple):
    """One exported object; a value in `spec` may be `Named`, or an `Env` where it is sensitive."""

    system: str
    kind: Kind
    name: str
    pin: Json
    spec: Mapping[str, Json]
    left_out: tuple[str, ...]
    """Fields whose live value no manifest may want."""


def manifests(
    system: str, kind: Kind, found: Collection[Live], chosen: Callable[[Live], bool] = lambda live: True
) -> Iterator[Manifest]:
    """A manifest for each chosen live object, each with a name of its own; pinned where only its id finds it.

    `found` are all that a lookup would find: one that is not chosen has a name that others may share.
    """
    lives = sorted(_meant(kind, filter(chosen, found)), key=lambda live: (live.name, str(live.id)))
    alike = Counter(kind.key_of(live.said) for live in found)
    taken: set[str] = set()
    for live in lives:
        name = _name(live, taken)
        taken.add(name)
        findable = kind.pick is not None or (kind.listed and alike[kind.key_of(live.said)] == 1)
        pin = None if findable else live.id
        spec, left_out = _spec(kind, live, name)
        yield Manifest(system, kind, name, pin, spec, left_out)


def with_variables(manifest: Manifest, names: Mapping[str, str]) -> Manifest:
    """The manifest with each text that is the value of a variable, by `names`, as that variable, where a
    manifest may read one."""
    kind = manifest.kind
    return manifest._replace(spec=_read(kind.table, kind.key, manifest.spec, names))


def _read(table: Table, key: Collection[str], fields: Mapping[str, Json], names: Mapping[str, str]) -> Spec:
    found: dict[str, Json] = {}
    for name, given in fields.items():
        row, value = table.rows[name], given.value if isinstance(given, Named) else given
        found[name] = given
        if row.shape == "object" and isinstance(value, dict):
            found[name] = _read(row.nested, (), value, names)
        elif row.shape == "keyed" and isinstance(value, list):
            found[name] = [_read(row.nested, row.key, entry, names) for entry in value]
        elif isinstance(value, str) and value in names and name not in key and _may_be_read(row):
            found[name] = Env(names[value])
    return found


def _may_be_read(row: Row) -> bool:
    return row.is_text and not row.asked and row.form is not instant


def _meant(kind: Kind, found: Iterable[Live]) -> Iterator[Live]:
    """Every object; of several with one key the one that a manifest would mean, where the kind picks one."""
    if kind.pick is None:
        yield from found
        return
    groups: dict[tuple[str, ...], list[Live]] = defaultdict(list)
    for live in found:
        groups[kind.key_of(live.said)].append(live)
    yield from filter(None, (kind.pick(None, group) for group in groups.values()))


def plain_name(live: Live) -> str:
    """What a manifest of the object is called, unless another one is already."""
    return _UNFIT.sub("-", live.name.strip()).strip("-._").lower()[:100] or f"id-{live.id}"


def _name(live: Live, taken: set[str]) -> str:
    name = plain_name(live)
    return name if name not in taken else f"{name}-{_UNFIT.sub('-', str(live.id))}"


def _spec(kind: Kind, live: Live, name: str) -> tuple[Mapping[str, Json], tuple[str, ...]]:
    whole = _said(kind.table, live.said, f"{name}")
    plain = {field: unnamed(value) for field, value in whole.items()}
    (flaws,) = checked(kind.model, [plain], lambda index: lambda place, value: Origin(""))
    refused = {str(flaw.place[0]) for flaw in flaws if flaw.place} & whole.keys()
    return {field: value for field, value in whole.items() if field not in refused}, tuple(sorted(refused))


def _said(table: Table, said: Spec, owner: str) -> dict[str, Json]:
    """What is worth saying of an object: no default, nothing empty that may be left out, no name of an id."""
    names = {row.named_by for row in table.rows.values() if row.named_by and said.get(row.name) is not None}
    found: dict[str, Json] = {}
    for field, row in table.rows.items():
        value = _value(row, said.get(field), owner)
        if field in names or (value is None and not (row.required or row.from_name)):
            continue
        name = said.get(row.named_by) if row.named_by else None
        found[field] = Named(value, name) if isinstance(name, str) and name else value
    return found


def _value(row: Row, value: Json, owner: str) -> Json:
    if isinstance(value, Secret):
        return Env(re.sub(r"[^A-Z0-9]+", "_", f"{owner}_{row.name}".upper()))
    if value is None or row.form(value) == row.form(None):
        return None
    if row.shape == "object":
        return _said(row.nested, value, owner) or None
    if row.shape == "keyed":
        entries = sorted(value, key=row.key_of)
        return [_said(row.nested, entry, _entry_owner(row, entry, owner)) for entry in entries]
    return row.form(value) if not row.is_text and row.shape == "scalar" else value


def _entry_owner(row: Row, entry: Spec, owner: str) -> str:
    return "_".join((owner, *row.key_of(entry)))


def unnamed(value: Json) -> Json:
    """A value of an exported spec without what live answers call it."""
    match value:
        case Named(inner):
            return unnamed(inner)
        case dict():
            return {name: unnamed(inner) for name, inner in value.items()}
        case list():
            return [unnamed(inner) for inner in value]
    return value
