"""The journal of an apply: what was meant to be sent and what came of it, durable before the next step."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from reconcile.model import Json

FOLDER = ".reconcile"
FILE = "journal.jsonl"


class Journal:
    """An append-only file of JSON lines; each is on the disk when `append` returns. Safe for threads.

    It holds addresses, methods, paths and digests: no values and no secrets.
    """

    def __init__(self, root: Path) -> None:
        self._path = root / FOLDER / FILE
        self._lock = Lock()
        self._file = -1

    def append(self, entry: Mapping[str, Json]) -> None:
        """Writes one entry, in one piece, and waits until it is durable."""
        line = json.dumps({"at": round(time.time(), 3), **entry}, sort_keys=True) + "\n"
        with self._lock:
            os.write(self._file, line.encode())
            os.fsync(self._file)

    def __enter__(self) -> Self:
        self._path.parent.mkdir(exist_ok=True)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        self._file = os.open(self._path, flags, 0o600)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._file)
