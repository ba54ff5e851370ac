"""Values and places are those of PyYAML's own composer, and no bytes raise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile.yaml_source import read_documents

INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
WORDS = {"~": None, **dict.fromkeys(("null", "Null", "NULL"))}
WORDS |= {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}

TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\x85\u2028\u2029\ufeff"), max_size=12),
    st.sampled_from(
        ["", "a b", "no", "1.10", "0x1F", "True", "~", "a: b", "# c", "- d", "x" * 130, "a\nb\n"]
    ),
)
NUMBERS = st.one_of(st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(TEXTS, inner, max_size=4),
        inner.map(lambda value: {"first": value, "again": value}),
    ),
    max_leaves=15,
)
STYLES = st.fixed_dictionaries(
    {
        "default_flow_style": st.sampled_from([None, True, False]),
        "default_style": st.sampled_from([None, None, '"', "'", "|", ">"]),
        "width": st.sampled_from([20, 80, 1000]),
        "indent": st.sampled_from([2, 4, 8]),
        "allow_unicode": st.booleans(),
        "explicit_start": st.booleans(),
    }
)
PIECES = st.sampled_from(
    [
        "a",
        "b: ",
        "c",
        "1",
        "01",
        "x y",
        "- ",
        "? ",
        ": ",
        ":",
        "\n",
        "\n  ",
        "\n - ",
        "\n- ",
        '"',
        "'",
        "[",
        "]",
        "{",
        "}",
        ", ",
        ",",
        "&a ",
        "*a",
        "! ",
        "!!str ",
        "# c",
        "|\n",
        ">-\n",
        "%YAML 1.2\n",
        "\n---\n",
        "...\n",
        "\\n",
        "\\ud800",
        "~",
        "true",
        ".5",
        "<<: ",
        "@",
        "\r\n",
        "é",
        "😀",
        "  ",
        "k: v\n",
        "x: {",
        '"q": ',
    ]
)


def compose(text: str) -> list[tuple[Any, dict[tuple[str | int, ...], str]]]:
    """What PyYAML's composer makes of a text, and the place of each value."""
    composed = []
    for node in yaml.compose_all(text, yaml.SafeLoader):
        places: dict[tuple[str | int, ...], str] = {}
        composed.append((walk(node, (), places), places))
    return composed


def walk(node: yaml.Node, path: tuple[str | int, ...], places: dict[tuple[str | int, ...], str]) -> Any:
    places[path] = f"f:{node.start_mark.line + 1}:{node.start_mark.column + 1}"
    match node:
        case yaml.MappingNode():
            return {key.value: walk(value, (*path, key.value), places) for key, value in node.value}
        case yaml.SequenceNode():
            return [walk(value, (*path, index), places) for index, value in enumerate(node.value)]
    return scalar(node.value) if isinstance(node, yaml.ScalarNode) and node.style is None else node.value


def scalar(text: str) -> Any:
    if text in WORDS:
        return WORDS[text]
    if INTEGER.fullmatch(text):
        return int(text, 0)
    return float(text) if FLOAT.fullmatch(text) else text


def paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    entries = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for step, inner in entries:
        yield from paths(inner, (*path, step))


@settings(max_examples=250, deadline=None, derandomize=True, database=None)
@given(st.lists(VALUES, min_size=1, max_size=3), STYLES)
def test_values_and_places_are_those_of_the_composer(values: list[Any], style: dict[str, Any]) -> None:
    text = yaml.safe_dump_all(values, sort_keys=False, **style)
    documents, problems = read_documents(text.encode(), "f")
    codes = {problem.code for problem in problems}
    assert codes <= {"yaml-tag", "leading-zero"}
    if codes:
        return
    for document, (value, places) in zip(documents, compose(text), strict=True):
        assert document.value == value
        for path in paths(value):
            if "*" not in text:
                assert str(document.locate(path, value=True)) == places[path]


@settings(max_examples=400, deadline=None, derandomize=True, database=None)
@given(
    st.one_of(
        st.binary(max_size=60), st.lists(PIECES, max_size=20).map(lambda parts: "".join(parts).encode())
    )
)
def test_nothing_is_raised_for_any_bytes(data: bytes) -> None:
    documents, problems = read_documents(data, "f")
    lines = data.count(b"\n") + 1
    assert all(problem.origin and problem.origin.line <= lines for problem in problems)
    assert all(problem.message and "\n" not in problem.message for problem in problems)
    for document in documents:
        for path in paths(document.value):
            assert document.locate(path, value=True).column > 0
