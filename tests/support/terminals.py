"""The tool on a terminal of so many columns, and what that terminal is sent."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import termios
from pathlib import Path

from tests.support.commands import PASSWORD

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
UNSEEN = {"COLUMNS", "NO_COLOR", "CI"}


def seen(folder: Path, columns: int, *arguments: str, typed: str = "", **environment: str) -> str:
    """What a terminal of so many columns is sent on standard output; nobody sees standard error."""
    return _played(folder, columns, arguments, environment, typed, subprocess.DEVNULL)


def seen_whole(folder: Path, columns: int, *arguments: str, typed: str = "", **environment: str) -> str:
    """What a terminal is sent to which both standard output and standard error go; `typed` is its input."""
    return _played(folder, columns, arguments, environment, typed, None)


def _played(
    folder: Path,
    columns: int,
    arguments: tuple[str, ...],
    environment: dict[str, str],
    typed: str,
    errors: int | None,
) -> str:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, columns))
    outside = {name: value for name, value in os.environ.items() if name not in UNSEEN}
    names = {"FD_USER": "me", "FD_PASSWORD": PASSWORD, "TERM": "xterm-256color", **environment}
    os.write(ours, typed.encode())
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "reconcile", *arguments],
        cwd=folder,
        env={**outside, **names},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs if errors is None else errors,
    ):
        os.close(theirs)
        parts = list[bytes]()
        while part := _read(ours):
            parts.append(part)
        os.close(ours)
    return b"".join(parts).decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the other side is closed
        return b""
