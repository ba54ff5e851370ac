"""Prepares what a command printed for a tour: nothing is shown twice, and wide lines are folded."""

from __future__ import annotations

import re
import textwrap
from itertools import takewhile

WIDTH = 100
REPEATED_AT_LEAST = 4
"""The fewest lines that are worth a word in their place."""

_BEFORE_PLACE = re.compile(r" {3,}(?=\S+$)")
_ENDED = re.compile(r"(done|unchanged|failed|unknown|unsettled|refused|skipped) {2,}")
_LAST = re.compile(r"(Plan|Apply|Drift|Valid): ")


def shown(text: str, before: str) -> str:
    """Return `text` without the lines with which `before` began too, none wider than a page.

    An outcome that was told as it came and stands in the result again is shown there. A last line stays
    whole, and so does a word that is wider than a page.
    """
    every = text.splitlines()
    lines = [line for at, line in enumerate(every, 1) if not (_ENDED.match(line) and line in every[at:])]
    same = [*takewhile(lambda pair: pair[0] == pair[1], zip(lines, before.splitlines(), strict=False))]
    if REPEATED_AT_LEAST <= len(same) < len(lines):
        lines = [f"# (first the {len(same)} lines that stand above, then)", *lines[len(same) :]]
    return "".join(f"{folded}\n" for line in lines for folded in _folded(line))


def _folded(line: str) -> list[str]:
    if len(line) <= WIDTH or _LAST.match(line):
        return [line]
    closer = _BEFORE_PLACE.sub("  ", line)
    if len(closer) <= WIDTH:
        return [closer]
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    return textwrap.wrap(
        closer,
        WIDTH,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
    )
