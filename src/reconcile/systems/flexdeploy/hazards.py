"""What FlexDeploy would refuse or lose: the changes that no request of ours may send, with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconcile.provider import Case, Change, FieldPath, Json, Row, Secret, Spec, forms, overlay, withheld
from reconcile.systems.flexdeploy.bodies import PIPELINE, TABLE, removes
from reconcile.systems.flexdeploy.rules import NOTHING_TO_START

NO_PIPELINE = "properties need a pipeline: write pipelineId or pipelineName"
LEFT_OVER = "the release has properties, and they need the pipeline: write properties: []"
STATUS: FieldPath = ("releaseStatus",)
RESETTABLE = {"properties": "properties: []", "cmsDetails": "cmsDetails: null"}
"""The fields that a GET may not show and a PUT resets, with what to write where there is nothing."""


def blocked(case: Case, status: str) -> Iterator[tuple[Change, str]]:
    """Each change that cannot be sent to a release in this live status, with its reason."""
    held = dict(_unsendable(case, status))
    held |= _swaps(case, held)
    for change in case.changes:
        reason = _status(case, change, status, held) if change.path == STATUS else held.get(change.path)
        if reason:
            yield change, reason


def _unsendable(case: Case, status: str) -> Iterator[tuple[FieldPath, str]]:
    """What cannot be sent besides the status, which hangs on what is left of the projects."""
    for change in case.changes:
        reason = _entry(change) or _pipeline(case, change) or _properties(case, change)
        reason = reason or (_replacement(case, status) if removes(change) else None)
        if reason and change.path != STATUS:
            yield change.path, reason


def _swaps(case: Case, held: Mapping[FieldPath, str]) -> dict[FieldPath, str]:
    """A project does not go where what is to take its place cannot come."""
    moves = [change for change in case.changes if change.entry and change.path[0] == "projects"]
    stuck = {change.path[-1][0] for change in moves if change.before is None and change.path in held}
    reason = "the same project would take its place, and that is blocked"
    gone = (change for change in moves if change.after is None and change.path not in held)
    return {change.path: reason for change in gone if change.path[-1][0] in stuck}


def uncreatable(case: Case) -> tuple[str, str] | None:
    """For which field the server would refuse to create this release, and why; None where it would not."""
    is_empty = not case.want.get("projects") and not case.options.get("startEmpty")
    if case.want.get("releaseStatus") == "STARTED" and is_empty:
        return "releaseStatus", NOTHING_TO_START
    if case.want.get("properties") and not any(case.want.get(name) for name in PIPELINE):
        return "properties", NO_PIPELINE
    return None


def _status(case: Case, change: Change, status: str, held: Iterable[FieldPath]) -> str | None:
    if change.after != "STARTED":
        todo = "write STARTED" if status == "STARTED" else "take releaseStatus out"
        return f"{status}, wanted NOTSTARTED: a release that was started never goes back; {todo}"
    if status != "NOTSTARTED":
        return f"{status}, wanted STARTED: no request leads there; resume the release in FlexDeploy"
    live = case.live.fields if case.live else {}
    if case.options.get("startEmpty"):
        return None
    if not overlay(TABLE, live, withheld(TABLE, case.want, live, held)).get("projects"):
        return f"NOTSTARTED, wanted STARTED: {NOTHING_TO_START}"
    return None


def _entry(change: Change) -> str | None:
    """What a project's entry lacks or cannot become."""
    if change.path[0] != "projects":
        return None
    if change.path[-1] == "requestAllFiles" and forms.boolean(change.after) is not True:
        return "a partial deployment project has all files or a packageName: write one of them"
    if change.entry and change.before is None and change.after.get("projectStreamId") is None:
        return "an entry is added to a live release only with its projectStreamId: write it"
    return None


def _pipeline(case: Case, change: Change) -> str | None:
    """Id and name of the pipeline "must both point to the same pipeline": live shows one such pair."""
    if change.path not in {(name,) for name in PIPELINE} or removes(change) or case.live is None:
        return None
    name, other = PIPELINE if change.path == (PIPELINE[0],) else PIPELINE[::-1]
    live, row = case.live.fields, TABLE.rows[other]
    if not (live.get(name) and live.get(other)) or row.form(case.want.get(other)) != row.form(live[other]):
        return None
    return f"{_told(live, other)} is {_told(live, name)}, and both must name one pipeline: keep one of them"


def _told(live: Spec, name: str) -> str:
    return name if isinstance(live[name], Secret) else f"{name} {live[name]}"


def _properties(case: Case, change: Change) -> str | None:
    """Properties belong to a pipeline: none can be set without, none left over when it goes."""
    if change.path[0] in PIPELINE and removes(change) and not _any_wanted(case):
        return LEFT_OVER if _wanted_or_live(case, "properties") else None
    if change.path[0] == "properties" and not removes(change) and not _has_pipeline(case):
        return NO_PIPELINE
    return None


def _has_pipeline(case: Case) -> bool:
    return any(_wanted_or_live(case, name) for name in PIPELINE)


def _wanted_or_live(case: Case, name: str) -> Json:
    return case.want.get(name, case.live.fields.get(name) if case.live else None)


def _any_wanted(case: Case) -> bool:
    return any(case.want.get(name) for name in PIPELINE)


def _replacement(case: Case, status: str) -> str | None:
    """Why a PUT could take away more than was asked for; None where it cannot."""
    if status not in {"NOTSTARTED", "STARTED"}:
        return f"only a PUT removes, and it cannot say back the status {status}"
    if _wanted_or_live(case, "properties") and not _has_pipeline(case):
        return NO_PIPELINE
    live: Spec = case.live.fields if case.live else {}
    unseen = [name for name in RESETTABLE if name not in live and not _covers(TABLE.rows[name], case.want)]
    if not unseen:
        return None
    write = " and ".join(RESETTABLE[name] for name in unseen)
    return (
        f"only a PUT removes, and it resets {' and '.join(unseen)}, which this server does not show: "
        f"write all that is to stay there ({write} for nothing); options.hidden names fields never shown"
    )


def _covers(row: Row, spec: Spec) -> bool:
    """Whether `spec` says everything of the field, so that a PUT of it loses nothing."""
    if row.name not in spec:
        return False
    value: Json = spec[row.name]
    if value is None or row.table is None:
        return True
    entries = value if row.shape == "keyed" else (value,)
    return all(_covers(inner, entry) for entry in entries for inner in row.nested.rows.values())
