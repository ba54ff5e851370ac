"""The types of system that this installation knows; each declares itself in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module

from reconcile.provider import System

BUILT_IN = ("flexdeploy", "katalon", "brpm", "foundry")
_registered: dict[str, System] = {}


def register(system: System) -> None:
    """Add a type of system; ValueError for one that is built in or there already."""
    if system.type in BUILT_IN or _registered.get(system.type, system) != system:
        raise ValueError(f"there is a type `{system.type}` already")
    _registered[system.type] = system


@contextmanager
def registered(system: System) -> Iterator[None]:
    """Know a type of system for a block, in the place of one of its name that a package adds.

    ValueError for another than one that is built in.
    """
    if system.type in BUILT_IN and Installed()[system.type] == system:
        yield
        return
    before = _registered.pop(system.type, None)
    try:
        register(system)
        yield
    finally:
        _registered.pop(system.type, None)
        if before is not None:
            _registered[system.type] = before


class Installed(Mapping[str, System]):
    """Find every type by its name; one is imported when it is first asked for.

    Those of installed packages are found by their names alone: what goes through all types goes through the
    built-in ones, and the others that were asked for.
    """

    def __getitem__(self, name: str) -> System:
        """Return the type of that name; UnknownType or UnusablePackage where a package is to add it."""
        if name in _registered:
            return _registered[name]
        if name in BUILT_IN:
            found: System = import_module(f"reconcile.systems.{name}").SYSTEM
        else:
            from reconcile.packages.importing import added  # importlib.metadata takes longer than a start

            found = added(name)
        return _registered.setdefault(name, found)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*BUILT_IN, *_registered)))

    def __len__(self) -> int:
        return len({*BUILT_IN, *_registered})
