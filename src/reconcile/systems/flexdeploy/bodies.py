"""The bodies of FlexDeploy's writes: only what a request may hold, consistent with what is changed."""

from __future__ import annotations

from collections.abc import Sequence

from reconcile.provider import (
    Case,
    Change,
    Json,
    Spec,
    creation_of,
    forms,
    keyed,
    overlay,
    table_of,
    withheld,
)
from reconcile.systems.flexdeploy.fields import Release

TABLE = table_of(Release)
ENTRY = TABLE.rows["projects"].nested
PIPELINE = ("pipelineId", "pipelineName")


def removes(change: Change) -> bool:
    """Whether only a PUT can bring the change about: it takes something away or resets it."""
    return change.after is None or change.after == ""


def creation(case: Case) -> dict[str, Json]:
    """The body of a POST: what is wanted, nulls left out, since a new release has none of it."""
    return _cleaned(creation_of(case))


def addition(case: Case, sent: Sequence[Change]) -> dict[str, Json]:
    """The body of a PATCH: the changed fields, whole entries of lists, and what they need beside them."""
    names = {str(change.path[0]) for change in sent}
    want = _free(case, sent)
    merged = overlay(TABLE, _said(case), want)
    body: dict[str, Json] = {"releaseName": merged["releaseName"]}
    for name in TABLE.rows:
        if name in names:
            body[name] = _touched(want, name, merged[name], sent)
    if "properties" in body:
        body.update(_pipeline(case, want))
    return _cleaned(body)


def replacement(case: Case, sent: Sequence[Change], status: str) -> dict[str, Json]:
    """Return the body of a PUT: the whole live object as it was read, with our fields changed."""
    want = _free(case, sent)
    body = {"releaseId": case.live.id if case.live else None, **overlay(TABLE, _said(case), want)}
    body["releaseStatus"] = "STARTED" if ("releaseStatus",) in {c.path for c in sent} else status
    for name, other in (PIPELINE, PIPELINE[::-1]):
        if _repoints(case, want, name) and not want.get(other):
            body.pop(other, None)
    return _cleaned(body)


def _free(case: Case, sent: Sequence[Change]) -> Spec:
    """What is wanted, less the changes that are held back."""
    held = {change.path for change in case.changes} - {change.path for change in sent}
    return withheld(TABLE, case.want, _said(case), held)


def _said(case: Case) -> Spec:
    return case.live.fields if case.live else {}


def _repoints(case: Case, want: Spec, name: str) -> bool:
    row = TABLE.rows[name]
    return name in want and row.form(want[name]) != row.form(_said(case).get(name))


def _pipeline(case: Case, want: Spec) -> dict[str, Json]:
    """The pipeline of a request that sets properties: the wanted one, else the live one."""
    for spec in (want, overlay(TABLE, _said(case), {})):
        given = {name: spec[name] for name in PIPELINE if spec.get(name)}
        if given:
            return given if spec is want else dict(list(given.items())[:1])
    return {}


def _touched(want: Spec, name: str, merged: Json, sent: Sequence[Change]) -> Json:
    """Of a keyed list, the entries that change, as the manifest writes them; of all else, the whole."""
    row = TABLE.rows[name]
    if row.shape != "keyed":
        return merged
    keys = {change.path[1] for change in sent if change.path[0] == name and len(change.path) > 1}
    return [entry for key, entry in keyed(row, want[name]).items() if key in keys]


def _cleaned(body: dict[str, Json]) -> dict[str, Json]:
    if isinstance(body.get("projects"), list):
        body["projects"] = [_project(entry) for entry in body["projects"]]
    return body


def _project(entry: Spec) -> dict[str, Json]:
    """An entry as a request may hold it: full projects "cannot provide packageName or requestAllFiles"."""
    kept = {name: value for name, value in entry.items() if value is not None or name not in ENTRY.rows}
    if not forms.text(kept.get("packageName")):
        kept.pop("packageName", None)
    if kept.get("requestAllFiles") is not True:
        kept.pop("requestAllFiles", None)
    return kept
