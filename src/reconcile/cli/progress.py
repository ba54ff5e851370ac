"""Shows one line on standard error while a run takes its time: on a terminal only, and gone afterwards."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol, TextIO, cast

from reconcile.planning.contents import WELL
from reconcile.project.allowed import is_ci

if TYPE_CHECKING:
    from rich.live import Live
    from rich.spinner import Spinner

    from reconcile.cli.flags import Flags
    from reconcile.planning.contents import Outcome

_SILENT_TERMINALS = frozenset({"dumb", "unknown"})


class Shows(Protocol):
    """Describe what shows a line in the place of the one before it."""

    def show(self, words: str) -> None: ...


class Progress:
    """Show one line that says what is under way.

    Nothing is shown, and rich is not imported, where `shows` says no, or -v writes lines of its own there.
    """

    def __init__(self, flags: Flags, environ: Mapping[str, str]) -> None:
        self._no_color = flags.no_color or None
        self._visible = not flags.verbose and shows(sys.stderr, environ)
        self._live: Live | None = None

    def show(self, words: str) -> None:
        """Show `words` in the place of what was shown before."""
        if not self._visible:
            return
        from rich.spinner import Spinner
        from rich.text import Text

        if self._live is None:
            self._live = _begun(Spinner("line", Text(words)), self._no_color)
        else:
            self._live.update(Spinner("line", Text(words)))

    def clear(self) -> None:
        """Take the line away."""
        if self._live is not None:
            self._live.stop()
            self._live = None


def _begun(spinner: Spinner, no_color: bool | None) -> Live:
    from rich.console import Console
    from rich.live import Live

    console = Console(file=cast("TextIO", _Lasting(sys.stderr)), no_color=no_color)
    live = Live(spinner, console=console, transient=True, redirect_stdout=False, redirect_stderr=False)
    live.start()
    return live


class _Lasting:
    """Write to a terminal that may go away while the run goes on: what is written to it then is lost."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write what can be written."""
        with suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Hand on what can be handed on."""
        with suppress(OSError, ValueError):
            self._stream.flush()


def shows(stream: TextIO | None, environment: Mapping[str, str]) -> bool:
    """Tell whether `stream` may have a line that overwrites itself: a terminal that can, and nobody's log."""
    return (
        stream is not None
        and stream.isatty()
        and not is_ci(environment)
        and environment.get("TERM", "").lower() not in _SILENT_TERMINALS
    )


def reading(systems: int) -> str:
    """Return what a run says while it reads live state."""
    return f"Reading live state of {systems} {'system' if systems == 1 else 'systems'}…"


class Counter:
    """Say how many of `total` operations are applied and how many failed, as their outcomes come."""

    def __init__(self, line: Shows, total: int) -> None:
        self._line, self._total = line, total
        self._applied = self._failed = 0
        line.show(counted(0, total))

    def count(self, outcome: Outcome) -> None:
        """Count one more outcome."""
        went_well = outcome.status in WELL
        self._applied, self._failed = self._applied + went_well, self._failed + (not went_well)
        self._line.show(counted(self._applied, self._total, self._failed))


def counted(applied: int, total: int, failed: int = 0) -> str:
    """Return what a run says while it applies."""
    return f"{applied}/{total} applied" + (f", {failed} failed" if failed else "")
