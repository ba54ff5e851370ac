"""Runs docs/model/apply.pml with Spin, as it is and broken in five ways: `python -m tests.trust.model`.

Exit code 1 where what has to hold does not, or what has to fail holds; 77 where there is no Spin or compiler.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from .figures import counted

MODEL = Path(__file__).parents[2] / "docs" / "model"
HOLDS = {"": "two machines and the lock", "ALONE": "one machine"}
FAILS = {
    "DELAY=SETTLE": "a server that acts as late as it is waited for",
    "NO_INTENT": "no intent is written down",
    "REPEATED_POST": "a request is sent again at once",
    "LATE_HOLDER": "a holder writes after half of its lease",
    "EARLY_RELEASE": "a lock is given back while a write can still arrive",
}
NOT_HERE = 77
_ERRORS = re.compile(rb"errors: (\d+)")
_STATES = re.compile(rb"(\d+) states, stored")
_BROKEN = b"assertion violated (live<=1)"


class Checked(NamedTuple):
    """What Spin says of one variant: whether a second object was made, and how many states there are."""

    duplicate: bool
    sound: bool
    """Whether the search came to its end, and nothing else is wrong."""

    states: int


def is_here() -> bool:
    """Tells whether there is what runs the model."""
    return all(map(shutil.which, ("spin", "cc")))


def checked(variant: str) -> Checked:
    """What Spin says of the model with this macro; every state of it is looked at."""
    with TemporaryDirectory() as folder:
        for file in MODEL.iterdir():
            shutil.copy(file, folder)
        given = [f"-D{variant}"] if variant else []
        _ran(folder, "spin", *given, "-a", "apply.pml")
        _ran(folder, "cc", "-O2", "-w", "-DSAFETY", "-DCOLLAPSE", "-o", "pan", "pan.c")
        said = _ran(folder, "./pan", "-m1000000")
    errors, states = (int(found[1]) if (found := each.search(said)) else -1 for each in (_ERRORS, _STATES))
    broken = _BROKEN in said
    whole = b"max search depth too small" not in said and b"out of memory" not in said
    return Checked(broken, whole and errors == int(broken), states)


def _ran(folder: str, *command: str) -> bytes:
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.returncode}\n{(done.stdout + done.stderr).decode()}")
    return done.stdout


def verdicts() -> Iterator[tuple[bool, str]]:
    """Yields whether each variant is as it has to be, with a line that says so."""
    for variant, words in (*HOLDS.items(), *FAILS.items()):
        found = checked(variant)
        right = found.sound and found.duplicate == (variant in FAILS)
        is_so = "a duplicate is found" if found.duplicate else "nothing is made twice"
        yield right, f"{'' if right else 'WRONG: '}{words}: {is_so}, {found.states:,} states"
        if variant in HOLDS:
            counted("model", what=words, states=found.states)


def main() -> int:
    """Prints a line for each variant; returns the exit code."""
    if not is_here():
        print("Not run: the model, which needs spin and cc (Debian: apt-get install spin gcc).")  # noqa: T201
        return NOT_HERE
    wrong = 0
    for right, line in verdicts():
        print(line, flush=True)  # noqa: T201
        wrong += not right
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
