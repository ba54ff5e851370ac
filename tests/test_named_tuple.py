"""Our named tuples are those of `typing`, made in less time; what is made of its fields has each of them."""

from __future__ import annotations

import ast
import pickle
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple as OfTyping
from typing import get_type_hints

import pytest

import reconcile
from reconcile.named_tuple import NamedTuple

ROOT = Path(reconcile.__file__).parent


def place(base: type) -> type:
    """A class of places."""

    class Place(base):  # type: ignore[misc, valid-type]
        """Hold a place."""

        name: str
        at: tuple[int, ...] = ()

        @property
        def last(self) -> int:
            return self.at[-1]

        def __str__(self) -> str:
            return f"{self.name}{self.at}"

    return Place


class Pair(NamedTuple):
    """Hold two numbers."""

    one: int
    other: int = 0


class Nothing(NamedTuple):
    """Hold nothing."""


def told(made: type) -> list[object]:
    """All that a caller can see of a class, and of its values."""
    value = made("a", at=(1, 2))
    return [
        *(value, value.last, str(value), value._asdict(), value._replace(name="b"), made("c"), hash(value)),
        *(made._fields, made._field_defaults, made.__match_args__, made.__doc__, made.__module__),
        *(made.__mro__[1:], get_type_hints(made), repr(value).partition("(")[2]),
    ]


def test_a_named_tuple_is_in_all_that_can_be_seen_what_typing_makes() -> None:
    ours, theirs = place(NamedTuple), place(OfTyping)
    assert told(ours) == told(theirs)
    assert (ours.__name__, ours.__qualname__) == (theirs.__name__, "place.<locals>.Place")


def test_a_value_is_pickled_by_the_name_of_its_class() -> None:
    assert type(pickle.loads(pickle.dumps(Pair(1)))) is Pair  # noqa: S301  # our own bytes


@pytest.mark.parametrize("given", [(), (1, 2, 3)])
def test_a_value_of_too_few_or_too_many_fields_is_refused(given: tuple[int, ...]) -> None:
    with pytest.raises(TypeError):
        Pair(*given)


def test_a_class_without_fields_has_one_value() -> None:
    assert Nothing() == Nothing() == ()


def of_fields() -> Iterator[tuple[str, str, int | None]]:
    """Yield where values are made by `tuple_of`: the module, the class, and of how many fields."""
    for file in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Name("tuple_of"), args=[ast.Name(name), ast.Tuple(parts)]):
                    starred = any(isinstance(part, ast.Starred) for part in parts)
                    module = ".".join(file.relative_to(ROOT.parent).with_suffix("").parts)
                    yield module, name, None if starred else len(parts)


def test_what_is_made_of_all_its_fields_has_each_of_them() -> None:
    found = [*of_fields()]
    assert {name for _, name, _ in found} >= {"Live", "Wanted", "Case"}
    for module, name, fields in found:
        assert fields in {None, len(getattr(import_module(module), name)._fields)}, (module, name)
