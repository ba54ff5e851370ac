"""The formats that machines read: valid for any document, and nothing in them is more than text."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import example, given, settings
from tests.support.documents import OF, STRINGS, everywhere, words
from tests.support.values import address

from reconcile.model import Change, Label, Origin, Problem, Request
from reconcile.planfile.json_form import to_json
from reconcile.planfile.write import RunInfo, document, failed
from reconcile.planning.contents import Blocked, Operation, Outcome, Plan, Unread
from reconcile.reports.common.urgency import findings
from reconcile.reports.formats import FORMATS, Options, render

COMMAND = re.compile(
    r"::(error|warning|notice) (?:file=[^:,]*,line=\d+,(?:col=\d+,)?)?title=[^:,]*::[^\r\n]*"
)
OTHERS = re.compile(r"##\w*\[")
"""What other build servers take for a command, wherever it stands in a line."""

ORIGIN = Origin("manifests/train.yaml", 8)
MANY = settings(max_examples=STRINGS, deadline=None, derandomize=True, database=None)


def change(name: str, label: Any = None) -> Change:
    return Change((name,), "old", "new", ORIGIN, label)


def update(*changes: Change, name: str = "a") -> Operation:
    return Operation(
        address(name),
        "update",
        7,
        "Lamp",
        Origin("manifests/train.yaml", 1),
        (Request("lamps", "PUT", "/"),),
        changes,
    )


def said(format: str, whole: Any, options: Options | None = None) -> str:
    return render(format, whole, options)


@MANY
@given(words)
def test_every_line_of_the_annotations_is_one_command_of_ours(hostile: str) -> None:
    whole = everywhere(hostile)
    lines = said("github", whole).split("\n")
    assert lines.pop() == ""
    for line in lines:
        assert COMMAND.fullmatch(line), line
        assert line.isprintable()
        assert not OTHERS.search(line)
    for type_ in ("error", "warning", "notice"):
        assert sum(line.startswith(f"::{type_} ") for line in lines) <= 10
    counted = sum(
        int(more) for line in lines for more in re.findall(r"title=reconcile%3A \+(\d+) more::", line)
    )
    head, *rest = lines
    assert head.startswith("::notice title=reconcile%3A ")
    shown = sum("title=reconcile%3A +" not in line for line in rest)
    assert shown + counted == len(findings(whole))


@MANY
@given(words)
def test_junit_is_well_formed_and_counts_what_it_holds(hostile: str) -> None:
    whole = everywhere(hostile)
    root = Xml.fromstring(said("junit", whole))  # noqa: S314  # our own text
    for suite in root:
        cases = list(suite)
        assert suite.get("tests") == str(len(cases))
        for tag, name in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert suite.get(name) == str(sum(case.find(tag) is not None for case in cases))
        assert all(len(case) <= 1 for case in cases)
    names = {(suite.get("name"), case.get("name")) for suite in root for case in suite}
    assert len(names) <= sum(len(suite) for suite in root)


@MANY
@given(words)
def test_json_reads_back_as_what_it_was_and_holds_nothing_that_a_terminal_obeys(
    hostile: str,
) -> None:
    whole = everywhere(hostile)
    text = said("json", whole)
    assert json.loads(text) == json.loads(json.dumps(to_json(whole)))
    assert not OTHERS.search(text)
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]", text
    )
    assert not any(line.lstrip().startswith("::") for line in text.split("\n"))
    text.encode()


@MANY
@given(words)
def test_the_three_numbers_are_numbers_whatever_the_texts_are(hostile: str) -> None:
    assert json.loads(said("terraform-report", everywhere(hostile))) == {
        "create": 2,
        "update": 1,
        "delete": 1,
    }


@MANY
@given(words)
@example(":")
def test_no_line_of_the_text_is_a_command_to_a_build_server(hostile: str) -> None:
    whole = everywhere(hostile)
    for options in (Options(), Options(width=80), Options(width=40, verbose=True)):
        text = said("text", whole, options)
        assert not OTHERS.search(text)
        assert not any(line.lstrip().startswith("::") for line in text.splitlines())
        assert all(line.isprintable() for line in text.split("\n"))


@MANY
@given(hostile=words)
@pytest.mark.parametrize("format", ["markdown", "html", "junit"])
def test_no_line_of_any_other_report_is_one_either(hostile: str, format: str) -> None:
    text = said(format, everywhere(hostile))
    assert not OTHERS.search(text)
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())


@pytest.mark.parametrize("format", FORMATS)
def test_a_run_that_failed_is_a_valid_document_of_each_format(format: str) -> None:
    whole = failed([Problem("unknown-field", "no `nope`", Origin("manifests/a.yaml", 3, 5))], OF)
    text = said(format, whole)
    assert text.endswith("\n")
    if format == "terraform-report":
        assert json.loads(text) == {"create": 0, "update": 0, "delete": 0}
    else:
        assert "unknown-field" in text
    assert "No changes." not in text


def test_an_annotation_stands_on_the_line_that_causes_it() -> None:
    whole = document(Plan((update(change("watts", "drift")),)), OF)
    assert said("github", whole) == (
        '::warning file=manifests/train.yaml,line=8,title=drift%3A lamps/Lamp/a::watts: "old" -> "new"'
        '%0Akeep it: watts: "old"\n'
    )
    assert said("github", whole, Options(folder="sub")).startswith("::warning file=sub/manifests/train.yaml,")


def test_the_worst_comes_first_and_what_is_not_shown_is_counted() -> None:
    conflicts = [change(f"f{n}", "conflict") for n in range(12)]
    held = Blocked(address("b"), ("on",), 0, 1, "no event leads there", ORIGIN)
    problem = Problem("odd", "a word", ORIGIN)
    lines = said(
        "github", document(Plan((update(*conflicts),), (held,), problems=(problem,)), OF)
    ).splitlines()
    assert lines[0].startswith(
        "::error file=manifests/train.yaml,line=8,col=1,title=reconcile%3A problem::a word"
    )
    assert lines[9] == "::error title=reconcile%3A +4 more::not shown here: 4 conflict"
    assert lines[10].startswith(
        "::warning file=manifests/train.yaml,line=8,title=blocked%3A lamps/Lamp/b::on: "
    )
    assert len(lines) == 11


def test_a_run_is_created_in_the_three_numbers_and_only_objects_are_deleted() -> None:
    entry = Change(("bulbs", ("1",)), {"slot": 1}, None, ORIGIN, entry=True)
    started = update()._replace(action="run")
    plan = Plan((update(change("watts"), entry, entry), started, started, update()._replace(action="delete")))
    assert json.loads(said("terraform-report", document(plan, OF))) == {"create": 2, "update": 1, "delete": 1}


KEPT = 'keep it: watts: "old"'


@pytest.mark.parametrize("label", ["drift", "conflict"])
@pytest.mark.parametrize("format", ["text", "markdown", "html", "github", "junit"])
def test_what_somebody_changed_live_comes_with_the_line_that_keeps_it(format: str, label: str) -> None:
    text = unescape(said(format, document(Plan((update(change("watts", label)),)), OF)))
    (line,) = [line for line in text.splitlines() if KEPT in line and not line.startswith("<script")]
    assert line.count(KEPT) == 1


@pytest.mark.parametrize("format", FORMATS)
def test_what_the_manifests_changed_has_no_line_that_keeps_the_old_value(format: str) -> None:
    for label in (None, "change"):
        assert "keep it" not in said(format, document(Plan((update(change("watts", label)),)), OF))


@pytest.mark.parametrize("format", ["markdown", "html", "github", "junit"])
def test_a_line_too_long_to_show_is_not_cut_but_left_to_the_text_report(format: str) -> None:
    long = Change(("note",), "x" * 5_000, "y", ORIGIN, "drift")
    whole = document(Plan((update(long),)), OF)
    assert "keep it: # 5,008 characters, which the text report has whole" in said(format, whole)
    assert f'keep it: note: "{"x" * 5_000}"' in said("text", whole)


DRIFT = OF._replace(command="drift")


def test_junit_passes_what_is_in_sync_and_fails_what_drifted() -> None:
    plan = Plan((update(change("watts", "drift")),), unchanged=(address("b"), address("c")))
    (suite,) = Xml.fromstring(said("junit", document(plan, DRIFT)))  # noqa: S314
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("lamps", "3", "1")
    (case,) = (case for case in suite if len(case))
    assert (case.get("classname"), case.get("name")) == ("lamps", "Lamp/a")
    assert (case.get("file"), case.get("line")) == ("manifests/train.yaml", "8")
    (failure,) = case
    assert (failure.tag, failure.get("type")) == ("failure", "drift")


@pytest.mark.parametrize(
    ("of", "base", "label", "failures"),
    [
        (OF, "abc", "drift", "0"),
        (OF, None, None, "0"),
        (OF, "abc", "conflict", "1"),
        (DRIFT, "abc", "change", "0"),
        (DRIFT, "abc", "drift", "1"),
        (DRIFT, "abc", "conflict", "1"),
        (DRIFT, None, None, "1"),
    ],
)
def test_junit_fails_for_what_counts_and_not_for_what_a_plan_is_there_to_show(
    of: RunInfo, base: str | None, label: Label | None, failures: str
) -> None:
    whole = document(Plan((update(change("watts", label)),)), of._replace(base=base))
    (suite,) = Xml.fromstring(said("junit", whole))  # noqa: S314
    assert suite.get("failures") == failures


@pytest.mark.parametrize("of", [OF, DRIFT])
def test_junit_fails_for_what_is_blocked_and_for_what_was_not_read(of: RunInfo) -> None:
    held = Blocked(address("a"), ("state",), 1, 2, "no event leads there", ORIGIN, "drift")
    unread = Unread(address("b"), Problem("unreadable-live", "lamps: GET /lamps: 502", ORIGIN))
    (suite,) = Xml.fromstring(said("junit", document(Plan(blocked=(held,), not_read=(unread,)), of)))  # noqa: S314
    assert suite.get("failures") == "2"


def test_after_an_apply_junit_passes_what_was_done() -> None:
    plan = Plan((update(change("watts")), update(change("watts"), name="b")))
    outcomes = [Outcome(address("a"), "done"), Outcome(address("b"), "unknown", "no answer")]
    (suite,) = Xml.fromstring(said("junit", document(plan, OF, outcomes)))  # noqa: S314
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "0", "1")


def test_a_created_object_is_one_annotation() -> None:
    created = update(change("a"), change("b"))._replace(action="create", id=None)
    assert said("github", document(Plan((created,)), OF)) == (
        "::notice file=manifests/train.yaml,line=1,title=create%3A lamps/Lamp/a::Lamp\n"
    )


def test_annotations_and_tests_of_a_drift_say_what_it_comes_to_and_what_to_type_next() -> None:
    of = OF._replace(
        command="drift", base=None, systems={"lamps": {"type": "lamps", "url": "http://127.0.0.1:1"}}
    )
    whole = document(Plan((update(change("watts")),)), of)
    head = said("github", whole).splitlines()[0]
    assert "%0ADrift: 1 object differs" in head
    assert "%0ANext: `reconcile apply --env production` puts it back" in head
    assert "Next: `reconcile apply --env production` puts it back" in said("junit", whole)
