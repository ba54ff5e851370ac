"""The one way by which text leaves the program: without any secret that the run has learned."""

from __future__ import annotations

from collections.abc import Callable

import click


class Sink:
    """Prints; what `through` was given last takes secrets out of every text first."""

    def __init__(self) -> None:
        self._redact: Callable[[str], str] = str

    def through(self, redact: Callable[[str], str]) -> None:
        """Puts `redact` in front of everything that is printed from now on."""
        self._redact = redact

    def clean(self, text: str) -> str:
        """`text` as it may be kept or shown."""
        return self._redact(text)

    def say(self, text: str, *, nl: bool = True) -> None:
        """Prints a result: to standard output."""
        click.echo(self._redact(text), nl=nl)

    def tell(self, text: str) -> None:
        """Prints anything else: to standard error."""
        click.echo(self._redact(text), err=True)


SINK = Sink()
say, tell = SINK.say, SINK.tell
