"""Spells who has a lock as the text that a remote keeps, and reads it back, whoever wrote it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from reconcile.execution.lease import Note, Terms
from reconcile.json_codec import decode, encode
from reconcile.model import Json

_FORMAT = 1
_SECONDS_AT_MOST = 10 * 86400.0
"""What a note may make the next holder wait: a longer time is none that this tool wrote."""

_INSTANT_AT_MOST = 2.0**33
_TEXT_AT_MOST = 500
_INSTANTS = ("since", "stamp")
_SECONDS = ("lock_stale", "timeout", "settle", "begins_in", "arrives_in")


def note_text(note: Note, of: str) -> str:
    """Return the message of the commit that holds a note about the lock `of` this name.

    Build servers start nothing for it, where the lock is a branch.
    """
    state = "free" if note.free else f"held by {' '.join(note.who.split())}"
    fields = {
        "reconcile-lock": _FORMAT,
        "number": note.number,
        "free": note.free,
        "who": note.who,
        "where": note.where,
        "since": note.since,
        "stamp": note.stamp,
        "lock_stale": note.terms.stale,
        "timeout": note.terms.timeout,
        "settle": note.terms.settle,
        "begins_in": note.begins_in,
        "arrives_in": note.arrives_in,
    }
    return f"Lock {of} of reconcile: {state} [skip ci]\n\n{encode(fields).decode()}\n"


def note_in(message: bytes) -> Note | None:
    """Return the note that a commit's message holds; None where it holds none that this version knows."""
    try:
        found = decode(message.rpartition(b"\n\n")[2].strip())
    except ValueError:
        return None
    if not isinstance(found, dict) or found.get("reconcile-lock") != _FORMAT:
        return None
    texts = [found.get(name) for name in ("number", "who", "where")]
    numbers = [*_numbers(found, _INSTANTS, _INSTANT_AT_MOST), *_numbers(found, _SECONDS, _SECONDS_AT_MOST)]
    if len(numbers) < len((*_INSTANTS, *_SECONDS)) or not isinstance(found.get("free"), bool):
        return None
    if not all(isinstance(text, str) and len(text) <= _TEXT_AT_MOST for text in texts):
        return None
    number, who, where = map(str, texts)
    since, stamp, stale, timeout, settle, begins, arrives = numbers
    terms = Terms(stale, timeout, settle)
    return Note(number, found["free"], who, where, since, stamp, terms, begins, arrives)


def _numbers(found: Mapping[str, Json], names: Iterable[str], most: float) -> Iterator[float]:
    """Yield those of the named numbers that this tool could have written."""
    for value in map(found.get, names):
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most:
            yield float(value)


def instant_text(seconds: float) -> str:
    """Return a moment of a note as text."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
