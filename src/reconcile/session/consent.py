"""What an apply works on: how far the user agreed, the plan, and what of it may not be begun."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from reconcile.cli.console import SINK, tell
from reconcile.cli.problems import circumstances
from reconcile.execution.executor import begun_nothing
from reconcile.model import Address, Outcome, Plan, Problem, spell
from reconcile.planfile.approval import Approval, approved, unfit
from reconcile.planfile.document import Document
from reconcile.planfile.write import document
from reconcile.planning.build import Planned
from reconcile.planning.decide import Facts
from reconcile.planning.guards import FROZEN, UNFIT, refusals
from reconcile.session.session import Session

UNREAD = Planned(Plan(), (), Facts({}))
"""The plan of a run that was refused before it read anything."""


@dataclass(frozen=True, slots=True)
class Consent:
    """How far the user has agreed beforehand: to all, past the guards, to what a saved plan says."""

    yes: bool
    force: bool
    plan: Document | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """A plan with what of it is refused, and what there is to say beside it."""

    session: Session
    planned: Planned
    out: Path | None
    approval: Approval = field(default_factory=lambda: Approval({}, ()))

    @property
    def plan(self) -> Plan:
        """The plan as a value."""
        return self.planned.plan

    @property
    def to_do(self) -> int:
        """How many operations would be begun."""
        return len(self.plan.operations) - len(self.approval.refused)

    def document(self, outcomes: Sequence[Outcome] | None = None) -> Document:
        """The plan document, or the record of this apply."""
        return document(self.plan, circumstances(self.session), outcomes)

    def refusal(self, reasons: Sequence[Problem]) -> Document:
        """The record of this apply, which was refused as a whole for these reasons."""
        plan = self.plan._replace(problems=(*self.plan.problems, *reasons))
        words = [reason.message for reason in reasons]
        every = dict.fromkeys((operation.address for operation in plan.operations), "; ".join(words))
        outcomes = begun_nothing(self.planned, {**every, **self.approval.refused})
        settled = list(self.approval.settled)
        return document(plan, circumstances(self.session), outcomes + settled, words)


def unwelcome(session: Session, consent: Consent) -> list[Problem]:
    """Why nothing may be applied at all."""
    frozen = session.environment.get("RECONCILE_FREEZE")
    if frozen:
        return [Problem(FROZEN, f"frozen: {frozen} (RECONCILE_FREEZE is set)")]
    if session.base is not None and session.base.lawless:
        return [problem._replace(severity="error") for problem in session.base.problems]
    misfits = () if consent.plan is None else unfit(consent.plan, circumstances(session))
    return [Problem(UNFIT, reason) for reason in misfits]


def work_of(session: Session, planned: Planned, consent: Consent, out: Path | None) -> Work:
    """A plan with what of it is refused: conflicts, and what a saved plan does not approve."""
    approval = Approval({}, ())
    if consent.plan is not None:
        approval = approved(consent.plan, planned.plan, circumstances(session))
        left = _left_out(session, consent.plan.selected)
        settled = tuple(each for each in approval.settled if str(each.address) not in left)
        approval = replace(approval, settled=settled)
    refused = {**_conflicts(planned, consent), **approval.refused}
    return Work(session, planned, out, replace(approval, refused=refused))


def _left_out(session: Session, among: Sequence[str] | None) -> frozenset[str]:
    """What the saved plan is about and this run is not, by its PATH or --target: it is not refused."""
    if session.named is None:
        return frozenset()
    declared = frozenset(map(str, session.declared))
    about = declared if among is None else declared.intersection(among)
    return about.difference(session.named)


def _conflicts(planned: Planned, consent: Consent) -> Mapping[Address, str]:
    """The operations on what somebody else changed since the base, unless it is forced; whole ones, also
    where --only leaves the conflict out."""
    found: dict[Address, str] = {}
    known = _known_conflicts(consent.plan)
    for step in planned.steps:
        changes = step.operation.changes
        here = [*(change.path for change in changes if change.label == "conflict"), *step.conflicts]
        shown = known.get(str(step.operation.address), ())
        left = (path for path in (spell(change.path) for change in changes) if path in shown)
        paths = dict.fromkeys([*map(spell, here), *left])
        if paths:
            fields = ", ".join(paths)
            found[step.operation.address] = f"conflict on {fields}: live, base and manifests all differ"
    if not consent.force:
        return {
            address: f"{reason}; agree on a value, or apply with --force" for address, reason in found.items()
        }
    for address, reason in found.items():
        tell(f"Forced: {SINK.inert(f'{address}: {reason}')}")
    return {}


def _known_conflicts(saved: Document | None) -> Mapping[str, list[str]]:
    """What a saved plan shows as conflicts, by address: it approves what was planned, and lifts nothing."""
    return {
        operation.address: paths
        for operation in (saved.operations if saved else ())
        if (paths := [change.path for change in operation.changes if change.label == "conflict"])
    }


def guarded(work: Work, consent: Consent) -> list[str]:
    """Why the guards refuse what would be begun; none where the user forces it, and then it says so."""
    begun = tuple(item for item in work.plan.operations if item.address not in work.approval.refused)
    found = list(refusals(work.plan._replace(operations=begun), work.session.project.guards))
    if not consent.force:
        return found
    for reason in found:
        tell(f"Forced: {SINK.inert(reason)}")
    return []
