"""Describes one request, and a refusal of one."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Call:
    """One request; the names of headers are in small letters."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any

    @property
    def basic(self) -> str:
        """Return `user:password` of Basic; empty where there is none."""
        scheme, _, given = self.headers.get("authorization", "").partition(" ")
        return base64.b64decode(given).decode() if scheme == "Basic" else ""

    @property
    def bearer(self) -> str:
        """Return the bearer token; empty where there is none."""
        scheme, _, given = self.headers.get("authorization", "").partition(" ")
        return given if scheme == "Bearer" else ""


class Refused(Exception):
    """Say that a request is answered with an error."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
