"""How many of each: the figures of `make test`, those that catch mutants, and those of `make deep`.

RECONCILE_TRUST says which (`test`, `mutants`, `deep`); RECONCILE_TRUST_SEED replays one seed alone, and
RECONCILE_TRUST_FIGURES names the file to which a run adds what it counted, a JSON object a line.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TIER = os.environ.get("RECONCILE_TRUST", "test")
TIERS = ("test", "mutants", "deep")
SEED = os.environ.get("RECONCILE_TRUST_SEED")
SHARE = os.environ.get("RECONCILE_TRUST_SHARE", "1")
"""A share of the figures of the tier, for a machine with less time: 0.1 runs a tenth of each."""


BOUNDS = "test" if TIER == "deep" and float(SHARE) < 1 else TIER
"""The tier of bounds, which have no share: less than all of `make deep` keeps to those of `make test`."""


def figure(*, test: int, mutants: int, deep: int) -> int:
    """The figure of the tier that runs."""
    full = {"test": test, "mutants": mutants, "deep": deep}[TIER]
    return max(1, round(full * float(SHARE)))


def seeds(count: int) -> list[int]:
    """The seeds to run: the one to be replayed, or so many."""
    return [int(SEED)] if SEED is not None else list(range(1, count + 1))


def counted(name: str, **what: Any) -> None:
    """Adds what was counted to the figures of this run."""
    path = os.environ.get("RECONCILE_TRUST_FIGURES")
    if path:
        with Path(path).open("a", encoding="utf-8") as stream:
            stream.write(json.dumps({"name": name, "tier": TIER, **what}) + "\n")


@contextmanager
def replayable(seed: int, test: str, **more: object) -> Iterator[None]:
    """A failure inside ends with the one command that replays it."""
    try:
        yield
    except AssertionError as error:
        told = "".join(f" RECONCILE_TRUST_{name.upper()}={value}" for name, value in more.items())
        command = f"RECONCILE_TRUST_SEED={seed}{told} python -m pytest -p no:xdist tests/trust/{test}"
        raise AssertionError(f"{error}\n\nreplay it with: {command}") from error


class Pace:
    """The seconds that a figure took."""

    def __init__(self) -> None:
        self._begun = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return round(time.monotonic() - self._begun, 1)
