"""Plays a case on a site of its own: the real command line, beside a sandbox that logs every request."""

from __future__ import annotations

import copy
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.integration.tool import Ran, run

from reconcile_sandbox import Sandbox

from .corpus import Case, written

ENVIRONMENT = {"DEMO": "demo", "PATH": "/usr/bin:/bin"}
SAFE = re.compile(r"/(search|getBatch|token)$")
"""Paths that are asked by POST and change nothing."""

_FRESH = """
import resource
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
from reconcile.cli.main import main
main()
"""
_SECONDS = 120
_TOLD = {"!", "=", "?", ".", "failed", "refused", "unknown", "unsettled", "skipped"}
"""How a line begins that is about what is not done, or not done well."""


@dataclass(frozen=True)
class Site:
    """A project folder and the sandbox that its systems are."""

    root: Path
    sandbox: Sandbox

    def play(self, case: Case) -> list[Ran]:
        """What each command of the case left behind."""
        self.sandbox.reset(case.live, case.options)
        written(case, self.root, self.sandbox.url)
        given = {name: text.replace("SANDBOX", self.sandbox.url) for name, text in case.environment.items()}
        environment = {**ENVIRONMENT, **given}
        if case.plan is not None:
            self._save_plan(case.plan, environment)
        self.sandbox.clear_log()
        return [self._run(line, environment, fresh=case.fresh) for line in case.run]

    def _run(self, line: str, environment: Mapping[str, str], *, fresh: bool) -> Ran:
        words = [word.replace("FOLDER", str(self.root)) for word in shlex.split(line)]
        if fresh:
            return _in_a_process(words, environment, self.root)
        return run(*words, environment=environment, folder=self.root)

    def _save_plan(self, edits: Any, environment: Mapping[str, str]) -> None:
        """A plan made now, and then changed by somebody."""
        file = self.root / "plan.json"
        made = self._run("plan --out FOLDER/plan.json", environment, fresh=False)
        assert made.code == 0, made
        file.write_text(_edited(file.read_text(), edits), encoding="utf-8")

    def sent(self) -> list[str]:
        """Every request that reached the sandbox."""
        return [f"{entry.method} {entry.path}" for entry in self.sandbox.log]

    def writes(self) -> list[str]:
        """Those that could have changed something."""
        return [line for line in self.sent() if not line.startswith("GET ") and not SAFE.search(line)]


def _in_a_process(arguments: list[str], environment: Mapping[str, str], folder: Path) -> Ran:
    path = {"PYTHONPATH": ":".join(filter(None, sys.path))}
    done = subprocess.run(
        [sys.executable, "-c", _FRESH, *arguments],
        cwd=folder,
        env={**environment, **path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_SECONDS,
        check=False,
    )
    return Ran(tuple(arguments), done.returncode, done.stdout.decode(), done.stderr.decode())


def _edited(text: str, edits: Any) -> str:
    """A saved plan after `edits`: raw text put in its place, or values put, cut and added by their places."""
    if isinstance(edits, str):
        return edits
    if "replace" in edits:
        old, new = edits["replace"]
        assert old in text, old
        return text.replace(old, new, 1)
    whole = json.loads(text)
    for edit in edits["edits"]:
        *way, last = edit["at"]
        around = whole
        for step in way:
            around = around[step]
        _apply(around, last, edit)
    return json.dumps(whole)


def _apply(around: Any, last: Any, edit: Mapping[str, Any]) -> None:
    match edit:
        case {"put": value}:
            around[last] = copy.deepcopy(value)
        case {"nest": depth}:
            around[last] = json.loads("[" * depth + "]" * depth)
        case {"copy": changes}:
            around[last].append({**copy.deepcopy(around[last][0]), **changes})
        case _:
            del around[last]


def lines_of(ran: Ran) -> Iterator[str]:
    """What a run says beside its result: standard error, what is not done, and what was not done well."""
    yield from ran.err.splitlines()
    lines = ran.out.splitlines() if "json" not in ran.arguments else ()
    yield from (line for line in lines if line.split(" ")[0] in _TOLD)
