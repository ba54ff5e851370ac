"""Finds the known name that a misspelled one probably meant; what is done about it is left to the caller."""

from __future__ import annotations

from collections.abc import Iterable

from reconcile.model import Json

LISTED_AT_MOST = 12


def nearest(name: str, known: Iterable[str], least: float = 0.6) -> str | None:
    """Return the known name closest to `name`, or None where none is as close as `least` (1 is the same)."""
    from difflib import get_close_matches  # what finds nothing misspelled does without

    by_folded = {candidate.casefold(): candidate for candidate in known}
    found = get_close_matches(name.casefold()[:200], by_folded, n=1, cutoff=least)
    return by_folded[found[0]] if found else None


def suggestion(name: Json, known: Iterable[str]) -> str:
    """Return `; did you mean x?` where a known name is close, else `; known: …` if these are few, else
    nothing.
    """
    names = sorted(known)
    close = nearest(str(name), names)
    if close is not None:
        return f"; did you mean `{close}`?"
    return f"; known: {', '.join(names)}" if 0 < len(names) <= LISTED_AT_MOST else ""
