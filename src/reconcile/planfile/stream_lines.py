"""Describes the lines by which a program follows an apply; when one is written is left to others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from reconcile.model import Json
from reconcile.named_tuple import NamedTuple
from reconcile.planfile.document_parts import DocumentOutcome, Summary
from reconcile.planfile.json_form import to_json


class RunStarted(NamedTuple):
    """Say that a run has begun: the first line of a stream."""


class RunPlanned(NamedTuple):
    """Say that live state was read and a plan made of it."""

    summary: Summary
    to_do: int
    """How many operations would be begun."""


class OperationBegun(NamedTuple):
    """Say that an operation has begun."""

    address: str


class OperationWaits(NamedTuple):
    """Say what an operation, or the run before it has any, waits for, and until when at most."""

    until: str
    for_: str
    address: str | None = None
    """The operation's; None where the whole run waits, for a lock."""


class OperationEnded(NamedTuple):
    """Say what became of an operation, in the words of the plan document."""

    address: str
    outcome: DocumentOutcome


class RunLives(NamedTuple):
    """Say that the run is still there: every ten seconds while something is under way."""


class RunFinished(NamedTuple):
    """Say that the run is over: the last line of a stream that was not cut."""

    exit_code: int


StreamLine: TypeAlias = (
    RunStarted | RunPlanned | OperationBegun | OperationWaits | OperationEnded | RunLives | RunFinished
)
STREAM_LINES: Mapping[str, type] = {
    "started": RunStarted,
    "planned": RunPlanned,
    "begun": OperationBegun,
    "waiting": OperationWaits,
    "ended": OperationEnded,
    "heartbeat": RunLives,
    "finished": RunFinished,
}
"""What each event says, by its name."""

_NAMES: Mapping[type, str] = {class_: name for name, class_ in STREAM_LINES.items()}


def line_json(line: StreamLine, at: str, run: str) -> dict[str, Json]:
    """Return the line as JSON, with its event, the moment and the run before what it says."""
    said: dict[str, Json] = to_json(line)
    facts = {json_name(name): value for name, value in said.items() if value is not None}
    return {"event": _NAMES[type(line)], "at": at, "run": run, **facts}


def json_name(field: str) -> str:
    """Return the name of a field in JSON, where it may be a word that Python keeps for itself."""
    return field.rstrip("_")
