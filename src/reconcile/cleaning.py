"""Takes secrets out of the leaves of a document; rendering, cutting, escaping come later, by others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:  # a start that prints the help needs no model
    from reconcile.model import Json

Clean: TypeAlias = Callable[[str], str]
"""Gives a text without the secrets that the run knows; `str` where it knows none."""

SENSITIVE: Mapping[str, Json] = {"sensitive": True}
"""How a document shows a value that is secret, or holds a secret anywhere."""

_VALUES = frozenset({"before", "after", "base", "live", "value", "body", "query", "result"})
"""The fields of a document that hold values of manifests and of systems; all others hold words of ours."""

_OURS = frozenset(
    {"action", "label", "status", "method", "severity", "precondition", "fingerprint", "format_version"}
)
"""The fields whose values are fixed words of ours: without one of them the document cannot be read."""

_BETWEEN = "|"
_TEXTS = frozenset({str})


def cleaned(document: dict[str, Json], clean: Clean) -> dict[str, Json]:
    """Return `document` with each text clean, and each value that holds a secret as `{"sensitive": true}`.

    One look at all texts together says, as is nearly always so, that there is nothing to do.
    """
    if clean is str:
        return document
    every = _BETWEEN.join(_texts(document))
    return document if clean(every) == every else _mapping(document, clean)


def holds_secret(value: Json, clean: Clean) -> bool:
    """Tell whether a secret stands anywhere in `value`, its keys and numbers included."""
    return any(clean(text) != text for text in _texts(value))


def shown_clean(value: Json, clean: Clean) -> Json:
    """Return `value` with each part of it that holds a secret as `{"sensitive": true}`."""
    match value:
        case dict():
            return {clean(name): shown_clean(inner, clean) for name, inner in value.items()}
        case list():
            return [shown_clean(inner, clean) for inner in value]
    return dict(SENSITIVE) if holds_secret(value, clean) else value


def words_clean(value: Json, clean: Clean) -> Json:
    """Return `value` with each text in it clean."""
    match value:
        case dict():
            return {clean(name): words_clean(inner, clean) for name, inner in value.items()}
        case list():
            return [words_clean(inner, clean) for inner in value]
        case str():
            return clean(value)
    return clean(str(value)) if _is_number(value) and holds_secret(value, clean) else value


def _mapping(given: Mapping[str, Json], clean: Clean) -> dict[str, Json]:
    """Return a mapping of a document, whose names are ours, with its values clean."""
    found = {name: _named(name, value, clean) for name, value in given.items()}
    if "sensitive" in given and any(found[name] != given[name] for name in ("before", "after")):
        found["sensitive"] = True
    return found


def _named(name: str, value: Json, clean: Clean) -> Json:
    if name in _VALUES and not (name == "base" and isinstance(value, str)):
        return shown_clean(value, clean)
    match value:
        case dict():
            return _mapping(value, clean)
        case list():
            return [_named(name, inner, clean) for inner in value]
        case str() if name not in _OURS:
            return clean(value)
        case int() | float() if name == "id" and holds_secret(value, clean):
            return clean(str(value))
    return value


def _texts(value: Json) -> Iterator[str]:
    """Yield every text in a value, and every number and name as one, in no order."""
    pending = [value]
    while pending:
        inner = pending.pop()
        if isinstance(inner, str):
            yield inner
        elif isinstance(inner, dict):
            yield from inner
            pending += inner.values()
        elif isinstance(inner, list) and _TEXTS.issuperset(map(type, inner)):
            yield from inner
        elif isinstance(inner, list):
            pending += inner
        elif _is_number(inner):
            yield str(inner)


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


class Cleaner:
    """Takes secrets out of texts, by what it was last given; nothing before a run knows a secret."""

    def __init__(self) -> None:
        self._redact: Clean = str

    def through(self, redact: Clean) -> None:
        """Put `redact` in front of every text from now on."""
        self._redact = redact

    @property
    def clean(self) -> Clean:
        """Return what takes secrets out of a text; `str` where no secret is known yet."""
        return self._redact
