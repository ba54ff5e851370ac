"""The tagged unions of Foundry's schedules: their variants, their normal form, and the rules they break."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from reconcile.provider import FieldPath, Finding, Json, Ref, Spec, forms, is_id
from reconcile.systems.foundry import cron

_ON_BRANCH = ("datasetRid", "branchName")
TRIGGERS: Mapping[str, tuple[str, ...]] = {
    "time": ("cronExpression", "timeZone"),
    "datasetUpdated": _ON_BRANCH,
    "newLogic": _ON_BRANCH,
    "jobSucceeded": _ON_BRANCH,
    "mediaSetUpdated": ("mediaSetRid", "branchName"),
    "tableUpdated": ("tableRid", "branchName"),
    "scheduleSucceeded": ("scheduleRid",),
    "scheduleFailed": ("scheduleRid",),
    "manual": (),
    "and": ("triggers",),
    "or": ("triggers",),
}
TARGETS: Mapping[str, tuple[str, ...]] = {
    "upstream": ("targetRids", "ignoredRids"),
    "manual": ("targetRids",),
    "connecting": ("inputRids", "targetRids", "ignoredRids"),
}
SCOPES: Mapping[str, tuple[str, ...]] = {"user": (), "project": ("projectRids",)}

_KNOWN = {"type", *(name for union in (TRIGGERS, TARGETS, SCOPES) for own in union.values() for name in own)}
_LISTS = frozenset({"targetRids", "ignoredRids", "inputRids", "projectRids", "triggers"})
_OPTIONAL = "ignoredRids"


SCHEDULE_RID = "ri.scheduler.main.schedule.8843955e-37d1-4363-85eb-539833e10a41"
"""What a rid looks like, for messages."""


def is_rid(value: Json) -> bool:
    """Whether `value` can be a rid, or will be one."""
    return isinstance(value, Ref) or (isinstance(value, str) and is_id(value) and rid(value[:3]) == "ri.")


def no_rid(field: str, value: Json) -> str:
    """What is wrong with a value that is no rid."""
    return f"`{field}` is `{str(value)[:60]}`, and that is no rid: write one such as {SCHEDULE_RID}"


def rid(value: Json) -> Json:
    """A rid in small letters: what follows the type is a UUID, which some servers write in capitals."""
    return value.lower() or None if isinstance(value, str) else value


def union(value: Json) -> Json:
    """One text for a trigger, a target or a scope: of the fields that the API has, none of them empty.

    Lists of rids and of triggers are sets: neither order nor repetition means anything.
    """
    return forms.whole(_plain(value)) if isinstance(value, dict) else value


def carried(want: Json, have: Json) -> Json:
    """Return a wanted union with what the live one has besides and no manifest can write.

    A union of another type keeps nothing; of the triggers of a trigger each keeps its own.
    """
    if not (isinstance(want, dict) and isinstance(have, dict) and want.get("type") == have.get("type")):
        return want
    whole = {**{name: value for name, value in have.items() if name not in _KNOWN}, **want}
    if isinstance(want.get("triggers"), list):
        as_read = {union(entry): entry for entry in have.get("triggers") or ()}
        whole["triggers"] = [carried(entry, as_read.get(union(entry))) for entry in want["triggers"]]
    return whole


def _plain(value: Json) -> Json:
    if not isinstance(value, dict):
        return rid(value)
    told = {name: inner for name, inner in value.items() if name in _KNOWN and inner not in (None, [], "")}
    return {name: _part(name, inner) for name, inner in told.items()}


def _part(name: str, inner: Json) -> Json:
    if name in _LISTS and isinstance(inner, list):
        return sorted({forms.whole(_plain(entry)) for entry in inner}, key=str)
    if name == "cronExpression" and isinstance(inner, str):
        return cron.normal(inner)
    return rid(inner) if name.endswith("Rid") else inner


class _Union(NamedTuple):
    """A union with the word for it and where it stands."""

    word: str
    variants: Mapping[str, tuple[str, ...]]
    path: FieldPath


_TRIGGER = _Union("trigger", TRIGGERS, ("trigger",))
_TARGET = _Union("target", TARGETS, ("action", "target"))
_SCOPE = _Union("scopeMode", SCOPES, ("scopeMode",))


def known_variants(spec: Spec) -> Iterator[Finding]:
    """A union has a `type` that the API knows, and the fields of that type."""
    action = spec.get("action")
    target = action.get("target") if isinstance(action, dict) else None
    for of, value in ((_TRIGGER, spec.get("trigger")), (_TARGET, target), (_SCOPE, spec.get("scopeMode"))):
        if isinstance(value, dict):
            yield from (Finding(of.path, "union", words) for words in _wrong(of, value))


def _wrong(of: _Union, value: Mapping[str, Json]) -> Iterator[str]:
    kind = value.get("type")
    if not isinstance(kind, str) or kind not in of.variants:
        known = ", ".join(of.variants)
        yield f"there is no {of.word} of the type `{str(kind)[:60]}`; known: {known}"
        return
    own = of.variants[kind]
    yield from (
        f"a {of.word} of the type `{kind}` has no `{name[:60]}`; known: {', '.join(own) or 'none'}"
        for name in value
        if name not in {"type", *own}
    )
    yield from (
        f"a {of.word} of the type `{kind}` needs `{name}`"
        for name in own
        if name != _OPTIONAL and value.get(name) in (None, [], "")
    )
    yield from _lists(value)
    yield from _deeper(of, value)


def _lists(value: Mapping[str, Json]) -> Iterator[str]:
    for name in sorted(_LISTS & value.keys()):
        entries, fits = value[name], _is_trigger if name == "triggers" else is_rid
        if entries is not None and not (isinstance(entries, list) and all(map(fits, entries))):
            wanted = "triggers" if name == "triggers" else "rids, such as ri.foundry.main.dataset.a"
            yield f"`{name}` takes a list of {wanted}"
    for name, inner in value.items():
        if name.endswith("Rid") and isinstance(inner, str) and inner and not is_rid(inner):
            yield f"`{name}` takes a rid, such as {SCHEDULE_RID}"


def _is_trigger(entry: Json) -> bool:
    return isinstance(entry, dict)


def _deeper(of: _Union, value: Mapping[str, Json]) -> Iterator[str]:
    """What is wrong with the triggers of a trigger."""
    inner = value.get("triggers")
    for entry in inner if isinstance(inner, list) else ():
        if isinstance(entry, dict):
            yield from _wrong(of, entry)
