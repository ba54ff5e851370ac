"""Puts variables into a spec and marks its deferred values; reading secrets is left to `desired`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal

from reconcile.fields.check import ValuePlace
from reconcile.fields.table import Row, Table
from reconcile.model import Address, Env, Json, Named, Ref
from reconcile.named_tuple import NamedTuple
from reconcile.suggest import suggestion
from reconcile.yaml_source import TextBool, source_text

DEFERRED_FORMS = frozenset({"ref", "named", "var", "env"})
UNKNOWN = Env("")
"""A stand-in for a variable or an address that could not be read, so that nothing else is wrong there."""


class Vocabulary(NamedTuple):
    """Hold what the values of a manifest may draw on."""

    variables: Mapping[str, Json]
    forbidden: frozenset[str]
    """Variables of the environment that authenticate a system: no manifest may read them."""
    allowed: frozenset[str] | None
    """The only variables of the environment that a manifest may read, where the operator lists them."""


Complain = Callable[[Literal["var", "env", "ref", "named"], str, ValuePlace], None]


def interpolated(value: Json, words: Vocabulary, complain: Complain, place: ValuePlace = ()) -> Json:
    """Return `value` with each `{var}` replaced, and each other deferred value as what it is."""
    if isinstance(value, dict):
        if len(value) == 1:
            ((key, named),) = value.items()
            if key == "named" and isinstance(named, bool | int | float):
                named = source_text(named)
            if key in DEFERRED_FORMS and isinstance(named, str):
                return _late(key, named, words, lambda message: complain(key, message, place))
        return {name: interpolated(inner, words, complain, (*place, name)) for name, inner in value.items()}
    if isinstance(value, list):
        return [interpolated(inner, words, complain, (*place, index)) for index, inner in enumerate(value)]
    return value


def variables_in(values: Iterable[Json]) -> Iterator[str]:
    """Yield the names of the variables that stand anywhere in `values`."""
    for value in values:
        if isinstance(value, dict):
            if len(value) == 1 and isinstance(value.get("var"), str):
                yield value["var"]
            yield from variables_in(value.values())
        elif isinstance(value, list):
            yield from variables_in(value)


def _late(key: str, named: str, words: Vocabulary, complain: Callable[[str], None]) -> Json:
    if key == "var":
        return _variable(named, words, complain)
    if key == "env":
        return _env(named, words, complain)
    if key == "named":
        if not named.strip():
            complain("a name is no blank text: write the name of the object that is meant")
        return Named(named)
    address = Address.parse(named)
    if address is None:
        complain(f"`{named[:80]}` is no address: write <system>/<Kind>/<name>")
        return UNKNOWN
    return Ref(address)


def _variable(named: str, words: Vocabulary, complain: Callable[[str], None]) -> Json:
    if named not in words.variables:
        near = suggestion(named, words.variables)
        complain(f"no variable `{named[:80]}`: set it under variables in reconcile.yaml, or by --var{near}")
        return UNKNOWN
    plain = Vocabulary({}, words.forbidden, words.allowed)
    return interpolated(
        words.variables[named], plain, lambda key, message, place: complain(_inside(named, key, message))
    )


def _inside(named: str, key: str, message: str) -> str:
    return f"variable `{named}` holds another variable: write its value" if key == "var" else message


def _env(named: str, words: Vocabulary, complain: Callable[[str], None]) -> Env:
    if named in words.forbidden:
        complain(f"`{named}` authenticates a system: a manifest cannot read it; set another variable")
    elif words.allowed is not None and named not in words.allowed:
        todo = f"the operator adds {named} there, outside the repository (without an @: it is no credential)"
        complain(f"`{named}` is not in RECONCILE_SECRETS as a manifest's value: {todo}")
    return Env(named)


def spelled(table: Table, value: Json) -> Json:
    """Return `value` as its table's types read it: a string field takes an unquoted scalar's source text."""
    if not isinstance(value, dict):
        return value
    return {name: spelled_value(table.rows.get(name), inner) for name, inner in value.items()}


def spelled_value(row: Row | None, value: Json) -> Json:
    """Return the value of one field as the field's type reads it."""
    if row is None or value is None:
        return value
    if row.table is not None:
        table = row.table
        return (
            [spelled(table, entry) for entry in value] if isinstance(value, list) else spelled(table, value)
        )
    if row.is_text and isinstance(value, bool | int | float):
        return source_text(value)
    return _quiet(value)


def texts(table: Table, value: Json, place: ValuePlace = ()) -> Iterator[ValuePlace]:
    """Yield the places inside `value` that hold the text of a string field."""
    if isinstance(value, list):
        for index, entry in enumerate(value):
            yield from texts(table, entry, (*place, index))
        return
    for name, inner in value.items() if isinstance(value, dict) else ():
        row = table.rows.get(name)
        if row is not None and row.table is not None:
            yield from texts(row.table, inner, (*place, name))
        elif row is not None and row.is_text and isinstance(inner, str):
            yield (*place, name)


def _quiet(value: Json) -> Json:
    """Return `value` with `True` and `FALSE` as truth values, inside what is compared as a whole too."""
    if isinstance(value, dict):
        return {name: _quiet(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_quiet(inner) for inner in value]
    return bool(value) if isinstance(value, TextBool) else value
