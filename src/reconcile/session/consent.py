"""Decides what of a plan may be begun, by what its caller agreed to beforehand; it sends nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from inspect import iscoroutine
from typing import Final, TypeAlias

from reconcile.execution.account import begun_nothing
from reconcile.model import Address, Json, Problem, spell
from reconcile.planfile.approval import Approval, approved, unfit
from reconcile.planfile.document import Document
from reconcile.planfile.json_form import to_json
from reconcile.planfile.record_parts import Kept
from reconcile.planfile.sealing import Written, written
from reconcile.planfile.write import document, recorded, unsealed
from reconcile.planning.build import Planned, Step
from reconcile.planning.contents import LiveWritten, Operation, Outcome, Plan
from reconcile.planning.decide import Facts
from reconcile.planning.guards import CONFLICT, FROZEN, LIFTED, READ_ONLY, UNFIT, refusals
from reconcile.planning.last_write import last_written
from reconcile.project.allowed import is_on
from reconcile.session.events import Forced
from reconcile.session.freezing import InForce, by_freeze, frozen_now, in_force, told_as
from reconcile.session.run_info import run_info
from reconcile.session.session import Session

UNREAD = Planned(Plan(), (), Facts({}))
"""The plan of a run that was refused before it read anything."""


class All:
    """Approve whatever the plan turns out to be."""


ALL: Final = All()
Approve: TypeAlias = All | Document | Callable[[Document], bool]
"""Who approves: nobody needs to be asked, a plan that was saved or made before, or whoever is asked.

Whoever is asked says yes by True, and no by anything else.
"""


@dataclass(frozen=True, slots=True)
class Consent:
    """Say how far the caller has agreed beforehand: who approves, and whether guards are lifted."""

    approve: Approve
    force: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.approve, All | Document) and not callable(self.approve):
            words = f"a plan, a function that is shown the plan, or ALL: not {type(self.approve).__name__}"
            raise TypeError(f"approve takes {words}")
        if not isinstance(self.force, bool):
            raise TypeError(f"force takes True or False: not {type(self.force).__name__}")

    @property
    def asks(self) -> bool:
        """Tell whether somebody is to be asked, once the plan is made."""
        return not isinstance(self.approve, All | Document)

    def given(self, plan: Document) -> bool:
        """Tell whether the plan may be carried out: where somebody is asked, True alone is a yes."""
        if isinstance(self.approve, All | Document):
            return True
        answer: object = self.approve(plan)
        if iscoroutine(answer):
            answer.close()  # nobody waits for what it would say
        return answer is True

    @property
    def plan(self) -> Document | None:
        """Return the plan that was approved before; None where none was."""
        return self.approve if isinstance(self.approve, Document) else None


@dataclass(frozen=True)
class Work:
    """Hold a plan with what of it is refused."""

    session: Session
    planned: Planned
    approval: Approval = field(default_factory=lambda: Approval({}, ()))
    conflicts: frozenset[Address] = frozenset()
    frozen: frozenset[Address] = frozenset()
    force: bool = False

    @property
    def plan(self) -> Plan:
        """Return the plan as a value."""
        return self.planned.plan

    @property
    def to_do(self) -> int:
        """Return how many operations would be begun."""
        return len(self.begun)

    @property
    def begun(self) -> tuple[Operation, ...]:
        """Return the operations that would be begun."""
        return tuple(item for item in self.plan.operations if item.address not in self.approval.refused)

    def document(self) -> Document:
        """Return the plan document."""
        return self._written(self._unsealed).document

    def record(self, outcomes: Sequence[Outcome], kept: Mapping[Address, Kept]) -> Written:
        """Return the record of this apply, clean of all that is a secret by now."""
        return self._written(recorded(self._unsealed, outcomes, kept=kept))

    def _written(self, whole: Document) -> Written:
        return written(whole, self.session.around.cleaner.clean, self._operations)

    @cached_property
    def _unsealed(self) -> Document:
        """Return what the plan says, which an apply says three times: as it begins, under way and ended."""
        return unsealed(self.plan, run_info(self.session))

    @cached_property
    def _operations(self) -> list[Json]:
        """Return the operations as JSON, nothing of them cleaned yet."""
        return [*map(to_json, self._unsealed.operations)]

    def refusal(self, reasons: Sequence[Problem]) -> Document:
        """Return the record of this apply, which was refused as a whole for these reasons."""
        plan = self.plan._replace(problems=(*self.plan.problems, *reasons))
        words = [reason.message for reason in reasons]
        every = dict.fromkeys((operation.address for operation in plan.operations), "; ".join(words))
        outcomes = begun_nothing(self.planned, {**every, **self.approval.refused})
        settled = list(self.approval.settled)
        return document(plan, run_info(self.session), outcomes + settled, words)

    def refusals_of(self, outcomes: Sequence[Outcome]) -> Iterator[Problem]:
        """Yield a problem for each operation that was refused by name."""
        origins = {operation.address: operation.origin for operation in self.plan.operations}
        for outcome in outcomes:
            if outcome.status == "refused":
                words = f"{outcome.address}: {outcome.detail}"
                yield Problem(self._code(outcome), words, origins.get(outcome.address))

    def _code(self, outcome: Outcome) -> str:
        """Return why an operation was refused; what nobody refused beforehand was frozen as it began."""
        if outcome.address in self.conflicts:
            return CONFLICT
        foreseen = outcome.address in self.approval.refused or outcome in self.approval.settled
        return UNFIT if foreseen and outcome.address not in self.frozen else FROZEN

    def why_frozen(self, step: Step) -> str:
        """Return why an operation may not begin now, for a freeze; empty where it may. --force lifts it."""
        if self.force:
            return ""
        found = in_force(self.session, self.session.around.today()).over(step)
        return _refused_by(found) if found.current else ""


LAWLESS: Final = (
    "the base's project file cannot be read, so that nobody knows what it freezes: name a base that has one"
)
"""Why nothing may be applied with a base that could hold a freeze."""


def unwelcome(session: Session, consent: Consent) -> list[Problem]:
    """Return why nothing may be applied at all."""
    environ = session.around.environ
    if is_on(environ, "RECONCILE_READ_ONLY"):
        words = "nothing is written from here: RECONCILE_READ_ONLY is set, and reconcile plan needs no more"
        return [Problem(READ_ONLY, words)]
    if frozen := environ.get("RECONCILE_FREEZE"):
        return [Problem(FROZEN, f"frozen: {frozen} (RECONCILE_FREEZE is set)")]
    if session.base is not None and session.base.lawless:
        unread = [problem._replace(severity="error") for problem in session.base.problems]
        return [Problem(FROZEN, LAWLESS), *unread]
    misfits = () if consent.plan is None else unfit(consent.plan, run_info(session))
    return [Problem(UNFIT, reason) for reason in misfits]


def work_of(session: Session, planned: Planned, consent: Consent) -> Work:
    """Return a plan with what of it is refused: conflicts, and what a saved plan does not approve."""
    approval = Approval({}, ())
    if consent.plan is not None:
        approval = approved(consent.plan, planned.plan, run_info(session))
        left = _left_out(session, consent.plan.selected)
        settled = tuple(each for each in approval.settled if str(each.address) not in left)
        approval = replace(approval, settled=settled)
    conflicts = _conflicts(session, planned, consent)
    held = _frozen(session, planned, consent)
    refused = {**held, **conflicts, **approval.refused}
    approval = replace(approval, refused=refused)
    return Work(session, planned, approval, frozenset(conflicts), frozenset(held), consent.force)


def _left_out(session: Session, among: Sequence[str] | None) -> frozenset[str]:
    """Return the addresses that the saved plan is about and PATH or --target of this run leave out.

    Nothing on them is refused: this run is not about them.
    """
    if session.named is None:
        return frozenset()
    declared = frozenset(map(str, session.declared))
    about = declared if among is None else declared.intersection(among)
    return about.difference(session.named)


def _conflicts(session: Session, planned: Planned, consent: Consent) -> Mapping[Address, str]:
    """Return each operation on what somebody else changed since the base, with the reason why it is refused.

    A whole operation is refused, also where --only leaves the conflict out. With --force none is: each reason
    is told as an event.
    """
    found: dict[Address, str] = {}
    known, now = _known_conflicts(consent.plan), conflicting(planned)
    for operation in planned.plan.operations:
        shown = known.get(str(operation.address), ())
        left = (path for path in (spell(change.path) for change in operation.changes) if path in shown)
        if paths := dict.fromkeys([*now.get(operation.address, ()), *left]):
            found[operation.address] = conflict_words(paths, operation.live_written)
    if not consent.force:
        return {
            address: f"{reason}; agree on a value, or apply with --force" for address, reason in found.items()
        }
    for address, reason in found.items():
        session.around.on_event(Forced(f"{address}: {reason}"))
    return {}


def _frozen(session: Session, planned: Planned, consent: Consent) -> Mapping[Address, str]:
    """Return each operation that is frozen, with the reason; with --force none, which is told as an event."""
    found = frozen_now(session, planned)
    if not consent.force:
        return {address: _refused_by(over) for address, over in found.items()}
    for over, addresses in by_freeze(found):
        session.around.on_event(Forced(f"{told_as(addresses)}: {over.words}"))
    return {}


def _refused_by(over: InForce) -> str:
    return f"{over.words}: {LIFTED}"


def _known_conflicts(saved: Document | None) -> Mapping[str, list[str]]:
    """Return the paths that a saved plan shows as conflicts, by address: its approval lifts none of them."""
    return {
        operation.address: paths
        for operation in (saved.operations if saved else ())
        if (paths := [change.path for change in operation.changes if change.label == "conflict"])
    }


def conflicting(planned: Planned) -> dict[Address, tuple[str, ...]]:
    """Return the fields of each operation that somebody else changed since the base, as --only leaves them.

    A whole operation is refused for one of them, also where --only leaves the conflict out.
    """
    found = {}
    for step in planned.steps:
        here = [change.path for change in step.operation.changes if change.label == "conflict"]
        if paths := tuple(dict.fromkeys(map(spell, (*here, *step.conflicts)))):
            found[step.operation.address] = paths
    return found


def conflict_words(fields: Iterable[str], written: LiveWritten | None) -> str:
    """Return the words of a conflict on these fields of an operation."""
    whom = f"; {last_written(*written)}" if written else ""
    return f"conflict on {', '.join(fields)}: live, base and manifests all differ{whom}"


def guarded(work: Work, consent: Consent) -> list[str]:
    """Return why the guards refuse what would be begun.

    With --force return nothing: each reason is told as an event.
    """
    plan, guards = work.plan._replace(operations=work.begun), work.session.project.guards
    found = [guard.message for guard in refusals(plan, guards)]
    if not consent.force:
        return found
    for reason in found:
        work.session.around.on_event(Forced(reason))
    return []
