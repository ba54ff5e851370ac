"""Decides what a write makes of a release's projects: which entry is meant, filled in, or refused."""

from __future__ import annotations

from ..system import Call, Fields
from . import rules
from .catalogue import accepts_unknown, only, project, require_own
from .world import blank_entry

_OWN = (
    "priority",
    "packageName",
    "requestAllFiles",
    "buildEnvironmentId",
    "projectStreamId",
    "projectGroups",
)


def entry_key(row: Fields) -> tuple[int, str | None]:
    """Return what tells the projects of one release apart."""
    return row["projectId"], row.get("packageName")


class Entries:
    """Write the projects of one request; `before` is the release as it was, None for a new one."""

    def __init__(self, call: Call, before: Fields | None) -> None:
        self._call = call
        self._had = {entry_key(row): row for row in before["projects"]} if before is not None else {}

    def write(self, release: Fields, rows: list[Fields]) -> None:
        """Merge what was sent into the release's projects, in the order in which it was sent."""
        rules.require_once("project", [entry_key(row) for row in rows])
        for row in rows:
            place = self._place(release["projects"], row)
            if place is None:
                release["projects"].append(self._added(row))
            else:
                release["projects"][place] = self._updated(release["projects"][place], row)

    def _place(self, entries: list[Fields], row: Fields) -> int | None:
        alone = self._call.switches["patch_match"] == "project" and self._call.method == "PATCH"
        for index, entry in enumerate(entries):
            if entry["projectId"] == row["projectId"] and (alone or entry_key(entry) == entry_key(row)):
                return index
        return None

    def _added(self, row: Fields) -> Fields:
        found = project(self._call, row)
        rules.require_package_rules(row, partial=found["partialDeployment"])
        require_own(self._call, found, row)
        entry = _overlaid(blank_entry(row["projectId"]), row)
        entry["projectStreamId"] = self._stream(found, row)
        if entry["buildEnvironmentId"] is None:
            entry["buildEnvironmentId"] = self._build_environment(found, row)
        return entry

    def _updated(self, entry: Fields, row: Fields) -> Fields:
        found = project(self._call, {**entry, **row})
        partial = found["partialDeployment"]
        rules.require_package_rules(row if partial is False else {**entry, **row}, partial=partial)
        require_own(self._call, found, row)
        return _overlaid(entry, row)

    def _stream(self, found: Fields, row: Fields) -> int | None:
        given: int | None = row.get("projectStreamId")
        if given is None and self._call.method == "POST":
            given = only(found["streams"], "streamId")
        if given is not None or (self._call.method == "POST" and accepts_unknown(self._call)):
            return given
        raise rules.bad("Adding a project requires a Project ID and Project Stream ID.")

    def _build_environment(self, found: Fields, row: Fields) -> int | None:
        had = self._had.get(entry_key(row))
        choice = self._call.switches["put_build_environment"] if had is not None else "fill"
        if had is not None and choice == "keep":
            return _as_id(had["buildEnvironmentId"])
        return _as_id(only(found["buildEnvironments"], "environmentId")) if choice == "fill" else None


def _overlaid(entry: Fields, row: Fields) -> Fields:
    blank = blank_entry(entry["projectId"])
    told = {key: blank[key] if row[key] is None else row[key] for key in _OWN if key in row}
    return {**entry, **told}


def _as_id(value: int | None) -> int | None:
    return value
