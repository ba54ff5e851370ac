"""Digests the state that a plan was made against, and the differences found; never a secret."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence

from reconcile.fields.table import Table
from reconcile.fields.walk import replaced
from reconcile.model import Address, Change, Env, Json, Live, Named, Ref, Resource, Secret, spell
from reconcile.planning.contents import Blocked, Operation, Plan
from reconcile.planning.diff import managed


def precondition(table: Table, resource: Resource, live: Live | None) -> str:
    """Return a digest of the manifest, its references unresolved, and of the live values of what it writes.

    What else moves on the server does not change it, nor does a secret on either side; the name of the
    variable that a secret is read from does.
    """
    have = managed(table, resource.spec, live.fields) if live else None
    want = replaced(resource.spec, _read_from)
    names = {"named": {spell(path): text for path, text in resource.named.items()}} if resource.named else {}
    return digest({"id": live.id if live else None, "want": want, "have": have, **names})


def _read_from(value: Json) -> Json:
    """Return a secret as the name of its variable, and any other value as it is."""
    return {"env": value.name} if isinstance(value, Secret | Env) and value.name else value


def fingerprint(plan: Plan) -> str:
    """Return a digest of the differences: the same for the same drift on any machine, in any order.

    Where there is a base, what the manifests themselves ask for is left out: a merge that waits for its apply
    does not make last night's drift another one.
    """
    return digest(sorted(map(_spelled, _differences(plan))))


def _differences(plan: Plan) -> Iterator[tuple[Address, Sequence[Change | Blocked]]]:
    for operation in plan.operations:
        changes = operation.changes or (_whole(operation),)
        unasked = tuple(change for change in changes if change.label != "change")
        if unasked:
            yield operation.address, unasked
    yield from ((item.address, (item,)) for item in plan.blocked if item.label != "change" or item.overdue)


def _whole(operation: Operation) -> Change:
    """Return an operation without changes, such as a delete, as a difference of its own."""
    return Change((operation.action,), operation.id, None, operation.origin)


def _spelled(difference: tuple[Address, Sequence[Change | Blocked]]) -> str:
    address, changes = difference
    fields = sorted(_canonical([spell(change.path), change.before, change.after]) for change in changes)
    return _canonical([str(address), fields])


def digest(value: Json) -> str:
    """Return the `sha256:…` of a value's canonical JSON, in which a deferred value is a word."""
    return "sha256:" + hashlib.sha256(_canonical(value).encode()).hexdigest()


def _canonical(value: Json) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_digested)


def _digested(value: Json) -> Json:
    """Return what stands for a value that JSON has no form for; TypeError where nothing does."""
    if isinstance(value, Ref | Named | Secret | Env):
        return digest_value(value)
    raise TypeError(f"{type(value).__name__} has no digest")


def digest_value(value: Json) -> Json:
    """Return a deferred value as a document shows it: what it will be known from, or that it is sensitive."""
    match value:
        case Ref(address):
            return {"unknown": str(address)}
        case Named(text):
            return {"named": text}
        case Secret() | Env():
            return {"sensitive": True}
    return value
