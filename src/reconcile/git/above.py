"""Finds the folders above one, up to the top of its git repository, without asking git."""

from __future__ import annotations

import os
from pathlib import Path


def folders_above(here: Path) -> list[Path]:
    """Return the folders above `here` up to the top of the git repository; none where there is none."""
    above = [here, *here.parents]
    top = next((at for at, folder in enumerate(above) if os.path.lexists(folder / ".git")), 0)
    return above[1 : top + 1]


def is_ours(folder: Path) -> bool:
    """Tell whether a folder belongs to whoever runs this process."""
    try:
        return folder.stat().st_uid == os.geteuid()
    except OSError:
        return False
