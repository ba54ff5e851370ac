"""What a document says, one thing at a time, the worst first: what no short report may lose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from reconcile.model import Json
from reconcile.planning.guards import FROZEN, GUARD, LOCKED, UNFIT
from reconcile.reports.common.blocked_text import blocked_words, names
from reconcile.reports.common.escape import value
from reconcile.reports.common.keep_line import keep_it

URGENT = (
    "project file", "problem", "refused", "failed", "unknown", "unsettled", "conflict",
    "delete", "removed entry", "blocked",
)  # fmt: skip
"""What no report leaves out: first where all of it goes and as whom, then the worst first."""

RANKED = (
    *URGENT, "warning", "drift", "dropped", "skipped", "not begun", "create", "run", "change", "update",
    "unverified", "finished",
)  # fmt: skip
LONGEST_LINE = 700
"""How long a line to be pasted may be where there is little room."""

_REFUSING = {GUARD, FROZEN, LOCKED, UNFIT}
_TOLD = {"failed", "unknown", "unsettled", "refused", "skipped", "not_begun"}


class Finding(NamedTuple):
    """One thing that a report says, and where its cause stands."""

    what: str
    address: str = ""
    path: str = ""
    words: str = ""
    source: Mapping[str, Json] | None = None
    keep: str = ""
    """What to write to keep the live value, where somebody changed it."""


def findings(document: Mapping[str, Json]) -> list[Finding]:
    """Everything that the document says, the worst first, else in the document's order."""
    return sorted(_all(document), key=lambda finding: RANKED.index(finding.what))


def _all(document: Mapping[str, Json]) -> Iterator[Finding]:
    yield from of_the_run(document)
    yield from _outcomes(document)
    for change in document["project_changes"]:
        yield Finding("project file", "", change["path"], words(change), change["source"])
    for operation in document["operations"]:
        yield from of_operation(operation)
    for what in ("blocked", "dropped", "unverified", "finished"):
        yield from (_beside(what, item) for item in document[what])


def of_the_run(document: Mapping[str, Json]) -> Iterator[Finding]:
    """What is wrong with the whole, and why it was refused: each reason once, where both say it."""
    refused = document.get("refused", ())
    for problem in document["problems"]:
        what = "warning" if problem["severity"] == "warning" else "problem"
        if problem["code"] not in _REFUSING or problem["message"] not in refused:
            yield Finding(what, "", "", f"{problem['message']} [{problem['code']}]", problem["source"])
    yield from (Finding("refused", words=reason) for reason in refused)


def _outcomes(document: Mapping[str, Json]) -> Iterator[Finding]:
    """What became of each operation; not that it was refused with all the others, which is said once."""
    sources = {operation["address"]: operation["source"] for operation in document["operations"]}
    whole = ("refused", "; ".join(document.get("refused", ())))
    for outcome in document.get("outcomes", ()):
        if outcome["status"] in _TOLD and (outcome["status"], outcome["detail"]) != whole:
            what, address = outcome["status"].replace("_", " "), outcome["address"]
            yield Finding(what, address, "", outcome["detail"], sources.get(address))


def of_operation(operation: Mapping[str, Json]) -> Iterator[Finding]:
    """An update is its changes; any other operation is one thing, with what in it is a conflict."""
    address, action = operation["address"], operation["action"]
    if action != "update" or not operation["changes"]:
        yield Finding(action, address, "", known_as(operation), operation["source"])
    for change in operation["changes"]:
        if action == "update" or change["label"] == "conflict":
            what = _what(change)
            whose = f" [{change['label']}]" if change["label"] == "drift" != what else ""
            said, keep = words(change) + whose, keep_it(action, change, LONGEST_LINE)
            yield Finding(what, address, change["path"], said, change["source"], keep)


def _what(change: Mapping[str, Json]) -> str:
    if change["label"] == "conflict":
        return "conflict"
    if removes(change):
        return "removed entry"
    return change["label"] or "change"


def _beside(what: str, item: Mapping[str, Json]) -> Finding:
    live = f"{value(item['value'])}: " if item.get("value") is not None else ""
    words = blocked_words(item) if what == "blocked" else live + item["reason"]
    return Finding(what, item["address"], item["path"], words, item["source"])


def removes(change: Mapping[str, Json]) -> bool:
    """Whether the change takes a whole entry out of a list."""
    return bool(change["path"].endswith("]") and change["after"] is None)


def words(change: Mapping[str, Json]) -> str:
    """What the change does to the value, with the name of what it is or stands in."""
    of_value, of_entry = names(change)
    named = f" ({of_value})" if of_value else ""
    after = "" if removes(change) else f" -> {value(change['after'])}"
    within = f" (in {of_entry})" if of_entry else ""
    return f"{value(change['before'])}{named}{after}{within}"


def known_as(operation: Mapping[str, Json]) -> str:
    """The name and the id of the live object."""
    return ", ".join(str(part) for part in (operation["name"], operation["id"]) if part is not None)


def failed(document: Mapping[str, Json]) -> bool:
    """Whether the run planned nothing, because of problems; what was refused had none that a plan has."""
    wrong = any(problem["severity"] != "warning" for problem in document["problems"])
    return wrong and not document.get("refused")


def unread(document: Mapping[str, Json]) -> bool:
    """Whether the run was refused before it looked at anything, so that it has no plan to show."""
    return bool(document.get("refused")) and not document["operations"]
