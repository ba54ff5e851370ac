"""Shows one line on standard error while a run takes its time: on a terminal only, and gone afterwards."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TextIO, cast

from reconcile.planning.contents import WELL
from reconcile.project.allowed import is_ci

if TYPE_CHECKING:
    from rich.live import Live

    from reconcile.cli.flags import Flags
    from reconcile.planning.contents import Outcome

SILENT_TERMINALS = frozenset({"dumb", "unknown"})


class Progress:
    """Show one line that says what is under way.

    Nothing is shown, and rich is not imported, where `shows` says no, or -v writes lines of its own there.
    """

    def __init__(self, flags: Flags, environ: Mapping[str, str]) -> None:
        self._no_color = flags.no_color or None
        self._visible = not flags.verbose and shows(sys.stderr, environ)
        self._live: Live | None = None
        self._words: Callable[[], str] = str

    @property
    def visible(self) -> bool:
        """Tell whether what is shown is seen."""
        return self._visible

    def show(self, words: str | Callable[[], str]) -> None:
        """Show `words` in the place of what was shown before; a function is asked again as time passes."""
        if not self._visible:
            return
        self._words = words if callable(words) else lambda: words
        if self._live is None:
            self._live = _begun(lambda: self._words(), self._no_color)

    def clear(self) -> None:
        """Take the line away."""
        if self._live is not None:
            self._live.stop()
            self._live = None


def _begun(words: Callable[[], str], no_color: bool | None) -> Live:
    from rich.console import Console
    from rich.live import Live
    from rich.spinner import Spinner
    from rich.text import Text

    spinner = Spinner("line")

    def shown() -> Spinner:
        spinner.update(text=Text(words(), no_wrap=True, overflow="ellipsis"))
        return spinner

    console = Console(file=cast("TextIO", _Lasting(sys.stderr)), no_color=no_color)
    live = Live(
        get_renderable=shown, console=console, transient=True, redirect_stdout=False, redirect_stderr=False
    )
    live.start(refresh=True)
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
        and environment.get("TERM", "").lower() not in SILENT_TERMINALS
    )


def reading(systems: int) -> str:
    """Return what a run says while it reads live state."""
    return f"Reading live state of {systems} {'system' if systems == 1 else 'systems'}…"


class Counter:
    """Count how many of `total` operations are applied and how many failed, as their outcomes come."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._applied = self._failed = 0

    def count(self, outcome: Outcome) -> None:
        """Count one more outcome."""
        went_well = outcome.status in WELL
        self._applied, self._failed = self._applied + went_well, self._failed + (not went_well)

    @property
    def is_over(self) -> bool:
        """Tell whether each operation has its outcome."""
        return self._applied + self._failed >= self._total

    def words(self, under_way: str = "") -> str:
        """Return what a run says while it applies."""
        failed = f", {self._failed} failed" if self._failed else ""
        return f"{self._applied}/{self._total} applied{failed}" + (f": {under_way}" if under_way else "")
