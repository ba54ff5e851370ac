"""What a value on a command line means: a flow value of YAML, and anything else is a text as it stands."""

from __future__ import annotations

import pytest

from reconcile.yaml_source import source_text, value_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("-1.5", -1.5),
        ("0x1F", 31),
        ("true", True),
        ("null", None),
        ("~", None),
        ("{a: 1, b: [x, null]}", {"a": 1, "b": ["x", None]}),
        (' ["a", 2]\n', ["a", 2]),
        ("[1, # one\n 2]", [1, 2]),
        ('"Fix # this"', "Fix # this"),
        ("'3'", "3"),
        ('"two\\nlines"', "two\nlines"),
    ],
)
def test_a_flow_value_is_read_as_yaml(text: str, value: object) -> None:
    found = value_of(text)
    assert (found, type(found) is bool) == (value, type(value) is bool)


@pytest.mark.parametrize("text", ["1.10", "+3", "0o17", "true", "True"])
def test_an_unquoted_value_keeps_its_source_text(text: str) -> None:
    assert source_text(value_of(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "Fix login, see #4711",
        "# all of it",
        "two\nlines",
        "ends with a line\n",
        " blank before",
        "3 ",
        "[1,2",
        "{a: 1} # why",
        '"quoted" # why',
        '"never closed',
        "[a], [b]",
        "{a: 1}: 2",
        '"a": 1',
        "a: b",
        "- a",
        "--- a",
        "*bold*",
        "&a 3",
        "!!str 3",
        "%d of it",
        "@home",
        "007",
        "2026-01-01",
        "12:30",
        ".nan",
        "99999999999999999999999",
        "yes",
        "\ttab",
        "back\\slash",
    ],
)
def test_anything_else_is_a_text_as_it_stands(text: str) -> None:
    assert value_of(text) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{a: 1, a: 2}", "already on line 1"),
        ("[007]", "leading zero"),
        ("{a}", "has no value"),
        ("{{ branch }}", "a key cannot be a list or a mapping"),
        ("[!t x]", "tag"),
        ("\udce9", "UTF-8"),
    ],
)
def test_brackets_around_what_no_manifest_may_hold_are_refused_with_words(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        value_of(text)
