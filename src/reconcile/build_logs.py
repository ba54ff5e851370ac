"""Finds what a build server takes for a command in its log; spelling it otherwise is left to others."""

from __future__ import annotations

import re
from typing import Final

COMMAND: Final = re.compile(r"^(?P<before>[^\S\n]*):(?=:)|#(?=#\w*\[)", re.MULTILINE)
"""The first sign of `::` at the start of a line, and of `##[`, `##vso[` or its like wherever they stand."""


def is_command(text: str) -> bool:
    """Tell whether a build server would take a line of `text`, or a part of one, for a command."""
    return ("::" in text or "##" in text) and COMMAND.search(text) is not None
