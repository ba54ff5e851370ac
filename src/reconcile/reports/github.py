"""Writes annotations for GitHub: commands on the manifests' lines, the worst first, as many as are shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from reconcile.planfile.document import Document, Source
from reconcile.reports.common.escape import inert
from reconcile.reports.common.urgency import Finding, findings
from reconcile.reports.formats import Options

SHOWN = 10
"""How many annotations of one type a step shows; GitHub drops the others silently."""

_ERRORS = {"project file", "problem", "refused", "failed", "unknown", "unsettled", "conflict"}
_NOTICES = {"create", "run", "change", "update", "unverified", "finished"}
_LONGEST = 1_000


def render(document: Document, options: Options) -> str:
    """Return one command a line: errors, warnings, notices, at most ten of each."""
    found = findings(document)
    return "".join(
        f"{line}\n"
        for type_ in ("error", "warning", "notice")
        for line in _lines(type_, [finding for finding in found if _type(finding) == type_], options)
    )


def _type(finding: Finding) -> str:
    if finding.what in _ERRORS:
        return "error"
    return "notice" if finding.what in _NOTICES else "warning"


def _lines(type_: str, found: list[Finding], options: Options) -> Iterator[str]:
    shown = len(found) if len(found) <= SHOWN else SHOWN - 1
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
