"""Cases in YAML tables: files that somebody could have written, the commands that meet them, the words.

The keys of a case stand in README.md. Adding one needs no Python.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
FILES = HERE / "files"
FIRST = "manifests/a.yaml"
RUNS = ("validate", "plan -o json", "apply --yes")
PROJECT = """\
version: 1
systems:
  flexdeploy: {url: SANDBOX/flexdeploy/rest/v1, auth: {basic: {username: {env: DEMO}, password: {env: DEMO}}}}
  katalon: {url: SANDBOX, options: {projectId: 4711}, auth: {apiKey: {env: DEMO}}}
  brpm: {url: SANDBOX/brpm, auth: {token: {env: DEMO}}}
  foundry: {url: SANDBOX, auth: {bearer: {env: DEMO}}}
"""


@dataclass(frozen=True)
class Case:
    """One case, as its table says it."""

    table: str
    name: str
    files: Mapping[str, Any] = field(default_factory=dict)
    manifest: Any = None
    project: Any = PROJECT
    run: tuple[str, ...] = RUNS
    environment: Mapping[str, str] = field(default_factory=dict)
    exit: int = 1
    expect: tuple[str, ...] = ()
    fresh: bool = False
    contacts: bool = False
    writes: int = 0
    live: Any = None
    options: tuple[str, ...] = ()
    plan: Any = None

    def __str__(self) -> str:
        return f"{self.table}: {self.name}"


def cases(folder: Path = FILES) -> list[Case]:
    """Every case of every table, in order."""
    return [case for table in sorted(folder.glob("*.yaml")) for case in _read(table)]


def _read(table: Path) -> Iterator[Case]:
    for entry in yaml.safe_load(table.read_text("utf-8")):
        lists = {key: tuple(entry[key]) for key in ("run", "expect", "options") if key in entry}
        yield Case(table.stem, **{**entry, **lists})


def written(case: Case, root: Path, url: str) -> None:
    """The files of a case in `root`."""
    files = {"reconcile.yaml": case.project, FIRST: case.manifest, **case.files}
    (root / "manifests").mkdir()
    for name, given in files.items():
        if given is not None:
            _put(root / os.fsdecode(name.encode("utf-8", "surrogateescape")), given, url)


def _put(path: Path, given: Any, url: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    match given:
        case str():
            port = url.rpartition(":")[2]
            path.write_bytes(given.replace("SANDBOX_PORT", port).replace("SANDBOX", url).encode())
        case {"link": target}:
            path.symlink_to(target)
        case {"fifo": True}:
            os.mkfifo(path)
        case {"folder": True}:
            path.mkdir()
        case {"bytes": text}:
            path.write_bytes(bytes.fromhex(text))
        case {"repeat": [before, unit, times, after]}:
            path.write_text(before + unit * times + after)
        case {"count": [unit, times]}:
            path.write_text("".join(unit.replace("{n}", str(n)) for n in range(times)))
        case {"json": value}:
            path.write_text(json.dumps(value))
        case _:
            raise ValueError(f"no such kind of file: {given}")
