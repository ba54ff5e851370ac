"""Finds the words of installed packages' kinds, by what is kept of each version of a package.

A type of the project of which nothing is kept is described once, for whoever types next too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from reconcile.packages.kept_facts import every_kept

AT_A_PROMPT = 3.0
"""Seconds that somebody at a prompt may wait, once for each version of a package."""


def kinds_of(types: Collection[str]) -> Mapping[str, list[Mapping[str, Any]]]:
    """Return what is known of the kinds of these types, which packages add, by type."""
    if not types:
        return {}
    found = _kept()
    if not found.keys() >= {*types}:
        from reconcile.session.type_list import learn  # not for a project of built-in types

        learn({*types} - found.keys(), AT_A_PROMPT)
        found = _kept()
    return {type_: facts.get("kinds", []) for type_, facts in found.items() if type_ in types}


def explained() -> Iterator[str]:
    """Yield the topics that kept packages add: each kind by its two names, and each of its fields."""
    for type_, facts in _kept().items():
        for kind in facts.get("kinds", []):
            yield f"{type_}/{kind['kind']}"
            yield kind["kind"]
            yield from (f"{kind['kind']}.{field}" for field in kind["fields"])


def _kept() -> dict[str, Mapping[str, Any]]:
    """Return the facts of each type that is kept; of one that cannot be used there are none."""
    return {told["type"]: told.get("facts", {}) for told in every_kept()}
