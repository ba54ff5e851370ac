"""What an unquoted scalar means, and that its source text is never lost."""

from __future__ import annotations

import json
import pickle

import pytest

from reconcile.yaml_source import TextBool, TextFloat, TextInt, read_documents, read_value, source_text

PLAIN = {
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "nULL": "nULL",
    "true": True,
    "false": False,
    "True": True,
    "FALSE": False,
    "tRUE": "tRUE",
    "yes": "yes",
    "No": "No",
    "on": "on",
    "OFF": "OFF",
    "y": "y",
    "0": 0,
    "7": 7,
    "-7": -7,
    "+7": 7,
    "-0": 0,
    "9223372036854775807": 2**63 - 1,
    "-9223372036854775808": -(2**63),
    "0o17": 15,
    "0x1F": 31,
    "-0x1F": "-0x1F",
    "0b101": "0b101",
    "1_000": "1_000",
    "0x": "0x",
    "0o8": "0o8",
    "1.5": 1.5,
    "1.": 1.0,
    ".5": 0.5,
    "-.5": -0.5,
    "+1.5": 1.5,
    "1e3": 1000.0,
    "1.5E-3": 0.0015,
    "1e": "1e",
    ".": ".",
    "+": "+",
    "1.2.3": "1.2.3",
    "12:30:45": "12:30:45",
    "2026-12-01": "2026-12-01",
    "2026-12-01T08:00:00Z": "2026-12-01T08:00:00Z",
    "=": "=",
    "١٢": "١٢",
    "v1": "v1",
    "a b": "a b",
    ".infinity": ".infinity",
    "0 0 2 ? * MON-FRI": "0 0 2 ? * MON-FRI",
}


@pytest.mark.parametrize("text", PLAIN)
def test_an_unquoted_scalar_follows_the_core_schema_of_yaml_1_2(text: str) -> None:
    (document,), problems = read_documents(f"a: {text}\n".encode(), "f")
    value = document.value["a"]
    assert not problems
    assert value == PLAIN[text]
    assert isinstance(value, str) == isinstance(PLAIN[text], str)
    assert isinstance(value, float) == isinstance(PLAIN[text], float)


@pytest.mark.parametrize("text", [text for text, value in PLAIN.items() if value is not None])
def test_a_scalar_gives_back_its_source_text(text: str) -> None:
    assert source_text(read_value(text)) == text


@pytest.mark.parametrize("value", [None, [], {}])
def test_null_and_collections_have_no_source_text(value: object) -> None:
    assert source_text(value) is None


@pytest.mark.parametrize("text", [text for text in PLAIN if "'" not in text])
@pytest.mark.parametrize("quoted", ['"{}"', "'{}'", "|-\n  {}", ">-\n  {}"])
def test_a_quoted_or_block_scalar_is_its_text(text: str, quoted: str) -> None:
    assert read_value(quoted.format(text)) == text


def test_only_the_spellings_that_would_be_lost_are_kept_apart() -> None:
    values = read_value("[3, +3, 0x3, true, True, 1.10]")
    assert [type(value) for value in values] == [int, TextInt, TextInt, bool, TextBool, TextFloat]


def test_kept_scalars_are_written_as_json_like_their_plain_counterparts() -> None:
    assert json.dumps(read_value("[0x1F, 1.10]")) == "[31, 1.1]"


@pytest.mark.parametrize("text", ["0x1F", "1.10", "True"])
def test_kept_scalars_survive_pickling(text: str) -> None:
    value = pickle.loads(pickle.dumps(read_value(text)))  # noqa: S301
    assert (type(value), value, value.text) == (type(read_value(text)), read_value(text), text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("01010", '`01010` has a leading zero; write `1010` for the number or `"01010"` for the text'),
        ("-007", '`-007` has a leading zero; write `-7` for the number or `"-007"` for the text'),
        ("00", '`00` has a leading zero; write `0` for the number or `"00"` for the text'),
        ("01.50", '`01.50` has a leading zero; write `1.50` for the number or `"01.50"` for the text'),
        ("00.5", '`00.5` has a leading zero; write `0.5` for the number or `"00.5"` for the text'),
        ("0" * 99, "a number has no leading zero; drop it, or quote it if it is text"),
        ("9223372036854775808", "this whole number does not fit into 64 bits; quote it if it is text"),
        ("-9223372036854775809", "this whole number does not fit into 64 bits; quote it if it is text"),
        ("9" * 5000, "this whole number does not fit into 64 bits; quote it if it is text"),
        ("0x" + "f" * 5000, "this whole number does not fit into 64 bits; quote it if it is text"),
        ("1e999", "this number is too large; quote it if it is text"),
        (".inf", "`.inf` has no counterpart in JSON; quote it if it is text"),
        ("-.INF", "`-.INF` has no counterpart in JSON; quote it if it is text"),
        (".NaN", "`.NaN` has no counterpart in JSON; quote it if it is text"),
    ],
)
def test_a_number_that_misleads_is_refused_with_the_way_out(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=r"^.*$") as refused:
        read_value(text)
    assert str(refused.value) == message
