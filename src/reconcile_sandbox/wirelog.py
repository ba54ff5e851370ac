"""Keeps the ordered record of what reached the sandbox, without credentials and the values of headers."""

from __future__ import annotations

import hashlib
import json
import re
from collections import deque
from dataclasses import dataclass, field
from urllib.parse import quote

from .system import Fields, Json

_KEPT = 50_000
_HIDDEN = "***"
_NAMES = r"(?:token|password|passwd|(?:client_)?secret|api_?key|access_token)"
_SECRET_QUERY = re.compile(rf"((?:^|&){_NAMES}=)[^&]*", re.IGNORECASE)
_SECRET_KEY = re.compile(_NAMES, re.IGNORECASE)


@dataclass(slots=True)
class Entry:
    """Hold one request: when it came, what it said, what was answered (None: nothing), and what it did.

    `effect` is the status to which the system itself came, None where the request had no effect (yet);
    `fault` is the action of the fault that struck, if one did.
    """

    time: float
    client: str
    method: str
    path: str
    query: str
    headers: tuple[str, ...]
    raw: bytes = field(repr=False)
    status: int | None = None
    effect: int | None = None
    fault: str | None = None
    ms: float = 0.0

    @property
    def body(self) -> Json:
        """Return the body as JSON where it is JSON, else as text; None where there is no body."""
        if not self.raw:
            return None
        try:
            return _redacted(json.loads(self.raw))
        except (ValueError, RecursionError):
            return redacted_query(self.raw.decode("utf-8", "replace"))

    @property
    def sha256(self) -> str:
        """Return the digest of the body as it came over the wire."""
        return hashlib.sha256(self.raw).hexdigest()

    @property
    def target(self) -> str:
        """Return path and query on one line, without credentials."""
        path = quote(self.path, safe="/:@!$&'()*+,;=~")
        return f"{path}?{self.query}" if self.query else path

    def document(self) -> Fields:
        """Return the entry as JSON."""
        names = (
            "time",
            "client",
            "method",
            "path",
            "query",
            "body",
            "sha256",
            "status",
            "effect",
            "fault",
            "ms",
        )
        return {**{name: getattr(self, name) for name in names}, "headers": list(self.headers)}


class WireLog:
    """Keep the latest entries in the order of arrival."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=_KEPT)

    def add(self, entry: Entry) -> None:
        """Append an entry, forgetting the oldest of very many."""
        self._entries.append(entry)

    def clear(self) -> None:
        """Forget all entries."""
        self._entries.clear()

    def entries(self) -> list[Entry]:
        """Return the entries at this moment."""
        return list(self._entries)


def redacted_query(query: str) -> str:
    """Return `query` with the values of credentials hidden."""
    return _SECRET_QUERY.sub(rf"\1{_HIDDEN}", query) if query else query


def _redacted(value: Json) -> Json:
    if isinstance(value, list):
        return [_redacted(item) for item in value]
    if isinstance(value, dict):
        return {
            key: _HIDDEN if _SECRET_KEY.fullmatch(key) else _redacted(item) for key, item in value.items()
        }
    return value
