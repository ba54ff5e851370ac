"""Names a project for a ref: its tag, its lock, the branches of the templates."""

from __future__ import annotations

import os
import re

_UNFIT = r"\x00-\x20\x7f\udc80-\udcff~^:?*\[\\/%"
_PART = re.compile(f"[{_UNFIT}]")
_ENVIRONMENT = re.compile(f"[{_UNFIT}@]")
_WHOLE = re.compile(r"^\.|(?<=\.)\.|\.$|\.(?=lock$)|(?<=@)\{")


def project_ref_name(environment: str | None, folder: str = "") -> str:
    """Return what refs call a project: its environment, and its folder where it is not the repository's top.

    What a ref cannot hold is percent-coded, so that no two projects share a name.
    """
    name = _ENVIRONMENT.sub(_coded, environment or "default")
    folder = folder.strip("/")
    if folder:
        name += "@" + _PART.sub(_coded, folder)
    return _WHOLE.sub(_coded, name)


def _coded(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in os.fsencode(found[0]))
