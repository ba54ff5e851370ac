"""Turns the parts of a plan document into JSON and back, by what their classes declare; JSON into text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from types import UnionType
from typing import TypeVar, Union, get_args, get_origin, get_type_hints

from reconcile.model import Json

_UNPRINTABLE = re.compile(
    "#(?=#\\w*\\[)|[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff]"
    "|[\ufeff-\uffff\U000e0000-\U000e0fff]"
)

_Made = TypeVar("_Made")
_TEXTS = frozenset({str})


def to_json(part: object) -> Json:
    """Return a document, or a part of one, as JSON."""
    if part is None or isinstance(part, str | int | float):  # nearly all of them
        return part
    if isinstance(part, tuple):
        names = getattr(part, "_fields", None)
        if names is None:
            return [*part] if _TEXTS.issuperset(map(type, part)) else [to_json(each) for each in part]
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


def json_text(whole: Json, indent: int | None = 2) -> str:
    """Return JSON as text, the same for the same JSON, without anything that a terminal would obey."""
    text = json.dumps(whole, indent=indent, ensure_ascii=False)
    plain = text.isascii() and "\x7f" not in text and "##" not in text
    return (text if plain else _UNPRINTABLE.sub(_escaped, text)) + "\n"


def _escaped(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
