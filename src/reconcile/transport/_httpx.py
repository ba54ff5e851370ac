"""Imports httpx without its command line, whose imports (rich, pygments) cost as much as all the rest."""

import sys

sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # its import fails then, as httpx allows

import httpx  # noqa: E402  # not before the line above

__all__ = ["httpx"]
