"""The real engine against the sandbox over real sockets, with a hand on every answer and every effect."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, cast

from tests.support.settings import SETTINGS

from reconcile.cleaning import Cleaner
from reconcile.endpoint import Basic, Bearer, Endpoint, QueryToken
from reconcile.laws.bench import Clock
from reconcile.laws.hand import as_it_is
from reconcile.model import Request, Response, Secret
from reconcile.planfile.document_parts import DocumentOutcome
from reconcile.planning.build import Planned
from reconcile.session.apply import apply
from reconcile.session.consent import ALL
from reconcile.session.events import Applying, Event
from reconcile.session.prepare import live_plan, ready
from reconcile.session.refusal import Refused
from reconcile.session.run_options import RunOptions, Surroundings
from reconcile.session.session import Session, begin
from reconcile.transport import Redactor, Writer
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
    return Writer(endpoints, SETTINGS, environment={}, sleep=lambda seconds: None)


@dataclass
class Shown:
    """A client behind which every answer is put through `change`: what a server of another mind would say."""

    client: Writer
    change: Change
    planning: bool = False
    """Whether live state is still being read: what is told then is as it is."""

    @property
    def redactor(self) -> Redactor:
        return self.client.redactor

    @property
    def redact(self) -> Callable[[str], str]:
        return self.client.redact

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """The client is the bench's own, and goes on."""

    def stop_after(self, seconds: float) -> None:
        pass

    def read(self, request: Request) -> Response:
        return self._changed(request, self.client.read(request))

    def keep_turn(self, system: str) -> None:
        pass

    def give_back(self) -> None:
        pass

    def write(self, request: Request, leave_by: float = math.inf, *doors: Callable[[], None]) -> Response:
        return self._changed(request, self.client.write(request))

    def _changed(self, request: Request, response: Response) -> Response:
        unchanged = self.planning or response.body is None
        body = response.body if unchanged else self.change(request, response.body)
        return Response(response.status, body, response.date)


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

    def session(self, around: Surroundings | None = None) -> Session:
        """The project as a run loads it, tombstones too."""
        options = RunOptions(self.folder, prune=True, caches=False)
        return begin(options, around or Surroundings({"DEMO": "demo"}, Cleaner()))

    def plan(self, change: Change | None = None) -> Planned:
        """The plan for all that is declared, where every answer is put through `change`.

        ProblemsFound where nothing can be planned.
        """
        return live_plan(ready(self.session()), self.seen_through(change))

    def apply(self, change: Change | None = None) -> list[DocumentOutcome]:
        """Plans and applies, with all the time in the world; what is answered after the plan is changed."""
        client = Shown(self.client, change or as_it_is, planning=True)

        def heard(event: Event) -> None:
            client.planning = client.planning and not isinstance(event, Applying)

        return self.applied(lambda kind, endpoints, settings: cast(Any, client), heard)

    def applied(
        self, connect: Any, heard: Callable[[Event], None] = lambda event: None
    ) -> list[DocumentOutcome]:
        """Plans and applies over the given client; time passes only where the apply waits."""
        clock = Clock()
        around = Surroundings(
            {"DEMO": "demo"},
            Cleaner(),
            heard,
            stop=cast(Any, clock),
            connect=connect,
            clock=clock.clock,
            ran_since=lambda moment: True,
            threads=2,
        )
        try:
            return list(apply(self.session(around), ALL).outcomes or ())
        except Refused as error:
            return list(error.record.outcomes or ())

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
