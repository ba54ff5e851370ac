"""What is no JSON is told in the same words by every Python."""

from __future__ import annotations

import pytest

from reconcile.transport.body import DEPTH, UnusableBody, read_json
from reconcile.transport.response import _status


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("[1,]", "not JSON: Expecting value at character 4"),
        ("[1, \n ]", "not JSON: Expecting value at character 7"),
        ('{"a": 1,}', "not JSON: Expecting property name enclosed in double quotes at character 9"),
        ('{"a": [1, 2], }', "not JSON: Expecting property name enclosed in double quotes at character 15"),
        ("[" * DEPTH, f"not JSON: Expecting value at character {DEPTH + 1}"),
        ("[" * (DEPTH + 1), f"JSON nested deeper than {DEPTH} levels"),
        ('[{"a":' * 3_000, f"JSON nested deeper than {DEPTH} levels"),
        ("[" * 3_000 + "]" * 3_000, f"JSON nested deeper than {DEPTH} levels"),
        ("[" * 200_000, f"JSON nested deeper than {DEPTH} levels"),
        ('["' + "[" * 100, "not JSON: Unterminated string starting at character 2"),
        ('["\\"' + "[" * 100 + '", ?]', "not JSON: Expecting value at character 108"),
    ],
)
def test_an_answer_that_is_no_json_is_told_alike(body: str, words: str) -> None:
    with pytest.raises(UnusableBody) as told:
        read_json(body.encode())
    assert str(told.value) == words


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (413, "413 Request Entity Too Large"),
        (414, "414 Request-URI Too Long"),
        (422, "422 Unprocessable Entity"),
        (409, "409 Conflict"),
        (599, "599"),
    ],
)
def test_a_status_has_one_name(status: int, words: str) -> None:
    assert _status(status) == words
