"""Puts foreign text into Markdown as a code span, in which nothing is markup, a link or a mention."""

from __future__ import annotations

import re

from reconcile.planfile.document_parts import Source
from reconcile.reports.common.escape import inert

_TICKS = re.compile("`+")


def span(text: str, most: int = 120) -> str:
    """Return `text` as code, cut to `most` characters, in a fence longer than any run of backticks in it."""
    told = clipped(inert(text), most).strip() or "(empty)"
    fence = "`" * (max((len(run) for run in _TICKS.findall(told)), default=0) + 1)
    pad = " " if told.startswith("`") or told.endswith("`") else ""
    return f"{fence}{pad}{told}{pad}{fence}"


def place(source: Source | None, most: int = 120) -> str:
    """Return the file and the line, as code; nothing where there is no source."""
    return span(f"{clipped(inert(source.file), most - 8)}:{source.line}", most) if source else ""


def clipped(text: str, most: int) -> str:
    """Return `text` in at most `most` characters."""
    return text if len(text) <= most else text[: most - 1] + "…"
