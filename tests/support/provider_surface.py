"""Spells out what `reconcile.provider` promises: a line for each name, parameter, field and method.

`python -m tests.support.provider_surface` adds the lines that are new to the file of this version; it takes
none away, since what a version promised it keeps.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, ForwardRef

from reconcile import provider
from reconcile.provider import testing

FILE = Path(__file__).parents[1] / "packages" / f"provider-{provider.API}.txt"
MADE_BY_THE_ENGINE = frozenset({"Table", "Row", "Resource", "Change", "Case", "Response"})
KEEP_THEIR_PLACES = 4
_PLACE = re.compile(r" at 0x[0-9a-f]+|<function [^>]*>")


def surface() -> list[str]:
    """Every line, in the order of the names."""
    found = [line for name in provider.__all__ for line in _lines(name, getattr(provider, name))]
    for name in testing.__all__:
        found += _lines(f"testing.{name}", getattr(testing, name))
    return found


def frozen() -> list[str]:
    """The lines that this version has promised."""
    return FILE.read_text("utf-8").splitlines() if FILE.exists() else []


def _lines(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, ModuleType):
        own = {at: inner for at, inner in vars(value).items() if _is_public_function(value, at, inner)}
        yield from (line for at in sorted(own) for line in _lines(f"{name}.{at}", own[at]))
    elif isinstance(value, type):
        yield from _of_class(name, value)
    elif inspect.isroutine(value):
        yield f"{name}{_signature(value)}"
    else:
        yield f"{name} = {_spelled(value)}"


def _is_public_function(module: ModuleType, name: str, value: Any) -> bool:
    return inspect.isroutine(value) and not name.startswith("_") and value.__module__ == module.__name__


def _of_class(name: str, value: type) -> Iterator[str]:
    yield f"class {name}"
    for place, field in enumerate(_fields(value)):
        kept = name not in MADE_BY_THE_ENGINE and place < KEEP_THEIR_PLACES
        yield f"{name}{f'[{place}]' if kept else ''} {field}"
    for at, inner in sorted(vars(value).items()):
        if (
            at.startswith(("_", "test_", "pytest_"))
            or at in getattr(value, "_fields", ())
            or _is_field(value, at)
        ):
            continue
        if isinstance(inner, property) or type(inner).__name__ == "cached_property":
            yield f"{name}.{at}"
        elif isinstance(inner, classmethod | staticmethod):
            yield f"{name}.{at}{_signature(inner.__func__)}"
        elif inspect.isfunction(inner):
            yield f"{name}.{at}{_signature(inner)}"


def _fields(value: type) -> Iterator[str]:
    """The fields of a tuple or a dataclass, each with its type and whether it may be left out."""
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            kinds = (field.default, field.default_factory)
            yield f"{field.name}: {_spelled(field.type)}{_default(*kinds)}"
    elif hasattr(value, "_fields"):
        hints, defaults = value.__annotations__, value._field_defaults
        for at in value._fields:
            kept = _default(defaults[at]) if at in defaults else ""
            yield f"{at}: {_spelled(hints[at])}{kept}"
    elif "__init__" in vars(value):
        yield from map(str, [*inspect.signature(value).parameters.values()])


def _is_field(value: type, name: str) -> bool:
    return dataclasses.is_dataclass(value) and name in {field.name for field in dataclasses.fields(value)}


def _default(*kinds: Any) -> str:
    given = [kind for kind in kinds if kind is not dataclasses.MISSING]
    return f" = {_spelled(given[0])}" if given else ""


def _signature(value: Any) -> str:
    return _PLACE.sub("…", str(inspect.signature(value)))


def _spelled(value: Any) -> str:
    if isinstance(value, ForwardRef):
        return value.__forward_arg__
    if isinstance(value, str) and not value.isidentifier():
        return value if "[" in value or "|" in value else repr(value)
    if inspect.isroutine(value) or isinstance(value, type):
        return "…" if "lambda" in value.__name__ else value.__name__
    return _PLACE.sub("…", value if isinstance(value, str) else repr(value))


if __name__ == "__main__":
    kept = frozen()
    FILE.write_text("\n".join([*kept, *(line for line in surface() if line not in kept)]) + "\n", "utf-8")
