"""Says whether somebody else could have written what this tool keeps; what follows is left to others."""

from __future__ import annotations

import os
import stat


def why_not_own(found: os.stat_result, name: str, folder: str) -> str:
    """Return why what stands at `name` in `folder` is not believed, and what to do; empty where it is.

    Its owner is this user or root, and not every user may write it.
    """
    if found.st_uid not in {os.geteuid(), 0}:
        return f"{name} belongs to another user (uid {found.st_uid}), who could write it: remove it"
    if found.st_mode & stat.S_IWOTH:
        return f"{name} may be written by every user: chmod -R go-w {folder}, or remove it"
    return ""
