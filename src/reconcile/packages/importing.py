"""Imports the type of system that an installed package adds, or says why it cannot be used."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from importlib import import_module
from pathlib import Path
from types import ModuleType

from reconcile.errors import UnknownType, UnusablePackage
from reconcile.packages.distributions import Offer, offers
from reconcile.packages.guarding import guarded_system
from reconcile.packages.quiet import quietly
from reconcile.packages.search_path import own_path
from reconcile.provider.kinds import API, Provenance, System


def added(type_: str) -> System:
    """Return the type of system that an installed package adds.

    UnknownType where none does, with the types that packages add; UnusablePackage where one does that cannot
    be used, or several do.
    """
    every = offers()
    return imported(type_, [offer for offer in every if offer.type == type_], every)


def imported(type_: str, named: Sequence[Offer], every: Iterable[Offer] = ()) -> System:
    """Return the type of system that `named` is the one offer of; `every` are all that there are."""
    if not named:
        raise UnknownType(type_, tuple(dict.fromkeys(offer.type for offer in every if offer.type)))
    if len(named) > 1:
        raise UnusablePackage(f"the type `{type_}` is added by {_all(named)}: uninstall all but one")
    (offer,) = named
    system, module = _declared(offer)
    _check(offer, system)
    provenance = Provenance(*offer.package, digest=_digest(module))
    try:
        return guarded_system(system._replace(provenance=provenance))
    except (Exception, SystemExit) as error:  # a declaration may be anything
        words = f"{type(error).__name__}: {error}"
        raise UnusablePackage(f"{_called(offer)} declares no tables that can be read: {words}") from error


def _all(named: Iterable[Offer]) -> str:
    return " and ".join(f"the package {offer.package} ({offer.target})" for offer in named)


def _declared(offer: Offer) -> tuple[System, ModuleType]:
    module_name, _, name = offer.target.partition(":")
    try:
        with own_path(), quietly():
            module = import_module(module_name)
            found: object = module
            for step in filter(None, name.split(".")):
                found = getattr(found, step)
    except (Exception, SystemExit) as error:
        words = f"{type(error).__name__}: {error}".removesuffix(": ")
        raise UnusablePackage(f"{_called(offer)} cannot be imported: {words}") from error
    if not isinstance(found, System):
        words = f"{offer.target} is no reconcile.provider.System"
        raise UnusablePackage(f"{_called(offer)} declares nothing: {words}")
    return found, module


def _check(offer: Offer, system: System) -> None:
    """Raise UnusablePackage where a declaration is for another version of the door, or of another type."""
    if system.api not in {None, API}:
        words = f"{_called(offer)} was made for version {system.api} of reconcile.provider"
        todo = "install a version of the package" if _is_older(system.api) else "install a newer reconcile"
        raise UnusablePackage(f"{words}, and this is version {API}: {todo} that goes with it")
    if system.type != offer.type:
        words = f"{offer.target} declares the type `{system.type}`, and its entry point is `{offer.type}`"
        raise UnusablePackage(f"{_called(offer)} contradicts itself: {words}")


def _is_older(api: object) -> bool:
    return not isinstance(api, int) or api < API


def _called(offer: Offer) -> str:
    return f"the package {offer.package} of the type `{offer.type}`"


def _digest(module: ModuleType) -> str:
    """Return what tells one state of a package's own code from the next: sizes and times of its files."""
    found = blake2b(digest_size=16)
    for file in sorted(_files(module)):
        about = file.stat()
        found.update(f"{file} {about.st_size} {about.st_mtime_ns}\n".encode())
    return found.hexdigest()


def _files(module: ModuleType) -> Iterator[Path]:
    """Yield the files of the package that a module stands in; of one that stands alone, its own."""
    top = sys.modules.get(module.__name__.partition(".")[0], module)
    for folder in getattr(top, "__path__", ()):
        yield from Path(folder).rglob("*.py")
    if own := getattr(module, "__file__", None):
        yield Path(own)
