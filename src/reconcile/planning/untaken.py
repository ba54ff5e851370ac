"""Decides which values that only live could vouch for a plan would write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconcile.desired import Wanted
from reconcile.fields.walk import at
from reconcile.model import Change, FieldPath, Json, Live, Problem
from reconcile.provider.cases import Finding


def untaken(item: Wanted, live: Live | None, changes: Sequence[Change]) -> Iterator[Problem]:
    """Yield a problem for each value that the kind's rules do not know, that is written, and is not live."""
    resource = item.resource
    for rule in () if resource.absent else item.kind.rules:
        for finding in rule(resource.spec):
            if finding.unless_live and _is_written(finding, changes) and not _is_live(item, live, finding):
                words = f"{finding.message}, and live has another value: correct it, or write what is live"
                yield Problem(finding.code, words, resource.locate(finding.path))


def _is_written(finding: Finding, changes: Sequence[Change]) -> bool:
    return any(_meet(change.path, finding.path) for change in changes)


def _meet(one: FieldPath, other: FieldPath) -> bool:
    """Tell whether one of two paths leads to, or into, what the other leads to."""
    length = min(len(one), len(other))
    return one[:length] == other[:length]


def _is_live(item: Wanted, live: Live | None, finding: Finding) -> bool:
    """Tell whether live has the value that a finding is about, there or in what is there."""
    table, path = item.kind.table, finding.path
    said = at(table, item.resource.spec, path) if finding.value is None else finding.value
    return live is not None and _holds(at(table, live.fields, path), said)


def _holds(whole: Json, said: Json) -> bool:
    if isinstance(whole, list | dict) and whole != said:
        return any(_holds(part, said) for part in (whole.values() if isinstance(whole, dict) else whole))
    return bool(whole == said)
