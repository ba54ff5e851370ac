"""The plan document: what is saved, printed as JSON and rendered again; it never holds a secret."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from reconcile.cleaning import Clean, cleaned
from reconcile.fields.walk import late_values, replaced
from reconcile.model import (
    EMPTY,
    Blocked,
    Change,
    Json,
    Noted,
    Operation,
    Origin,
    Outcome,
    Plan,
    Problem,
    Request,
    spell,
)
from reconcile.planning.digest import digest, fingerprint
from reconcile.planning.digest import shown as late_shown
from reconcile.planning.guards import counted, entries_removed

FORMAT_VERSION = "1.0"
_UNPRINTABLE = re.compile(
    "#(?=#\\[)|[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff]"
    "|[\ufeff-\uffff\U000e0000-\U000e0fff]"
)


class Circumstances(NamedTuple):
    """What a document says of the run that made it."""

    tool_version: str
    created_at: str
    environment: str | None = None
    systems: Mapping[str, Json] = EMPTY
    commit: str | None = None
    dirty: bool | None = False
    base: str | None = None
    prune: bool = False
    selected: tuple[str, ...] | None = None
    """The addresses that were planned, where PATH or --target left only a part; None for all."""
    project_changes: tuple[Change, ...] = ()
    unmanaged: Mapping[str, int | None] | None = None
    """How many live objects no manifest manages, by system and kind; None where they were not counted."""

    clean: Clean = str
    """Takes the secrets of the run out of each text of the document."""


def document(
    plan: Plan, of: Circumstances, outcomes: Sequence[Outcome] | None = None, refused: Sequence[str] = ()
) -> dict[str, Json]:
    """The plan as interface.md section 5 spells it; with `outcomes`, the record of an apply.

    No leaf of it holds a secret that the run knows; digests are those of the plan itself.
    """
    whole: dict[str, Json] = {
        "format_version": FORMAT_VERSION,
        "tool_version": of.tool_version,
        "created_at": of.created_at,
        "commit": of.commit,
        "dirty": of.dirty,
        "base": of.base,
        "environment": of.environment,
        "prune": of.prune,
        "selected": None if of.selected is None else list(of.selected),
        "systems": dict(of.systems),
        "project_changes": [_change(change) for change in of.project_changes],
        "summary": {**_summary(plan), "unmanaged": _total(of.unmanaged)},
        "unmanaged": None if of.unmanaged is None else dict(of.unmanaged),
        "operations": [_operation(operation) for operation in plan.operations],
        "blocked": [_blocked(item) for item in plan.blocked],
        "finished": [_noted(item) for item in plan.finished],
        "dropped": [_noted(item) for item in plan.dropped],
        "unverified": [_noted(item) for item in plan.unverified],
        "unchanged": [str(address) for address in plan.unchanged],
        "fingerprint": fingerprint(plan),
        "seal": None,
        "problems": [_problem(problem) for problem in plan.problems],
    }
    if outcomes is not None:
        whole["outcomes"] = [_outcome(outcome) for outcome in outcomes]
    if refused:
        whole["refused"] = list(refused)
    whole = cleaned(whole, of.clean)
    return {**whole, "seal": sealed(whole["operations"])}


def sealed(operations: Json) -> str:
    """A digest by which a saved plan shows that its operations are as they were written; no lock."""
    return digest(operations)


def spelled(whole: Json) -> str:
    """A document as text, the same for the same document; what a terminal would obey is spelled out."""
    text = json.dumps(whole, indent=2, ensure_ascii=False)
    return _UNPRINTABLE.sub(_escaped, text) + "\n"


def _escaped(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def _summary(plan: Plan) -> dict[str, Json]:
    labels = [change.label for operation in plan.operations for change in operation.changes]
    return {
        **{action: counted(plan, action) for action in ("create", "update", "delete", "run")},
        "entries_removed": entries_removed(plan),
        "blocked": len(plan.blocked),
        "finished": len(plan.finished),
        "unchanged": len(plan.unchanged),
        "labels": {label: labels.count(label) for label in ("change", "drift", "conflict")},
    }


def _total(unmanaged: Mapping[str, int | None] | None) -> int | None:
    counts = [count for count in (unmanaged or {}).values() if count is not None]
    return sum(counts) if counts else None


def _operation(operation: Operation) -> dict[str, Json]:
    return {
        "address": str(operation.address),
        "action": operation.action,
        "id": operation.id,
        "name": operation.name,
        "source": _source(operation.origin),
        "requests": [_request(request) for request in operation.requests],
        "changes": [_change(change) for change in operation.changes],
        "needs": [str(address) for address in operation.needs],
        "precondition": operation.precondition,
        **({"said_back": [spell(path) for path in operation.said_back]} if operation.said_back else {}),
    }


def _request(request: Request) -> dict[str, Json]:
    return {
        "method": request.method,
        "path": request.path,
        "query": shown(dict(request.query)),
        "body": shown(request.body),
    }


def _change(change: Change) -> dict[str, Json]:
    return {
        "path": spell(change.path),
        "before": shown(change.before),
        "after": shown(change.after),
        "label": change.label,
        "sensitive": change.sensitive,
        "source": _source(change.origin),
        **_named(change),
    }


def _named(item: Change | Blocked) -> dict[str, Json]:
    named: dict[str, Json] = {"name": item.name} if item.name else {}
    return named | ({"within": True} if item.name and item.within else {})


def _blocked(item: Blocked) -> dict[str, Json]:
    return {
        "address": str(item.address),
        "path": spell(item.path),
        "before": shown(item.before),
        "after": shown(item.after),
        "reason": item.reason,
        "label": item.label,
        "source": _source(item.origin),
        **({} if item.id is None else {"id": item.id}),
        **_named(item),
    }


def _noted(item: Noted) -> dict[str, Json]:
    return {
        "address": str(item.address),
        "path": spell(item.path),
        "value": shown(item.value),
        "reason": item.reason,
        "source": _source(item.origin),
    }


def _problem(problem: Problem) -> dict[str, Json]:
    origin = problem.origin
    source = {**_source(origin), "column": origin.column} if origin else None
    return {"code": problem.code, "message": problem.message, "severity": problem.severity, "source": source}


def _outcome(outcome: Outcome) -> dict[str, Json]:
    return {
        "address": str(outcome.address),
        "status": outcome.status,
        "detail": outcome.detail,
        "requests_sent": outcome.requests_sent,
        "seconds": outcome.seconds,
        "result": dict(outcome.result),
    }


def _source(origin: Origin) -> dict[str, Json]:
    return {"file": origin.file, "line": origin.line}


def shown(value: Json) -> Json:
    """A value as a document holds it: late values as what they are, secrets as a word."""
    return replaced(value, late_shown) if any(True for _ in late_values(value)) else value


def failed(problems: Iterable[Problem], of: Circumstances) -> dict[str, Json]:
    """The document of a run that planned nothing, because of these problems."""
    return document(Plan(problems=tuple(problems)), of)
