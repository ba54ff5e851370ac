"""Tells by the record of an apply why something is missing; which exit code that has is left to others."""

from __future__ import annotations

from reconcile.planfile.document import Document
from reconcile.planning.contents import WELL


def refusals_alone(record: Document) -> bool:
    """Tell whether refusals are all that is missing; what was skipped because of one counts as refused."""
    outcomes = [outcome for outcome in record.outcomes or () if outcome.status not in WELL]
    left = {outcome.address for outcome in outcomes}
    if any(outcome.status not in {"refused", "skipped"} for outcome in outcomes):
        return False
    return bool(left) and left <= _refused(record, left)


def _refused(record: Document, left: set[str]) -> set[str]:
    """Return what was refused, or was skipped and needs nothing else that is missing."""
    statuses = {outcome.address: outcome.status for outcome in record.outcomes or ()}
    found = {address for address, status in statuses.items() if status == "refused"}
    for operation in record.operations:
        needs = left.intersection(operation.needs)
        if statuses.get(operation.address) == "skipped" and needs and needs <= found:
            found.add(operation.address)
    return found
