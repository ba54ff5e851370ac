"""A git repository in a folder: what a test commits there, and nothing of whoever runs it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_WHO = {
    f"GIT_{role}_{name}": value
    for role in ("AUTHOR", "COMMITTER")
    for name, value in (("NAME", "A. Author"), ("EMAIL", "author@example.com"))
}
_NOTHING = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


class History:
    """The repository of a folder, made where there is none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not (folder / ".git").exists():
            self.git("init", "--quiet", "--initial-branch", "main")

    def git(self, *words: str, said: str = "") -> str:
        """What git prints where it is said this, without the end of the line."""
        done = subprocess.run(
            ["git", *words],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], **_WHO, **_NOTHING},
            input=said,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def commit(self, tag: str = "") -> str:
        """Commits all there is, under that tag if one is given; the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "As it is")
        if tag:
            self.git("tag", tag)
        return self.git("rev-parse", "HEAD")

    def cloned(self, to: Path, *words: str) -> History:
        """A clone of it in another folder, over a transport that honours depth and filters."""
        self.git("config", "uploadpack.allowFilter", "true")
        self.git("clone", "--quiet", *words, self.folder.as_uri(), str(to))
        return History(to)
