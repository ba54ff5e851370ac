"""Finds the project that a command means where it does not name one, and what a typed folder is to it."""

from __future__ import annotations

import os
from pathlib import Path

from reconcile.cli.console import tell
from reconcile.git.above import folders_above, is_ours
from reconcile.git.refs import names_folder
from reconcile.project import FILE


def nearest_project() -> Path:
    """Return the folder with the project file: this one, else in a git repository the nearest above it.

    Which one was taken is told where it is not this one. A repository or a folder of another user is passed
    over, as git does: whoever owns it would decide which systems are contacted.
    """
    here = Path.cwd()
    above = [] if os.path.lexists(FILE) else folders_above(here)
    found = next((folder for folder in above if os.path.lexists(folder / FILE)), None)
    if found is None:
        return Path()
    if not (is_ours(found) and is_ours(above[-1])):
        tell(f"{found / FILE} is not taken: the folder belongs to another user; name it with -C")
        return Path()
    tell(f"Taking the project in {found}: there is no {FILE} here.")
    return Path(os.path.relpath(found, here))


def from_project(base: str, folder: Path) -> str:
    """Return a base as the project names it: a folder that was typed is relative to where that was done."""
    if folder == Path() or not names_folder(base) or os.path.isabs(base):
        return base
    path = os.path.relpath(base, folder)
    return path if path.startswith("..") else f"./{path}"
