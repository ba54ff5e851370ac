"""Shows one line on standard error while a run takes its time: on a terminal only, and gone afterwards."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TextIO, TypeAlias, cast

from reconcile.project.allowed import is_ci

if TYPE_CHECKING:
    from reconcile.model import Outcome
    from reconcile.session.session import Session

Say: TypeAlias = Callable[[str], None]
_SILENT_TERMINALS = frozenset({"dumb", "unknown"})


@contextmanager
def progress(session: Session, text: str) -> Iterator[Say]:
    """Shows `text` until the block ends; what is yielded puts other words in its place.

    Nothing is shown, and rich is not imported, where `shows` says no, or -v writes lines of its own there.
    """
    if session.flags.verbose or not shows(sys.stderr, session.environment):
        yield _unheard
        return
    from rich.console import Console
    from rich.live import Live
    from rich.spinner import Spinner
    from rich.text import Text

    console = Console(file=cast("TextIO", _Lasting(sys.stderr)), no_color=session.flags.no_color or None)
    spinner = Spinner("line", Text(text))
    with Live(spinner, console=console, transient=True, redirect_stdout=False, redirect_stderr=False):
        yield lambda words: spinner.update(text=Text(words))


class _Lasting:
    """A terminal that may go away while the run goes on: what is written to it then is lost."""

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
    """Whether a line that overwrites itself belongs on `stream`: a terminal that can, and nobody's log."""
    return (
        stream is not None
        and stream.isatty()
        and not is_ci(environment)
        and environment.get("TERM", "").lower() not in _SILENT_TERMINALS
    )


def reading(systems: int) -> str:
    """What a run says while it reads live state."""
    return f"Reading live state of {systems} {'system' if systems == 1 else 'systems'}…"


def counting(say: Say, total: int) -> Callable[[Outcome], None]:
    """Says how many of `total` operations are applied and how many failed, as their outcomes come."""
    applied = failed = 0

    def told(outcome: Outcome) -> None:
        nonlocal applied, failed
        went_well = outcome.status in {"done", "unchanged"}
        applied, failed = applied + went_well, failed + (not went_well)
        say(counted(applied, total, failed))

    return told


def counted(applied: int, total: int, failed: int = 0) -> str:
    """What a run says while it applies."""
    return f"{applied}/{total} applied" + (f", {failed} failed" if failed else "")


def _unheard(words: str) -> None:
    """Takes the words where no line is shown."""
