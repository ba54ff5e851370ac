"""Markdown: any plan fits any budget, closes what it opens, and loses nothing that must be seen."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from tests.support.documents import OF, PLANS, STRINGS, WORST, documents, everywhere, words
from tests.support.values import address

from reconcile.model import Change, Origin, Problem, Request
from reconcile.planfile.document import Document
from reconcile.planfile.write import document, failed
from reconcile.planning.contents import KnownDifference, Operation, Outcome, Plan, Status, Unread
from reconcile.reports.common.urgency import URGENT, findings
from reconcile.reports.formats import LEAST_CHARS, Options
from reconcile.reports.markdown import render

GITHUB = MarkdownIt("gfm-like", {"linkify": False})
VOID = {"br", "hr", "img", "input"}
OURS = {"details", "summary", "code"}
LEFT = re.compile(r"\*\*Not named here, for want of room:\*\* (.*) of \d+ more\.")


class Tags(HTMLParser):
    """Which elements a piece of HTML opens, and whether it closes each in its turn."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.seen.add(tag)
        assert not attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def tokens(text: str) -> Iterator[Any]:
    for token in GITHUB.parse(text):
        yield token
        yield from token.children or ()


def named(text: str) -> Counter[str]:
    """How many urgent things of each sort the report names or counts."""
    found: Counter[str] = Counter()
    for line in text.splitlines():
        if match := re.match(r"- \*\*([a-z ]+)\*\*", line):
            found[match[1]] += 1
        elif match := (
            LEFT.fullmatch(line) or re.match(r"- (?:`.*`): (\d+ [a-z ]+(?:, \d+ [a-z ]+)*)$", line)
        ):
            for part in match[1].split(", "):
                count, what = part.split(" ", 1)
                found[what] += int(count)
    return found


def urgent(whole: Document) -> Counter[str]:
    return Counter(finding.what for finding in findings(whole) if finding.what in URGENT)


@settings(max_examples=PLANS, deadline=None, derandomize=True, database=None)
@given(documents(many=True), st.integers(LEAST_CHARS, 20_000))
def test_any_plan_fits_any_budget_and_names_or_counts_what_is_urgent(whole: Document, budget: int) -> None:
    text = render(whole, Options(budget))
    assert len(text) <= budget
    assert named(text) == urgent(whole)
    lines = text.split("\n")
    assert lines.count("```diff") == lines.count("```")
    shown = sum(line.startswith("<details><summary>") for line in lines)
    assert shown == lines.count("</details>")
    total = sum(
        len(getattr(whole, key)) for key in ("operations", "blocked", "dropped", "unverified", "finished")
    )
    left = re.search(r"_(\d+) objects? (?:is|are) left out to stay within the budget\._", text)
    assert shown + (int(left[1]) if left else 0) == total


def means_nothing(text: str) -> None:
    """Hold a report to the markup that is ours."""
    tags = Tags()
    for token in tokens(text):
        assert token.type not in {"link_open", "image", "html_inline", "code_block", "heading_close"} or (
            token.tag == "h3"
        ), token
        if token.type == "html_block":
            tags.feed(token.content)
        if token.type == "text":
            assert re.fullmatch(r"[A-Za-z0-9_ ,.:|()\-+/;]*", token.content), token.content
            assert "://" not in token.content
    tags.close()
    assert tags.open == []
    assert tags.seen <= OURS
    assert text.isprintable() or all(line.isprintable() for line in text.split("\n"))


@settings(max_examples=STRINGS, deadline=None, derandomize=True, database=None)
@given(words)
def test_no_text_of_a_document_is_markup_a_link_or_a_mention(hostile: str) -> None:
    means_nothing(render(everywhere(hostile), Options()))


@settings(max_examples=STRINGS, deadline=None, derandomize=True, database=None)
@given(
    st.one_of(words, st.sampled_from(("@all", "[a](b)", "http://evil.example", "www.evil.example", "_x_")))
)
def test_what_to_type_next_is_no_markup_whatever_it_names(hostile: str) -> None:
    unread = Unread(address("x", system=hostile), Problem("unreadable-live", "x", Origin("x.yaml", 1)))
    means_nothing(render(document(Plan(not_read=(unread,)), OF), Options()))
    frozen = Outcome(address("lamp"), "refused", f"frozen by freezes/x: {hostile}")
    told = render(document(Plan(), OF, [frozen]), Options())
    assert "Next: " in told
    means_nothing(told)


@given(words)
@settings(max_examples=STRINGS, deadline=None, derandomize=True, database=None)
def test_the_marker_is_one_comment_whatever_the_environment_is_called(name: str) -> None:
    whole = document(Plan(), OF)
    first = render(whole._replace(environment=name), Options()).splitlines()[0]
    assert re.fullmatch(r"<!-- reconcile:[A-Za-z0-9._-]{1,60} -->", first)


def test_the_marker_names_the_environment() -> None:
    whole = document(Plan(), OF)
    assert render(whole, Options()).startswith(
        "<!-- reconcile:production -->\n### `production`: No changes.\n"
    )
    bare = whole._replace(environment=None)
    assert render(bare, Options()).startswith("<!-- reconcile:default -->\n")


def deletes(count: int) -> Plan:
    origin = Origin("manifests/old.yaml", 3)
    return Plan(
        tuple(
            Operation(
                address(f"lamp-{n}"),
                "delete",
                n,
                f"Lamp {n}",
                origin,
                (Request("lamps", "DELETE", f"/lamps/{n}"),),
                (Change(("title",), "x" * 150, None, origin),),
            )
            for n in range(count)
        )
    )


def test_ten_thousand_deletes_in_the_smallest_budget_are_named_as_far_as_they_fit_and_else_counted() -> None:
    text = render(document(deletes(10_000), OF), Options(LEAST_CHARS))
    assert len(text) <= LEAST_CHARS
    assert "- `lamps/Lamp/lamp-0`: 1 delete\n" in text
    assert named(text)["delete"] == 10_000
    assert "_10000 objects are left out to stay within the budget._" in text


@pytest.mark.parametrize("hostile", WORST)
@pytest.mark.parametrize(("times", "budget"), [(1, LEAST_CHARS), (30, 4_000)])
def test_one_of_each_urgent_thing_is_named_or_counted_however_many_there_are(
    hostile: str, times: int, budget: int
) -> None:
    whole = everywhere(hostile)._replace(undo=None)
    outcomes: list[Status] = ["failed", "unknown", "unsettled"]
    states = [whole.outcomes[0]._replace(status=status) for status in outcomes] if whole.outcomes else []
    problem = whole.problems[0]._replace(severity="error")
    whole = whole._replace(
        operations=whole.operations * times,
        blocked=whole.blocked * times,
        dropped=whole.dropped * times,
        outcomes=tuple(states * times),
        problems=(*whole.problems * times, problem),
    )
    text = render(whole, Options(budget))
    assert {*urgent(whole)} == {*URGENT} - {"cannot", "needs_prune"}
    assert len(text) <= budget
    assert named(text) == urgent(whole)


def test_a_hundred_deletes_in_the_default_budget_are_all_named_with_their_lines() -> None:
    text = render(document(deletes(100), OF), Options())
    assert "- **delete** `lamps/Lamp/lamp-99` `Lamp 99, 99` `manifests/old.yaml:3`\n" in text
    assert "left out" not in text


def test_a_budget_below_the_least_is_refused() -> None:
    with pytest.raises(ValueError, match=str(LEAST_CHARS)):
        render(document(Plan(), OF), Options(LEAST_CHARS - 1))


def test_counts_that_the_last_line_has_no_place_for_stand_below_the_table() -> None:
    text = render(document(Plan(), OF, [Outcome(address("a"), "refused", "moved")]), Options())
    assert "### `production`: Apply: 0 done, 0 failed, 0 skipped, 0 unknown, 0 blocked.\n" in text
    assert "\n1 refused.\n" in text


def test_a_run_that_failed_has_no_table_of_counts() -> None:
    assert "| create |" not in render(failed([Problem("usage", "no")], OF), Options())


def test_what_is_newly_known_is_said_once_where_there_is_room() -> None:
    known = KnownDifference(address("a"), ("watts",), 1, "INC-1", "2026-12-24", True, Origin("a.yaml", 1))
    whole = document(Plan(known=(known,)), OF)
    assert render(whole, Options()).count("INC-1") == 1


def test_the_base_is_named_however_many_systems_there_are() -> None:
    systems = {f"system{number}": {"type": "x", "url": f"https://{number}.example"} for number in range(9)}
    of = OF._replace(systems=systems, base="c" * 40, base_name="reconcile/staging")
    assert "base reconcile/staging (ccccccc)`" in render(document(Plan(), of), Options())
