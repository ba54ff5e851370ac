"""Writes what an apply does as JSON Lines while it does it, to a file or to standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TextIO
from uuid import uuid4

import click

from reconcile.cleaning import words_clean
from reconcile.cli import exit_codes
from reconcile.cli.console import SINK
from reconcile.cli.signals import code_of_end
from reconcile.model import Json
from reconcile.planfile.stream_lines import RunFinished, RunStarted, StreamLine, line_json

STANDARD_OUTPUT = "-"


class EventStream:
    """Write one line an event, whole and at once, so that a stream cut anywhere is valid to its last line.

    Safe for threads. A line that cannot be written is left out: the apply goes on.
    """

    def __init__(self, place: str | None) -> None:
        self._run, self._lock = uuid4().hex, Lock()
        self._stream: TextIO | None = None
        if place == STANDARD_OUTPUT:
            self._stream = sys.stdout
        elif place is not None:
            self._stream = open(place, "w", encoding="utf-8")  # noqa: SIM115  # closed by `close`

    def write(self, said: StreamLine) -> None:
        """Write an event with its facts, without any secret of the run."""
        if self._stream is None:
            return
        line = _line(line_json(said, _now(), self._run))
        with self._lock, suppress(OSError, ValueError):
            self._stream.write(line)
            self._stream.flush()

    def ended_with(self, run: Callable[[], int]) -> int:
        """Return the exit code of a run, which is the last event, however the run ends."""
        self.write(RunStarted())
        code = exit_codes.ERROR
        try:
            code = run()
        except SystemExit as error:
            code = int(error.code or exit_codes.OK)
            raise
        except BaseException as error:
            code = code_of_end(error) or exit_codes.ERROR
            raise
        finally:
            self.write(RunFinished(code))
        return code

    def close(self) -> None:
        """Close the file; standard output stays open."""
        stream, self._stream = self._stream, None
        if stream is not None and stream is not sys.stdout:
            with suppress(OSError, ValueError):
                stream.close()


@contextmanager
def streamed(place: str | None) -> Iterator[EventStream]:
    """Open the stream for the block; a usage error where its file cannot be written.

    Where it goes to standard output, the results of the run go to standard error.
    """
    try:
        stream = EventStream(place)
    except OSError as error:
        raise click.UsageError(f"--events {place} cannot be written: {error.strerror}") from error
    with SINK.aside() if place == STANDARD_OUTPUT else nullcontext():
        try:
            yield stream
        finally:
            stream.close()


def _line(facts: Mapping[str, Json]) -> str:
    return json.dumps(words_clean(dict(facts), SINK.clean)) + "\n"


def _now() -> str:
    return later(0.0)


def later(seconds: float) -> str:
    """Return the moment so many seconds from now."""
    moment = datetime.now(UTC) + timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
