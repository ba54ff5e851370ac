"""A project in a clone whose lock is a ref of the bare repository beside it, and what stands there."""

from __future__ import annotations

import json
import stat
import time
from pathlib import Path

from tests.support.history import History
from tests.support.http import Wire
from tests.support.projects import release, written

REF = "refs/reconcile/lock/default"
APPLY = ("apply", "--yes", "--settle", "0")
PROJECT = """\
version: 1
systems:
  flexdeploy:
    url: {url}
    auth: {{basic: {{username: {{env: FD_USER}}, password: {{env: FD_PASSWORD}}}}}}
lock: {{git: origin}}
"""


class Place:
    """A project in a clone, with a change to apply, and the bare repository that it pushes to."""

    def __init__(self, folder: Path, wire: Wire) -> None:
        self.folder, self.bare, self.wire = folder, folder.parent / "remote.git", wire
        files = {
            "reconcile.yaml": PROJECT.format(url=wire.url),
            "manifests/train.yaml": release("train", "{description: old}"),
            ".gitignore": ".reconcile/\n",
        }
        self.history = History(written(folder, files))
        self.history.git("init", "--quiet", "--bare", "--initial-branch=main", str(self.bare))
        self.history.git("remote", "add", "origin", str(self.bare))
        self.history.commit()
        self.history.git("push", "--quiet", "origin", "main")
        self.changed()

    def project(self, more: str) -> None:
        """Adds lines to the project file."""
        file = self.folder / "reconcile.yaml"
        file.write_text(file.read_text("utf-8") + more, encoding="utf-8")

    def without_lock(self) -> None:
        """Takes the lock out of the project file."""
        file = self.folder / "reconcile.yaml"
        file.write_text(file.read_text("utf-8").replace("lock: {git: origin}\n", ""), encoding="utf-8")

    def changed(self, words: str = "new") -> None:
        """Lets an apply have something to do."""
        manifest = self.folder / "manifests/train.yaml"
        manifest.write_text(release("train", f"{{description: {words}}}"), encoding="utf-8")

    def refs(self) -> dict[str, str]:
        """The refs of the bare repository."""
        said = self.history.git(
            "--git-dir", str(self.bare), "for-each-ref", "--format=%(refname) %(objectname)"
        )
        return dict(line.split(" ") for line in said.splitlines())

    def note(self, ref: str = REF) -> dict[str, object]:
        """What a lock there says."""
        said = self.history.git("--git-dir", str(self.bare), "log", "-1", "--format=%b", ref)
        found: dict[str, object] = json.loads(said)
        return found

    @property
    def writes(self) -> list[str]:
        """The methods of the writes that reached the server."""
        return [line.partition(" ")[0] for line in self.wire.writes]

    def program(self, name: str, text: str) -> Path:
        """Makes a program beside the clone."""
        found = self.folder.parent / name
        found.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        found.chmod(0o700)
        return found

    def hook(self, name: str, text: str, folder: Path | None = None) -> None:
        """Puts a hook into the bare repository."""
        hook = (folder or self.bare) / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        hook.chmod(hook.stat().st_mode | stat.S_IXUSR)

    def held(self, **more: object) -> str:
        """Puts a lock of somebody else there, or what is given of it; the object."""
        note = {
            "reconcile-lock": 1,
            "number": "1",
            "free": False,
            "who": "somebody",
            "where": "elsewhere, process 7",
            "since": 1795950000.0,
            "stamp": time.time(),
            "lock_stale": 3600.0,
            "timeout": 0.0,
            "settle": 0.0,
            "begins_in": 0.0,
            "arrives_in": 0.0,
            **more,
        }
        tree = self.history.git("hash-object", "-t", "tree", "-w", "--stdin")
        made = self.history.git("commit-tree", tree, "-m", "A lock", "-m", json.dumps(note))
        self.history.git("push", "--quiet", "--force", "origin", f"{made}:{REF}")
        return made
