"""The real command as a process of its own, against the sandbox over real sockets."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from reconcile_sandbox import Sandbox

from .drawing import Drawn
from .hands import Hands
from .process import project

DEADLINE = 90.0
CLOCK = "sandbox.clock=2026-12-01T09:00:00Z"


@dataclass
class Ended:
    """A process that is over: its exit code (below zero: the signal), and what it printed."""

    code: int
    out: str
    err: str

    def __str__(self) -> str:
        return f"exit {self.code}\n{self.out}\n{self.err}"


class Bench:
    """A project in a folder, and the sandbox that it points at."""

    def __init__(self, folder: Path, sandbox: Sandbox, drawn: Drawn) -> None:
        self.folder, self.sandbox, self.drawn = folder, sandbox, drawn
        folder.mkdir(parents=True, exist_ok=True)
        project(folder, drawn, sandbox.url)
        switches = [name for name in drawn.switches if "lag=" not in name]
        sandbox.reset(drawn.state, [*switches, CLOCK])
        self.hands = Hands(drawn, sandbox.state)

    def begun(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """`reconcile ARGUMENTS`, under way."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("RECONCILE", "GITHUB"))
        }
        return subprocess.Popen(
            [sys.executable, "-m", "reconcile", "-C", str(self.folder), *arguments],
            env={**kept, "NO_COLOR": "1", **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **environment: str) -> Ended:
        """`reconcile ARGUMENTS`, from start to end."""
        return ended(self.begun(*arguments, **environment))

    def apply(self, *more: str, settle: float = 1.5, **environment: str) -> Ended:
        """`reconcile apply --yes` with short times."""
        return self.run(*applying(settle), *more, **environment)

    @property
    def writes(self) -> list[str]:
        """The writes that reached the sandbox, in their order."""
        return [f"{it.method} {it.path}" for it in self.sandbox.log if not is_safe(it.method, it.path)]


def applying(settle: float = 1.5) -> tuple[str, ...]:
    """The arguments of an apply with short times."""
    return ("apply", "--yes", "--settle", str(settle), "--timeout", "5", "--retries", "1")


def is_safe(method: str, path: str) -> bool:
    """Whether a request changes nothing."""
    return method == "GET" or path.endswith("/search")


def ended(process: subprocess.Popen[str]) -> Ended:
    """What the process leaves when it is over."""
    out, err = process.communicate(timeout=DEADLINE)
    return Ended(process.returncode, out, err)


def signalled_at(process: subprocess.Popen[str], number: int, reached: Callable[[], bool]) -> bool:
    """Sends the signal once something is reached; whether the process still ran then."""
    pause = Event()
    while process.poll() is None:
        if reached():
            process.send_signal(number)
            return True
        pause.wait(0.002)
    return False
