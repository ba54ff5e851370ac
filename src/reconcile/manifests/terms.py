"""Reads until when something holds, and tells what is too far ahead; what follows from its end is left to
`planning`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from reconcile.fields import forms
from reconcile.model import Term

DAYS_AHEAD = 90
"""How far ahead a difference may be known."""

_DAY = 86_400
_SPELLED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def term_of(text: str) -> Term | None:
    """Return the end of a day, which counts in UTC, or an instant with an offset; None for any other text."""
    if not _SPELLED.fullmatch(text):
        ends = forms.instant(text)
        return Term(text, float(ends)) if isinstance(ends, int) else None
    try:
        return Term(text, datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() + _DAY)
    except ValueError:
        return None


def is_far(term: Term, now: float) -> bool:
    """Tell whether a term ends after the last day for which a difference may be known."""
    return term.ends > (now // _DAY + 1 + DAYS_AHEAD) * _DAY
