"""Runs the command line as a process, which imports nothing from the current folder, and ends at once with
its exit code; `cli` has the commands.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn, TextIO

from reconcile.cli import exit_codes
from reconcile.cli.gc_off import collector_off
from reconcile.packages.search_path import leave_current_folder


def run() -> NoReturn:
    """Run the command line, print what is still held back, and leave.

    Nothing is torn down, not even what only the ended command still holds: taking an estate of 10,000 objects
    apart takes a tenth of the time of its plan.
    """
    leave_current_folder(os.path.dirname(os.path.dirname(__file__)))
    if os.environ.get("_RECONCILE_COMPLETE") == "words":
        _complete()
    collector_off()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for them reads every package
    from reconcile.cli.main import main  # not before the collector is off: it would walk what this imports

    try:
        main()
    except SystemExit as ended:
        _leave(int(ended.code or exit_codes.OK))


def _complete() -> NoReturn:
    """Print what may stand for the last word that was typed, a line each, and leave."""
    from reconcile.completion.candidates import candidates

    print(*candidates(sys.argv[1:]), sep="\n", flush=True)  # noqa: T201  # the console would import click
    os._exit(exit_codes.OK)


def _leave(code: int) -> NoReturn:
    """Leave with `code`; with 1 where that is 0 and what was printed found no room."""
    printed = _flushed(sys.stdout)
    _flushed(sys.stderr)
    if asking := sys.modules.get("reconcile.git.asking"):
        asking.stop()
    os._exit(code if printed else code or exit_codes.ERROR)


def _flushed(stream: TextIO | None) -> bool:
    """Tell whether all that a stream held back is out; one that was closed from the start held nothing.

    What it holds back for a reader who has gone is wanted by nobody.
    """
    try:
        if stream is not None:
            stream.flush()
    except BrokenPipeError:
        return True
    except (OSError, ValueError):
        return False
    return True


if __name__ == "__main__":
    run()
