"""Turns what pydantic finds wrong with a value into problems that say what to write instead; making the
models is left to `validated`.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, get_args

from reconcile.fields.annotations import Fields, FromOption, Nameable, RefersTo
from reconcile.fields.attributes import once
from reconcile.model import Env, Json, Named, Origin, Problem, Ref
from reconcile.named_tuple import NamedTuple
from reconcile.suggest import suggestion

if TYPE_CHECKING:
    from pydantic import BaseModel, TypeAdapter

    from reconcile.fields.validated import Exact

_Mark = TypeVar("_Mark")
ValuePlace: TypeAlias = tuple[str | int, ...]
Locate: TypeAlias = Callable[[ValuePlace, bool], Origin]
"""The origin of the key (False) or the value (True) at a place."""


class Flaw(NamedTuple):
    """Describe what is wrong with a value, and where in the value."""

    place: ValuePlace
    problem: Problem


NO_VALUE = "cannot be null: give it a value"
_WANTED: Mapping[str, str] = {
    "string": "a string",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "list": "a list",
    "dict": "a mapping",
    "model": "a mapping",
    "mapping": "a mapping",
}
_MEMBERS: Mapping[str | int, str] = {
    "int": _WANTED["int"],
    "float": _WANTED["float"],
    "str": _WANTED["string"],
    "bool": _WANTED["bool"],
}
"""What pydantic calls the members of a union, at the end of an error's place."""

MEMBER = "union member: "
"""What the name of a member begins with, of a union that says itself which of them a value is."""


def checked(
    table: type[Fields] | type[Exact], values: Sequence[Json], locates: Callable[[int], Locate]
) -> list[tuple[Flaw, ...]]:
    """Return the flaws of each value as an object of `table`, found in one pass over all the values.

    A `Ref`, a `Named` or an `Env` is taken where a value may stand; `locates` says how the value of an index
    is placed.
    """
    from reconcile.fields.validated import model_of  # pydantic: a run that knows its files checks nothing

    model = model_of(table)
    errors = [*_errors(model, values)]
    if not errors:
        return [()] * len(values)
    found: list[list[Flaw]] = [[] for _ in values]
    unions: dict[tuple[int, ValuePlace], list[str]] = defaultdict(list)
    for index, error in errors:
        place: ValuePlace = tuple(error["loc"])[1:]
        if isinstance(value_at(values[index], place), Ref | Named | Env):
            continue
        if _is_member(values[index], place):
            unions[index, place[:-1]].append(_MEMBERS[place[-1]])
        else:
            problem = _problem(model, error, values[index], place, locates(index))
            found[index].append(Flaw(place, problem))
    for (index, place), members in unions.items():
        message = (
            f"{_label(place)} takes {' or '.join(members)}, not {_called(value_at(values[index], place))}"
        )
        found[index].append(Flaw(place, Problem("wrong-type", message, locates(index)(place, True))))
    return [tuple(flaws) for flaws in found]


def _is_member(value: Json, place: ValuePlace) -> bool:
    """Tell whether the last step of `place` is no field, but one of several types that its field may have."""
    around = value_at(value, place[:-1])
    return bool(place) and place[-1] in _MEMBERS and not (isinstance(around, dict) and place[-1] in around)


def _errors(model: type[BaseModel], values: Sequence[Json]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    from pydantic import ValidationError

    try:
        _adapter(model).validate_python(values)
    except ValidationError as error:
        for item in error.errors(include_url=False, include_input=False):
            yield int(item["loc"][0]), {**item, "loc": tuple(filter(_is_place, item["loc"]))}


def _is_place(step: str | int) -> bool:
    """Tell whether a step of an error's place is one of the value, and not the name of a union's member."""
    return not (isinstance(step, str) and step.startswith(MEMBER))


@once
def _adapter(model: type[BaseModel]) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(list[model])  # type: ignore[valid-type]  # a list of just this model


def value_at(value: Json, place: ValuePlace) -> Json:
    """Return the value at `place`, None where there is none.

    A `Ref`, `Named` or `Env` on the way stands for all inside it.
    """
    for step in place:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return value if isinstance(value, Ref | Named | Env) else None
    return value


def _odd_blank(name: str) -> str:
    """Return a word on the first character that looks like a blank, and is none; nothing without one."""
    odd = next((char for char in name if char != " " and unicodedata.category(char) in {"Zs", "Cf"}), None)
    if odd is None:
        return ""
    called = unicodedata.name(odd, "a character that is not seen").lower()
    return f"; it holds a {called} (U+{ord(odd):04X}): type a plain blank, or none"


def _problem(
    model: type[BaseModel], error: Mapping[str, Any], value: Json, place: ValuePlace, locate: Locate
) -> Problem:
    kind, name = str(error["type"]), str(place[-1]) if place else "this"
    if kind == "extra_forbidden":
        known = _names(model, place[:-1])
        words = f"unknown field `{name[:80]}`{suggestion(name, known)}{_odd_blank(name)}"
        return Problem("unknown-field", words, locate(place, False))
    if kind == "missing":
        todo = "it is required"
        if _marks(model, place, FromOption):
            todo = f"write it, or options.{name} of its system in reconcile.yaml"
        return Problem("missing-field", f"`{name}` is missing: {todo}", locate(place[:-1], False))
    here, given = locate(place, True), value_at(value, place)
    label = _label(place)
    if kind == "literal_error":
        return Problem("wrong-value", f"{label} is {_allowed(given, error)}", here)
    if kind == "greater_than_equal":
        least = error["ctx"]["ge"]
        return Problem("wrong-value", f"{label} is {_quoted(given)}: write {least} or more", here)
    if given is None:
        return Problem("wrong-type", f"{label} {NO_VALUE}", here)
    wanted = next((words for start, words in _WANTED.items() if kind.startswith(start)), None)
    message = (
        f"{label} takes {wanted}, not {_called(given)}" if wanted else f"{label}: {str(error['msg']).lower()}"
    )
    if wanted == _WANTED["int"] and isinstance(given, str) and given.isdecimal():
        message += "; take the quotes away"
    elif wanted and (refers := _marks(model, place, RefersTo)):
        message += (
            f"; for another resource's id write {{ref: <system>/{refers[0].kind.rpartition('/')[2]}/<name>}}"
        )
    if wanted and isinstance(given, str) and not given.isdecimal() and _marks(model, place, Nameable):
        message += "; for a name write {named: TEXT}"
    return Problem("wrong-type" if wanted else "wrong-value", message, here)


def _marks(model: type[BaseModel], place: ValuePlace, mark: type[_Mark]) -> list[_Mark]:
    """Return the marks of one type on the field at `place`."""
    steps = [step for step in place if isinstance(step, str)]
    for step in steps[:-1]:
        field = model.model_fields.get(step)
        model = (field and _model_in(field.annotation)) or model
    field = model.model_fields.get(steps[-1]) if steps else None
    return [each for each in field.metadata if isinstance(each, mark)] if field else []


def _label(place: ValuePlace) -> str:
    if not place:
        return "this document"
    name = next((str(step) for step in reversed(place) if isinstance(step, str)), "this")
    return f"an entry of `{name}`" if place and isinstance(place[-1], int) else f"`{name}`"


def _allowed(given: Json, error: Mapping[str, Any]) -> str:
    names = [name.strip("'") for name in str(error["ctx"]["expected"]).replace(" or ", ", ").split(", ")]
    if isinstance(given, str) and given in names:
        return f"the text {_quoted(given)}; allowed: {', '.join(names)}, without quotes"
    close = suggestion(given, names) if isinstance(given, str) else ""
    return f"{_quoted(given)}; allowed: {', '.join(names)}" + (close if "did you mean" in close else "")


def _quoted(given: Json) -> str:
    return f"`{str(given)[:60]}`" if isinstance(given, str | int | float) else _called(given)


def _called(given: Json) -> str:
    match given:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int():
            return "a number"
        case float():
            return "a fraction"
        case str():
            return "a string"
        case list():
            return "a list"
    return "a mapping"


def _names(model: type[BaseModel], place: ValuePlace) -> list[str]:
    """Return the names of the fields that may stand at `place`."""
    for step in place:
        field = model.model_fields.get(str(step)) if isinstance(step, str) else None
        inner = _model_in(field.annotation) if field else None
        model = inner or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    from pydantic import BaseModel

    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)
