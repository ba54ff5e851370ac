"""An answer is limited by what it becomes in memory: that is known before any of it is read."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.errors import ApiError
from reconcile.json_codec import decode
from reconcile.transport.body import UnusableBody, read_json
from reconcile.transport.weight import FILLS_AT_MOST, fills

from .conftest import GET
from .counterpart import answer

MANY = 20_000


def listed(entry: Callable[[int], str]) -> bytes:
    return f"[{','.join(map(entry, range(MANY)))}]".encode()


SHAPES = {
    "empty arrays": listed(lambda number: "[]"),
    "empty objects": listed(lambda number: "{}"),
    "arrays in arrays": listed(lambda number: "[[[[[0]]]]]"),
    "objects of one field": listed(lambda number: f'{{"a":{number + 1000}}}'),
    "objects of a field of its own": listed(lambda number: f'{{"k{number}":{number + 1000}}}'),
    "objects of six fields": listed(
        lambda number: "{" + ",".join(f'"{name}{number}":{number}.5' for name in "abcdef") + "}"
    ),
    "objects in objects": listed(lambda number: '{"a":{"b":{"c":{"d":{}}}}}'),
    "one large object": (
        "{" + ",".join(f'"k{number}":{number + 1000}' for number in range(MANY)) + "}"
    ).encode(),
    "numbers": listed(lambda number: str(number + 1000)),
    "long numbers": listed(lambda number: f"{10**15 + number}"),
    "fractions": listed(lambda number: f"{number}.5"),
    "truths": listed(lambda number: "true"),
    "texts": listed(lambda number: f'"t{number}"'),
    "texts with an accent": listed(lambda number: f'"é{number}"'),
    "texts with an emoji": listed(lambda number: f'"\U0001f682{number}"'),
    "texts with an escaped emoji": listed(lambda number: f'"{number}\\ud83d\\ude82"'),
    "a long text": b'"' + b"a" * 2_000_000 + b'"',
    "a long text with an emoji": b'"' + b"a" * 2_000_000 + "\U0001f682".encode() + b'"',
    "a long text with an escaped emoji": b'"' + b"a" * 2_000_000 + b'\\ud83d\\ude82"',
}


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES)
def test_what_an_answer_becomes_is_no_more_than_was_told_beforehand(text: bytes) -> None:
    tracemalloc.start()
    value = decode(text)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert value is not None
    assert peak <= fills(text) + 4096


LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)


@given(st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=60))
def test_no_text_of_thirteen_mebibytes_can_fill_too_much(value: Any) -> None:
    """Those are not counted: a plan of ten thousand objects reads one such list, and waits for nothing."""
    text = json.dumps(value, separators=(",", ":")).encode()
    assert fills(text) <= 78 * len(text) + 200


BOMBS = {
    "objects of one field": b'{"a":1},',
    "empty objects": b"{},",
    "empty arrays": b"[],",
    "arrays in arrays": b"[[[[[[0]]]]]],",
    "objects in objects": b'{"a":{"a":{"a":{}}}},',
    "texts": b'"ab",',
}


@pytest.mark.parametrize("entry", BOMBS.values(), ids=BOMBS)
def test_sixty_mebibytes_that_would_become_gibibytes_are_refused_before_they_are_read(entry: bytes) -> None:
    text = b"[" + entry * (60 * 2**20 // len(entry)) + b"0]"
    assert fills(text) > FILLS_AT_MOST
    tracemalloc.start()
    with pytest.raises(UnusableBody, match="JSON that could fill more than 1 GiB of memory"):
        read_json(text)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**16


def test_a_list_of_a_hundred_thousand_objects_is_read() -> None:
    project = {
        "priority": 1,
        "projectId": 10000,
        "projectName": "P",
        "packageName": None,
        "projectStreamId": 1,
    }
    release = {"releaseId": 1, "releaseName": "Release", "description": "A train.", "projects": [project] * 3}
    text = b"[" + json.dumps(release).encode() + b"]"
    assert 100_000 * fills(text) < FILLS_AT_MOST


def test_such_an_answer_is_an_error_of_one_line_and_is_not_asked_for_again(serve: Any, connect: Any) -> None:
    server = serve(answer(b"[" + b"{}," * (5 * 2**20) + b"{}]"))
    with pytest.raises(ApiError, match=r"200 OK, but JSON that could fill more than 1 GiB of memory$"):
        connect(server).read(GET)
    assert len(server.seen) == 1
