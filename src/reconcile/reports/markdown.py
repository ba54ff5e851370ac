"""Writes Markdown for a comment or a summary, within a budget: the urgent always, the rest by object."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from reconcile.planfile.document import Document
from reconcile.reports.common.closing import beside_counts, last_line, rarer_outcomes
from reconcile.reports.common.code_spans import place, span
from reconcile.reports.common.next_steps import next_steps
from reconcile.reports.common.notices import (
    not_compared,
    planned_only,
    skipped,
    unchecked,
    unmanaged,
    waiting,
    would_be_refused,
)
from reconcile.reports.common.object_blocks import details
from reconcile.reports.common.undo_rows import to_revert
from reconcile.reports.common.urgency import URGENT, Finding, findings
from reconcile.reports.common.whereabouts import whereabouts
from reconcile.reports.formats import LEAST_CHARS, Options

_COLUMNS = ("create", "update", "delete", "run", "entries_removed", "blocked")
_TAIL = 160
_FULL = 300
"""Characters of each part of an urgent finding, where there is room for all of them."""

_PLAIN = re.compile(r"(?!.*(?:www\.|://|\b_|_\b))[A-Za-z0-9 _,.:;()/-]{0,200}")
"""Words that mean nothing to whoever renders them."""

_ROOM = 4_000
"""Characters that a budget must have for a line on what to type next."""


def render(document: Document, options: Options) -> str:
    """Return the document in at most `options.max_chars` characters.

    Every problem, refusal, failure, conflict, delete, removed entry and blocked item is named; where there
    are too many, they are counted by object, and where even that is too much, in all. Objects are shown whole
    or not at all.
    """
    if options.max_chars < LEAST_CHARS:
        raise ValueError(f"a budget under {LEAST_CHARS} characters")
    text = "\n".join(_head(document, options.max_chars)) + "\n"
    urgent, is_whole = _urgent(findings(document), options.max_chars - len(text) - _TAIL)
    text += urgent
    shown, left = "", 0
    for block in details(document, told=is_whole):
        if len(text) + len(shown) + len(block) <= options.max_chars - _TAIL:
            shown += block
        else:
            left += 1
    return text + shown + (f"\n_{_objects(left)} left out to stay within the budget._\n" if left else "")


def _objects(count: int) -> str:
    return f"{count} {'object is' if count == 1 else 'objects are'}"


def _head(document: Document, budget: int) -> Iterator[str]:
    counts, room = document.summary, budget >= _ROOM
    labels = [*counts.labels._asdict().items()]
    columns = [(name.replace("_", " "), getattr(counts, name)) for name in _COLUMNS]
    columns += labels if document.base is not None else []
    yield f"<!-- reconcile:{marked(document.environment)} -->"
    yield f"### {_title(document, 60 if room else 0)}"
    yield ""
    if room and (where := whereabouts(document)):  # the title names the environment
        yield f"{span(where, min(budget // 25, 800))}\n"
    if document.valid is not None or document.failed:
        return
    yield f"| {' | '.join(name for name, _ in columns)} |"
    yield "|" + "---:|" * len(columns)
    yield f"| {' | '.join(str(count) for _, count in columns)} |"
    yield ""
    counts_beside = (rarer_outcomes(document), beside_counts(document), not_compared(document))
    for words in filter(None, (*counts_beside, unmanaged(document), waiting(document))):
        yield f"{words}\n"
    if words := planned_only(document):
        yield f"{span(words, 90)}\n"
    if room and (words := unchecked(document)):
        yield f"{span(words, 300)}\n"
    if words := skipped(document):
        yield f"{span(words, 160)}\n"
    if reasons := would_be_refused(document):
        yield f"**Not as it stands:** {span(' '.join(reasons), 400 if room else 80)}\n"
    if room and (lines := to_revert(document)):
        yield f"{span(lines[0], 400)}\n"
        yield from (f"- {span(line.strip(), 160)}" for line in lines[1:])
        yield ""
    if room and (words := next_steps(document)):
        yield f"{_next(words)}\n"


def _next(words: str) -> str:
    """Return what to type next, its commands as code: no mention, link or markup of a name or reason."""
    told = ""
    for number, part in enumerate(words.split("`")):
        bare = part.strip(" ")
        is_ours = not number % 2 and (_PLAIN.fullmatch(bare) is not None)
        told += part if is_ours else part.replace(bare, span(bare, 200 if number % 2 else 120), 1)
    return told


def _title(document: Document, width: int) -> str:
    """Return the environment and the last line, so that two comments are told apart at a glance."""
    where = f"{span(document.environment, width)}: " if document.environment and width else ""
    return where + ("Reconcile could not plan" if document.failed else last_line(document))


def marked(environment: str | None) -> str:
    """Return the environment as it stands in the marker by which a comment is found again."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", environment or "default")[:60]


def _urgent(found: Sequence[Finding], room: int) -> tuple[str, bool]:
    """Return the urgent findings, in the fullest form for which there is room, and whether that is whole."""
    urgent = [finding for finding in found if finding.what in URGENT]
    if not urgent:
        return "", True
    whole = _lines(urgent, _FULL)
    if _size(whole) <= room:
        return "".join(whole), all(len(finding.words) <= _FULL for finding in urgent)
    bare = _lines([finding._replace(words="") if finding.path else finding for finding in urgent], 80)
    if _size(bare) <= room:
        return "".join(bare), False
    return "".join(_by_object(urgent, room)), False


def _size(lines: Iterable[str]) -> int:
    return sum(map(len, lines))


def _lines(found: Sequence[Finding], most: int) -> list[str]:
    return [*(f"- {_named(finding, most)}\n" for finding in found), "\n"]


def _named(finding: Finding, most: int) -> str:
    spans = (span(text, most) for text in (finding.address, finding.path, finding.words) if text)
    return " ".join((f"**{finding.what}**", *spans, place(finding.source, most))).rstrip()


def _by_object(found: Sequence[Finding], room: int) -> Iterator[str]:
    """Yield a line for each object that counts its urgent findings, and one for the objects without room."""
    grouped: dict[str, list[Finding]] = {}
    for finding in found:
        grouped.setdefault(finding.address, []).append(finding)
    room -= len(_rest(found, len(grouped)))
    left: list[Finding] = []
    unnamed = 0
    for address, group in grouped.items():
        line = f"- {span(address or 'the run', 120)}: {counted(group)}\n"
        if len(line) <= room:
            room -= len(line)
            yield line
        else:
            left, unnamed = left + group, unnamed + 1
    yield _rest(left, unnamed) if left else "\n"


def _rest(found: Sequence[Finding], objects: int) -> str:
    return f"\n**Not named here, for want of room:** {counted(found)} of {objects} more.\n\n"


def counted(found: Iterable[Finding]) -> str:
    """Return how many of what: `2 conflict, 1 delete`."""
    counts: dict[str, int] = {}
    for finding in found:
        counts[finding.what] = counts.get(finding.what, 0) + 1
    return ", ".join(f"{count} {what}" for what, count in counts.items())
