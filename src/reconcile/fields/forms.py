"""Defines the normal forms: functions, which never raise, under which two spellings of one value are equal;
which field has which form is left to `table`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from reconcile.model import Json, Named, Ref, Secret

_DECIMAL = re.compile(r"[+-]?[0-9]{1,20}")
_OFFSET = re.compile(r"(Z|[+-][0-9]{2}:?[0-9]{2})$", re.IGNORECASE)


def integer(value: Json) -> Json:
    """Return 12 for 12, "12" and "012", since servers spell ids either way."""
    if isinstance(value, str):
        stripped = value.strip()
        return int(stripped) if _DECIMAL.fullmatch(stripped) else blank(value)
    return value


def text(value: Json) -> Json:
    """Return the text of a scalar; "" is nothing."""
    if isinstance(value, str):
        return value or None
    match value:
        case True | False:
            return str(value).lower()
        case int() | float():
            return str(value)
    return value


def prose(value: Json) -> Json:
    """Return a free text less the blanks around it: YAML's block texts end in a line break; servers trim."""
    found = text(value)
    return found.strip() or None if isinstance(found, str) else found


def boolean(value: Json) -> Json:
    """Return true for true, "true" and "True", and false likewise."""
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    return blank(value)


def enumerated(value: Json) -> Json:
    """Return `NOTSTARTED` for "Not started" and "NOT_STARTED"."""
    if not isinstance(value, str) or (value.isalpha() and value.isupper()):
        return value
    return re.sub(r"[\s_]+", "", value).upper() or None


def one_of(choices: Sequence[Json]) -> Callable[[Json], Json]:
    """Return the form in which each spelling of a choice is that choice, as the manifest spells it.

    `Not started` is `not_started` where that is the choice. What is no choice is `enumerated`.
    """
    many = Counter(map(enumerated, choices))
    spelled = {found: choice for choice in choices if many[found := enumerated(choice)] == 1}
    exact = frozenset(choices)

    def chosen(value: Json) -> Json:
        if not isinstance(value, str) or value in exact:
            return value
        found = enumerated(value)
        return spelled.get(found, found)

    return chosen


def instant(value: Json) -> Json:
    """Return the seconds since the epoch of an ISO 8601 date-time with an offset; other values stay."""
    if not isinstance(value, str):
        return value
    if not _OFFSET.search(value):
        return blank(value)
    try:
        return int(datetime.fromisoformat(value.upper()).astimezone(UTC).timestamp())
    except (ValueError, OverflowError):
        return value


def blank(value: Json) -> Json:
    """Return None for "" and for empty lists and mappings, else the value."""
    return None if value in ("", [], {}) and value is not False else value


class Spelled(str):
    """Hold the one text of a value that is compared as one; that text is its own normal form."""

    __slots__ = ()


def whole(value: Json) -> Json:
    """Return one text for a value that is compared as one, whatever the order of its keys."""
    if blank(value) is None or isinstance(value, Spelled):
        return value or None
    return Spelled(json.dumps(value, sort_keys=True, default=_late))


def unordered(value: Json) -> Json:
    """Return one text for a list whose order means nothing."""
    if not isinstance(value, list):
        return blank(value)
    return whole(sorted(value, key=lambda entry: json.dumps(entry, sort_keys=True, default=_late)))


def _late(value: object) -> str:
    match value:
        case Ref(address):
            return f"ref:{address}"
        case Named(text):
            return f"named:{text}"
        case Secret():
            return "secret"
    raise TypeError(f"not a manifest's value: {type(value).__name__}")
