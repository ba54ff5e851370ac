"""Defines two sides of a project by what differs, and what comes of loading only that; who loads it is
`cache.changed_files`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from reconcile.manifests.load import Loaded
from reconcile.model import Problem
from reconcile.named_tuple import NamedTuple


class Side(NamedTuple):
    """Hold the files of one side that the other side lacks, or has otherwise."""

    names: Sequence[str]
    """The names of all files of this side."""

    files: Sequence[tuple[str, bytes]]
    problems: Sequence[Problem] = ()


class TwoSides(NamedTuple):
    """Hold two sides of a project by what differs, and what both have: the keys of files by their names."""

    same: Mapping[str, str]
    now: Side
    then: Side
    read: Callable[[str], bytes | Problem]
    """Reads a file that both have."""


class Beyond(NamedTuple):
    """Describe what was not loaded, since both sides have it and nothing that differs rests on it."""

    declared: int
    """How many manifests there are in all, those that were loaded too."""

    systems: frozenset[str]
    claims: frozenset[str]
    """By what the live objects of what was not loaded are found."""


class Narrow(NamedTuple):
    """Hold two sides of a project as far as they were loaded."""

    now: Loaded
    then: Loaded
    beyond: Beyond
