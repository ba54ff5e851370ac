"""Keeps the garbage collector from walking an estate over and over while it is loaded and compared."""

from __future__ import annotations

import gc


def collector_off() -> None:
    """From the start of the process: imports and loading make values that all live until the end.

    With the collector on, a sixteenth of the imports' time and a third of a plan's go into looking at them.
    """
    gc.disable()


def collector_on() -> None:
    """For what goes on for long; where it was off, what is there by now is not looked at again."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
