"""Leaves out of exported manifests what `validate` would refuse, or a plan would not leave alone, with the
reason; what else a manifest says is decided in `live_manifests`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from reconcile.fields.check import ValuePlace, checked
from reconcile.fields.table import Row, Table
from reconcile.live_manifests import PIN, UNWANTED, WHOLE, Manifest, unnamed
from reconcile.manifests.resources import spec_place
from reconcile.manifests.rules import pin_flaw, spec_findings
from reconcile.model import Address, FieldPath, Json, Origin, Spec, spell
from reconcile.named_tuple import NamedTuple
from reconcile.provider.cases import Case, Options
from reconcile.provider.kinds import Kind
from reconcile.yaml_source import MAX_BYTES, MAX_DEPTH

_LEVELS = MAX_DEPTH - 8
"""How deep a value may be nested, with what stands around it in a manifest."""

_WHOLE = 2**63
_CHARACTERS = MAX_BYTES // 4
"""How long all values of a manifest may be: in YAML they take some more room than in JSON."""


LiveFlaw: TypeAlias = tuple[ValuePlace, str]
"""The place of what cannot be declared, and why."""


class _Exported(NamedTuple):
    """Hold what a manifest says, without the names of things, and what it is seen against."""

    manifest: Manifest
    spec: Mapping[str, Json]
    options: Options

    @property
    def kind(self) -> Kind:
        """Return the kind of the object."""
        return self.manifest.kind


def without_flaws(manifest: Manifest, options: Options) -> Manifest:
    """Return the manifest without each part that `validate` would refuse, with the reason for each.

    What is without such parts, and would still be no manifest of the object, is `unfit`.
    """
    kind = manifest.kind
    while not manifest.unfit:
        spec = {name: unnamed(value) for name, value in manifest.spec.items()}
        found = _flaws(_Exported(manifest, spec, options))
        if not found:
            break
        left_out, kept = dict(manifest.left_out), manifest.spec
        for place, words in found:
            gone = _left_out_with(kind, place)
            left_out.setdefault(spell(_path_of(kind.table, spec, gone)) or PIN, f"{UNWANTED}: {words}")
            kept = _without(kept, gone)
        if kept == manifest.spec:
            left_out.setdefault(WHOLE, f"{UNWANTED}: {found[0][1]}")
        manifest = manifest._replace(spec=kept, left_out=left_out)
    return manifest


def _without(value: Json, place: ValuePlace) -> Json:
    """Return a value without what stands at a place, where anything does."""
    if isinstance(value, list):
        return [_without(each, place[1:]) if at == place[0] else each for at, each in enumerate(value)]
    if not place or not isinstance(value, dict) or place[0] not in value:
        return value
    kept = {name: inner for name, inner in value.items() if name != place[0]}
    return kept if len(place) == 1 else {**value, place[0]: _without(value[place[0]], place[1:])}


def _flaws(exported: _Exported) -> Sequence[LiveFlaw]:
    """Return what is wrong with the spec: of its types first, then by its kind's rules, then against live.

    A flaw whose place is empty is of the object itself. What a later question finds may hang on what an
    earlier one does, so that whoever leaves a flaw out asks again.
    """
    for ask in (_misfits, _by_type, _twice, _by_rules, _against_live):
        if found := [*ask(exported)]:
            return found
    return ()


def _misfits(exported: _Exported) -> Iterator[LiveFlaw]:
    """Yield what no manifest has room for, and an id that none can pin."""
    pin = unnamed(exported.manifest.pin)
    if pin is not None and (words := pin_flaw(exported.kind, pin)):
        yield (), words
    room = _CHARACTERS
    for name, value in exported.spec.items():
        room -= len(json.dumps(value, default=str))
        if room < 0:
            yield (name,), f"it is longer than a manifest may be ({MAX_BYTES:,} bytes)"
        else:
            yield from _unwritable(value, (name,))


def _unwritable(value: Json, place: ValuePlace) -> Iterator[LiveFlaw]:
    """Yield what YAML as manifests hold it does not spell: depths and numbers beyond its limits."""
    if len(place) > _LEVELS:
        yield place, f"it is nested more than {_LEVELS} deep"
    elif isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for step, each in inner:
            yield from _unwritable(each, (*place, step))
    elif isinstance(value, float) and not math.isfinite(value):
        yield place, "it is a number beyond any range"
    elif isinstance(value, int) and not -_WHOLE <= value < _WHOLE:
        yield place, "it is a whole number that does not fit into 64 bits"


def _by_type(exported: _Exported) -> Iterator[LiveFlaw]:
    (found,) = checked(exported.kind.model, [exported.spec], lambda index: lambda place, value: Origin(""))
    yield from ((flaw.place, flaw.problem.message) for flaw in found)


def _twice(exported: _Exported) -> Iterator[LiveFlaw]:
    for place, row, entries in _lists(exported.kind.table, exported.spec):
        keys = {row.key_of(entry) for entry in entries}
        if len(keys) < len(entries):
            yield place, "two of its entries are of one place"


def _lists(table: Table, spec: Spec, place: ValuePlace = ()) -> Iterator[tuple[ValuePlace, Row, list[Spec]]]:
    """Yield every list of entries that have a key, with its place."""
    for row in table.lists:
        value, here = spec.get(row.name), (*place, row.name)
        if isinstance(value, dict):
            yield from _lists(row.nested, value, here)
        elif isinstance(value, list):
            yield here, row, value
            for index, entry in enumerate(value):
                yield from _lists(row.nested, entry, (*here, index))


def _by_rules(exported: _Exported) -> Iterator[LiveFlaw]:
    for finding in spec_findings(exported.kind, exported.spec):
        if finding.severity == "error":
            yield spec_place(exported.kind.table, exported.spec, finding.path), finding.message


def _against_live(exported: _Exported) -> Iterator[LiveFlaw]:
    """Yield what stays blocked though the manifest says what is live."""
    address = Address(exported.manifest.system, exported.kind.name, exported.manifest.name)
    case = Case(address, Origin(""), exported.options, exported.spec, exported.manifest.live)
    for change, reason in exported.kind.decide(case).blocked:
        yield spec_place(exported.kind.table, exported.spec, change.path), reason


def _path_of(table: Table, spec: Json, place: ValuePlace) -> FieldPath:
    """Return a place with the key of each entry in the place of its index."""
    path: list[str | tuple[str, ...]] = []
    row: Row | None = None
    for step in place:
        spec = _at(spec, step)
        if isinstance(step, str):
            row, table = table.rows.get(step), _inside(table, step)
            path.append(step)
        elif row is not None and row.key and isinstance(spec, dict):
            path.append(row.key_of(spec))
    return tuple(path)


def _inside(table: Table, name: str) -> Table:
    row = table.rows.get(name)
    return row.table if row and row.table else table


def _at(value: Json, step: str | int) -> Json:
    if isinstance(value, dict):
        return value.get(step)
    return value[step] if isinstance(value, list) and isinstance(step, int) else None


def _left_out_with(kind: Kind, place: ValuePlace) -> ValuePlace:
    """Return the place of the smallest part around a flaw that a manifest may be silent about.

    Without what it needs, or what tells it apart, an entry or a mapping is none: it goes as a whole, and a
    list that lacks an entry would take that entry away.
    """
    table, key, found = kind.table, kind.key, place[:1]
    for end, step in enumerate(place, 1):
        row = table.rows.get(step) if isinstance(step, str) else None
        if isinstance(step, int):
            continue
        if row is None:
            break
        if not (row.required or row.from_name or step in key):
            found = place[:end]
        if row.table is None:
            break
        table, key = row.table, row.key
    return found
