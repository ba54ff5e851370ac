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
