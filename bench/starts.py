"""Measures a start: help, version and completion beside a bare click program, validate beside imports."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from shutil import rmtree

from bench import estate
from bench.measure import Command, costs
from bench.stage import ENVIRONMENT, RECONCILE, ROOT, staged
from bench.table import Ratio

STARTS = 1.6
ADDRESSES = 1.6
RESOURCES = 10_000
WAITED = 150.0
"""Milliseconds within which whoever presses a key is answered."""

ADDRESS = "flexdeploy/Release/release-00"
VALIDATE = 3.0
FILES = 50
IMPORTS = "import click, yaml, pydantic"


def starts(folder: Path, rounds: int) -> list[Ratio]:
    """Return the ratios, one for each way to start."""
    bare = [sys.executable, str(ROOT / "bench" / "bare.py")]
    addresses = typing(folder, "-C", str(large(folder)), "plan", "--target", ADDRESS)
    with staged(folder, FILES, files=FILES) as stage:
        commands = {
            "--help": Command([RECONCILE, "--help"], ENVIRONMENT),
            "bare --help": Command([*bare, "--help"], ENVIRONMENT),
            "--version": Command([RECONCILE, "--version"], ENVIRONMENT),
            "bare --version": Command([*bare, "--version"], ENVIRONMENT),
            "completion": typing(folder, "pl"),
            "bare completion": Command(bare, completing("bare")),
            "addresses": addresses,
            "addresses, first": replace(addresses, before=partial(rmtree, kept(folder), ignore_errors=True)),
            "validate": stage.reconcile("validate"),
            "imports": Command([sys.executable, "-c", IMPORTS], ENVIRONMENT),
        }
        spent = costs(commands, rounds)
    pairs = [
        ("`--help`", STARTS, "--help", "bare --help"),
        ("`--version`", STARTS, "--version", "bare --version"),
        ("completion", STARTS, "completion", "bare completion"),
        (f"completion of an address among {RESOURCES:,}", ADDRESSES, "addresses", "bare completion"),
        (f"`validate` of {FILES} files", VALIDATE, "validate", "imports"),
    ]
    ratios = []
    for what, limit, above, below in pairs:
        beside = f'`python -c "{IMPORTS}"`' if below == "imports" else "a bare lazy click program"
        a, b = spent[above], spent[below]
        ratios.append(Ratio(f"{what} ÷ {beside}", limit, a.seconds / b.seconds, a.processor / b.processor))
    for when, name in (("", "addresses"), (", the first time", "addresses, first")):
        what, cost = f"completion of an address among {RESOURCES:,}{when}", spent[name]
        ratios.append(Ratio(what, WAITED, 1000 * cost.seconds, 1000 * cost.processor, unit=" ms"))
    return ratios


def large(folder: Path) -> Path:
    """Return the folder of a project of many resources, which no server has to serve."""
    estate.write(folder / "large", RESOURCES)
    estate.attach(folder / "large", "http://127.0.0.1:9")
    return folder / "large"


def typing(folder: Path, *words: str) -> Command:
    """Return what a shell runs to complete the last of the words; what is kept is kept in `folder`."""
    asked = {"_RECONCILE_COMPLETE": "words", "XDG_CACHE_HOME": str(kept(folder))}
    return Command([RECONCILE, *words], {**ENVIRONMENT, **asked})


def kept(folder: Path) -> Path:
    """Return the folder in which a user's caches are, what completion keeps among them."""
    return folder / "cache"


def completing(program: str) -> dict[str, str]:
    """Return the environment in which bash asks a click program to complete `pl`."""
    asked = {"COMP_WORDS": f"{program} pl", "COMP_CWORD": "1"}
    return {**ENVIRONMENT, f"_{program.upper()}_COMPLETE": "bash_complete", **asked}
