"""Turns the parts of a plan document into JSON and back, by what their classes declare."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import UnionType
from typing import TypeVar, Union, get_args, get_origin, get_type_hints

from reconcile.model import Json

_Made = TypeVar("_Made")


def to_json(part: object) -> Json:
    """Return a document, or a part of one, as JSON."""
    if part is None or isinstance(part, str | int | float):  # nearly all of them
        return part
    if isinstance(part, tuple):
        names = getattr(part, "_fields", None)
        if names is None:
            return [to_json(each) for each in part]
        defaults = _defaults(type(part))
        anyway: tuple[str, ...] = getattr(part, "said_anyway", ())
        return {
            name: to_json(value)
            for name, value in zip(names, part, strict=True)
            if name not in defaults or value != defaults[name] or name in anyway
        }
    return {name: to_json(value) for name, value in part.items()} if isinstance(part, Mapping) else part


@cache
def _defaults(class_: type) -> Mapping[str, object]:
    defaults: Mapping[str, object] = getattr(class_, "_field_defaults", {})
    return defaults


def from_json(class_: Callable[..., _Made], said: Mapping[str, Json]) -> _Made:
    """Return a document, or a part of one, from JSON whose shape was checked before."""
    makers = _makers(class_)
    return class_(**{name: makers[name](value) for name, value in said.items() if name in makers})


@cache
def _makers(class_: object) -> Mapping[str, Callable[[Json], object]]:
    return {name: _maker(hint) for name, hint in get_type_hints(class_).items()}


def _maker(hint: object) -> Callable[[Json], object]:
    """Return what makes the value of a field from its JSON."""
    if get_origin(hint) in (Union, UnionType):
        inner = [each for each in get_args(hint) if each is not type(None)]
        make = _maker(inner[0]) if len(inner) == 1 else _as_it_is
        return lambda value: None if value is None else make(value)
    if get_origin(hint) is tuple:
        each = _maker(get_args(hint)[0])
        return lambda value: tuple(map(each, value))
    if isinstance(hint, type) and hasattr(hint, "_fields"):
        return lambda value: from_json(hint, value)
    return _as_it_is


def _as_it_is(value: Json) -> object:
    return value
