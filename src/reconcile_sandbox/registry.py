"""Lists the systems that the sandbox serves."""

from __future__ import annotations

from .brpm import SYSTEM as BRPM
from .flexdeploy import SYSTEM as FLEXDEPLOY
from .foundry import SYSTEM as FOUNDRY
from .katalon import SYSTEM as KATALON
from .system import System

SYSTEMS: tuple[System, ...] = (
    FLEXDEPLOY,
    BRPM,
    KATALON,
    FOUNDRY,
)
