"""Writes the page around the rows: policy, head, counts, order of the operations, filters, table and data."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape

from reconcile.planfile.document import Document
from reconcile.reports.common.closing import beside_counts, last_line, rarer_outcomes
from reconcile.reports.common.next_steps import next_steps
from reconcile.reports.common.notices import (
    not_compared,
    planned_only,
    skipped,
    unchecked,
    unmanaged,
    would_be_refused,
)
from reconcile.reports.common.two_sides import is_drift
from reconcile.reports.common.whereabouts import whereabouts
from reconcile.reports.formats import Options
from reconcile.reports.html.graph import drawn
from reconcile.reports.html.rows import COLUMNS, DRIFT_COLUMNS, Row, rows
from reconcile.reports.one_page import opened, part, style_of, text

AT_A_TIME = 500
"""How many rows the page shows at a time."""


def render(document: Document, options: Options) -> str:
    """Return the page, the same for the same document."""
    return "\n".join(_page(document, list(rows(document)))) + "\n"


def _page(document: Document, found: Sequence[Row]) -> Iterator[str]:
    script = part(__package__, "report.js")
    yield from opened(_title(document), style_of(__package__, "report.css"), script)
    yield from _head(document)
    yield "<main>"
    yield from drawn(document.operations)
    yield from _table(document, found)
    yield "</main>"
    yield f'<script type="application/json" id="rows">{_data(found)}</script>'
    yield f"<script>{script}</script>\n</body>\n</html>"


def _title(document: Document) -> str:
    what = "drift" if is_drift(document) else "plan"
    what = "record" if document.outcomes is not None else what
    what = "validation" if document.valid is not None else what
    return f"Reconcile {what}: {document.environment}" if document.environment else f"Reconcile {what}"


def _head(document: Document) -> Iterator[str]:
    yield f"<header>\n<h1>{text(_title(document))}</h1>"
    if where := whereabouts(document):
        yield f'<p class="where">{text(where)}</p>'
    yield f'<p class="summary">{text(_last_line(document))}</p>'
    left_out = (planned_only(document), not_compared(document), unchecked(document))
    beside = (rarer_outcomes(document), beside_counts(document), *left_out, skipped(document))
    steps = () if document.failed else (next_steps(document),)
    for words in filter(None, (*beside, unmanaged(document), *would_be_refused(document), *steps)):
        yield f"<p>{text(words)}</p>"
    yield "<dl>"
    for name, given in _facts(document):
        yield f"<div><dt>{name}</dt><dd>{text(given)}</dd></div>"
    yield "</dl>\n</header>"


def _last_line(document: Document) -> str:
    if document.failed:
        return "Nothing was planned: see the problems."
    return last_line(document)


def _facts(document: Document) -> Iterator[tuple[str, str]]:
    yield "made", document.created_at
    if document.commit:
        yield "commit", document.commit[:12] + (", with local changes" if document.dirty else "")
    if document.base:
        labels = document.summary.labels
        yield "differences", ", ".join(f"{count} {label}" for label, count in labels._asdict().items())


def _table(document: Document, found: Sequence[Row]) -> Iterator[str]:
    systems = [*document.systems, *sorted({row.system for row in found} - {*document.systems, ""})]
    yield '<section aria-labelledby="what">\n<h2 id="what">What differs</h2>\n<form id="filters" hidden>'
    yield '<label>Search <input type="search" id="words" autocomplete="off"></label>'
    for name, values in (
        ("system", systems),
        ("label", ["conflict", "drift", "change"]),
        ("kind", list(dict.fromkeys(row.kind for row in found))),
    ):
        yield from _choice(name, values, Counter(getattr(row, name) for row in found))
    yield "</form>"
    drift = ' class="drift"' if is_drift(document) else ""
    yield f'<p id="count" role="status">{_count(len(found))}</p>\n<table{drift}>'
    yield '<caption class="unseen">Every difference, and the line that it comes from</caption>'
    names = DRIFT_COLUMNS if is_drift(document) else COLUMNS
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    yield f'<thead><tr>{head}</tr></thead>\n<tbody id="body">'
    yield from map(_row, found[:AT_A_TIME])
    yield "</tbody>\n</table>"
    yield '<p id="pages" hidden><button type="button" id="back">Earlier rows</button>'
    yield '<button type="button" id="on">Later rows</button></p>\n</section>'


def _choice(name: str, values: Iterable[str], counts: Mapping[str, int]) -> Iterator[str]:
    title = "action" if name == "kind" else name
    yield f'<label>{title.capitalize()} <select id="{name}"><option value="">all</option>'
    for given in values:
        if counts.get(given):
            yield f'<option value="{text(given)}">{text(given)} ({counts[given]})</option>'
    yield "</select></label>"


def _count(total: int) -> str:
    if total <= AT_A_TIME:
        return f"{total} {'row' if total == 1 else 'rows'}"
    return f"Rows 1 to {AT_A_TIME} of {total}; the others are shown where the script of this page may run"


def _row(row: Row) -> str:
    first, *rest = row.cells
    cells = "".join(
        f'<td class="{name}">{escape(cell)}</td>' for name, cell in zip(_CLASSES, rest, strict=True)
    )
    return f'<tr class="{_tone(row)}"><th scope="row">{escape(first)}</th>{cells}</tr>'


def _tone(row: Row) -> str:
    """Return how a row is coloured: for its label, else for its kind."""
    return _TONES.get(row.label) or (f"{_TONES[row.kind]} kind" if row.kind in _TONES else "plain")


_CLASSES = ("what", "field", "before", "after", "label", "place")
_TONES = {
    "conflict": "bad", "problem": "bad", "not read": "bad", "refused": "bad", "failed": "bad",
    "unknown": "bad", "delete": "bad", "blocked": "odd", "drift": "odd", "project file": "odd",
    "warning": "odd", "cannot": "bad", "needs_prune": "odd", "moved": "odd",
}  # fmt: skip


def _data(found: Iterable[Row]) -> str:
    """Return the rows as JSON in which nothing can end the element that holds it."""
    rows = [[row.system, row.label, row.kind, _tone(row), *row.cells] for row in found]
    data = json.dumps(rows, separators=(",", ":"))
    return data.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
