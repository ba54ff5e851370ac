"""Reads and writes JSON, faster than the standard library; what a value is good for is left to the caller."""

from __future__ import annotations

import json
import re
import sys
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from types import ModuleType

from reconcile.model import Json

_COMPILED = "pydantic_core._pydantic_core"
"""What of pydantic reads and writes JSON; its package adds the types of schemas, in six times the time."""

_TRAILING = {
    "Illegal trailing comma before end of array": "Expecting value",
    "Illegal trailing comma before end of object": "Expecting property name enclosed in double quotes",
}
"""What Python 3.13 and later say at a comma, and what the others say at the bracket behind it."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|[][{}]', re.DOTALL)


def _compiled() -> ModuleType:
    """Return the compiled module, without its package where nothing has imported that yet.

    In the command line alone: in another program a thread may be importing the package just now.
    """
    package = find_spec("pydantic_core") if "reconcile.cli.main" in sys.modules else None
    spec = package and PathFinder.find_spec(_COMPILED, package.submodule_search_locations)
    if _COMPILED in sys.modules or spec is None or spec.loader is None:
        return import_module(_COMPILED)
    module = sys.modules[_COMPILED] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_json = _compiled()


def decode(data: bytes) -> Json:
    """Return the one JSON value in `data`; ValueError where `data` is none.

    Of equal keys the last one counts. NaN is no value, half of a surrogate pair is none, and nothing is
    nested 200 deep; a number that is too large to hold comes as an infinity.
    """
    return _json.from_json(data, allow_inf_nan=False, cache_strings="all")


def encode(value: Json) -> bytes:
    """Return a plain value as JSON on one line, for `decode`; ValueError where JSON cannot spell it."""
    found: bytes = _json.to_json(value)
    return found


def is_too_deep(text: str, error: Exception, levels: int) -> bool:
    """Tell whether `text`, which json refused with `error`, is nested deeper than `levels` before the error.

    How deep json reads before it gives up differs from one Python to the next; this answer does not.
    """
    if isinstance(error, RecursionError):
        return True
    end = error.pos if isinstance(error, json.JSONDecodeError) else len(text)
    level = 0
    for token in _TOKEN.finditer(text, 0, end):
        first = token[0][0]
        level += (first in "[{") - (first in "]}")
        if level > levels:
            return True
    return False


def complaint(error: json.JSONDecodeError) -> tuple[str, int]:
    """Return what is wrong and at which character, counted from 1: the same with every Python."""
    plain = _TRAILING.get(error.msg)
    if plain is None:
        return error.msg.removesuffix(" at"), error.pos + 1
    rest = error.doc[error.pos + 1 :]
    return plain, error.pos + 2 + len(rest) - len(rest.lstrip(" \t\n\r"))
