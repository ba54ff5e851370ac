"""Reads what a field table declares, attribute by attribute; what each mark means is left to others."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from functools import cache
from inspect import get_annotations
from typing import Annotated, Any, TypeVar, get_args, get_origin

from reconcile.fields.annotations import Fields
from reconcile.model import Json
from reconcile.named_tuple import NamedTuple

_Mark = TypeVar("_Mark")
_Given = TypeVar("_Given")
_Found = TypeVar("_Found")


def once(make: Callable[[_Given], _Found]) -> Callable[[_Given], _Found]:
    """Return `make` as one call for each class: `functools.cache`, typed for what takes classes."""
    return cache(make)


class Attribute(NamedTuple):
    """Describe one attribute: its type, what stands beside it, and its default."""

    annotation: Any
    marks: tuple[Any, ...] = ()
    default: Json = ...

    @property
    def is_required(self) -> bool:
        """Tell whether the attribute must be written, as it has no default."""
        return self.default is ...

    def mark(self, kind: type[_Mark]) -> _Mark | None:
        """Return the first mark of that kind, None where there is none."""
        return next((mark for mark in self.marks if isinstance(mark, kind)), None)


@once
def attributes(fields: type[Fields]) -> Mapping[str, Attribute]:
    """Return the attributes of a field table, by name, in the vendor's order."""
    hints: dict[str, Any] = {}
    for declaring in reversed(fields.__mro__):
        if declaring is not Fields:
            hints |= get_annotations(declaring, eval_str=True, locals={})  # a field may be called `list`
    found = {name: _attribute(hint, _default(fields, name)) for name, hint in hints.items()}
    return types.MappingProxyType(found)


def _default(fields: type[Fields], name: str) -> Json:
    """Return what a table gives a name; `...` for nothing, whatever else a class has by that name."""
    return next((vars(each)[name] for each in fields.__mro__ if name in vars(each)), ...)


def _attribute(hint: Any, default: Json) -> Attribute:
    if get_origin(hint) is not Annotated:
        return Attribute(hint, default=default)
    inner, *marks = get_args(hint)
    return Attribute(inner, tuple(marks), default)
