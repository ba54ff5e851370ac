"""Says where is imported from: never from the current folder, except where a site directory leads there."""

from __future__ import annotations

import os
import site
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress


def site_folders() -> list[str]:
    """Return the interpreter's own site directories that it imports from, in the order in which it does."""
    own = {*site.getsitepackages()} | ({site.getusersitepackages()} if site.ENABLE_USER_SITE else set())
    real = {os.path.realpath(folder) for folder in own}
    return [*dict.fromkeys(path for path in sys.path if path and os.path.realpath(path) in real)]


def leave_current_folder(tool: str) -> None:
    """Import from nowhere in the current folder from now on, which `python -m` puts first.

    Where that is `tool`, the folder that the tool is imported from, it stays.
    """
    here = _here()
    if os.path.realpath(tool) == here:
        return
    if not sys.flags.safe_path and _is_in(sys.path[:1], here):
        del sys.path[0]
    sys.path[:] = _elsewhere(here)


@contextmanager
def own_path() -> Iterator[None]:
    """Import from nowhere in the current folder for the block."""
    before = [*sys.path]
    sys.path[:] = _elsewhere(_here())
    try:
        yield
    finally:
        sys.path[:] = before


def _here() -> str:
    """Return the current folder; nothing where it is gone."""
    try:
        return os.path.realpath(os.curdir)
    except OSError:
        return ""


def _elsewhere(here: str) -> list[str]:
    """Return the search path without the current folder, except where a site directory leads there."""
    if not _is_in(sys.path, here) or here in map(os.path.realpath, _led_to()):
        return [path for path in sys.path if path]
    return [path for path in sys.path if not _is_in([path], here)]


def _is_in(paths: list[str], here: str) -> bool:
    return any(not path or os.path.realpath(path) == here for path in paths)


def _led_to() -> Iterator[str]:
    """Yield the folders that the site directories lead to, as an editable installation has them."""
    for folder in site_folders():
        yield folder
        with suppress(OSError):
            files = sorted(name for name in os.listdir(folder) if name.endswith(".pth"))
            for name in files:
                with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as lines:
                    yield from (os.path.join(folder, line.strip()) for line in lines if line.strip())
