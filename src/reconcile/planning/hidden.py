"""Decides what is to be done for the fields that a server never shows, by what the base says of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from reconcile.desired import Resolved, Wanted
from reconcile.fields.forms import blank
from reconcile.model import Change, Live, Spec
from reconcile.planning import diff
from reconcile.planning.labels import labelled
from reconcile.provider.kinds import Kind

HIDDEN = "options.hidden: this server never shows it"


def names(wanted: Wanted, live: Live | None) -> tuple[str, ...]:
    """Return the fields that this server is declared never to show, and does not show of `live`."""
    hidden = wanted.options.get("hidden")
    return tuple(name for name in hidden if name not in live.fields) if hidden and live else ()


def taken_as_sent(wanted: Wanted, unseen: Collection[str], *, written: bool) -> Iterator[str]:
    """Yield the written fields among the unseen that are believed to be as wanted.

    A field of which the base says something else is sent: it cannot be seen, and the author changed it.
    """
    for name in unseen:
        if name in wanted.resource.spec and (written or not _differs_from_base(wanted, name)):
            yield name


def _differs_from_base(wanted: Wanted, name: str) -> bool:
    if wanted.former is None:
        return False
    want, base = ({name: side.spec.get(name)} for side in (wanted.resource, wanted.former))
    return not alike(wanted.kind, want, base)


def alike(kind: Kind, one: Spec, other: Spec) -> bool:
    """Tell whether two manifests say the same."""
    return diff.same(kind.table, one, other) and diff.same(kind.table, other, one)


def by_base(wanted: Resolved, changes: tuple[Change, ...], unseen: Collection[str]) -> tuple[Change, ...]:
    """Return the changes, those of unseen fields only where the manifests made them since the base.

    What the base says too is believed to be so; what it has and the manifests take away is a change, though
    live shows nothing of it.
    """
    if wanted.former is None or not unseen:
        return changes
    table, base, want = wanted.kind.table, wanted.former.spec, wanted.resource.spec
    fresh = [each for each in labelled(table, changes, (base, want, {})) if each.label != "drift"]
    paths = {each.path for each in fresh}
    own, past = ({name: side[name] for name in unseen if name in side} for side in (want, base))
    gone = (change for change in diff.changes(table, wanted.resource, own, past) if _goes(change))
    kept = (each for each in changes if each.path[0] not in unseen or each.path in paths)
    return (*kept, *gone)


def _goes(change: Change) -> bool:
    return blank(change.after) is None
