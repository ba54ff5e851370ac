"""Writes JUnit's XML: a test for each resource, which passes where live is as the manifests want it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from xml.etree import ElementTree as Xml

from reconcile.named_tuple import NamedTuple
from reconcile.planfile.document import Document
from reconcile.planning.contents import WELL
from reconcile.reports.common.escape import inert
from reconcile.reports.common.next_steps import next_steps
from reconcile.reports.common.two_sides import is_drift
from reconcile.reports.common.urgency import Finding, findings
from reconcile.reports.common.whereabouts import whereabouts
from reconcile.reports.formats import Options

_ERRORS = {"problem", "unknown", "unsettled"}
_SKIPPED = {"skipped", "not begun", "dropped", "unverified", "moved"}
_PASSED = {"finished", "warning", "known", "newly known", "revert", "back", "already", "not compared"}
_OF_AN_UNDO = {"cannot", "needs_prune", "moved", "back", "already"}
"""What an undo says of each change, also of an object of which all that it did is done."""

_WANTED = {"create", "run", "change", "update", "drift", "delete", "removed entry"}
"""Differences: of a drift check failures where they count for its exit code; a plan is there to show them."""


class Test(NamedTuple):
    """Hold one resource, and all that is said of it."""

    address: str
    found: tuple[Finding, ...] = ()


def render(document: Document, options: Options) -> str:
    """Return a suite for what belongs to no system, then one for each system, as XML."""
    where = whereabouts(document)
    root = Xml.Element("testsuites", name=f"reconcile: {where}" if where else "reconcile")
    tests = sorted(_tests(document), key=lambda test: (bool(test.address), _suite(test.address)))
    steps = "" if document.failed else next_steps(document)
    for name, group in groupby(tests, key=lambda test: _suite(test.address)):
        root.append(_suite_of(name, tuple(group), options, steps))
    Xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def _tests(document: Document) -> Iterator[Test]:
    """Yield a test for every resource that the document names; after an apply, what was done passes."""
    done = {item.address for item in document.outcomes or () if item.status in WELL}
    found: dict[str, list[Finding]] = {}
    for finding in findings(document):
        kept = found.setdefault(finding.address, [])
        if finding.address not in done or finding.what in _OF_AN_UNDO:
            kept.append(finding._replace(what=_what(finding, document)))
    for address in document.unchanged:
        found.setdefault(address, [])
    yield from (Test(address, tuple(said)) for address, said in found.items())


def _what(finding: Finding, document: Document) -> str:
    """Return what a finding is, with a `wanted` before it where it is no failure of this run."""
    counts = is_drift(document) and (document.base is None or finding.label in {"drift", "conflict"})
    if finding.what in _WANTED and not counts:
        return f"wanted {finding.what}"
    unasked = is_drift(document) and document.base is not None and finding.label == "change"
    return "wanted blocked" if finding.what == "blocked" and unasked else finding.what


def _suite(address: str) -> str:
    return address.split("/")[0] if address else "reconcile"


def _suite_of(name: str, tests: tuple[Test, ...], options: Options, steps: str) -> Xml.Element:
    suite = Xml.Element("testsuite", name=inert(name), tests=str(len(tests)))
    cases = [_case(test, options, steps) for test in tests]
    for tag, count in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        suite.set(count, str(sum(case.find(tag) is not None for case in cases)))
    suite.extend(cases)
    return suite


def _case(test: Test, options: Options, steps: str) -> Xml.Element:
    system, _, name = test.address.partition("/")
    case = Xml.Element("testcase", classname=inert(system or "reconcile"), name=inert(name or "the run"))
    place = next((finding.source for finding in test.found if finding.source), None)
    if place:
        case.set("file", inert(options.file(place.file)))
        case.set("line", str(place.line))
    case.extend(_results(test.found, steps))
    return case


def _results(found: Iterable[Finding], steps: str) -> Iterator[Xml.Element]:
    """Yield one result at most, that of the worst finding, with all findings as its text.

    What is wrong says what to type next too: whoever looks at a test sees that test alone.
    """
    said = tuple(found)
    if not said:
        return
    tag = min((_tag(finding.what) for finding in said), key=_ORDER.index)
    result = Xml.Element(tag)
    if tag != "system-out":
        worst = next(finding for finding in said if _tag(finding.what) == tag)
        result.set("message", _line(worst))
        result.set("type", worst.what)
    lines = [line for finding in said for line in (_line(finding), inert(finding.keep))]
    lines += [steps] if tag in {"failure", "error"} else []
    result.text = "\n".join(filter(None, lines))
    yield result


_ORDER = ("error", "failure", "skipped", "system-out")


def _tag(what: str) -> str:
    if what in _ERRORS:
        return "error"
    if what in _SKIPPED:
        return "skipped"
    return "system-out" if what in _PASSED or what.startswith("wanted ") else "failure"


def _line(finding: Finding) -> str:
    place = f"{finding.source.file}:{finding.source.line}" if finding.source else ""
    parts = (finding.what.removeprefix("wanted "), finding.path, finding.words, place)
    return "  ".join(inert(part) for part in parts if part)
