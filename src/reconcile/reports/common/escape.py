"""Makes text from manifests and servers harmless wherever it is printed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING

from reconcile.build_logs import COMMAND, is_command

if TYPE_CHECKING:  # a start that prints the help needs no model
    from reconcile.model import Json

LONGEST = 200


def inert(text: object) -> str:
    """Return `text` on one line, its control, bidirectional and other invisible characters spelled out.

    A text that a build server would take for a command (`::` at the start, `##[`, `##vso[`) is spelled so
    that it does not.
    """
    told = str(text)
    if not (told.isascii() and told.isprintable()):
        told = "".join(map(_harmless, told))
    return COMMAND.sub(_no_command, told) if is_command(told) else told


def _no_command(found: re.Match[str]) -> str:
    return "\\u0023" if found[0] == "#" else f"{found['before']}\\u003a"


def value(given: Json, longest: int = LONGEST) -> str:
    """Return a value as a reader sees it: `none`, JSON, `(sensitive)`, or whose id it will be.

    A text of more than `longest` characters is cut, and its length is said.
    """
    match given:
        case None:
            return "none"
        case {"sensitive": True}:
            return "(sensitive)"
        case {"unknown": address}:
            return f"(id of {inert(address)})"
        case dict():
            return (
                "{"
                + ", ".join(f"{inert(name)}: {value(inner, longest)}" for name, inner in given.items())
                + "}"
            )
        case list():
            return "[" + ", ".join(value(inner, longest) for inner in given) + "]"
    return _cut(inert(_json(given)), longest)


def _json(given: Json) -> str:
    import json  # not needed for the help

    return json.dumps(given, ensure_ascii=False)


def named_value(given: Json, names: Mapping[str, str], longest: int = LONGEST) -> str:
    """Return a value as a reader sees it, with the name by which the manifest means an id behind it."""
    if "" in names:
        return f"{value(given, longest)} ({inert(names[''])})"
    if not names or not isinstance(given, dict):
        return value(given, longest)
    parts = (f"{inert(name)}: {named_part(name, inner, names, longest)}" for name, inner in given.items())
    return "{" + ", ".join(parts) + "}"


def named_part(field: str, given: Json, names: Mapping[str, str], longest: int = LONGEST) -> str:
    """Return the value of a field inside of a value, with the name by which the manifest means an id."""
    inside = {at[len(field) :].lstrip("."): text for at, text in names.items() if _is_in(field, at)}
    return named_value(given, inside, longest)


def _is_in(field: str, path: str) -> bool:
    return path == field or path.startswith((f"{field}.", f"{field}["))


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text)} characters)"


def _harmless(char: str) -> str:
    if char == " " or (char.isprintable() and unicodedata.category(char) not in {"Cf", "Zl", "Zp"}):
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
