"""Holds the types of system that are installed, for every run of this process."""

from __future__ import annotations

from reconcile.systems import Installed

CATALOGUE = Installed()
