"""Offers the commands as functions, loaded when first asked for; what they do is left to `session`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconcile.errors import NotRead, ProblemsFound, WrongUsage
    from reconcile.session.api import (
        Calendar,
        LoadedProject,
        Plan,
        accept,
        apply,
        calendar,
        drift,
        export,
        load,
        plan,
        render,
        saved,
        undo,
        validate,
    )
    from reconcile.session.consent import ALL
    from reconcile.session.refusal import BrokenOff, Declined, Refused

_HOMES = {
    "reconcile.session.api": (
        "Calendar", "LoadedProject", "Plan", "accept", "apply", "calendar", "drift", "export", "load", "plan",
        "render", "saved", "undo", "validate",
    ),
    "reconcile.session.consent": ("ALL",),
    "reconcile.session.refusal": ("BrokenOff", "Declined", "Refused"),
    "reconcile.errors": ("NotRead", "ProblemsFound", "WrongUsage"),
}  # fmt: skip
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "ALL", "BrokenOff", "Calendar", "Declined", "LoadedProject", "NotRead", "Plan", "ProblemsFound",
    "Refused", "WrongUsage", "accept", "apply", "calendar", "drift", "export", "load", "plan", "render",
    "saved", "undo", "validate",
]  # fmt: skip


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'reconcile' has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)
