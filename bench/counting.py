"""Runs the command line and counts the calls of DeepDiff: `python -m bench.counting FILE ARGUMENT...`.

A class that counts stands where the library's own stands, before anything of ours is imported. Calls that
DeepDiff makes of itself do not count.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import deepdiff


class Counting(deepdiff.DeepDiff):
    """Count the calls of DeepDiff."""

    calls = 0

    def __init__(self, *arguments: Any, **options: Any) -> None:
        type(self).calls += "_parameters" not in options and "_shared_parameters" not in options
        super().__init__(*arguments, **options)


def main() -> None:
    """Write the count to FILE, and end with the command line's own code."""
    book = Path(sys.argv[1])
    sys.argv = ["reconcile", *sys.argv[2:]]
    vars(deepdiff)["DeepDiff"] = Counting
    from reconcile.cli.main import main as reconcile

    try:
        reconcile()
    finally:
        book.write_text(str(Counting.calls))


if __name__ == "__main__":
    main()
