"""The one way by which text leaves the program: without any secret that the run has learned."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from io import TextIOWrapper

import click

from reconcile.cleaning import Cleaner
from reconcile.reports.common.escape import inert
from reconcile.reports.formats import escaped


class Unwritten(Exception):
    """What a run had to say found no place; `places` are the outputs, each with the reason."""

    def __init__(self, *places: str) -> None:
        super().__init__("; ".join(places))
        self.places = places


def unwritten(place: str, error: OSError | ValueError) -> Unwritten:
    """That `place` took nothing, and why."""
    why = error.strerror if isinstance(error, OSError) else "it cannot hold this text"
    return Unwritten(f"{place} cannot be written ({why})")


def every(outputs: Iterable[Callable[[], None]]) -> None:
    """Writes all outputs, those after a failed one too; Unwritten names the ones that failed."""
    failed: list[str] = []
    for output in outputs:
        try:
            output()
        except Unwritten as error:
            failed += error.places
    if failed:
        raise Unwritten(*failed)


def speak_all() -> None:
    """Lets standard output and error say what their encoding lacks as an escape, and refuse nothing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


class Sink(Cleaner):
    """Prints; what `through` was given last takes secrets out of every text first."""

    def __init__(self) -> None:
        super().__init__()
        self.said = False
        """Whether something stands on standard output, after which no second document may come."""

    def inert(self, text: str) -> str:
        """`text` as it may stand in a line: without secrets first, then without what a terminal obeys."""
        return inert(self.clean(text))

    def say(self, text: str, *, nl: bool = True, format: str = "text") -> None:
        """Prints a result: to standard output; Unwritten where that takes none.

        What is read by programs is told in ASCII where the encoding is none that they expect.
        """
        if sys.stdout is None:  # it was closed before the run began
            raise unwritten("standard output", OSError(errno.EBADF, os.strerror(errno.EBADF)))
        try:
            click.echo(escaped(self.clean(text), format, sys.stdout.encoding or "utf-8"), nl=nl)
            self.said = True
        except (OSError, ValueError) as error:
            raise unwritten("standard output", error) from error

    def tell(self, text: str) -> None:
        """Prints anything else: to standard error; where that takes nothing, the run goes on."""
        with suppress(OSError, ValueError):
            click.echo(self.clean(text), err=True)


SINK = Sink()
say, tell = SINK.say, SINK.tell
