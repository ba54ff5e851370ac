"""Describes the plan document, the one that is saved, printed and rendered; `planfile.write` fills it.

The fields stand in the order of the JSON. A field that has a default is left out where it holds that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import UnionType
from typing import Literal, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

from reconcile.model import EMPTY, Action, Json, Label, Severity
from reconcile.planfile.moved_firings import DocumentFirings
from reconcile.planning.contents import WELL, Status

FORMAT_VERSION = "1.1"
_Made = TypeVar("_Made")


class Source(NamedTuple):
    """Name a line of a manifest; the column where a problem has one."""

    file: str
    line: int
    column: int | None = None


class DocumentChange(NamedTuple):
    """Describe a field or entry that differs; a value not known until apply is `{"unknown": ADDRESS}`."""

    path: str
    before: Json
    after: Json
    label: Label | None
    sensitive: bool
    source: Source
    name: str | None = None
    within: bool = False
    named: Mapping[str, str] = EMPTY
    """The names by which the manifest means the ids in `after`: by their field in it, "" for its own."""
    base: Json = None
    """The value that the base has; said where there is a base, which is where there is a label."""
    firings: DocumentFirings | None = None
    """What the change of a schedule moves; None for any other field, and where no firing moves."""

    @property
    def said_anyway(self) -> tuple[str, ...]:
        """Return the fields that the JSON has though they hold their default."""
        return () if self.label is None else ("base",)

    @property
    def removes(self) -> bool:
        """Tell whether a whole entry of a list goes."""
        return self.path.endswith("]") and self.after is None

    @property
    def is_entry(self) -> bool:
        """Tell whether a whole entry of a list comes or goes."""
        return self.path.endswith("]") and (self.before is None or self.after is None)

    @property
    def value_name(self) -> str:
        """Return what the live answer calls the value, or the entry that comes or goes."""
        return "" if self.within else self.name or ""

    @property
    def entry_name(self) -> str:
        """Return what the live answer calls the entry that the field stands in."""
        return self.name or "" if self.within else ""


class DocumentRequest(NamedTuple):
    """Describe a request as it would be sent, its secrets as words."""

    method: str
    path: str
    query: Mapping[str, Json]
    body: Json


class DocumentOperation(NamedTuple):
    """Describe all that one resource needs, in the order in which it is sent."""

    address: str
    action: Action
    id: int | str | None
    name: str
    source: Source
    requests: tuple[DocumentRequest, ...]
    changes: tuple[DocumentChange, ...]
    needs: tuple[str, ...]
    precondition: str
    said_back: tuple[str, ...] = ()
    """Live fields that no table knows, and that a replacing request repeats."""

    @property
    def known_as(self) -> str:
        """Return the name and the id of the live object."""
        return ", ".join(str(part) for part in (self.name, self.id) if part is not None)


class DocumentBlocked(NamedTuple):
    """Describe a difference that no request can close, or that is held back, with its reason."""

    address: str
    path: str
    before: Json
    after: Json
    reason: str
    label: Label | None
    source: Source
    id: int | str | None = None
    name: str | None = None
    within: bool = False

    @property
    def is_whole(self) -> bool:
        """Tell whether an object or an entry comes or goes, and no field."""
        entry = self.path.endswith("]") and (self.before is None or self.after is None)
        return entry or self.id is not None

    @property
    def is_suspended(self) -> bool:
        """Tell whether the difference is held back by the manifest's `suspend`."""
        return self.reason.startswith("suspended: ")

    @property
    def value_name(self) -> str:
        """Return what the live answer calls the value, or the entry that comes or goes."""
        return "" if self.within else self.name or ""


class DocumentNote(NamedTuple):
    """Say something of a resource beside the operations: that it is finished, unverified or dropped."""

    address: str
    path: str
    value: Json
    reason: str
    source: Source


class DocumentUnread(NamedTuple):
    """Say that it is not known whether a resource differs, and why."""

    system: str
    address: str | None
    reason: str
    source: Source | None


class DocumentRefusal(NamedTuple):
    """Say what an apply of the plan would refuse, which operations wait for that, and until when."""

    code: str
    message: str
    addresses: tuple[str, ...]
    waits: tuple[str, ...]
    until: str | None


class DocumentProblem(NamedTuple):
    """Describe what an author can mend."""

    code: str
    message: str
    severity: Severity
    source: Source | None


class DocumentOutcome(NamedTuple):
    """Describe what became of one operation or one blocked resource."""

    address: str
    status: Status
    detail: str
    requests_sent: int
    seconds: float
    result: Mapping[str, Json]


class Labels(NamedTuple):
    """Count the changed fields that have each label."""

    change: int
    drift: int
    conflict: int


class Summary(NamedTuple):
    """Count what a plan holds."""

    create: int
    update: int
    delete: int
    run: int
    entries_removed: int
    blocked: int
    finished: int
    unchanged: int
    known: int
    not_read: int
    dropped: int
    labels: Labels
    unmanaged: int | None
    waiting: int = 0
    """Operations that send nothing, and wait for what was started before."""


class Valid(NamedTuple):
    """Count what was found to be in order, where nothing was planned."""

    resources: int
    files: int


class Document(NamedTuple):
    """Hold a plan, the record of an apply (it has `outcomes`), or what a run ended with instead of one."""

    format_version: str
    tool_version: str
    created_at: str
    commit: str | None
    dirty: bool | None
    base: str | None
    environment: str | None
    prune: bool
    selected: tuple[str, ...] | None
    systems: Mapping[str, Mapping[str, Json]]
    project_changes: tuple[DocumentChange, ...]
    summary: Summary
    unmanaged: Mapping[str, int | None] | None
    operations: tuple[DocumentOperation, ...]
    blocked: tuple[DocumentBlocked, ...]
    finished: tuple[DocumentNote, ...]
    dropped: tuple[DocumentNote, ...]
    unverified: tuple[DocumentNote, ...]
    unchanged: tuple[str, ...]
    fingerprint: str | None
    seal: str | None
    known: tuple[Mapping[str, Json], ...]
    """Differences that are left alone for a while; empty, as manifests have no way yet to name one."""

    not_read: tuple[DocumentUnread, ...]
    would_refuse: tuple[DocumentRefusal, ...]
    problems: tuple[DocumentProblem, ...]
    outcomes: tuple[DocumentOutcome, ...] | None = None
    refused: tuple[str, ...] = ()
    valid: Valid | None = None
    only: Label | None = None
    """The label of the only differences that were planned; None for all."""

    base_name: str | None = None
    """The ref or folder that the base was asked for as; without a `base`, it has none yet."""

    command: Literal["plan", "drift"] = "plan"
    """Whether a scheduled check made it, of which every difference that it counts is a failure."""

    def __eq__(self, other: object) -> bool:
        """Tell whether another document says the same, whenever each was made."""
        if not isinstance(other, Document):
            return NotImplemented
        return tuple(self) == tuple(other._replace(created_at=self.created_at))

    def __ne__(self, other: object) -> bool:
        """Tell whether another document says something else."""
        return not self == other

    @property
    def differs(self) -> bool:
        """Tell whether live is not as the manifests want it, blocked differences included."""
        return bool(self.operations or self.blocked)

    @property
    def drifted(self) -> bool:
        """Tell whether some difference is not the manifests' own change."""
        labels = [change.label for operation in self.operations for change in operation.changes]
        labels += [item.label for item in self.blocked]
        return any(label in {"drift", "conflict"} for label in labels)

    @property
    def complete(self) -> bool:
        """Tell whether every operation of an apply is done, or was already as wanted."""
        return {outcome.status for outcome in self.outcomes or ()} <= WELL

    @property
    def failed(self) -> bool:
        """Tell whether the run planned nothing, because of problems; what was refused had a plan."""
        return bool(self.faults) and not self.refused and not self.not_read

    @property
    def faults(self) -> tuple[DocumentProblem, ...]:
        """Return the problems that are no warnings, those apart that say why something was not read."""
        told = {(item.reason, item.source and item.source.line) for item in self.not_read}
        wrong = (problem for problem in self.problems if problem.severity != "warning")
        return tuple(p for p in wrong if (p.message, p.source and p.source.line) not in told)

    @property
    def unread(self) -> bool:
        """Tell whether the run was refused before it looked at anything, so that there is no plan."""
        return bool(self.refused) and not self.operations


def to_json(part: object) -> Json:
    """Return a document, or a part of one, as JSON."""
    if isinstance(part, tuple):
        names = getattr(part, "_fields", None)
        if names is None:
            return [to_json(each) for each in part]
        defaults = _defaults(type(part))
        anyway: tuple[str, ...] = getattr(part, "said_anyway", ())
        return {
            name: to_json(value)
            for name, value in zip(names, part, strict=True)
            if name not in defaults or value != defaults[name] or name in anyway
        }
    return {name: to_json(value) for name, value in part.items()} if isinstance(part, Mapping) else part


@cache
def _defaults(class_: type) -> Mapping[str, object]:
    defaults: Mapping[str, object] = getattr(class_, "_field_defaults", {})
    return defaults


def from_json(class_: Callable[..., _Made], said: Mapping[str, Json]) -> _Made:
    """Return a document, or a part of one, from JSON whose shape was checked before."""
    makers = _makers(class_)
    return class_(**{name: makers[name](value) for name, value in said.items() if name in makers})


@cache
def _makers(class_: object) -> Mapping[str, Callable[[Json], object]]:
    return {name: _maker(hint) for name, hint in get_type_hints(class_).items()}


def _maker(hint: object) -> Callable[[Json], object]:
    """Return what makes the value of a field from its JSON."""
    if get_origin(hint) in (Union, UnionType):
        inner = [each for each in get_args(hint) if each is not type(None)]
        make = _maker(inner[0]) if len(inner) == 1 else _as_it_is
        return lambda value: None if value is None else make(value)
    if get_origin(hint) is tuple:
        each = _maker(get_args(hint)[0])
        return lambda value: tuple(map(each, value))
    if isinstance(hint, type) and hasattr(hint, "_fields"):
        return lambda value: from_json(hint, value)
    return _as_it_is


def _as_it_is(value: Json) -> object:
    return value
