"""Says what stands beside the summary: what was selected, what is unmanaged, which guard would refuse."""

from __future__ import annotations

from collections.abc import Sequence

from reconcile.planfile.document import Document
from reconcile.planfile.document_parts import DocumentProblem, DocumentRefusal
from reconcile.planning.guards import CONFLICT, FROZEN, GUARD, LIFTED
from reconcile.reports.common.blocked_text import held_up
from reconcile.reports.common.escape import inert, value

_NAMED = 3
"""How many of the selected addresses are given by name."""


def is_guard(problem: DocumentProblem) -> bool:
    """Tell whether a problem is the warning of a plan that a guard would refuse its apply."""
    return bool(problem.code == GUARD and problem.severity == "warning")


def would_be_refused(document: Document) -> list[str]:
    """Return a line for each reason why an apply would refuse something of this plan, and what helps."""
    conflicts = [item for item in document.would_refuse if item.code == CONFLICT]
    frozen = [item for item in document.would_refuse if item.code == FROZEN and not _is_whole(item)]
    others = [i for i in document.would_refuse if i.code != CONFLICT and i not in frozen]
    of_old = [_sentence(problem.message) for problem in document.problems if is_guard(problem)]
    whole = [_sentence(f"apply would be refused: {item.message}") for item in others] or of_old
    return [*([_conflicts(conflicts)] if conflicts else []), *map(_frozen, frozen), *whole]


def _is_whole(refusal: DocumentRefusal) -> bool:
    """Tell whether the operator froze everything, which no flag lifts."""
    return refusal.message.startswith("frozen: ")


def _frozen(refusal: DocumentRefusal) -> str:
    """Return what a freeze of the project would refuse, until when, and what helps."""
    count, waits = len(refusal.addresses), len(refusal.waits)
    what = refusal.addresses[0] if count == 1 else f"{count} operations"
    skipped = f", and skip {waits} that {'needs' if waits == 1 else 'need'} it" if waits else ""
    return _sentence(f"apply would refuse {what}{skipped}, {refusal.message}; {LIFTED}")


def _conflicts(found: Sequence[DocumentRefusal]) -> str:
    """Return what would be refused for conflicts, how many operations wait for that, and what helps."""
    named = [f"{address}: {item.message}" for item in found for address in item.addresses]
    many = f"{len(named)} operations for conflicts of live, base and manifests"
    waits = len({address for item in found for address in item.waits})
    waiting = f", and skip {waits} that {'needs' if waits == 1 else 'need'} it" if waits else ""
    told = named[0] if len(named) == 1 else many
    words = f"apply would refuse {told}{waiting}; agree on a value in the manifest, or apply with --force"
    return _sentence(words)


def _sentence(words: str) -> str:
    return f"{inert(words[:1].upper() + words[1:])}."


def waiting(document: Document) -> str:
    """Return how many operations only wait for what was started before; nothing where none does."""
    count = document.summary.waiting
    noun = "operation sends nothing, and waits" if count == 1 else "operations send nothing, and wait"
    return f"{count} {noun} for what was started before." if count else ""


def planned_only(document: Document) -> str:
    """Return what was selected by PATH, --target or --only; nothing where all was planned."""
    selected = document.selected
    label = f"Planned only what is labelled {document.only}: the rest is left out." if document.only else ""
    if selected is None or document.summary.not_compared is not None:
        return label
    more = f" and {len(selected) - _NAMED} more" if len(selected) > _NAMED else ""
    some = f"Planned only: {', '.join(map(inert, selected[:_NAMED])) or 'nothing'}{more}."
    return " ".join(filter(None, (some, label)))


def not_compared(document: Document) -> str:
    """Return how many manifests were left out since they say what they said at the base, and what that hides.

    Nothing where all were compared.
    """
    count = document.summary.not_compared
    if not count:
        return ""
    they = "its manifest is" if count == 1 else "their manifests are"
    return f"{count:,} not compared: {they} as in the base; a secret that was rotated since is not seen."


def unchecked(document: Document) -> str:
    """Return how many ids the server was not asked about, the first by name; nothing where there are none."""
    found = document.unchecked
    if not found:
        return ""
    named = [f"{inert(i.path)} {value(i.value)} of {inert(i.address)}" for i in found[:_NAMED]]
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    ids = "id was" if len(found) == 1 else "ids were"
    return f"{len(found)} {ids} not checked, which only the server knows: {', '.join(named)}{more}."


def skipped(document: Document) -> str:
    """Return how many operations apply will skip, and why the first; nothing where it will skip none."""
    found = [*held_up(document).items()]
    if not found:
        return ""
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    return f"Apply will skip {inert(found[0][0])}, which {inert(found[0][1])}{more}."


def unmanaged(document: Document) -> str:
    """Return how many live objects no manifest manages, by kind; nothing where they were not counted."""
    count = document.summary.unmanaged
    if not count:
        return ""
    kinds = ", ".join(f"{n} {inert(kind)}" for kind, n in (document.unmanaged or {}).items() if n)
    are = "live object is" if count == 1 else "live objects are"
    return f"{count} {are} managed by no manifest" + (f": {kinds}." if kinds else ".")
