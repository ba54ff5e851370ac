"""Measures a start: help, version and completion beside a bare click program, validate beside imports."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.measure import Command, costs
from bench.stage import ENVIRONMENT, RECONCILE, ROOT, staged
from bench.table import Ratio

STARTS = 1.6
VALIDATE = 3.0
FILES = 50
IMPORTS = "import click, yaml, pydantic"


def starts(folder: Path, rounds: int) -> list[Ratio]:
    """Return the ratios, one for each way to start."""
    bare = [sys.executable, str(ROOT / "bench" / "bare.py")]
    with staged(folder, FILES, files=FILES) as stage:
        commands = {
            "--help": Command([RECONCILE, "--help"], ENVIRONMENT),
            "bare --help": Command([*bare, "--help"], ENVIRONMENT),
            "--version": Command([RECONCILE, "--version"], ENVIRONMENT),
            "bare --version": Command([*bare, "--version"], ENVIRONMENT),
            "completion": Command([RECONCILE], completing("reconcile")),
            "bare completion": Command(bare, completing("bare")),
            "validate": stage.reconcile("validate"),
            "imports": Command([sys.executable, "-c", IMPORTS], ENVIRONMENT),
        }
        spent = costs(commands, rounds)
    pairs = [
        ("`--help`", STARTS, "--help", "bare --help"),
        ("`--version`", STARTS, "--version", "bare --version"),
        ("completion", STARTS, "completion", "bare completion"),
        (f"`validate` of {FILES} files", VALIDATE, "validate", "imports"),
    ]
    ratios = []
    for what, limit, above, below in pairs:
        beside = f'`python -c "{IMPORTS}"`' if below == "imports" else "a bare lazy click program"
        a, b = spent[above], spent[below]
        ratios.append(Ratio(f"{what} ÷ {beside}", limit, a.seconds / b.seconds, a.processor / b.processor))
    return ratios


def completing(program: str) -> dict[str, str]:
    """Return the environment in which bash asks `program` to complete `pl`."""
    asked = {"COMP_WORDS": f"{program} pl", "COMP_CWORD": "1"}
    return {**ENVIRONMENT, f"_{program.upper()}_COMPLETE": "bash_complete", **asked}
