"""Describes the plan document, the one that is saved, printed and rendered; `planfile.write` fills it.

The fields stand in the order of the JSON. A field that has a default is left out where it holds that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from reconcile.model import Json, Label
from reconcile.named_tuple import NamedTuple
from reconcile.planfile.document_parts import (
    DocumentBlocked,
    DocumentChange,
    DocumentKnown,
    DocumentNote,
    DocumentOperation,
    DocumentOutcome,
    DocumentProblem,
    DocumentRecord,
    DocumentRefusal,
    DocumentUndo,
    DocumentUnread,
    Summary,
    Valid,
)
from reconcile.planning.contents import WELL, Revert

FORMAT_VERSION = "1.1"


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
    known: tuple[DocumentKnown, ...]
    """The newly known ones stand first."""

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

    undo: tuple[DocumentUndo, ...] | None = None
    """What becomes of each change of the record that an undo is of; None for any other run."""

    undo_of: DocumentRecord | None = None
    """The record that an undo takes back; None for any other run."""

    revert: Revert | None = None

    unchecked: tuple[DocumentNote, ...] = ()
    """The ids that an apply would write, and that only their server could have said to be wrong."""

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
        held = any(item.counts_as_drift for item in self.blocked)
        return held or any(label in {"drift", "conflict"} for label in labels)

    @property
    def complete(self) -> bool:
        """Tell whether every operation of an apply is done, or was already as wanted."""
        return {outcome.status for outcome in self.outcomes or ()} <= WELL

    @property
    def stays(self) -> bool:
        """Tell whether an undo leaves something that nobody else has changed."""
        return any(item.status in {"needs_prune", "cannot"} for item in self.undo or ())

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
