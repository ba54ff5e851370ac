"""Values are changed in the bytes of a manifest, and nothing else is."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from tests.support.styled import Hand, styled, value_like
from tests.trust.figures import figure, seeds

from reconcile.yaml_source import read_documents
from reconcile.yaml_source.decoding import read_text
from reconcile.yaml_source.edits import CannotEditError, Edit, edited
from reconcile.yaml_source.nodes import spans_of


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the path of every value below `value`."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for step, part in steps for found in ((*path, step), *places(part, (*path, step)))]


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def changed(value: Any, edit: Edit) -> Any:
    """Return the value with an edit made, by the plain meaning of the edit."""
    if not edit.path:
        return {**value, edit.key: edit.value}
    step, rest = edit.path[0], edit._replace(path=edit.path[1:])
    copy = dict(value) if isinstance(value, dict) else list(value)
    if len(edit.path) > 1 or edit.action == "add":
        copy[step] = changed(value[step], rest)
    elif edit.action == "remove":
        del copy[step]
    else:
        copy[step] = edit.value if edit.action == "replace" else [*value[step], edit.value]
    return copy


def drawn(draw: random.Random, value: Any) -> Edit:
    """Draw one edit that is possible on a value."""
    path = draw.choice(places(value))
    here = at(value, path)
    actions = ["replace"]
    actions += ["remove"] * isinstance(path[-1], int)
    actions += ["append"] * isinstance(here, list)
    actions += ["add"] * isinstance(here, dict)
    action = draw.choice(actions)
    new = (
        value_like(draw, here)
        if action == "replace"
        else value_like(draw, at(value, draw.choice(places(value))))
    )
    return Edit(0, path, action, new, f"added {draw.random()}")  # type: ignore[arg-type]


def documents_of(text: str) -> list[Any]:
    documents, problems = read_documents(text.encode(), "m.yaml")
    assert not problems, (text, problems)
    return [document.value for document in documents]


def exactly(value: Any) -> str:
    """Return a spelling of a value in which a number is no text, and the order of keys is none."""
    return json.dumps(value, sort_keys=True)


@pytest.mark.parametrize("seed", seeds(figure(test=300, mutants=60, deep=10_000)))
def test_an_edited_file_differs_in_just_the_wanted_value(seed: int) -> None:
    draw = Hand(seed)
    values, text = styled(draw)
    assert list(map(exactly, documents_of(text))) == list(map(exactly, values)), text
    for _ in range(4):
        chosen = draw.randrange(len(values))
        edit = drawn(draw, values[chosen])
        try:
            after = edited(text, [edit._replace(document=spans_of(text)[chosen].root.start)])
        except CannotEditError:
            continue
        values[chosen] = changed(values[chosen], edit)
        assert list(map(exactly, documents_of(after))) == list(map(exactly, values)), (edit, text, after)
        assert after.count("\r\n") == after.count("\n") if "\r\n" in text else "\r" not in after
        _outside_is_kept(text, after, chosen, edit)
        text = after


def _outside_is_kept(before: str, after: str, chosen: int, edit: Edit) -> None:
    node = spans_of(before)[chosen].root
    for step in edit.path:
        node = node.child(step) or node
    if edit.action == "replace" and not node.children and not isinstance(edit.value, dict | list):
        assert after.startswith(before[: node.start])
        assert after.endswith(before[node.end :])


def test_a_byte_order_mark_is_no_part_of_the_edited_text() -> None:
    text, problems = read_text(b"\xef\xbb\xbfa: 1\n", "m.yaml")
    assert not problems
    assert edited(text, [Edit(0, ("a",), "replace", 2)]) == "a: 2\n"


def replace(*path: str | int, to: Any) -> Edit:
    return Edit(0, path, "replace", to)


def remove(*path: str | int) -> Edit:
    return Edit(0, path, "remove")


@pytest.mark.parametrize(
    ("before", "edit", "after"),
    [
        ("a: [ # keep\n  x\n]\n", remove("a", 0), "a: [ # keep\n]\n"),
        ("a: [ # keep\n  x,\n  # last\n]\n", remove("a", 0), "a: [ # keep\n  # last\n]\n"),
        ("a: [\n  # of x\n  x, # x\n]\n", remove("a", 0), "a: []\n"),
        ("a: [ # keep\n]\n", Edit(0, ("a",), "append", "x"), "a: [ # keep\n  x\n]\n"),
        ("a: [ # keep\n]\n", replace("a", to=["x", "y"]), "a: [ # keep\n  x,\n  y\n]\n"),
        ("a: { # keep\n  x: 1\n}\n", remove("a", "x"), "a: { # keep\n}\n"),
        ("a: { # keep\n  x: 1,\n}\n", replace("a", to={"y": 2}), "a: { # keep\n  y: 2,\n}\n"),
        ("a: [x, # of x\n  # of y\n  y]\n", remove("a", 0), "a: [ # of y\n  y]\n"),
        ("a: [x, # of x\n  # of y\n  y]\n", remove("a", 1), "a: [x, # of x\n  ]\n"),
        ("a: | # why\n  x\nb: 1\n", replace("a", to="y\n"), "a: | # why\n  y\nb: 1\n"),
        ("a: | # why\n  x\nb: 1\n", replace("a", to="\ty"), 'a: "\\ty" # why\nb: 1\n'),
        ("a: >- # why\n  x\n", replace("a", to=3), "a: 3 # why\n"),
        ("a: | # why\n  x\n", replace("a", to=["y"]), "a: # why\n  - y\n"),
        ("a: # why\n  x: 1 # x\n", remove("a", "x"), "a: {} # why\n"),
        ("a: # why\n  - x # x\n", remove("a", 0), "a: [] # why\n"),
        ("a: # why\n  x: 1\nb: 2\n", replace("a", to=None), "a: null # why\nb: 2\n"),
    ],
)
def test_a_comment_that_belongs_to_no_removed_item_stays(before: str, edit: Edit, after: str) -> None:
    assert edited(before, [edit]) == after


@pytest.mark.parametrize(
    ("before", "edit", "after"),
    [
        ("a:\n  - x\n    # of x\n  # of y\n  - y\n", remove("a", 0), "a:\n  # of y\n  - y\n"),
        ("a:\n  - x\n  - y\n\n    # of y\nb: 1\n", remove("a", 1), "a:\n  - x\nb: 1\n"),
        ("a:\n- x\n- y\n# of b\nb: 1\n", remove("a", 1), "a:\n- x\n# of b\nb: 1\n"),
        ("a:\n  - x: 1\n    # of x\n\nb: 1\n", remove("a", 0), "a: []\n\nb: 1\n"),
        ("a:\n  x: 1\n    # of x\n  y: 2\n", remove("a", "x"), "a:\n  y: 2\n"),
        ("a: [\n  x,\n    # of x\n  y,\n]\n", remove("a", 0), "a: [\n  y,\n]\n"),
        ("a:\n  - x: 1 # x\n    # of y\n    y: 2\n", remove("a", 0, "x"), "a:\n  - # of y\n    y: 2\n"),
    ],
)
def test_comments_right_of_an_item_s_margin_go_with_it(before: str, edit: Edit, after: str) -> None:
    assert edited(before, [edit]) == after
    assert documents_of(after) == [changed(documents_of(before)[0], edit)]


def test_a_new_item_stands_below_the_comments_of_the_last() -> None:
    text = "a:\n  - x\n    # of x\n  # last\nb: 1\n"
    after = "a:\n  - x\n    # of x\n  - y\n  # last\nb: 1\n"
    assert edited(text, [Edit(0, ("a",), "append", "y")]) == after


@pytest.mark.parametrize(
    ("before", "edits"),
    [
        ("? a\n: 1\n", [remove("a")]),
        ("b: 1\n? a\n: 1\n", [remove("a")]),
        ("b:\n  c: 1\n  ? a\n  : 1\n", [remove("b", "a")]),
        ("b:\n  ? c\n  : 1\n  ? a\n  : 1\n", [remove("b", "c")]),
        ("- - a\n", [remove(0, 0)]),
        ("a: &x\n  - 1\n", [remove("a", 0), Edit(0, ("a",), "append", 2)]),
    ],
)
def test_what_no_rule_can_change_is_said_and_never_a_traceback(before: str, edits: list[Edit]) -> None:
    with pytest.raises(CannotEditError):
        edited(before, edits)


@pytest.mark.parametrize(
    "text", ["1.20", "3", "0x1F", "true", "null", "1e3", "-0", "99999999999999999999999"]
)
def test_a_text_that_looks_like_a_number_is_written_in_quotes(text: str) -> None:
    assert edited("a: 1.10\n", [replace("a", to=text)]) == f'a: "{text}"\n'


def test_a_number_beyond_any_range_is_the_text_that_stands_there() -> None:
    text = "a: [{x: 99999999999999999999999, y: 1}]\n"
    wanted = [{"x": "99999999999999999999999", "y": 2}]
    assert edited(text, [replace("a", to=wanted)]) == text.replace("y: 1", "y: 2")


@pytest.mark.parametrize("style", ["x", "'x'", '"x"', "|\n  x", ">\n  x"])
@pytest.mark.parametrize(
    "text",
    [
        "approve\u202ed",
        "a\u2066b\u2069",
        "zero\u200bwidth",
        "soft\u00adhyphen",
        "tag\U000e0041",
        "a\n##[error]b",
        "##vso[task.setvariable]x",
        "##VSO[x]",
        "::error::x",
        "a\n  ::stop-commands::b",
    ],
)
def test_what_nobody_sees_and_what_a_build_server_obeys_is_spelled_as_escapes(style: str, text: str) -> None:
    after = edited(f"a: {style}\n", [replace("a", to=text)])
    assert documents_of(after) == [{"a": text}]
    assert all(line.isprintable() for line in after.splitlines())
    assert "##" not in after
    assert not any(line.lstrip().startswith("::") for line in after.splitlines())


def test_text_that_people_read_stays_as_it_is() -> None:
    assert edited("a: x\n", [replace("a", to="Grüße 日本 🙂 no#1 a::b")]) == "a: Grüße 日本 🙂 no#1 a::b\n"
