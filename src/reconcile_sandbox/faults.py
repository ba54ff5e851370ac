"""Decides which request a planned fault strikes; what the strike does to the wire is decided in `strikes`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from .schema import violations
from .system import Fields, Json

Effect = Literal["none", "once", "later", "twice"]

ACTIONS: dict[str, Effect] = {
    "lost_before": "none",
    "lost_after": "once",
    "late": "later",
    "status": "none",
    "status_after": "once",
    "html": "none",
    "redirect": "none",
    "truncated": "once",
    "reset_body": "once",
    "slow": "once",
    "slow_headers": "once",
    "body": "once",
    "headers": "once",
    "wrong_id": "once",
    "empty": "once",
    "gzip": "once",
    "huge": "once",
    "double": "twice",
    "partial_list": "once",
    "duplicate_rows": "once",
}
"""Every action of a fault, with what happens to the request's effect."""

_SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["action"],
        "properties": {
            "method": {"type": "string"},
            "path": {"type": "string"},
            "nth": {"type": ["integer", "string"]},
            "action": {"type": "string", "enum": list(ACTIONS)},
            "status": {"type": "integer", "minimum": 200, "maximum": 599},
            "headers": {"type": "object"},
            "body": {},
            "seconds": {"type": "number", "minimum": 0, "maximum": 3600},
            "size": {"type": "integer", "minimum": 0, "maximum": 2**40},
            "reset": {"type": "boolean"},
        },
    },
}
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+: [\x20-\x7e]*")


@dataclass(slots=True)
class Fault:
    """Describe one planned fault: it strikes the nth request (None: every one) that its method and path fit.

    `reset` drops the connection with a TCP reset, not a plain end. What an action does not use, it ignores.
    """

    action: str
    method: str = ""
    path: re.Pattern[str] = field(default_factory=lambda: re.compile(""))
    nth: int | None = 1
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: Json = None
    seconds: float = 0.5
    size: int | None = None
    reset: bool = False
    seen: int = 0
    struck: int = 0

    @property
    def effect(self) -> Effect:
        """Return what becomes of the effect of the request that this fault strikes."""
        return ACTIONS[self.action]

    @property
    def due(self) -> bool:
        """Tell whether the request to strike has been seen; another fault may have struck it."""
        return self.nth is None or self.seen >= self.nth

    @property
    def spent(self) -> bool:
        """Tell whether this fault can strike no more."""
        return self.nth is not None and self.struck > 0

    def told_status(self, status: int) -> int:
        """Return the status that the client is told where the system itself came to `status`."""
        match self.action:
            case "status" | "status_after":
                return self.status
            case "redirect":
                return self.status if 300 <= self.status < 400 else 302
            case _:
                return status

    def document(self) -> Fields:
        """Return the fault as JSON, with how many requests it saw and struck."""
        nth = "every" if self.nth is None else self.nth
        return {
            "action": self.action,
            "method": self.method,
            "path": self.path.pattern,
            "nth": nth,
            "seen": self.seen,
            "struck": self.struck,
        }


class Faults:
    """Keep the planned faults, in the order in which they were planned."""

    def __init__(self) -> None:
        self._planned: list[Fault] = []

    def plan(self, document: Json) -> list[Fault]:
        """Add the faults of a JSON list, or a single one, and return them.

        Raises ValueError, adding none, where one of them is no fault.
        """
        listed = [document] if isinstance(document, dict) else document
        problem = next(violations(_SCHEMA, listed, "faults"), None)
        if problem is not None:
            raise ValueError(problem)
        planned = [_fault(row) for row in listed]
        self._planned.extend(planned)
        return planned

    def clear(self) -> None:
        """Forget all faults."""
        self._planned.clear()

    def planned(self) -> list[Fault]:
        """Return all faults, those that have struck included."""
        return list(self._planned)

    def strike(self, method: str, path: str) -> Fault | None:
        """Count a request, and return the fault that strikes it: of several, the one planned first."""
        struck = None
        for fault in self._planned:
            if not fault.spent and _fits(fault, method, path):
                fault.seen += 1
                struck = struck or (fault if fault.due else None)
        if struck is not None:
            struck.struck += 1
        return struck


def _fits(fault: Fault, method: str, path: str) -> bool:
    return fault.method in ("", method) and fault.path.search(path) is not None


def _fault(row: Fields) -> Fault:
    headers = {str(name).lower(): str(value) for name, value in row.get("headers", {}).items()}
    for name, value in headers.items():
        if _HEADER.fullmatch(f"{name}: {value}") is None:
            raise ValueError("faults: a header that cannot be sent")
    return Fault(
        **{
            **row,
            "path": _pattern(row.get("path", "")),
            "nth": _nth(row.get("nth", 1)),
            "headers": headers,
            "method": row.get("method", "").upper(),
        }
    )


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise ValueError(f"faults: path is not a regular expression: {error}") from None


def _nth(value: int | str) -> int | None:
    if value == "every":
        return None
    if isinstance(value, int) and value >= 1:
        return value
    raise ValueError('faults: nth is a number from 1, or "every"')
