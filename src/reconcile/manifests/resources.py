"""Makes resources of documents: variables put in, types checked, deferred values where they may stand; what
resources say of each other is left to `references`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import partial
from typing import TypeAlias

from reconcile.fields import forms
from reconcile.fields.check import Flaw, Locate, ValuePlace, checked
from reconcile.fields.table import Row, Table
from reconcile.fields.walk import deferred_values, seal
from reconcile.manifests.duplicates import twice
from reconcile.manifests.envelope import Declared
from reconcile.manifests.interpolate import UNKNOWN, Vocabulary, interpolated, spelled
from reconcile.manifests.known_entries import entries_of, entry_flaws, hold_of, type_live_values
from reconcile.manifests.partial import NONE, Doubts, Partial, doubted, unread_part, unsure_fields, without
from reconcile.model import Address, Env, FieldPath, Json, Locator, Named, Origin, Problem, Ref, Resource
from reconcile.named_tuple import NamedTuple
from reconcile.provider.kinds import Kind
from reconcile.yaml_source import YamlDocument

Late: TypeAlias = Sequence[tuple[ValuePlace, Json]]


class MadeResource(NamedTuple):
    """Hold a resource with what it was made of."""

    resource: Resource
    declared: Declared
    spec: Mapping[str, Json]
    """The spec before its secrets were sealed."""
    doubts: Doubts = NONE
    """The fields that hold what could not be read."""


class Batch(NamedTuple):
    """Collect what the documents of one kind come to."""

    whole: list[MadeResource]
    partial: list[Partial]
    """The resources of which something is wrong, with all that is right of them."""
    problems: list[Problem]


def made(kind: Kind, group: list[Declared], words: Vocabulary, spoiled: Set[Origin]) -> Batch:
    """Return the resources of a kind, whose specs are checked against the field table in one pass.

    What stands where something is `spoiled` could not be read.
    """
    files = {origin.file for origin in spoiled}
    batch = Batch([], [], [])
    specs = [_spec(item, words, batch.problems) for item in group]
    for item, spec, found in zip(group, specs, _checked(kind, group, specs), strict=True):
        batch.problems.extend(_of_known(item, spec))
        if found and item.metadata.get("absent"):
            found = tuple(_of_key(kind, found))
        late = tuple(deferred_values(spec)) if item.may_be_late else ()
        unsure = unread_part(item.document, item.spec, spoiled) if item.document.file in files else NONE
        if found or late:
            found = (*found, *_misplaced(kind, _apart(late, found), _locator(item.document)))
        if found or not item.is_sound or any(value is UNKNOWN for _, value in late):
            _break(batch, item, spec, (found, late, unsure))
            continue
        if kind.table.lists:
            batch.problems.extend(twice(kind.table, spec, _finder(item.document)))
        batch.whole.append(MadeResource(_resource(item, spec, late=bool(late)), item, spec, unsure))
    return batch


def _of_known(item: Declared, spec: Mapping[str, Json]) -> Iterator[Problem]:
    """Yield what is wrong with the entries of `known`, whose live values are typed first."""
    type_live_values(item.metadata, item.kind.table)
    for code, words, place in entry_flaws(item.metadata, item.kind.table, spec):
        yield Problem(code, words, item.document.locate(place, value=True))


def _apart(late: Late, flaws: Sequence[Flaw]) -> Late:
    """Return the deferred values that stand in no flaw, since of those in one enough is said."""
    return [(place, value) for place, value in late if not any(_lies_in(place, flaw.place) for flaw in flaws)]


def _lies_in(place: ValuePlace, other: ValuePlace) -> bool:
    return place[: len(other)] == other


def _break(
    batch: Batch, item: Declared, spec: dict[str, Json], wrong: tuple[Sequence[Flaw], Late, Doubts]
) -> None:
    """Put a document of which something is wrong into the batch: what is wrong, and what is left of it."""
    (flaws, late, unsure), table = wrong, item.kind.table
    nowhere = (place for place, value in late if value is UNKNOWN)
    unsure |= unsure_fields(table, (*(flaw.place for flaw in flaws), *nowhere))
    batch.problems.extend(flaw.problem for flaw in flaws)
    batch.problems.extend(twice(table, doubted(spec, unsure), _finder(item.document)))
    rest = _resource(item, without(spec, unsure), late=bool(late))
    if not item.is_sound:
        rest = rest._replace(locate_around=_around(item))
    batch.partial.append(Partial(rest, item.kind, unsure))


def _around(item: Declared) -> Callable[[Sequence[str | int]], Origin]:
    """Return what finds places around a spec whose `depends_on` lacks the entries that are no address."""
    waits = item.metadata.get("dependsOn") or ()
    kept = [index for index, text in enumerate(waits) if Address.parse(text)]

    def locate(path: Sequence[str | int]) -> Origin:
        if tuple(path[:2]) == ("metadata", "dependsOn") and isinstance(path[-1], int):
            path = (*path[:-1], kept[path[-1]])
        return item.document.locate(path)

    return locate


def _checked(kind: Kind, group: Sequence[Declared], specs: list[dict[str, Json]]) -> list[tuple[Flaw, ...]]:
    """Return the flaws of each spec; one in which a text was written as a number is put right in `specs`."""
    found = checked(kind.model, specs, lambda index: _locator(group[index].document))
    again = [index for index, flaws in enumerate(found) if flaws]
    for index in again:
        specs[index] = spelled(kind.table, specs[index])
    spelled_specs = [specs[index] for index in again]
    flaws_left = checked(kind.model, spelled_specs, lambda at: _locator(group[again[at]].document))
    for index, flaws in zip(again, flaws_left, strict=True):
        found[index] = flaws
    return found


def _of_key(kind: Kind, found: Sequence[Flaw]) -> Iterator[Flaw]:
    """Return the flaws of a tombstone, which needs only what identifies its object."""
    needed = {(name,) for name in kind.key}
    return (flaw for flaw in found if flaw.problem.code != "missing-field" or flaw.place in needed)


def _spec(item: Declared, words: Vocabulary, problems: list[Problem]) -> dict[str, Json]:
    def complain(key: str, message: str, place: ValuePlace) -> None:
        problems.append(
            Problem(
                f"unknown-{key}" if key == "var" else key,
                message,
                item.document.locate(("spec", *place), value=True),
            )
        )

    spec = item.spec
    if item.may_be_late:
        spec = interpolated(spec, words, complain)
    if item.document.loud or item.may_be_late:  # a variable may hold `True`, too
        spec = spelled(item.kind.table, spec)
    return implied(item.kind.table, spec, item.address.name, item.options)


def _locator(document: YamlDocument) -> Locate:
    return lambda place, value: document.locate(("spec", *place), value=value)


def _finder(document: YamlDocument) -> Callable[[ValuePlace], Origin]:
    return lambda place: document.locate(("spec", *place))


def implied(table: Table, spec: dict[str, Json], name: str, options: Mapping[str, Json]) -> dict[str, Json]:
    """Return `spec` with what a manifest's silence means: the resource's own name, options of its system."""
    silent = [row for row in table.implied if row.name not in spec]
    if not silent:
        return spec
    named = {row.name: name for row in silent if row.from_name}
    given = {row.name: options[row.name] for row in silent if row.from_option and row.name in options}
    return {**spec, **given, **named}


def _resource(item: Declared, spec: Mapping[str, Json], *, late: bool) -> Resource:
    locate = partial(place_of, item.document, item.kind.table, spec)
    places = item.origin, locate, item.document.locate
    return resource(item.address, item.kind, item.metadata, (spec, late), places)


def resource(
    address: Address,
    kind: Kind,
    metadata: Mapping[str, Json],
    spec: tuple[Mapping[str, Json], bool],
    places: tuple[Origin, Locator, Callable[[Sequence[str | int]], Origin]],
) -> Resource:
    """Return the resource of a manifest that is in order.

    `spec` says whether it holds deferred values, `places` where the manifest begins, and how its fields and
    what is around them are found.
    """
    said, late = spec
    waits = metadata.get("dependsOn")
    sealed = seal(kind.table, said)
    return Resource(
        address=address,
        api_version=kind.api_version,
        spec=sealed,
        origin=places[0],
        locate=places[1],
        locate_around=places[2],
        id=metadata.get("id"),
        depends_on=tuple(filter(None, map(Address.parse, waits))) if waits else (),
        suspend=hold_of(metadata, places[2]),
        known=entries_of(metadata, kind.table, places[2]),
        absent=bool(metadata.get("absent")),
        is_literal=not late and sealed is said,
    )


def place_of(
    document: YamlDocument, table: Table, spec: Json, path: FieldPath, *, value: bool = False
) -> Origin:
    """Return the place of a field path."""
    return document.locate(("spec", *spec_place(table, spec, path)), value=value)


def spec_place(table: Table, spec: Json, path: FieldPath) -> ValuePlace:
    """Return where a field path leads in a spec: a step by key becomes the index of the entry that has it."""
    place: list[str | int] = []
    row: Row | None = None
    for step in path:
        if isinstance(step, tuple):
            index = _index(row, spec, step)
            if index is None:
                break
            place.append(index)
            spec = spec[index]
        else:
            place.append(step)
            row, spec = table.rows.get(step), (spec or {}).get(step)
            table = row.table if row and row.table else table
    return tuple(place)


def _index(row: Row | None, entries: Json, key: tuple[str, ...]) -> int | None:
    if row is None or not isinstance(entries, list):
        return None
    return next((index for index, entry in enumerate(entries) if row.key_of(entry) == key), None)


def _misplaced(kind: Kind, late: Late, locate: Locate) -> Iterator[Flaw]:
    """Yield the deferred values that stand where none can."""
    for place, value in late:
        row = _row_at(kind.table, place)
        words = None if row is None or value is UNKNOWN else _unfit(kind, row, place, value)
        if words:
            problem = Problem(_CODES[type(value)], words, locate(place, True))
            yield Flaw(place, problem)


_CODES: Mapping[type, str] = {Ref: "ref", Named: "named", Env: "env"}
"""The problem code of a deferred value in a wrong place."""


def _unfit(kind: Kind, row: Row, place: ValuePlace, value: Json) -> str | None:
    """Return why a deferred value cannot stand in a field: it is one value, and no secret is an identity."""
    if row.table is not None:
        return f"`{row.name}` takes {'a list' if row.shape == 'keyed' else 'a mapping'}, not one value"
    if row.shape == "whole" and place[-1] == row.name:
        return f"`{row.name}` takes a mapping or a list, not one value"
    if row.asked or row.form is forms.instant:
        return f"`{row.name}` takes a value that is known when the plan is made: write it, or {{var: NAME}}"
    if isinstance(value, Named) and (row.nameable is None or (row.shape == "whole")):
        return f"`{row.name}` takes no name: write the value, or {{var: NAME}}; explain says what takes one"
    if not isinstance(value, Env):
        return None
    if not row.is_text:
        return f"`{row.name}` takes no secret: it is shown in plans"
    around = _row_at(kind.table, place[:-1])
    key = around.key if around else kind.key
    identifies = row.name in key or _is_of_scope(kind, place)
    return f"`{row.name}` takes no secret: what it identifies is shown" if identifies else None


def _is_of_scope(kind: Kind, place: ValuePlace) -> bool:
    """Tell whether a text at this place alone says where an object is looked for."""
    spec: Json = "text"
    for step in reversed(place):
        spec = {step: spec}
    return isinstance(spec, dict) and bool(kind.scope(spec))


def _row_at(table: Table, place: ValuePlace) -> Row | None:
    """Return the row of the field at `place`; what is inside a field compared as a whole is that field's."""
    row: Row | None = None
    for step in place:
        if isinstance(step, str) and not (row and row.shape == "whole"):
            row = table.rows.get(step)
            table = row.table if row and row.table else table
    return row
