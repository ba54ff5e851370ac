"""Fuzzes one target for some seconds: `python -m tests.trust.fuzz TARGET SECONDS`, with atheris where it is.

Without atheris, or with RECONCILE_TRUST_SEED, seeded changes of the committed corpus are tried instead.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
import time
from random import Random
from tempfile import mkdtemp

ATHERIS = importlib.util.find_spec("atheris") is not None and "RECONCILE_TRUST_SEED" not in os.environ


def main(target: str, seconds: float) -> None:
    """Runs until the time is over or something is found; tells how many inputs were tried."""
    if ATHERIS:
        _guided(target, seconds)
    else:
        _told(target, _changed(target, seconds), "seeded")


def _changed(target: str, seconds: float) -> int:
    fuzzing = importlib.import_module("tests.trust.fuzzing")
    inputs, rng, ends, tried = (
        fuzzing.corpus(target),
        Random(os.environ.get("RECONCILE_TRUST_SEED", "1")),
        time.monotonic() + seconds,
        0,
    )
    while time.monotonic() < ends:
        fuzzing.TARGETS[target](fuzzing.mutated(rng, inputs))
        tried += 1
    return tried


def _guided(target: str, seconds: float) -> None:
    import atheris

    with atheris.instrument_imports(include=["reconcile"], exclude=["reconcile_sandbox"]):
        fuzzing = importlib.import_module("tests.trust.fuzzing")
    tried = [0]

    def fed(data: bytes) -> None:
        tried[0] += 1
        if tried[0] % 64 == 0:
            _told(target, tried[0], "atheris")
        fuzzing.TARGETS[target](data)

    folder = fuzzing.CORPUS / target
    limits = [
        f"-max_total_time={int(seconds)}",
        "-timeout=20",
        "-rss_limit_mb=2048",
        "-max_len=20000",
        "-verbosity=0",
    ]
    atheris.Setup([sys.argv[0], *limits, _scratch(), str(folder)], fed)
    atheris.Fuzz()


def _scratch() -> str:
    """Where what is found interesting goes: the committed corpus is only read."""
    return mkdtemp(prefix="reconcile-fuzz-")


def _told(target: str, tried: int, how: str) -> None:
    path = os.environ.get("RECONCILE_FUZZ_TOLD")
    if path:
        with open(path, "w", encoding="utf-8") as stream:
            json.dump({"target": target, "tried": tried, "how": how}, stream)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
