"""The page: one file that reaches for nothing, whose policy allows its own script and style alone."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

from hypothesis import given, settings
from tests.support.documents import OF, STRINGS, everywhere, words
from tests.support.estate import estate

from reconcile.model import Address
from reconcile.planfile.write import document, failed
from reconcile.planning.contents import Outcome, Plan
from reconcile.reports.formats import render
from reconcile.reports.html.rows import rows

SVG = {"svg", "title", "text", "path", "g", "rect"}
PAGE = {
    "html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "p", "dl", "div", "dt", "dd",
    "main",
    "section", "form", "label", "input", "select", "option", "table", "caption", "thead", "tbody", "tr",
    "th", "td",
    "button", "script", "ol", "li", "span",
}  # fmt: skip
VOID = {"meta", "input"}
ATTRIBUTES = {
    "lang", "charset", "http-equiv", "content", "name", "id", "class", "hidden", "type", "autocomplete",
    "value", "colspan",
    "role", "scope", "aria-labelledby", "viewbox", "width", "height", "x", "y", "rx", "d",
}  # fmt: skip


class Page(HTMLParser):
    """A page as a parser of the standard library reads it; it fails for what the report never writes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.scripts: list[tuple[dict[str, Any], str]] = []
        self.policy = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert tag in PAGE | SVG, tag
        assert set(given) <= ATTRIBUTES, given
        if given.get("http-equiv"):
            self.policy = given["content"] or ""
        if tag not in VOID:
            self.open.append(tag)
        if tag == "script":
            self.scripts.append((given, ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts.setdefault(self.open[-1], []).append(data)
        if self.open and self.open[-1] == "script":
            given, text = self.scripts[-1]
            self.scripts[-1] = given, text + data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def hashed(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def test_the_policy_allows_the_pages_own_script_and_style_and_nothing_else() -> None:
    page = Page(render("html", estate(30)))
    (data, script) = page.scripts
    assert data[0] == {"type": "application/json", "id": "rows"}
    assert script[0] == {}
    (style,) = page.texts["style"]
    assert page.policy.split("; ") == [
        "default-src 'none'",
        f"script-src {hashed(script[1])}",
        f"style-src {hashed(style)}",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert not re.search(r"https?:|url\(|@import|innerHTML|eval|fetch|XMLHttp", script[1] + style)


@settings(max_examples=STRINGS, deadline=None, derandomize=True, database=None)
@given(words)
def test_no_text_of_a_document_is_an_element_an_attribute_or_the_end_of_one(text: str) -> None:
    whole = everywhere(text)
    page = Page(render("html", whole))
    given = json.loads(page.scripts[0][1])
    assert [tuple(row[4:]) for row in given] == [row.cells for row in rows(whole)]
    assert all(line.isprintable() for row in given for cell in row for line in cell.split("\n"))
    assert not any("\n" in cell.replace("\nkeep it: ", "", 1) for row in given for cell in row)
    cells = [text for text in page.texts.get("td", []) if text]
    assert cells == [cell for row in rows(whole) for cell in row.cells[1:] if cell]


def test_500_rows_are_in_the_page_and_all_are_in_its_data() -> None:
    text = render("html", estate(2_000))
    page = Page(text)
    assert text.count("<tr") == 501
    assert len(json.loads(page.scripts[0][1])) == 2_002
    assert (
        "Rows 1 to 500 of 2002; the others are shown where the script of this page may run" in page.texts["p"]
    )


def test_the_graph_follows_the_systems_in_their_order() -> None:
    text = render("html", estate(8))
    lanes = re.findall(r'<text class="lane" x="4" y="(\d+)">(\w+)<', text)
    assert [name for _, name in lanes] == ["flexdeploy", "katalon", "brpm", "foundry"]
    assert text.count('<path class="wait"') == 6
    assert text.count('<g class="box') == 8
    assert "step 1, flexdeploy: Release/train-0000 (update, 1 drift)" in text


def test_of_many_operations_the_graph_shows_groups() -> None:
    text = render("html", estate(400))
    assert text.count('<g class="box') == 4
    assert ">100 operations<" in text


def test_a_run_that_failed_is_a_page_that_says_so() -> None:
    page = Page(render("html", failed([], OF)))
    assert page.texts["h1"] == ["Reconcile plan: production"]
    assert "0 rows" in page.texts["p"]


def test_counts_that_the_last_line_has_no_place_for_stand_below_it() -> None:
    rare = [Outcome(Address("a", "B", "c"), "refused", "moved"), Outcome(Address("a", "B", "d"), "unchanged")]
    page = render("html", document(Plan(), OF, rare))
    assert "0 unknown, 0 blocked.</p>\n<p>1 refused, 1 already as wanted.</p>" in page
