"""Makes named tuples as `typing.NamedTuple` does, but leaves their annotations as the texts that they are.

`typing` compiles each of them, to refuse what is no type: mypy does that, and a start that makes two hundred
such classes waits for it.
"""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:

    class _Fields(type):
        """Make a tuple's class of the fields that a class body annotates."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            """Return a subclass of tuple with the fields, and with all else that stands in the body."""
            fields = body.setdefault("__annotations__", {})
            defaults = [body.pop(field) for field in fields if field in body]
            made = namedtuple(name, fields, defaults=defaults, module=body["__module__"])
            for attribute, value in body.items():
                setattr(made, attribute, value)
            return made

    NamedTuple = type.__new__(_Fields, "NamedTuple", (), {})


tuple_of = tuple.__new__
"""Makes a named tuple of the values of all its fields, in a third of the time of its own constructor: for
values of which each object of an estate has one."""
