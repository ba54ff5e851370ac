"""Text from manifests and servers cannot move a terminal, break a line or turn the reading around."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.values import address

from reconcile.model import Change, Origin, Problem, Request
from reconcile.planfile.write import RunInfo, document
from reconcile.planning.contents import Operation, Outcome, Plan
from reconcile.reports.common.escape import inert, value
from reconcile.reports.text import problem_lines, render

HOSTILE = [
    "\x1b[31mred",
    "\x1b]8;;https://evil.example\x07link",
    "a\u202eb",
    "a\u2066b\u2069",
    "line\nPlan: 0 to create",
    "\r::error::x",
    "a\u2028b\u2029c",
    "\x9b31m",
    "\x00\x08\x7f",
    "\ufeff\u200b",
    "\ud800",
    "[/bold] [x]",
    "tab\there",
    "\U000e0041",
]


def harmless(text: str) -> bool:
    return all(line.isprintable() for line in text.split("\n")) and not any(
        "\u200b" <= c <= "\u200f" for c in text
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_spelled_out_on_one_line(text: str) -> None:
    assert harmless(inert(text))
    assert "\n" not in inert(text)
    assert harmless(value(text))
    assert harmless(value({text: [text]}))
    assert harmless(value({"unknown": text}))


@pytest.mark.parametrize("text", ["plain", "Grüße aus Köln", "日本語", "a  b", "émoji 🙂", "[x] {y} #z"])
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert inert(text) == text


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (None, "none"),
        ("x", '"x"'),
        ("", '""'),
        (3, "3"),
        (True, "true"),
        (1.5, "1.5"),
        ([], "[]"),
        ({"a": 1, "b": [None, "x"]}, '{a: 1, b: [none, "x"]}'),
        ({"sensitive": True}, "(sensitive)"),
        ([{"sensitive": True}], "[(sensitive)]"),
        ({"unknown": "a/B/c"}, "(id of a/B/c)"),
        ("line\nbreak", '"line\\nbreak"'),
    ],
)
def test_values_are_shown_as_a_reader_sees_them(given: object, shown: str) -> None:
    assert value(given) == shown


def test_a_long_value_is_cut_and_says_how_long_it_is() -> None:
    shown = value("x" * 1000)
    assert shown.startswith('"xxx')
    assert shown.endswith("… (1002 characters)")
    assert len(shown) < 240


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(st.text(max_size=30) | st.sampled_from(HOSTILE))
def test_no_text_in_any_place_of_a_report_is_more_than_text(text: str) -> None:
    where = address(text, text, text)
    origin = Origin(text)
    change = Change((text, (text,)), {text: text}, None, origin, entry=True, name=text)
    scalar = Change((text,), text, {"unknown": text}, origin, "conflict", name=text)
    operation = Operation(
        where, "update", text, text, origin, (Request(text, "PUT", text),), (change, scalar)
    )
    outcomes = [Outcome(where, "failed", text, 1, 0.1, {text: text})]
    whole = document(Plan((operation,)), RunInfo("0", "0"), outcomes)
    report = render(whole)
    assert harmless(report)
    assert report.splitlines()[-1] == "Apply: 0 done, 1 failed, 0 skipped, 0 unknown, 0 blocked."
    problems = document(Plan(problems=(Problem("code", text, origin),)), RunInfo("0", "0")).problems
    (line,) = problem_lines(problems)
    assert harmless(line)
