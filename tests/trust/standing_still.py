"""Says all that a generator which waits will read when it goes on: where it stands, and what it holds."""

from __future__ import annotations

from collections.abc import Generator, Hashable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from reconcile.execution.attempt import Attempt
from reconcile.execution.effects import Wait

SAME = frozenset({"step", "terms", "wanted", "facts"})
"""What is the same in every course from one state, as it is made of that state alone, but for the clocks in
`facts`, and the systems' clock stands still."""

SET_AGAIN = {"watch": frozenset({"verdict", "unread", "last", "rest"})}
"""Local names, by their function, that a wait leaves behind: each is set again before it is read."""


class NotTold(TypeError):
    """Says that a value is of a type of which nobody said what of it is read."""


def stands(course: Generator[Any, Any, Any]) -> Hashable:
    """The places at which a generator and those that it waits for stand, with their local names."""
    return tuple(_frames(course))


def _frames(course: Any) -> Iterator[Hashable]:
    while course is not None:
        frame = course.gi_frame
        left_out = SAME | SET_AGAIN.get(frame.f_code.co_name, frozenset())
        held = {name: value for name, value in frame.f_locals.items() if name not in left_out}
        yield frame.f_code.co_name, frame.f_lasti, frozen(held)
        course = course.gi_yieldfrom


def frozen(value: Any) -> Hashable:
    """A value by what it holds; NotTold for one that holds nobody knows what."""
    match value:
        case None | bool() | int() | float() | str() | bytes():
            return value
        case Attempt() | Wait():
            return tuple(frozen(getattr(value, each.name)) for each in fields(value) if each.name not in SAME)
        case Mapping():
            return tuple(sorted((str(name), frozen(each)) for name, each in value.items()))
        case Exception():
            told = (str(value), getattr(value, "status", None), getattr(value, "effect", None))
            return (type(value).__name__, *told, getattr(value, "retry_after", None))
        case tuple() if hasattr(value, "_fields"):
            return tuple(
                frozen(each) for name, each in zip(value._fields, value, strict=True) if name != "origin"
            )
        case Sequence() | frozenset():
            return tuple(map(frozen, value))
    raise NotTold(type(value).__name__)
