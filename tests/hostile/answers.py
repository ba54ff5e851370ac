"""What servers may answer, and the work during which they do: tables, and what is played together.

Every answer of a party has a sandbox of its own, so that one run of the command meets them all at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from reconcile_sandbox import Sandbox

from .corpus import HERE

STAGES = ("listing", "look", "write", "readback")
BY_DEFAULT = STAGES[:3]
PRINCIPAL = ("flexdeploy update", "katalon link", "brpm update", "foundry run")
_WELL = {"action": "status_after", "status": 200}
_NTH = {"listing": 1, "look": 2, "write": 1, "readback": 3}
_COPIES = {"listing": 12, "look": 12, "write": 1, "readback": 30}
"""How many requests in a row are answered so: a read-back looks again, a write may be sent again."""


@dataclass(frozen=True)
class Answer:
    """One hostile answer, as the table says it."""

    name: str
    fault: Mapping[str, Any] = field(default_factory=dict)
    body: str | None = None
    repeat: Sequence[Any] = ()
    status: int | None = None
    works: Sequence[str] = PRINCIPAL
    stages: Sequence[str] = BY_DEFAULT
    read: Mapping[str, Any] = field(default_factory=dict)
    also: Sequence[Mapping[str, Any]] = ()
    bodies: Sequence[str] = ()
    copies: int | None = None
    flags: Sequence[str] = ()

    def faults(self, stage: str, work: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The faults that bring this answer about, at a stage of a work."""
        place = work["write"] if stage == "write" else {**work["read"], **self.read}
        for _ in range(_COPIES[stage] if self.copies is None else self.copies):
            yield {"nth": _NTH[stage], **self._fault(), **place}
        for number, body in enumerate(self.bodies):
            yield {**_WELL, "body": body, **place, "nth": _NTH[stage] + number}
        for fault in self.also:
            yield from [{"nth": _NTH[stage], **fault}] * _COPIES["readback"]

    def _fault(self) -> dict[str, Any]:
        body = self.body
        if self.repeat:
            before, unit, times, after = self.repeat
            body = before + unit * times + after
        if body is None:
            return dict(self.fault)
        return {**({"action": "status", "status": self.status} if self.status else _WELL), "body": body}


@dataclass(frozen=True)
class Guest:
    """One answer at one work, with a system of its own."""

    work: str
    answer: Answer
    name: str

    @property
    def type(self) -> str:
        """The type of system that the work is done with."""
        return str(works()[self.work]["system"]["type"])

    def manifest(self) -> dict[str, Any]:
        """The manifest of the work, for this system."""
        given = works()[self.work]["manifest"]
        return {**given, "metadata": {"name": "a", "system": self.name, **given.get("metadata", {})}}

    def system(self, sandbox: Sandbox) -> dict[str, Any]:
        """The entry of the project file."""
        given = works()[self.work]["system"]
        return {**given, "url": given["url"].replace("SANDBOX", sandbox.url)}


@dataclass(frozen=True)
class Party:
    """Answers that are met together, at one stage."""

    stage: str
    title: str
    guests: tuple[Guest, ...]
    flags: Sequence[str] = ()

    def __str__(self) -> str:
        return f"answers: {self.stage}: {self.title}"

    def prepare(self, root: Path, sandboxes: Sequence[Sandbox]) -> None:
        """Writes the project, and plans the faults of each sandbox."""
        (root / "manifests").mkdir()
        for guest, sandbox in zip(self.guests, sandboxes, strict=False):
            sandbox.reset()
            sandbox.plan_faults(*guest.answer.faults(self.stage, works()[guest.work]))
            (root / "manifests" / f"{guest.name}.yaml").write_text(json.dumps(guest.manifest()))
        systems = {guest.name: guest.system(box) for guest, box in zip(self.guests, sandboxes, strict=False)}
        guards = {"max_runs": None, "max_deletes": None}
        (root / "reconcile.yaml").write_text(json.dumps({"version": 1, "systems": systems, "guards": guards}))


@cache
def works() -> dict[str, Any]:
    """The works by their names."""
    found: dict[str, Any] = yaml.safe_load((HERE / "answers" / "works.yaml").read_text("utf-8"))
    return found


@cache
def answers() -> tuple[Answer, ...]:
    """Every answer of the table."""
    listed = yaml.safe_load((HERE / "answers" / "answers.yaml").read_text("utf-8"))
    return tuple(Answer(**entry) for entry in listed)


@cache
def parties() -> tuple[Party, ...]:
    """Every party: one for each stage and work; all read-backs together, since each waits five seconds."""
    early = [
        _party(stage, work, [work], flags) for stage in BY_DEFAULT for work in works() for flags in _flags()
    ]
    late = [_party("readback", "every work", list(works()), flags) for flags in _flags()]
    return tuple(party for party in (*early, *late) if party.guests)


def _flags() -> list[tuple[str, ...]]:
    return sorted({tuple(answer.flags) for answer in answers()})


def _party(stage: str, title: str, of: Sequence[str], flags: Sequence[str]) -> Party:
    listed = [(work, answer) for work in of for answer in answers() if _is_of(answer, stage, work, flags)]
    guests = (Guest(work, answer, f"sys{number:02}") for number, (work, answer) in enumerate(listed))
    return Party(stage, " ".join((title, *flags)), tuple(guests), flags)


def _is_of(answer: Answer, stage: str, work: str, flags: Sequence[str]) -> bool:
    return stage in answer.stages and work in answer.works and tuple(answer.flags) == flags
