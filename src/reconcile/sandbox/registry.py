"""The list of systems that the sandbox serves."""

from __future__ import annotations

from .flexdeploy import SYSTEM as FLEXDEPLOY
from .system import System

SYSTEMS: tuple[System, ...] = (FLEXDEPLOY,)
