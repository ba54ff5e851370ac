"""Tells which texts name a zone of IANA, by the list that this machine has."""

from __future__ import annotations

from functools import cache

_LONGEST = 60


def is_zone(text: str) -> bool:
    """Tell whether a text names a zone; every text does where this machine has no list of them."""
    return not _zones() or text in _zones()


def no_zone(text: str) -> str:
    """Return the words that say that a text names no zone."""
    return f"there is no `{text[:_LONGEST]}` among the zones of IANA, such as Europe/Berlin"


def nearest_zone(text: str) -> str:
    """Return the question whether the zone with the nearest name was meant; nothing where none is near."""
    import difflib  # what finds no zone misspelled does without

    folded = {zone.casefold(): zone for zone in _zones()}
    near = difflib.get_close_matches(text.casefold()[:_LONGEST], folded, n=1)
    return f"; did you mean `{folded[near[0]]}`?" if near else ""


@cache
def _zones() -> frozenset[str]:
    import zoneinfo  # a run that checks no zone does without

    return frozenset(zoneinfo.available_timezones())
