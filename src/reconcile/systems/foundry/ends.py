"""Reads how a run and its build ended, and says it in words; which run is meant is decided in `run`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from reconcile.provider import BadAnswer, Json, Live, is_id

End: TypeAlias = Literal["well", "open", "unclear", "failed"]
"""How a run ended; `unclear`: the system says that it is over, or gone on, and not how it ended."""

NOT_NAMED: Final = "not named"
NOT_FOUND: Final = "not found"
_UNCLEAR = frozenset({NOT_NAMED, NOT_FOUND})
"""What stands in place of a build's status where none can be read."""

_OVER = frozenset({"FAILED", "CANCELED"})
_RESULTS = ("ignored", "submitted", "error")
_LONGEST = 40


def result_of(row: Mapping[str, Json]) -> Mapping[str, Json] | None:
    """Return what came of a run: a union tagged by `type`, or nested under its branch's name."""
    given = row.get("result")
    if not isinstance(given, dict) or not given:
        return None
    if isinstance(given.get("type"), str):
        return {**given, "type": given["type"].strip().lower()}
    branch = next((name for name in _RESULTS if name in given), None)
    inner = given.get(branch) if branch else None
    return {"type": branch, **(inner if isinstance(inner, dict) else {})} if branch else None


def build_of(row: Mapping[str, Json]) -> Json:
    """Return the rid of the build that a run has started; None where it names none."""
    rid = (result_of(row) or {}).get("buildRid")
    return rid if isinstance(rid, str) and is_id(rid) else None


def status_of(build: Json, asked: str) -> str:
    """Return the status of the build that was asked for; BadAnswer where the answer is about another one."""
    rid, status = (build.get("rid"), build.get("status")) if isinstance(build, dict) else (None, None)
    if not isinstance(rid, str) or rid.lower() != asked.lower():
        raise BadAnswer(f"the answer is about the build {str(rid)[:80]}")
    if not isinstance(status, str) or not status.strip():
        raise BadAnswer("a build has no status")
    said = status.strip().upper()
    return "CANCELED" if said == "CANCELLED" else said


def is_settled(run: Live) -> bool:
    """Tell whether the system has said what came of a run, in words that are known."""
    kind = (run.fields.get("result") or {}).get("type")
    return kind in _RESULTS and run.fields.get("build") not in _UNCLEAR


def has_failed(run: Live) -> bool:
    """Tell whether a run ended with an error, before it started anything."""
    return (run.fields.get("result") or {}).get("type") == "error"


def end_of(run: Live, *, by_build: bool) -> End:
    """Return how a run ended; with `by_build` it has not ended well before its build has."""
    kind, build = (run.fields.get("result") or {}).get("type"), run.fields.get("build")
    if kind == "error":
        return "failed"
    if not by_build or kind == "ignored" or (kind == "submitted" and build == "SUCCEEDED"):
        return "well"
    if kind != "submitted":
        return "open"
    return "unclear" if build in _UNCLEAR else "failed" if build in _OVER else "open"


def told(run: Live) -> str:
    """Return, in words, how far a run has come, as the system says it."""
    result, build = run.fields.get("result"), run.fields.get("build")
    if result is None:
        return f"run {run.id} has no result yet"
    if result["type"] == "error":
        return f"run {run.id} ended in {error_of(result)}"
    if result["type"] != "submitted":
        return f"run {run.id} has the result `{result['type'][:_LONGEST]}`, which says nothing of its end"
    if build == NOT_NAMED:
        return f"run {run.id} was submitted, and names no build"
    if build == NOT_FOUND:
        return f"build {result.get('buildRid')} of run {run.id} is not found (BuildNotFound)"
    state = f"ended in {build}" if build in _OVER else f"is {build or 'of unknown status'}"
    return f"build {result.get('buildRid')} of run {run.id} {state}"


def error_of(result: Mapping[str, Json]) -> str:
    """Return a run's error in words."""
    named = str(result.get("errorName") or "an error")
    described = str(result.get("description") or "")
    return f"{named}: {described}" if described else named
