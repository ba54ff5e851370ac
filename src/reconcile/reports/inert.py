"""Makes text from manifests and servers harmless wherever it is printed."""

from __future__ import annotations

import json
import unicodedata

from reconcile.model import Json

LONGEST = 200


def inert(text: object) -> str:
    """`text` on one line: control, bidirectional and other invisible characters are spelled out."""
    return "".join(_harmless(char) for char in str(text))


def value(given: Json) -> str:
    """A value as a reader sees it: `none`, JSON, `(sensitive)`, or what it will be known from."""
    match given:
        case None:
            return "none"
        case {"sensitive": True}:
            return "(sensitive)"
        case {"unknown": address}:
            return f"(id of {inert(address)})"
        case dict():
            return "{" + ", ".join(f"{inert(name)}: {value(inner)}" for name, inner in given.items()) + "}"
        case list():
            return "[" + ", ".join(map(value, given)) + "]"
    return _cut(inert(json.dumps(given, ensure_ascii=False)))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text)} characters)"


def _harmless(char: str) -> str:
    if char == " " or (char.isprintable() and unicodedata.category(char) not in {"Cf", "Zl", "Zp"}):
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
