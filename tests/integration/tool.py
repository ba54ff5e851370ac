"""Runs the real command line in this process: arguments and environment in, code and outputs out."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.plan_schema import hold_to_schema

from reconcile.cli.main import main


@dataclass(frozen=True, slots=True)
class Ran:
    """What one run of the command left behind."""

    arguments: tuple[str, ...]
    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """Standard output as the JSON document that `-o json` promises."""
        document: dict[str, Any] = json.loads(self.out)
        return document

    @property
    def told(self) -> str:
        """Standard output without the line that says where this is."""
        return self.out.partition("\n\n")[2]

    def __str__(self) -> str:
        return f"$ reconcile {' '.join(self.arguments)}\n{self.out}{self.err}[exit {self.code}]"


def run(*arguments: str, environment: Mapping[str, str], folder: Path | None = None) -> Ran:
    """`reconcile ARGUMENTS` as a process without a terminal would run it, in just this environment."""
    out, err = io.StringIO(), io.StringIO()
    with (
        chdir(folder or Path.cwd()),
        _standing_for_a_process(arguments, environment),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        code = _exit_code()
    hold_to_schema(out.getvalue(), arguments)
    return Ran(arguments, code, out.getvalue(), err.getvalue())


def _exit_code() -> int:
    try:
        main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1


@contextmanager
def _standing_for_a_process(arguments: tuple[str, ...], environment: Mapping[str, str]) -> Iterator[None]:
    argv, environ, stdin = sys.argv, dict(os.environ), sys.stdin
    sys.argv, sys.stdin = ["reconcile", *arguments], io.StringIO()
    _put(environment)
    try:
        yield
    finally:
        sys.argv, sys.stdin = argv, stdin
        _put(environ)


def _put(environment: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
