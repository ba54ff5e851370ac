"""Writes annotations for GitHub: commands on the manifests' lines, the worst first, as many as are shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from reconcile.planfile.document import Document
from reconcile.planfile.document_parts import Source
from reconcile.reports.common.closing import last_line
from reconcile.reports.common.escape import inert
from reconcile.reports.common.next_steps import next_steps
from reconcile.reports.common.two_sides import is_drift
from reconcile.reports.common.urgency import Finding, findings
from reconcile.reports.common.whereabouts import whereabouts
from reconcile.reports.formats import Options

SHOWN = 10
"""How many annotations of one type a step shows; GitHub drops the others silently."""

_ERRORS = {"project file", "problem", "not read", "refused", "failed", "unknown", "unsettled", "conflict"}
_NOTICES = {
    "create", "run", "change", "update", "unverified", "known", "finished", "revert", "back", "already",
    "moved", "not compared",
}  # fmt: skip
_TYPES = ("error", "warning", "notice")
_LONGEST = 1_000


def render(document: Document, options: Options) -> str:
    """Return one command a line: where this is, then errors, warnings, notices, at most ten of each."""
    found = [finding._replace(what=_what(finding, document)) for finding in findings(document)]
    typed = {type_: [each for each in found if _type(each) == type_] for type_ in _TYPES}
    lines = (line for type_, some in typed.items() for line in _lines(type_, some, options))
    return "".join(f"{line}\n" for line in (*_head(document), *lines)) if found else ""


def _head(document: Document) -> Iterator[str]:
    """Yield the notice that says where this is, what it comes to, and what to type next."""
    if where := whereabouts(document):
        closing = () if document.failed else (last_line(document), next_steps(document))
        told = filter(None, (where, *closing))
        yield _command("notice", {}, f"reconcile: {document.environment or 'where'}", *told)


def _what(finding: Finding, document: Document) -> str:
    """Return what a finding is; of a drift check without a base, every difference is drift."""
    bare = is_drift(document) and document.base is None and finding.what in {"change", "create", "run"}
    return "drift" if bare else finding.what


def _type(finding: Finding) -> str:
    if finding.what in _ERRORS:
        return "error"
    return "notice" if finding.what in _NOTICES else "warning"


def _lines(type_: str, found: list[Finding], options: Options) -> Iterator[str]:
    most = SHOWN - (type_ == "notice")
    shown = len(found) if len(found) <= most else most - 1
    for finding in islice(found, shown):
        told = (_words(finding), finding.keep)
        yield _command(type_, _place(finding.source, options), _title(finding), *filter(None, told))
    if left := found[shown:]:
        yield _command(type_, {}, f"reconcile: +{len(left)} more", _counted(left))


def _command(type_: str, place: Mapping[str, str], title: str, *message: str) -> str:
    given = {**place, "title": title}
    properties = ",".join(f"{name}={_property(value)}" for name, value in given.items())
    return f"::{type_} {properties}::{'%0A'.join(map(_data, message))}"


def _place(source: Source | None, options: Options) -> dict[str, str]:
    if not source:
        return {}
    column = {"col": str(source.column)} if source.column else {}
    return {"file": options.file(source.file), "line": str(source.line), **column}


def _title(finding: Finding) -> str:
    return f"{finding.what}: {finding.address}" if finding.address else f"reconcile: {finding.what}"


def _words(finding: Finding) -> str:
    return f"{finding.path}: {finding.words}" if finding.path else finding.words or finding.address


def _counted(left: Iterable[Finding]) -> str:
    counts: dict[str, int] = {}
    for finding in left:
        counts[finding.what] = counts.get(finding.what, 0) + 1
    return "not shown here: " + ", ".join(f"{count} {what}" for what, count in counts.items())


def _data(text: str) -> str:
    told = inert(text)
    told = told if len(told) <= _LONGEST else f"{told[:_LONGEST]}…"
    return told.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
