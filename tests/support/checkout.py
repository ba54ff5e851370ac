"""A checkout as CI has it: the first example in git, with a remote, pointed at a sandbox."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reconcile.model import Json
from reconcile_sandbox import Sandbox

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "ci/scripts"
REPORTS = "reconcile-reports"
TAG = "reconcile/default"
_COPIED = ("reconcile.yaml", "manifests")
_URL = "http://127.0.0.1:8765"
_GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "A. Author",
    "GIT_AUTHOR_EMAIL": "author@example.com",
    "GIT_COMMITTER_NAME": "A. Author",
    "GIT_COMMITTER_EMAIL": "author@example.com",
}


@dataclass(frozen=True)
class Ran:
    """How a script ended, and what it printed."""

    code: int
    out: str
    err: str


class Checkout:
    """A clone of the example in `home`, beside the remote that it pushes to and a folder of programs."""

    def __init__(self, home: Path, sandbox: Sandbox) -> None:
        self.home, self.folder, self.bin, self.sandbox = home, home / "clone", home / "bin", sandbox

    def make(self) -> None:
        """Makes the three folders, with one commit; the same each time."""
        self.bin.mkdir(parents=True)
        self.folder.mkdir()
        for name in _COPIED:
            source = ROOT / "examples/first-release" / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, self.folder / name)
        self.rewrite("reconcile.yaml", _URL, self.sandbox.url)
        (self.folder / ".gitignore").write_text(f".reconcile/\n{REPORTS}/\n", encoding="utf-8")
        self.git("init", "--quiet", "--bare", "../remote.git")
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("remote", "add", "origin", "../remote.git")
        self.commit("A first release")

    def copy(self, home: Path) -> Checkout:
        """The same in another place."""
        shutil.copytree(self.home, home)
        return Checkout(home, self.sandbox)

    def git(self, *words: str) -> str:
        """What git prints, without the end of the line."""
        done = subprocess.run(
            ["git", *words],
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def commit(self, message: str) -> str:
        """Commits all there is and pushes it; the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        self.git("push", "--quiet", "origin", "main")
        return self.git("rev-parse", "HEAD")

    def tagged(self, name: str = TAG) -> str:
        """The commit that the remote's tag stands on; "" where there is none."""
        return self.git("ls-remote", "origin", f"refs/tags/{name}").partition("\t")[0]

    def script(self, name: str, *arguments: str, **environment: str) -> Ran:
        """Runs one of ci/scripts here, as a CI job would."""
        with self.begun(name, *arguments, **environment) as run:
            try:
                out, err = run.communicate(timeout=120)
            except subprocess.TimeoutExpired:
                run.kill()
                raise
        return Ran(run.returncode, out, err)

    def begun(self, name: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """One of ci/scripts, under way as the first process of a job."""
        return subprocess.Popen(
            ["bash", str(SCRIPTS / name), *arguments],
            cwd=self.folder,
            env={**self._environment(), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def rewrite(self, file: str, old: str, new: str) -> None:
        """Puts `new` in the place of `old` in a file, where it must be."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def report(self, name: str) -> str:
        """One of the reports."""
        return (self.folder / REPORTS / name).read_text(encoding="utf-8")

    @property
    def outcome(self) -> dict[str, str]:
        """What run.sh noted of its run."""
        return dict(line.split("=", 1) for line in self.report("outcome.env").splitlines())

    @contextmanager
    def by_hand(self) -> Iterator[dict[str, Json]]:
        """The second release as it is live, for a hand to change it."""
        with self.sandbox.editing() as state:
            yield next(r for r in state["flexdeploy"]["releases"] if r["releaseName"] == "REST Release 2")

    def _environment(self) -> dict[str, str]:
        path = os.pathsep.join((str(self.bin), str(Path(sys.executable).parent), os.environ["PATH"]))
        user = {"FLEXDEPLOY_USER": "demo", "FLEXDEPLOY_PASSWORD": "demo"}
        return {"PATH": path, "HOME": str(self.bin), "CI": "true", "NO_COLOR": "1", **user, **_GIT}


class Forge:
    """A `gh` that records what it is asked, and remembers the issues, comments and pulls that it made."""

    def __init__(self, folder: Path) -> None:
        self._state = folder / "forge.json"
        self.keep({"issues": [], "comments": [], "pulls": [], "calls": []})
        program = folder / "gh"
        source = Path(__file__).with_name("gh.py").read_text(encoding="utf-8")
        program.write_text(f"#!{sys.executable}\n{source}", encoding="utf-8")
        program.chmod(0o755)

    def keep(self, state: dict[str, Json]) -> None:
        """Puts this in the place of all that it remembers."""
        self._state.write_text(json.dumps(state), encoding="utf-8")

    @property
    def state(self) -> dict[str, Json]:
        """All that it remembers."""
        found: dict[str, Json] = json.loads(self._state.read_text(encoding="utf-8"))
        return found

    @property
    def issues(self) -> list[dict[str, Json]]:
        """The issues, closed ones too."""
        return list(self.state["issues"])

    @property
    def pulls(self) -> list[dict[str, Json]]:
        """The pull requests, closed ones too."""
        return list(self.state["pulls"])

    @property
    def writes(self) -> list[str]:
        """The first words of each call that asked for a change."""
        asked = (call[:2] for call in self.state["calls"])
        return [" ".join(words) for words in asked if words[1] not in ("list", "view")]
