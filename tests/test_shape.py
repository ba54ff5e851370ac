"""The shape of the source: no circle, few rooms on the top floor, and a name for each thing."""

from __future__ import annotations

import ast

import pytest
from tests import shape

TOP_LEVEL_AT_MOST = 16
FILE_AT_MOST = 308
FUNCTION_AT_MOST = 95
NO_VERB_BELOW = 0.10


def test_no_module_imports_itself_through_others() -> None:
    assert shape.circles() == []


def test_the_top_level_holds_few_modules() -> None:
    assert len(shape.top_level()) <= TOP_LEVEL_AT_MOST


def test_a_file_s_name_stands_for_one_thing() -> None:
    assert shape.twice_named() == []


@pytest.mark.parametrize(
    ("longest", "most"),
    [(shape.longest_file, FILE_AT_MOST), (shape.longest_function, FUNCTION_AT_MOST)],
)
def test_no_file_and_no_function_is_longer_than_those_that_there_are(longest, most) -> None:
    assert longest().lines <= most


def test_a_public_name_of_the_core_stands_for_one_thing() -> None:
    assert shape.two_meanings() == []


def test_nearly_every_docstring_begins_with_a_verb() -> None:
    assert shape.no_verb() < NO_VERB_BELOW


@pytest.mark.parametrize(
    ("word", "is_verb"),
    [
        ("Return", True),
        ("Returns", True),
        ("carries", True),
        ("Does", True),
        ("The", False),
        ("What", False),
        ("Whether", False),
        ("Release", False),
    ],
)
def test_a_verb_counts_in_both_of_its_forms_and_a_noun_in_none(word: str, is_verb: bool) -> None:
    assert shape.is_verb(word) is is_verb


def test_the_docstrings_of_modules_classes_and_functions_count() -> None:
    module, method = '"""Reads it."""', '    def b(self):\n        """Return it."""'
    tree = ast.parse(f'{module}\nclass A:\n    """An A."""\n{method}\nc = 1\n')
    assert [*shape.first_words(tree)] == ["Reads", "An", "Return"]
