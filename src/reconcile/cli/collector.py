"""Keeps the garbage collector from walking an estate over and over while it is loaded and compared."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_off() -> Iterator[None]:
    """Loading makes millions of values that all live until the end, and no cycles worth finding.

    With the collector on, a third of a plan's time goes into looking at them.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
