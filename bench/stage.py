"""Sets up what a run needs: an estate in a folder, its server, and the commands that are compared there."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bench import estate
from bench.measure import Command, clean
from reconcile.model import EMPTY

ROOT = Path(__file__).parents[1]
ENVIRONMENT = {"BENCH_PASSWORD": "demo", "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
RECONCILE = str(Path(sys.executable).with_name("reconcile"))


@dataclass(frozen=True, slots=True)
class Stage:
    """Hold an estate with its server."""

    folder: Path
    url: str

    def reconcile(self, *arguments: str, cold: bool = True, rounds: int | None = None) -> Command:
        """Return the command line in the estate; `cold`: with nothing kept from an earlier run."""
        argv = [RECONCILE, *arguments, "-C", str(self.folder)]
        return Command(argv, ENVIRONMENT, self.forget if cold else None, rounds)

    def counting(self, *arguments: str, cold: bool = True, environment: Mapping[str, str] = EMPTY) -> Counted:
        """Run the command line in the estate, and count its calls of DeepDiff and its requests."""
        if cold:
            self.forget()
        before, book = self.counts(), self.folder / "counted.json"
        argv = [sys.executable, "-m", "bench.counting", str(book), *arguments, "-C", str(self.folder)]
        surroundings = clean({**ENVIRONMENT, **environment})
        run = subprocess.run(argv, env=surroundings, stdout=subprocess.PIPE, text=True, check=True)
        last = run.stdout.splitlines()[-1]
        return Counted(last, json.loads(book.read_text()), self.counts() - before)

    def reference(self, design: str) -> Command:
        """Return the bare pipeline in one of its designs, over the same manifests and the same server."""
        argv = [
            *(sys.executable, "-m", "bench.reference", design),
            *(str(self.folder / "manifests"), self.url, str(self.folder / "reference.cache")),
        ]
        return Command(argv, ENVIRONMENT)

    def forget(self) -> None:
        """Remove what an earlier run left to be quicker by."""
        shutil.rmtree(self.folder / ".reconcile" / "cache", ignore_errors=True)

    def counts(self) -> Counter[str]:
        """Return what the server was asked so far."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc)
        connection.request("GET", "/counts")
        return Counter(json.loads(connection.getresponse().read()))


@dataclass(frozen=True, slots=True)
class Counted:
    """Hold the last line of a run, the calls of DeepDiff in it, and the requests that the server got."""

    last: str
    deepdiffs: int
    requests: Counter[str]


@contextmanager
def staged(folder: Path, count: int, *, files: int = estate.FILES, percent: float = 0.0) -> Iterator[Stage]:
    """Yield an estate of `count` releases, of which `percent` were changed by hand, and its server."""
    options = ["--files", str(files), "--percent", str(percent)]
    written("bench.estate", folder, count, *options)
    with serving(folder / estate.LIVE) as url:
        estate.attach(folder, url)
        commit(folder)
        yield Stage(folder, url)


def commit(folder: Path) -> None:
    """Put the estate under git, as where people work: only there is believed what a run kept of it."""
    who = ("-c", "user.name=bench", "-c", "user.email=bench@example.com")
    commit = (*who, "commit", "--quiet", "--message", "As it is")
    for words in (("init", "--quiet"), ("add", "reconcile.yaml", "manifests"), commit):
        subprocess.run(["git", *words], cwd=folder, env=clean(ENVIRONMENT), check=True)  # noqa: S607


def serving(live: Path, latency: float = 0.0) -> AbstractContextManager[str]:
    """Yield the address of a server that has the list in the file `live` until the block ends."""
    return _serving("bench.server", str(live), "--latency", str(latency))


def far_serving(releases: int, latency: float) -> AbstractContextManager[str]:
    """Yield the address of a far server with so many Katalon releases until the block ends."""
    return _serving("bench.far_server", str(releases), str(latency))


@contextmanager
def _serving(module: str, *arguments: str) -> Iterator[str]:
    argv, environment = [sys.executable, "-m", module, *arguments], clean(ENVIRONMENT)
    process = subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().strip() if process.stdout else ""
    finally:
        process.terminate()
        process.wait()
        if process.stdout:
            process.stdout.close()


def written(module: str, folder: Path, count: int, *options: str) -> None:
    """Let the generator `module` write its files, in a process of its own.

    What this process ever held would count in the peaks of those that it starts.
    """
    argv = [sys.executable, "-m", module, str(folder), str(count), *options]
    subprocess.run(argv, env=clean(ENVIRONMENT), check=True)


def found(tool: str, folders: Sequence[Path] = ()) -> str | None:
    """Return where a counterpart is installed, in `folders` or on the path; None where it is not."""
    return shutil.which(tool, path=os.pathsep.join([*map(str, folders), os.environ.get("PATH", "")]))
