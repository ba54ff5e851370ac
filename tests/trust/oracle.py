"""What the manifests ask for, held against the systems' own state; shares nothing with the engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from .drawing import ASKED, Drawn, Fields, address_of

RANK = ("created", "planned", "started", "completed")


def unmet(drawn: Drawn, state: Fields) -> Iterator[str]:
    """Each thing that is not as a manifest wants it."""
    for manifest in drawn.manifests:
        for words in _CHECKS[manifest["kind"]](manifest, state, drawn):
            yield f"{address_of(manifest)}: {words}"


def unmet_of(drawn: Drawn, state: Fields, address: str) -> list[str]:
    """What of one manifest is not so."""
    return [words for words in unmet(drawn, state) if words.startswith(f"{address}: ")]


def _train(manifest: Fields, state: Fields, drawn: Drawn) -> Iterator[str]:
    spec = manifest["spec"]
    rows = [row for row in state["flexdeploy"]["releases"] if row["releaseName"] == spec["releaseName"]]
    if len(rows) != 1:
        yield f"{len(rows)} releases"
        return
    for name in ("description", "scheduleBuildExpression", "pipelineName"):
        if name in spec and (spec[name] or None) != (rows[0][name] or None):
            yield f"{name} is {rows[0][name]!r}"
    if spec.get("releaseStatus") == "STARTED" and rows[0]["releaseStatus"] != "STARTED":
        yield f"releaseStatus is {rows[0]['releaseStatus']}"
    if "projects" in spec and _keys(spec["projects"]) != _keys(rows[0]["projects"]):
        yield "projects are others"
    if "properties" in spec and _values(spec["properties"]) != _values(rows[0]["properties"]):
        yield "properties are others"


def _keys(entries: Any) -> list[Any]:
    return sorted((entry["projectId"], entry.get("packageName") or "") for entry in entries or ())


def _values(entries: Any) -> dict[str, Any]:
    return {entry["propertyName"]: entry.get("propertyValue") for entry in entries or ()}


def _run(manifest: Fields, state: Fields, drawn: Drawn) -> Iterator[str]:
    spec, rows = manifest["spec"], runs_of(state, manifest["spec"])
    if len(rows) != 1:
        yield f"{len(rows)} runs"
        return
    if "description" in spec and spec["description"] != rows[0]["description"]:
        yield f"description is {rows[0]['description']!r}"
    live = rows[0]["aasm_state"]
    if live not in RANK or RANK.index(live) < RANK.index(spec.get("state", "created")):
        yield f"state is {live}"


def runs_of(state: Fields, spec: Fields) -> list[Fields]:
    """The runs at a place that are not deleted."""
    names = ("name", "plan_id", "plan_stage_id")
    rows = [row for row in state["brpm"]["runs"] if all(row[name] == spec[name] for name in names)]
    return [row for row in rows if row["aasm_state"] != "deleted"]


def _link(manifest: Fields, state: Fields, drawn: Drawn) -> Iterator[str]:
    wanted = manifest["spec"]["releaseId"]
    if isinstance(wanted, dict):
        target = next(other for other in drawn.manifests if address_of(other) == wanted["ref"])
        rows = [row for row in state["katalon"]["releases"] if row["name"] == target["spec"]["name"]]
        wanted = rows[0]["id"] if rows else "nothing"
    live = next(row for row in state["katalon"]["runConfigurations"] if row["id"] == 12345)
    if live["releaseId"] != wanted:
        yield f"releaseId is {live['releaseId']}"


def _katalon_release(manifest: Fields, state: Fields, drawn: Drawn) -> Iterator[str]:
    spec = manifest["spec"]
    rows = [row for row in state["katalon"]["releases"] if row["name"] == spec["name"]]
    if len(rows) != 1:
        yield f"{len(rows)} releases"
    elif rows[0]["description"] != spec["description"]:
        yield "description is another"
    elif bool(rows[0]["closed"]) != bool(spec.get("closed", rows[0]["closed"])):
        yield "it is not closed"


def _schedule_run(manifest: Fields, state: Fields, drawn: Drawn) -> Iterator[str]:
    if not fresh_runs(state, manifest["spec"]["scheduleRid"]):
        yield "no run since"


def fresh_runs(state: Fields, rid: str) -> list[Fields]:
    """The runs of a schedule since the moment that was asked for."""
    rows = [row for row in state["foundry"]["runs"] if row["scheduleRid"] == rid]
    return [row for row in rows if row["createdTime"] >= ASKED]


_CHECKS = {
    "Release": lambda manifest, state, drawn: (
        _train if manifest["apiVersion"] == "flexdeploy/v1" else _katalon_release
    )(manifest, state, drawn),
    "Run": _run,
    "ScheduleLink": _link,
    "ScheduleRun": _schedule_run,
}


def twice(drawn: Drawn, state: Fields) -> list[str]:
    """Each identity that is live more than once, and each run that went out more than once."""
    counts: Counter[str] = Counter()
    counts.update(f"release {row['releaseName']}" for row in state["flexdeploy"]["releases"])
    counts.update(
        f"run {row['plan_id']} {row['plan_stage_id']} {row['name']}"
        for row in state["brpm"]["runs"]
        if row["aasm_state"] != "deleted"
    )
    counts.update(f"Katalon release {row['projectId']} {row['name']}" for row in state["katalon"]["releases"])
    counts.update(
        f"run of {row['scheduleRid']}" for row in state["foundry"]["runs"] if row["createdTime"] >= ASKED
    )
    return [f"{count} x {name}" for name, count in counts.items() if count > 1]
