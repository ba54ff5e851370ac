"""The types of system that the command line knows."""

from __future__ import annotations

from reconcile.systems import Installed

CATALOGUE = Installed()
