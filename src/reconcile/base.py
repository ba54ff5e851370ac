"""What git says of the project: the only module that asks it."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

_SECONDS = 20
_NO_PROGRAMS = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
"""A repository must not decide which programs run."""


@dataclass(frozen=True, slots=True)
class Head:
    """The commit that is checked out, and whether tracked files differ from it."""

    commit: str | None = None
    dirty: bool = False


def head(root: Path) -> Head:
    """The commit at `root`; an empty one where there is no git, no repository or no commit."""
    lines = _git(root, "status", "--porcelain=v2", "--branch", "-uno")
    oids = [line.split()[-1] for line in lines if line.startswith("# branch.oid ")]
    commit = oids[0] if oids and oids[0] != "(initial)" else None
    return Head(commit, any(not line.startswith("#") for line in lines))


def tracks(root: Path, name: str) -> bool:
    """Whether git tracks the file or folder `name` of the project, so that a commit could bring one in."""
    return bool(_git(root, "ls-files", "--", name))


def _git(root: Path, *words: str) -> list[str]:
    """The lines that git prints; none where it fails, or there is none."""
    command = ["git", "-C", str(root), *_NO_PROGRAMS, *words]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return []
    return done.stdout.decode(errors="replace").splitlines()
