"""Reads `known` and `suspend` of the metadata, and checks them by the kind's table; what they leave alone is
decided by `planning`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from reconcile.fields.check import ValuePlace
from reconcile.fields.table import Row, Table, row_at
from reconcile.fields.walk import at, deferred_values, is_instruction, known, misshapen, seal
from reconcile.manifests.interpolate import spelled, spelled_value
from reconcile.manifests.terms import DAYS_AHEAD, is_far, term_of
from reconcile.model import Env, FieldPath, Hold, Json, KnownValue, Origin, Problem, Resource, Secret, Spec
from reconcile.suggest import suggestion

PlaceOf: TypeAlias = Callable[[Sequence[str | int]], Origin]
Misfit: TypeAlias = tuple[str, str, ValuePlace]
"""The code of a problem, its words, and its place around the spec."""

_UNTIL = "`until` takes a day, such as 2026-12-24, or an instant with an offset; this is none"


def hold_of(metadata: Mapping[str, Json], around: PlaceOf) -> Hold | None:
    """Return why a resource is suspended, and until when that was meant; None for one that is not."""
    said = metadata.get("suspend")
    if said is None:
        return None
    origin = around(("metadata", "suspend"))
    if not isinstance(said, Mapping):
        return Hold(said, None, origin)
    until = said.get("until")
    return Hold(said["reason"], None if until is None else term_of(until), origin)


def entries_of(metadata: Mapping[str, Json], table: Table, around: PlaceOf) -> tuple[KnownValue, ...]:
    """Return the entries of `known` that can be read."""
    return tuple(_entries(metadata, table, around)) if metadata.get("known") else ()


def _entries(metadata: Mapping[str, Json], table: Table, around: PlaceOf) -> Iterator[KnownValue]:
    for index, said in enumerate(metadata["known"]):
        path, until = path_of(table, said["path"]), term_of(said["until"])
        if path is not None and until is not None:
            yield KnownValue(path, said["live"], said["reason"], until, around(("metadata", "known", index)))


def type_live_values(metadata: Mapping[str, Json], table: Table) -> None:
    """Put each live value of `known` as its field's type reads it in its own place, as a cache keeps it."""
    for said in metadata.get("known") or ():
        if (path := path_of(table, said["path"])) is not None:
            said["live"] = _as_typed(table, path, said["live"])


def _as_typed(table: Table, path: FieldPath, live: Json) -> Json:
    """Return a live value as the field's type reads it: a text may be written as an unquoted scalar."""
    row = row_at(table, path)
    if isinstance(path[-1], tuple):
        return spelled(row.nested, live)
    return spelled_value(row, live)


def path_of(table: Table, text: str) -> FieldPath | None:
    """Return the path that `text` spells, as reports do; None where the table has no such field."""
    name = re.split(r"[.\[]", text)[0]
    row, rest = table.rows.get(name), text[len(name) :]
    if row is None or not rest:
        return None if row is None else (name,)
    if rest[0] == "[":
        inner = _entry_path(row, rest) if row.shape == "keyed" else None
    else:
        inner = path_of(row.nested, rest[1:]) if row.shape == "object" else None
    return None if inner is None else (name, *inner)


def _entry_path(row: Row, text: str) -> FieldPath | None:
    """Return the path that begins with the key of an entry, which may hold dots and brackets itself."""
    for end in (found.start() for found in re.finditer(r"\]", text)):
        parts, rest = text[1:end].split(",", len(row.key) - 1), text[end + 1 :]
        inner = () if not rest else path_of(row.nested, rest[1:]) if rest[0] == "." else None
        if inner is not None:
            return row.key_of(dict(zip(row.key, parts, strict=False))), *inner
    return None


def term_flaws(metadata: Mapping[str, Json]) -> Iterator[Misfit]:
    """Yield what is wrong with the reasons and the ends in metadata whose types are right."""
    for place, each in _worded(metadata):
        if not each["reason"].strip():
            yield "wrong-value", "`reason` is blank: say why in words", (*place, "reason")
        if each.get("until") is not None and term_of(each["until"]) is None:
            yield "wrong-value", _UNTIL, (*place, "until")


def _worded(metadata: Mapping[str, Json]) -> Iterator[tuple[ValuePlace, Mapping[str, Json]]]:
    """Yield each mapping that has a reason and an end, with its place."""
    if isinstance(metadata.get("suspend"), Mapping):
        yield ("metadata", "suspend"), metadata["suspend"]
    for index, each in enumerate(metadata.get("known") or ()):
        yield ("metadata", "known", index), each


def entry_flaws(metadata: Mapping[str, Json], table: Table, spec: Spec) -> Iterator[Misfit]:
    """Yield the paths of `known` that the kind lacks, those of secrets, and values that cannot be live."""
    for index, said in enumerate(metadata.get("known") or ()):
        place, path = ("metadata", "known", index), path_of(table, said["path"])
        if path is None:
            name = re.split(r"[.\[]", said["path"])[0]
            near = "" if name in table.rows else suggestion(name, table.rows)
            words = f"`{said['path'][:80]}` is no field of this kind, as a plan writes it{near}"
            yield "unknown-field", words, (*place, "path")
        elif _is_secret(table, spec, path, said["live"]):
            words = f"`{said['path'][:80]}` is sensitive: its live value can be written nowhere"
            yield "known-secret", words, (*place, "path")
        elif wrong := _no_live_value(table, path, said["live"]):
            yield "wrong-value", wrong, (*place, "live")


def _is_secret(table: Table, spec: Spec, path: FieldPath, live: Json) -> bool:
    """Tell whether a field, or something in the entry or object there, is sensitive."""
    held = (value for _, value in deferred_values(at(table, spec, path)))
    return any(isinstance(value, Env | Secret) for value in held) or _seals(table, path, live)


def _seals(table: Table, path: FieldPath, live: Json) -> bool:
    name, *rest = path
    row = table.rows[str(name)]
    around: dict[str, Json] = {}
    if rest and isinstance(rest[0], tuple):
        around = dict(zip(row.key, rest.pop(0), strict=False))
    if rest:
        inner = tuple(rest)
        test = row.nested.rows[str(inner[0])].sensitive_if
        return bool(test and test(around)) or _seals(row.nested, inner, live)
    if row.table is None:
        return bool(row.sensitive_if and row.sensitive_if({}))
    held = any(inner.sensitive_if and inner.sensitive_if(around) for inner in row.table.sensitive)
    whole = {**around, **live} if isinstance(live, Mapping) else around
    return bool(held) or (not misshapen(row.table, whole) and seal(row.table, whole) is not whole)


def _no_live_value(table: Table, path: FieldPath, live: Json) -> str | None:
    """Return why a value can be live nowhere at a path; None where it can."""
    if is_instruction(live):
        return "`live` takes the value that is live, and no reference, variable or secret"
    row = row_at(table, path)
    if isinstance(path[-1], tuple) or row.shape == "object":
        if live is not None and not isinstance(live, Mapping):
            return "`live` takes the mapping that is live there, or null where there is none"
        wrong = misshapen(row.nested, live) if live else None
        unknown = (
            "`live` has a field that the kind lacks" if live and known(row.nested, live) != live else None
        )
        return wrong or unknown
    if row.shape == "scalar" and isinstance(live, dict | list):
        return "`live` takes the one value that is live there"
    return None


def too_far(resources: Iterable[Resource], now: float) -> Iterator[Problem]:
    """Yield a problem for each difference that is to be known beyond the last day for that."""
    for resource in resources:
        for entry in resource.known:
            if is_far(entry.until, now):
                words = f"`until` is {entry.until.text}: at most {DAYS_AHEAD} days ahead can be said"
                yield Problem("known-too-long", words, entry.origin)
