"""Runs the command line where no file of more than half a KiB can be written."""

from __future__ import annotations

import sys

_LIMITED = 'ulimit -f 1; exec "$0" -B -P -m reconcile "$@"'
"""-B: Python would leave half of a compiled file, which every later run would stumble over."""


def on_a_full_disk(*arguments: str) -> list[str]:
    """The words of a run that finds no room."""
    return ["sh", "-c", _LIMITED, sys.executable, *arguments]
