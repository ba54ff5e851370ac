"""The command line in this process: `main()` with arguments, an environment and a standard input."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.support.plan_schema import hold_to_schema

from reconcile.cli.main import main
from reconcile.model import Json

PASSWORD = "canary-of-the-cli"
SEEN_BY_THE_TOOL = ("RECONCILE_", "CI", "NO_COLOR", "FD_", "GITHUB_")


class Terminal(io.StringIO):
    """A standard input at which somebody sits."""

    def isatty(self) -> bool:
        return True


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Json]:
        """The one JSON document on standard output."""
        found: dict[str, Json] = json.loads(self.out)
        return found

    @property
    def last(self) -> str:
        """The last line of standard output."""
        return self.out.splitlines()[-1] if self.out else ""


class Tool:
    """Runs the tool in a folder."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, printed: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._patch = patch
        self._printed = printed

    def __call__(self, *arguments: str, typed: str | None = None, **environment: str) -> Ran:
        """Runs `reconcile` with these arguments; `typed` is what somebody types at a terminal."""
        with self._patch.context() as here:
            self._surround(here, {"FD_USER": "me", "FD_PASSWORD": PASSWORD, **environment})
            here.setattr(sys, "argv", ["reconcile", *arguments])
            here.setattr(sys, "stdin", io.StringIO() if typed is None else Terminal(typed))
            self._printed.readouterr()
            with pytest.raises(SystemExit) as end:
                main()
        out, err = self._printed.readouterr()
        assert PASSWORD not in out + err
        hold_to_schema(out, arguments)
        return Ran(int(end.value.code or 0), out, err)

    def _surround(self, here: pytest.MonkeyPatch, environment: Mapping[str, str]) -> None:
        here.chdir(self.folder)
        for name in list(os.environ):
            if name.startswith(SEEN_BY_THE_TOOL):
                here.delenv(name)
        for name, value in environment.items():
            here.setenv(name, value)
