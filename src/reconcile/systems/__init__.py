"""The types of system that this installation knows; each declares itself in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from reconcile.provider import System

BUILT_IN = ("flexdeploy", "katalon", "brpm", "foundry")
_registered: dict[str, System] = {}


def register(system: System) -> None:
    """Adds a type of system, or puts one in the place of another of that name."""
    _registered[system.type] = system


class Installed(Mapping[str, System]):
    """Every type by its name; a built-in one's tables are imported when they are first asked for."""

    def __getitem__(self, name: str) -> System:
        if name not in _registered and name in BUILT_IN:
            register(import_module(f"reconcile.systems.{name}").SYSTEM)
        return _registered[name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*BUILT_IN, *_registered)))

    def __len__(self) -> int:
        return len({*BUILT_IN, *_registered})
