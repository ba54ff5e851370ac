"""Offers the laws that every kind is held to, for the tests of a system's package; no run imports it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconcile.laws.laws import Laws
    from reconcile.laws.samples import Sample, samples_of
    from reconcile.laws.served import TableServer, served

__all__ = ["Laws", "Sample", "TableServer", "samples_of", "served"]

_HOMES = ("reconcile.laws.laws", "reconcile.laws.samples", "reconcile.laws.served")


def __getattr__(name: str) -> object:
    """Return what is imported by this name: what needs pytest is imported by a test alone."""
    homes = map(import_module, _HOMES if name in __all__ else ())
    home = next((home for home in homes if hasattr(home, name)), None)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(home, name)
