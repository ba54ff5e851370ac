"""Defines the parts of a plan document: operations, changes, what stands beside them, counts and outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from reconcile.model import EMPTY, Action, Json, Label, Severity
from reconcile.named_tuple import NamedTuple
from reconcile.planfile.moved_firings import DocumentFirings
from reconcile.planfile.record_parts import Kept
from reconcile.planning.contents import Status, Taking


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


class LastWritten(NamedTuple):
    """Hold what a system says of an object's last write, of the object and not of a field."""

    at: str | None
    by: str | None


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
    live_written: LastWritten | None = None
    """When the live object was last written, and by whom; null where its system does not say."""

    kept: Kept | None = None

    @property
    def said_anyway(self) -> tuple[str, ...]:
        """Return the fields that the JSON has though they hold their default."""
        return ("live_written",)

    @property
    def may_be_drift(self) -> bool:
        """Tell whether somebody else may have made a difference, beside the manifests' own changes."""
        return not self.changes or any(change.label != "change" for change in self.changes)

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
    overdue: bool = False
    """Whether the time is over for which it was held back: then it counts, whatever its label."""
    live_written: LastWritten | None = None
    """When the live object was last written, and by whom; null where its system does not say."""

    @property
    def may_be_drift(self) -> bool:
        """Tell whether somebody else may have made the difference, beside the manifests' own changes."""
        return self.counts_as_drift

    @property
    def counts_as_drift(self) -> bool:
        """Tell whether a scheduled check that has a base counts it."""
        return self.overdue or self.label in {"drift", "conflict"}

    @property
    def is_whole(self) -> bool:
        """Tell whether an object or an entry comes or goes, and no field."""
        entry = self.path.endswith("]") and (self.before is None or self.after is None)
        return entry or self.id is not None

    @property
    def is_suspended(self) -> bool:
        """Tell whether the manifest holds the difference back, by `suspend` or by `known` past its day."""
        return self.overdue or self.reason.startswith("suspended: ")

    @property
    def value_name(self) -> str:
        """Return what the live answer calls the value, or the entry that comes or goes."""
        return "" if self.within else self.name or ""


class DocumentKnown(NamedTuple):
    """Describe a difference that is left alone for a while, for its live value alone."""

    address: str
    path: str
    live: Json
    reason: str
    until: str
    new: bool | None
    """Whether the base lacks the entry; null without a base."""
    source: Source


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


class DocumentUndo(NamedTuple):
    """Say whether an undo takes back a change of a record, and why."""

    address: str
    path: str
    status: Taking
    reason: str
    source: Source


class DocumentRecord(NamedTuple):
    """Say of which record an undo is: its name, when it was made and at which commit, and by what."""

    name: str
    created_at: str
    commit: str | None
    command: Literal["apply", "undo"]


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

    not_compared: int | None = None
    """Manifests that say what they said at the base, where only the others were compared; None: all were."""


class Valid(NamedTuple):
    """Count what was found to be in order, where nothing was planned."""

    resources: int
    files: int
