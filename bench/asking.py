"""Counts what a run asks of git: a git of its own on the PATH writes down each command and each object.

`Questions.files` are the contents of files that were read of a commit; trees are told apart by their names.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_SCRIPT = """\
#!/bin/sh
case "$*" in
    *cat-file*) echo run >>{log}; tee -a {log} | {git} "$@";;
    *) exec {git} "$@";;
esac
"""


@dataclass(frozen=True, slots=True)
class Questions:
    """Hold how many processes of git read objects, and how many files they read."""

    processes: int
    files: int


class Asking:
    """Hold a folder with a git that writes down what it is asked."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._log = folder, folder / "asked"
        folder.mkdir(parents=True)
        git = shutil.which("git") or "git"
        (folder / "git").write_text(_SCRIPT.format(log=self._log, git=git))
        (folder / "git").chmod(0o755)

    @property
    def environment(self) -> Mapping[str, str]:
        """Return the environment in which this git is asked."""
        return {"PATH": os.pathsep.join((str(self._folder), os.environ["PATH"]))}

    def taken(self) -> Questions:
        """Return what was asked since the last time."""
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        self._log.unlink(missing_ok=True)
        contents = (line for line in lines if line.startswith("contents "))
        return Questions(lines.count("run"), sum(not line.endswith("^{tree}") for line in contents))
