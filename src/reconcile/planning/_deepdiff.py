"""Imports deepdiff without what it takes along for others: pydantic, whose models it compares, and asyncio.

In the command line alone: in another program a thread may be importing one of them just now.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

_ABSENT = "pydantic.main"
"""A module that deepdiff does without where its import fails."""

_EMPTY = "asyncio"
"""A module of which deepdiff's cache would need a lock, were it asked for an asynchronous one."""


@contextmanager
def _without(name: str, instead: ModuleType | None) -> Iterator[None]:
    """Let another module, or none, be imported for a name that was not imported yet."""
    if name in sys.modules or "reconcile.cli.main" not in sys.modules:
        yield
        return
    sys.modules[name] = instead  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]


with _without(_ABSENT, None), _without(_EMPTY, ModuleType(_EMPTY)):
    from deepdiff import DeepDiff

__all__ = ["DeepDiff"]
