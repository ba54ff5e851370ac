"""Keeps what was learned of the types that packages add, by distribution and version.

It stands in a cache of the user's own, outside every project, and is a help: no run that asks a system
believes it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from zlib import crc32

from reconcile.named_tuple import NamedTuple
from reconcile.version import VERSION

FACTS_FORMAT = f"1 {VERSION}"
TYPES_AT_MOST = 64

_FACTS = {"type": str, "title": str, "kinds": list, "auth": list, "options": dict, "schema": dict}
_NO_FACTS: Mapping[str, Any] = {"type": "", "title": "", "kinds": [], "auth": [], "options": {}, "schema": {}}


class FactsKey(NamedTuple):
    """Say which distribution, in which state, adds which type: what was learned of one is not believed of
    another.
    """

    type: str
    target: str
    about: str

    @property
    def text(self) -> str:
        """Return the key as one text; empty where the distribution is not there."""
        try:
            changed = os.stat(self.about).st_mtime_ns
        except OSError:
            return ""
        return "\n".join((*self, str(changed)))


def kept_facts(key: FactsKey) -> Mapping[str, Any] | None:
    """Return what is kept of a type; None for nothing."""
    found = _entries().get(key.text)
    return found if _is_sound(found) else None


def every_kept() -> Iterator[Mapping[str, Any]]:
    """Yield what is kept of each type whose distribution is still there as it was."""
    for text, facts in _entries().items():
        type_, target, about, _ = [*text.split("\n"), "", "", ""][:4]
        if _is_sound(facts) and FactsKey(type_, target, about).text == text:
            yield facts


def keep_facts(key: FactsKey, facts: Mapping[str, Any]) -> None:
    """Keep what was learned of a type, as plain JSON; where that finds no place, nothing is kept."""
    if not key.text:
        return
    entries = {text: kept for text, kept in _entries().items() if [*key] != text.split("\n")[:3]}
    newest = [*entries.items(), (key.text, facts)][-TYPES_AT_MOST:]
    file = _file()
    temporary = file.with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary.write_text(json.dumps({"format": FACTS_FORMAT, "types": dict(newest)}), encoding="utf-8")
        os.replace(temporary, file)


def _is_sound(kept: Any) -> bool:
    """Tell whether what is kept of a type has the shape that it was kept in."""
    if not (isinstance(kept, dict) and isinstance(kept.get("type"), str)):
        return False
    facts = kept.get("facts", _NO_FACTS)
    return (
        isinstance(kept.get("problem", ""), str)
        and isinstance(kept.get("seconds", 0), int | float)
        and isinstance(facts, dict)
        and all(isinstance(facts.get(name), type_) for name, type_ in _FACTS.items())
        and all(isinstance(each, str) for each in (*facts["auth"], *facts["options"].values()))
        and all(map(_is_kind, facts["kinds"]))
    )


def _is_kind(kind: Any) -> bool:
    return (
        isinstance(kind, dict)
        and all(isinstance(kind.get(name), str) for name in ("apiVersion", "kind", "summary"))
        and all(_are_texts(kind.get(name)) for name in ("fields", "nameable"))
    )


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _entries() -> dict[str, Any]:
    with suppress(OSError, ValueError, AttributeError, RecursionError):
        whole = json.loads(_file().read_bytes())
        found = whole.get("types")
        return found if whole.get("format") == FACTS_FORMAT and isinstance(found, dict) else {}
    return {}


def _file() -> Path:
    """Return the file of this interpreter."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(base) / "reconcile/types" / f"{crc32(os.fsencode(sys.prefix)):08x}.json"
