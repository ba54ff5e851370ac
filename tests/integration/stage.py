"""The stage of a scenario: a project in a folder of its own, beside two sandboxes that log every request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from reconcile.sandbox import Sandbox

from .tool import Ran, run

MOUNT = "/flexdeploy/rest/v1"
SAFE = frozenset({"GET", "HEAD"})
PROJECT = {
    "version": 1,
    "systems": {
        "flexdeploy": {
            "url": "SANDBOX",
            "auth": {"basic": {"username": {"env": "FLEXDEPLOY_USER"}, "password": {"env": "FLEXDEPLOY_PASSWORD"}}},
        }
    },
}  # fmt: skip
ENVIRONMENT = {"FLEXDEPLOY_USER": "demo", "FLEXDEPLOY_PASSWORD": "demo", "PATH": "/usr/bin:/bin"}
HEADER = "ZGVtbzpkZW1v"
"""What HTTP Basic makes of demo:demo; no output may hold it."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One request as it was on the wire, its path without the mount."""

    method: str
    path: str
    query: str
    body: Any
    status: int | None

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}" + (f"?{self.query}" if self.query else "")


@dataclass
class Stage:
    """A project folder, the sandbox it talks to, another one, and all that was printed so far."""

    folder: Path
    sandbox: Sandbox
    other: Sandbox
    environment: dict[str, str] = field(default_factory=lambda: dict(ENVIRONMENT))
    printed: list[Ran] = field(default_factory=list)

    def project(self, over: Mapping[str, Any] | None) -> None:
        """Writes reconcile.yaml: the usual one with `over` laid on it; null takes a key away."""
        urls = {"SANDBOX": self.sandbox.url + MOUNT, "OTHER": self.other.url + MOUNT}
        text = yaml.safe_dump(laid_over(PROJECT, over or {}), sort_keys=False)
        (self.folder / "reconcile.yaml").write_text(
            re.sub("SANDBOX|OTHER", lambda found: urls[found[0]], text)
        )

    def manifests(self, named: Mapping[str, Any]) -> None:
        """Writes manifests/<name>.yaml, each from its YAML text or from a document or a list of documents."""
        for name, given in named.items():
            path = self.folder / "manifests" / f"{name}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            documents = given if isinstance(given, list) else [given]
            path.write_text(
                given
                if isinstance(given, str)
                else yaml.safe_dump_all(documents, sort_keys=False, width=1000)
            )

    def live(self, state: Any, options: Mapping[str, Any]) -> None:
        """Starts both sandboxes anew: FlexDeploy's collections, and switches by their short names."""
        switches = [
            f"{name if '.' in name else f'flexdeploy.{name}'}={_word(value)}"
            for name, value in options.items()
        ]
        for sandbox in (self.sandbox, self.other):
            sandbox.reset({"flexdeploy": state or {}}, switches)

    def run(self, *arguments: str) -> Ran:
        """Runs the command in the project's folder."""
        ran = run("-C", str(self.folder), *arguments, environment=self.environment)
        self.printed.append(ran)
        return ran

    def sent(self, *, writes: bool) -> list[Sent]:
        """The writes (else the reads) that reached either sandbox since the log was cleared."""
        log = [*self.sandbox.log, *self.other.log]
        found = [
            Sent(entry.method, entry.path.removeprefix(MOUNT), entry.query, entry.body, entry.status)
            for entry in log
        ]
        return [sent for sent in found if (sent.method not in SAFE) == writes]

    def forget(self) -> None:
        """Clears both logs."""
        self.sandbox.clear_log()
        self.other.clear_log()

    def files(self) -> Iterable[Path]:
        """What the runs left in the folder, the manifests and the project file apart."""
        return [
            path for path in self.folder.rglob("*") if path.is_file() and path.suffix not in {".yaml", ".yml"}
        ]


def laid_over(under: Any, over: Any) -> Any:
    """`over` on `under`, mapping by mapping; a null takes the key away."""
    if not isinstance(under, dict) or not isinstance(over, Mapping):
        return over
    merged = {**under, **{key: laid_over(under.get(key), value) for key, value in over.items()}}
    return {key: value for key, value in merged.items() if value is not None}


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
