"""The examples as a reader has them: a copy of a folder at a sandbox, and what a README types."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

import yaml
from tests.integration.tool import Ran, run

from reconcile.model import Json
from reconcile_sandbox import Sandbox

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples"
NAMES = sorted(path.parent.name for path in FOLDER.glob("*/reconcile.yaml"))
WRITTEN = "http://127.0.0.1:8765"
"""The sandbox's default address, which every example names."""

_SERVED = re.compile(r"^    reconcile sandbox(?: --port (\d+) --state (\S+))?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Typed:
    """A command of a README, in which folder it is typed and with which variables exported before it."""

    words: tuple[str, ...]
    folder: str
    environment: Mapping[str, str]


def typed(markdown: str) -> Iterator[Typed]:
    """The commands in indented blocks, the sandbox in its own terminal apart."""
    folder, environment = ".", {"PATH": "/usr/bin:/bin"}
    for line in re.findall(r"^    (\S.*)$", markdown, re.MULTILINE):
        words = shlex.split(line.removesuffix("\\"))
        if words[0] == "cd":
            folder = words[1]
        elif words[0] == "export":
            environment |= dict(word.split("=", 1) for word in words[1:])
        elif words[0] == "reconcile" and words[1:2] != ["sandbox"]:
            yield Typed(tuple(words[1:]), folder, dict(environment))


def copied(name: str, sandbox: Sandbox, to: Path) -> Path:
    """A copy of the example at the sandbox's address."""
    folder = to / name
    shutil.copytree(FOLDER / name, folder, ignore=shutil.ignore_patterns(".reconcile"))
    file = folder / "reconcile.yaml"
    text = file.read_text("utf-8")
    assert WRITTEN in text
    file.write_text(text.replace(WRITTEN, sandbox.url), "utf-8")
    return folder


def served(name: str, sandboxes: Sequence[Sandbox], to: Path) -> Path:
    """A copy of the example at the sandboxes that its README starts, each with the state that it names."""
    folder = copied(name, sandboxes[0], to)
    file = folder / "reconcile.yaml"
    commands = _SERVED.findall((folder / "README.md").read_text("utf-8"))
    assert 1 <= len(commands) <= len(sandboxes)
    for (port, state), sandbox in zip(commands, sandboxes, strict=False):
        sandbox.reset(json.loads((folder / state).read_text("utf-8")) if state else None)
        text = file.read_text("utf-8")
        file.write_text(text.replace(f"http://127.0.0.1:{port or 8765}", sandbox.url), "utf-8")
    return folder


def told(command: Typed, folder: Path) -> Ran:
    """What the command says in `folder`."""
    with chdir(folder):
        return run(*command.words, environment=command.environment)


def environment_of(name: str) -> Mapping[str, str]:
    """The variables that the example's README exports before anything else."""
    return next(typed((FOLDER / name / "README.md").read_text("utf-8"))).environment


def environments_of(name: str) -> list[list[str]]:
    """The flags that choose each environment of the example; none where it has none."""
    project = yaml.safe_load((FOLDER / name / "reconcile.yaml").read_text("utf-8"))
    return [["--env", name] for name in project.get("environments", {})] or [[]]


def files(folder: Path, *, project: bool) -> list[Path]:
    """The project file, or all the manifests."""
    every = sorted(path for path in folder.rglob("*.y*ml") if ".reconcile" not in path.parts)
    return [path for path in every if (path.name == "reconcile.yaml") is project]


def documents(path: Path) -> list[Json]:
    """The documents of a file, as another reader of YAML sees them."""
    return list(yaml.safe_load_all(path.read_text("utf-8")))
