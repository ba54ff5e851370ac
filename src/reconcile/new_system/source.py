"""Spells values and words as Python source, whatever a description holds: none of it can become code."""

from __future__ import annotations

import math

from reconcile.model import Json


def literal(value: Json) -> str:
    """Return a value as source, as a formatter leaves it."""
    match value:
        case str():
            return _text(value)
        case float() if not math.isfinite(value):
            return "0.0"
        case list():
            return f"[{', '.join(map(literal, value))}]"
        case dict():
            return "{" + ", ".join(f"{literal(name)}: {literal(it)}" for name, it in value.items()) + "}"
    return repr(value)


def _text(value: str) -> str:
    """Return a text in double quotes, or in single ones where it holds double ones alone."""
    told = repr(value)
    if told.startswith('"') or ('"' in value and "'" not in value):
        return told
    inside = told[1:-1].replace("\\'", "'")
    return '"' + inside.replace('"', '\\"') + '"'


def sentence(words: str) -> str:
    """Return words as a sentence that can stand in a docstring."""
    told = plain(words) or "It has no description"
    return told if told.endswith((".", "…", "!", "?")) else f"{told}."


def plain(words: str) -> str:
    """Return words that neither a docstring nor a text of TOML ends at: no quote, no backslash, one line."""
    shown = "".join(char if char.isprintable() else " " for char in words)
    return " ".join(shown.replace("\\", "/").replace('"', "'").split())
