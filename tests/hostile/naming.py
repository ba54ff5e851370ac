"""The names of all sections of the snapshot, in their order."""

from __future__ import annotations

from .answers import parties
from .corpus import cases


def every_name() -> list[str]:
    """One name for each case of a file and each party of answers."""
    return [*map(str, cases()), *map(str, parties())]
