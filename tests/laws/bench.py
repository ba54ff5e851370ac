"""The real engine against the sandbox over real sockets, with a hand on every answer and every effect."""

from __future__ import annotations

import json
import math
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reconcile.cli.flags import Flags
from reconcile.endpoint import Basic, Bearer, Endpoint, QueryToken
from reconcile.execution.attempt import Timing
from reconcile.execution.effects import Effect, Read, Record, Wait, Write
from reconcile.execution.executor import apply
from reconcile.model import Outcome, Request, Response, Secret
from reconcile.planning.build import Planned
from reconcile.session.prepare import live_plan, ready
from reconcile.session.session import begin
from reconcile.transport import Settings, Writer
from reconcile_sandbox import Sandbox

Manifest = dict[str, Any]
Change = Callable[[Request, Any], Any]
NOW = "2026-12-01T12:00:00Z"
BASES = {"flexdeploy": "/flexdeploy/rest/v1", "katalon": "", "brpm": "/brpm", "foundry": ""}
AUTH = {
    "flexdeploy": {"basic": {"username": "demo", "password": {"env": "DEMO"}}},
    "katalon": {"apiKey": {"env": "DEMO"}},
    "brpm": {"token": {"env": "DEMO"}},
    "foundry": {"bearer": {"env": "DEMO"}},
}
OPTIONS: dict[str, Manifest] = {"katalon": {"projectId": 4711}}
_DEMO = Secret("demo")


def project(url: str) -> Manifest:
    """A project file that names the four systems of a sandbox."""
    systems = {
        name: {"url": url + base, "auth": AUTH[name], "options": OPTIONS.get(name, {})}
        for name, base in BASES.items()
    }
    return {"version": 1, "systems": systems}


def client(url: str) -> Writer:
    """A client of the four systems that waits for nothing between two tries."""
    basic, key = Basic(_DEMO, _DEMO), Basic(Secret(""), _DEMO)
    credentials = {
        "flexdeploy": basic,
        "katalon": key,
        "brpm": QueryToken("token", _DEMO),
        "foundry": Bearer(_DEMO),
    }
    endpoints = {name: Endpoint(name, url + base, credentials[name]) for name, base in BASES.items()}
    return Writer(endpoints, Settings(), environment={}, sleep=lambda seconds: None)


@dataclass
class Shown:
    """A client behind which every answer is put through `change`: what a server of another mind would say."""

    client: Writer
    change: Change

    def read(self, request: Request) -> Response:
        return self._changed(request, self.client.read(request))

    def keep_turn(self, system: str) -> None:
        pass

    def give_back(self) -> None:
        pass

    def write(self, request: Request, leave_by: float = math.inf, *doors: Callable[[], None]) -> Response:
        return self._changed(request, self.client.write(request))

    def _changed(self, request: Request, response: Response) -> Response:
        body = None if response.body is None else self.change(request, response.body)
        return Response(response.status, body, response.date)


@dataclass
class Hands:
    """Performs an apply's effects; time passes only where the apply waits, and every effect is remembered."""

    client: Any
    stop: threading.Event = field(default_factory=threading.Event)
    threads: int = 1
    now: float = 1000.0
    told: Callable[[Outcome], None] = lambda outcome: None
    done: list[Effect] = field(default_factory=list)

    def perform(self, effect: Effect) -> Response | None:
        self.done.append(effect)
        match effect:
            case Read(request):
                return self.client.read(request)
            case Write(request):
                return self.client.write(request)
            case Wait(seconds):
                self.now += seconds
        return None

    def terms(self, **given: Any) -> Timing:
        return Timing(clock=lambda: self.now, **given)

    @property
    def journal(self) -> list[Mapping[str, Any]]:
        """What was put into the journal so far."""
        return [effect.entry for effect in self.done if isinstance(effect, Record)]


@dataclass
class Bench:
    """A project folder, a sandbox, and a client of it."""

    folder: Path
    sandbox: Sandbox
    client: Writer

    def start(self, state: Any = None, switches: Sequence[str] = ()) -> None:
        """Starts the sandbox anew, at noon."""
        self.sandbox.reset(state or {}, [f"sandbox.clock={NOW}", *switches])

    def declare(self, *manifests: Manifest, options: Mapping[str, Manifest] | None = None) -> None:
        """Makes these the only manifests of the project."""
        whole = project(self.sandbox.url)
        for name, more in (options or {}).items():
            whole["systems"][name]["options"] |= more
        (self.folder / "reconcile.yaml").write_text(json.dumps(whole))
        (self.folder / "manifests").mkdir(exist_ok=True)
        documents = "\n---\n".join(json.dumps(manifest) for manifest in manifests)
        (self.folder / "manifests" / "all.yaml").write_text(documents)

    def plan(self, change: Change | None = None) -> Planned:
        """The plan for all that is declared, tombstones too, where every answer is put through `change`.

        ProblemsFound where nothing can be planned.
        """
        session = begin(Flags(chdir=self.folder, prune=True), (), live=True)
        return live_plan(ready(session._replace(environment={"DEMO": "demo"})), self.seen_through(change))

    def apply(self, planned: Planned, change: Change | None = None, **terms: Any) -> list[Outcome]:
        """Carries a plan out, with all the time in the world."""
        hands = Hands(self.seen_through(change))
        return apply(planned, hands.terms(**terms), hands)

    def seen_through(self, change: Change | None) -> Any:
        """The client, or one whose answers are changed."""
        return self.client if change is None else Shown(self.client, change)

    def writes(self) -> list[str]:
        """The writes that reached the sandbox since the log was cleared."""
        return [f"{entry.method} {entry.path}" for entry in self.sandbox.log if _is_write(entry)]


def _is_write(entry: Any) -> bool:
    return entry.method != "GET" and not entry.path.endswith(("/search", "/getBatch"))


_NEW = re.compile(r"(ri\.(?:scheduler|foundry)\.main\.[a-z-]+)\.[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f-]+")


def renamed(text: str) -> str:
    """The text with one word for whatever the server called its new objects."""
    return _NEW.sub("NEW", text)


def named(texts: set[str]) -> set[str]:
    """What moved, new rows under one word."""
    return {re.sub(r"^(\+\w+/)(NEW|ri\.).*", r"\1NEW", renamed(text)) for text in texts}


def moved(before: Any, after: Any) -> set[str]:
    """Where two states differ: `runs/1/name`; `+runs/4` for a row that came, `-runs/4` for one that went."""
    return {text for name in before for text in _moved_rows(name, before[name], after[name])}


def _moved_rows(name: str, before: Any, after: Any) -> Iterator[str]:
    if not isinstance(before, list):
        if before != after:
            yield name
        return
    had, has = _by_id(name, before), _by_id(name, after)
    yield from (f"+{name}/{key}" for key in has.keys() - had.keys())
    yield from (f"-{name}/{key}" for key in had.keys() - has.keys())
    for key in had.keys() & has.keys():
        yield from (f"{name}/{key}/{path}" for path in _differing(had[key], has[key]))


KEYS = {"releases": ("releaseId", "id"), "projects": ("projectId", "id"), "pipelines": ("pipelineId",)}


def _by_id(name: str, rows: list[Any]) -> dict[Any, Any]:
    keys = KEYS.get(name, ("rid", "id"))
    return {next(row[key] for key in keys if key in row): row for row in rows}


def _differing(before: Any, after: Any) -> Iterator[str]:
    for key in before:
        if isinstance(before[key], dict) and isinstance(after.get(key), dict):
            yield from (f"{key}.{path}" for path in _differing(before[key], after[key]))
        elif isinstance(before[key], list) and isinstance(after.get(key), list):
            yield from (f"{key}{path}" for path in _differing_entries(before[key], after[key]))
        elif before[key] != after.get(key):
            yield key


def _differing_entries(before: list[Any], after: list[Any]) -> Iterator[str]:
    if len(before) != len(after) or not all(isinstance(entry, dict) for entry in before):
        if before != after:
            yield ""
        return
    for index, (one, other) in enumerate(zip(before, after, strict=True)):
        yield from (f"[{index}].{path}" for path in _differing(one, other))
