"""Prints every text that leaves the program, without any secret that the run has learned."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper

import click

from reconcile.cleaning import Cleaner
from reconcile.reports.common.escape import inert
from reconcile.reports.formats import escaped, is_bytes


class Unwritten(Exception):
    """Say that a result found no place; `places` are the outputs that failed, each with the reason."""

    def __init__(self, *places: str) -> None:
        super().__init__("; ".join(places))
        self.places = places


def unwritten(place: str, error: OSError | ValueError) -> Unwritten:
    """Return the exception which says that `place` took nothing, and why."""
    why = error.strerror if isinstance(error, OSError) else "it cannot hold this text"
    return Unwritten(f"{place} cannot be written ({why})")


def every(outputs: Iterable[Callable[[], None]]) -> None:
    """Write all outputs, those after a failed one too; raise Unwritten with the ones that failed."""
    failed: list[str] = []
    for output in outputs:
        try:
            output()
        except Unwritten as error:
            failed += error.places
    if failed:
        raise Unwritten(*failed)


def speak_all() -> None:
    """Let standard output and error show what their encoding lacks as an escape, and refuse nothing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


class Sink(Cleaner):
    """Print texts; what `through` was given last takes secrets out of every text first."""

    def __init__(self) -> None:
        super().__init__()
        self.said = False
        """Whether something stands on standard output, after which no second document may come."""

        self.unread = False
        """Whether whoever read standard output has gone, as `head` does once it has its lines."""

        self._aside = False

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Send results to standard error for the block, since standard output is something else's."""
        self._aside = self.said = True
        try:
            yield
        finally:
            self._aside = False

    def inert(self, text: str) -> str:
        """Return `text` as it may stand in a line: without secrets, then without what a terminal obeys."""
        return inert(self.clean(text))

    def say(
        self, text: str, *, nl: bool = True, format: str = "text", paint: Callable[[str], str] = str
    ) -> None:
        """Print a result to standard output; raise Unwritten where that takes none.

        Nothing is said to a reader who has gone. What programs read is printed in ASCII where the encoding is
        none that they expect. `paint` colours the text once no secret is in it.
        """
        if self._aside:
            self.tell(text.removesuffix("\n"))
            return
        if sys.stdout is None:  # it was closed before the run began
            raise unwritten("standard output", OSError(errno.EBADF, os.strerror(errno.EBADF)))
        try:
            told = escaped(self.clean(text), format, sys.stdout.encoding or "utf-8")
            click.echo(told.encode() if is_bytes(format, sys.stdout.encoding) else paint(told), nl=nl)
        except BrokenPipeError:
            self.unread = True
        except (OSError, ValueError) as error:
            raise unwritten("standard output", error) from error
        self.said = True

    def tell(self, text: str) -> None:
        """Print anything but a result to standard error; where that takes nothing, the run goes on."""
        with suppress(OSError, ValueError):
            click.echo(self.clean(text), err=True)


SINK = Sink()
say, tell = SINK.say, SINK.tell
