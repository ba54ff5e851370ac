"""Every line that a report prints on a terminal fits it, but for the last and for what cannot be broken."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from tests.support.documents import PLANS, documents

from reconcile.model import Json
from reconcile.planfile.document import Document
from reconcile.planfile.json_form import to_json
from reconcile.planfile.read import read_document
from reconcile.reports.common.closing import last_line
from reconcile.reports.common.escape import inert
from reconcile.reports.formats import Options, render

ROOT = Path(__file__).parents[2]
SAVED = [*(ROOT / "tests/trust/corpus/plans").glob("*.json"), *ROOT.glob("examples/*/reports/plan.json")]
WIDTHS = (80, 120, 200)
INDENT = 16
"""How far a line that goes on is indented at most."""


def too_wide(document: Document, width: int, *, verbose: bool) -> list[str]:
    """The lines of the report that are wider than the terminal, and could have been broken."""
    if document.failed:  # problems: a place and its message, as an editor finds it
        return []
    *lines, _ = render("text", document, Options(width=width, verbose=verbose)).splitlines()
    whole = {last_line(document._replace(outcomes=None)), *places(to_json(document))}
    long = [line for line in lines if len(line) > width and "keep it: " not in line]
    broken = [line for line in long if max(map(len, line.split())) <= width - INDENT]
    return [line for line in broken if line.strip() not in whole]


def places(part: Json) -> Iterator[str]:
    """Every place of a document, which stands on one line however long."""
    if isinstance(part, dict) and {"file", "line"} <= part.keys():
        yield f"{inert(part['file'])}:{part['line']}".strip()
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from places(inner)


@pytest.mark.parametrize("file", SAVED, ids=lambda file: file.name)
def test_every_saved_plan_and_record_fits_its_terminal(file: Path) -> None:
    document = read_document(file.read_bytes(), file.name)
    for width in WIDTHS:
        assert too_wide(document, width, verbose=False) == []
        assert too_wide(document, width, verbose=True) == []


@settings(max_examples=PLANS, deadline=None, derandomize=True, database=None)
@given(documents())
def test_any_plan_or_record_fits_its_terminal(document: Document) -> None:
    for width in WIDTHS:
        assert too_wide(document, width, verbose=True) == []
