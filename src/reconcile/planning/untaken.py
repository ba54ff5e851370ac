"""Decides which values that only live could vouch for a plan would write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconcile.desired import Wanted
from reconcile.model import Change, FieldPath, Problem


def untaken(item: Wanted, changes: Sequence[Change]) -> Iterator[Problem]:
    """Yield a problem for each value that the kind's rules do not know, and that differs from live."""
    resource = item.resource
    for rule in () if resource.absent else item.kind.rules:
        for finding in rule(resource.spec):
            if finding.unless_live and any(_meet(change.path, finding.path) for change in changes):
                words = f"{finding.message}, and live has another value: correct it, or write what is live"
                yield Problem(finding.code, words, resource.locate(finding.path))


def _meet(one: FieldPath, other: FieldPath) -> bool:
    """Tell whether one of two paths leads to, or into, what the other leads to."""
    length = min(len(one), len(other))
    return one[:length] == other[:length]
