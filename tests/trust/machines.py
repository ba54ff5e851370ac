"""Two machines with a clone of one bare repository each, and what each wrote by the sandbox's log."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from tests.support.history import History

from reconcile_sandbox import Sandbox

from .commands import CLOCK, Ended, ended, is_safe
from .drawing import Drawn
from .process import project

STALE = 3.0
SETTLE = 1.0
TIMEOUT = 2.0
APPLY = (
    *("apply", "--yes", "--settle", f"{SETTLE:g}", "--timeout", f"{TIMEOUT:g}", "--retries", "1"),
    *("--lock-stale", f"{STALE:g}s"),
)
_SKEWED = """\
import runpy, time
real = time.time
time.time = lambda: real() + {skew}
runpy.run_module("reconcile", run_name="__main__", alter_sys=True)
"""
_LOSING = """\
#!/bin/sh
n=$(cat {count} 2>/dev/null || echo 0)
echo $((n + 1)) >{count}
git-receive-pack "$@"
case " {lost} " in *" $n "*) kill -9 $PPID;; esac
"""


@dataclass
class Tenure:
    """One run of a machine that may have written: where in the log it began, and where it ended."""

    machine: str
    process: subprocess.Popen[str]
    begins: int
    ends: int | None = None
    said: Ended | None = None


class Site:
    """A bare repository, the sandbox, and what ran against both."""

    def __init__(self, folder: Path, sandbox: Sandbox, drawn: Drawn) -> None:
        self.folder, self.sandbox, self.drawn = folder, sandbox, drawn
        self.bare = folder / "remote.git"
        self.tenures: list[Tenure] = []
        switches = [name for name in drawn.switches if "lag=" not in name]
        sandbox.reset(drawn.state, [*switches, CLOCK])
        folder.mkdir(parents=True)
        subprocess.run(["git", "init", "--quiet", "--bare", str(self.bare)], check=True)

    def machine(self, name: str, *, skew: float = 0.0, lost: Sequence[int] = ()) -> Machine:
        """A machine with a clone, a wall clock that is so much ahead, and pushes that lose these answers."""
        folder = self.folder / name
        project(folder, self.drawn, self.sandbox.url)
        file = folder / "reconcile.yaml"
        whole = json.loads(file.read_text("utf-8"))
        for system in whole["systems"].values():
            system["headers"] = {f"x-machine-{name}": "1"}
        file.write_text(json.dumps({**whole, "lock": {"git": "origin"}}), encoding="utf-8")
        history = History(folder)
        history.git("remote", "add", "origin", str(self.bare))
        if lost:
            program = self.folder / f"receive-pack-{name}"
            words = _LOSING.format(count=self.folder / f"count-{name}", lost=" ".join(map(str, lost)))
            program.write_text(words, encoding="utf-8")
            program.chmod(0o700)
            history.git("config", "remote.origin.receivepack", str(program))
        return Machine(self, name, folder, skew)

    @property
    def lock(self) -> str:
        """The object that stands for the lock; "" where there is none."""
        done = subprocess.run(
            ["git", "--git-dir", str(self.bare), "for-each-ref", "--format=%(objectname)", "refs/reconcile"],
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def writes(self) -> Iterator[tuple[int, str]]:
        """Where each write stands in the log, and which machine sent it."""
        for at, entry in enumerate(self.sandbox.log):
            if not is_safe(entry.method, entry.path):
                names = [name for name in entry.headers if name.lower().startswith("x-machine-")]
                yield at, names[0].lower().removeprefix("x-machine-")

    def at_once(self) -> list[str]:
        """Each pair of runs whose writes are not one after the other."""
        written = [*self.writes()]
        ranges = []
        for tenure in self.tenures:
            end = len(self.sandbox.log) if tenure.ends is None else tenure.ends
            mine = [at for at, who in written if who == tenure.machine and tenure.begins <= at < end]
            if mine:
                ranges.append((tenure.machine, min(mine), max(mine)))
        return [
            f"{one} and {other}"
            for one, other in combinations(ranges, 2)
            if one[0] != other[0] and not (one[2] < other[1] or other[2] < one[1])
        ]


@dataclass
class Machine:
    """One machine: its clone, and its wall clock."""

    site: Site
    name: str
    folder: Path
    skew: float

    def begin(self, *arguments: str) -> Tenure:
        """`reconcile ARGUMENTS`, under way."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("RECONCILE", "GITHUB"))
        }
        process = subprocess.Popen(
            [sys.executable, "-c", _SKEWED.format(skew=self.skew), "-C", str(self.folder), *arguments],
            env={**kept, "NO_COLOR": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        found = Tenure(self.name, process, len(self.site.sandbox.log))
        self.site.tenures.append(found)
        return found

    def end(self, tenure: Tenure) -> Ended:
        """What the run leaves when it is over."""
        tenure.said = ended(tenure.process)
        tenure.ends = len(self.site.sandbox.log)
        assert "Traceback" not in tenure.said.err, tenure.said
        return tenure.said

    def run(self, *arguments: str) -> Ended:
        """`reconcile ARGUMENTS`, from start to end."""
        return self.end(self.begin(*arguments))

    def forget(self) -> None:
        """Throws away all that it kept: the next run is on a fresh runner."""
        shutil.rmtree(self.folder / ".reconcile", ignore_errors=True)
