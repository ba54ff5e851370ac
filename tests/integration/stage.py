"""The stage of a scenario: a project in a folder of its own, beside two sandboxes that log every request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from reconcile_sandbox import Sandbox

from .tool import Ran, run

MOUNT = "/flexdeploy/rest/v1"
SAFE = frozenset({"GET", "HEAD"})
PROJECT = {
    "version": 1,
    "systems": {
        "flexdeploy": {
            "url": "SANDBOX",
            "auth": {
                "basic": {"username": {"env": "FLEXDEPLOY_USER"}, "password": {"env": "FLEXDEPLOY_PASSWORD"}}
            },
        }
    },
}  # fmt: skip
SYSTEMS: dict[str, Any] = {
    "katalon": {
        "url": "ROOT",
        "options": {"projectId": 4711},
        "auth": {"apiKey": {"env": "KATALON_API_KEY"}},
    },
    "brpm": {"url": "ROOT/brpm", "auth": {"token": {"env": "BRPM_TOKEN"}}},
    "foundry": {"url": "ROOT", "auth": {"bearer": {"env": "FOUNDRY_TOKEN"}}},
}
"""The other systems, for the scenarios that name them."""

ENVIRONMENT = {
    "FLEXDEPLOY_USER": "demo",
    "FLEXDEPLOY_PASSWORD": "demo",
    "KATALON_API_KEY": "demo",
    "BRPM_TOKEN": "demo",
    "FOUNDRY_TOKEN": "demo",
    "PATH": "/usr/bin:/bin",
}
SAFE_POSTS = ("/api/v1/search", "/getBatch", "/oauth2/token")
"""POSTs that change nothing of what is managed."""
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

    def project(self, over: Mapping[str, Any] | None, systems: Iterable[str] = ()) -> None:
        """Writes reconcile.yaml: the usual one, with these systems too, and `over` laid on it; null takes a
        key away."""
        urls = {
            "SANDBOX": self.sandbox.url + MOUNT,
            "OTHER": self.other.url + MOUNT,
            "ROOT": self.sandbox.url,
        }
        usual = laid_over(PROJECT, {"systems": {name: SYSTEMS[name] for name in systems}})
        text = yaml.safe_dump(laid_over(usual, over or {}), sort_keys=False)
        (self.folder / "reconcile.yaml").write_text(
            re.sub("SANDBOX|OTHER|ROOT", lambda found: urls[found[0]], text)
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

    def edit(self, files: Mapping[str, Mapping[str, str]]) -> None:
        """Puts one text in the place of another in files of the folder, each where it stands."""
        for name, replaced in files.items():
            path = self.folder / name
            for old, new in replaced.items():
                text = path.read_text()
                assert old in text, f"{name} does not hold {old!r}"
                path.write_text(text.replace(old, new))

    def live(self, state: Any, options: Mapping[str, Any], world: Mapping[str, Any] | None = None) -> None:
        """Starts both sandboxes anew: FlexDeploy's collections, those of other systems, the switches."""
        for sandbox in (self.sandbox, self.other):
            sandbox.reset({"flexdeploy": state or {}, **(world or {})}, assignments(options))

    def run(self, *arguments: str) -> Ran:
        """Runs the command in the project's folder."""
        ran = run(*arguments, environment=self.environment, folder=self.folder)
        self.printed.append(ran)
        return ran

    def sent(self, *, writes: bool) -> list[Sent]:
        """The writes (else the reads) that reached either sandbox since the log was cleared."""
        log = [*self.sandbox.log, *self.other.log]
        found = [
            Sent(entry.method, _unmounted(entry.path), _untold(entry.query), entry.body, entry.status)
            for entry in log
        ]
        return [sent for sent in found if _is_write(sent) == writes]

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


def assignments(options: Mapping[str, Any]) -> list[str]:
    """Switches as the sandbox takes them; a name without a system is FlexDeploy's."""
    return [
        f"{name if '.' in name else f'flexdeploy.{name}'}={_word(value)}" for name, value in options.items()
    ]


def _unmounted(path: str) -> str:
    return path.removeprefix(MOUNT).removeprefix("/brpm")


def _untold(query: str) -> str:
    """The query less the token in it."""
    return "&".join(part for part in query.split("&") if not part.startswith("token="))


def _is_write(sent: Sent) -> bool:
    return sent.method not in SAFE and not (sent.method == "POST" and sent.path.endswith(SAFE_POSTS))


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
