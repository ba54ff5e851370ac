"""What an author is told, word for word."""

from __future__ import annotations

import pytest

from reconcile.yaml_source import read_documents

MESSAGES = {
    "projects:\n": "`projects:` has no value; write `null` (or ~) to clear it, or remove the line",
    "- a\n-\n": "this list item has no value; write `null` (or ~) if that is meant, or remove the `-`",
    "a: 1\nb: 2\na: 3\n": "`a` is already on line 1; remove one of the two",
    "a: !t 1\n": "tags (`!`) are not accepted; quote the value if it is text that begins with `!`",
    "<<: 1\n": (
        "merge keys (`<<`) are not accepted; write the fields out, or repeat a whole value by an alias"
    ),
    "? [a]\n: 1\n": "a key cannot be a list, a mapping or an alias; write it as text",
    "a: {{ b }}\n": "a key cannot be a list or a mapping; quote a value that begins with `{{`",
    ": 1\n": "a key is missing before this `:`",
    "{: 1}\n": "a key is missing before this `:`",
    "?\n": 'a key is missing here; an empty key is written `"": value`',
    "a: *b\n": "`*b` repeats nothing: no `&b` stands before it in its document",
    "a: &b [*b]\n": "`*b` repeats a value that contains it",
    "%YAML 1.1\n--- 1": "no directive but `%YAML 1.2` is accepted; remove the line",
    "%YAML 1.2\na: 1": "after a directive, the document begins with `---`",
    "[" * 65: "values are nested more than 64 deep, which no manifest needs; flatten them",
    "a:\n\tb: 1\n": "a tab stands where indentation is expected; indent with spaces",
    "a: 'b\n": "this quote (') is never closed",
    "a: {b: 1\n": "this `{` is never closed: a `}` is missing",
    "a: [1\nb: 2\n": "expected `,` or `]` here: the `[` of line 1 is still open",
    "a: [1,\n": "the file ends inside a `[` or `{` that is not closed",
    "a:\n[1\n": "a value that begins with `[` is closed, and indented more than its key",
    "a: b: c\n": (
        "a key and its `:` cannot stand here: indent the line like its neighbours,"
        " and quote a text that contains `: `"
    ),
    "a:1\nb: 2\n": "this line has no `:` with a space after it; a field is written `key: value`",
    "a: 1\nb\n": "this line has no `:` with a space after it; a field is written `key: value`",
    "- a\n-b\n": "this is neither a field nor an item; an item's `-` is followed by a space",
    "a: - b\n": "a list item cannot begin here; put its `-` on a line of its own",
    "a: 1\n- b\n": "a list item cannot stand among the keys of the mapping of line 1; check the indentation",
    "a:\n  b: 1\n c: 1\n": (
        "this is neither the next key of the mapping of line 1 nor inside it; check the indentation"
    ),
    "- a\nb: 1\n": "this is neither the next item of the list of line 1 nor inside it; check the indentation",
    'a: "b" c\n': "this follows a value that has already ended; quote the whole value, or start a new line",
    "a: 1\n...\nb: 1\n": "a document has ended before this line; begin the next one with `---`",
    "a: ]\n": "a value cannot begin with `]`; quote it if it is text",
    "a: @b\n": "a text cannot begin with `@`; quote it",
    "a: `b`\n": "a text cannot begin with a backtick; quote it",
    "a: * b\n": "a text cannot begin with `*`; quote it",
    "a: |x\n": "after `|` only `+`, `-` or a digit may follow; the text begins on the next line",
    'a: "\\d"\n': (
        "this escape is not known; write a backslash as `\\\\`, or use single quotes, in which it is plain"
    ),
    'a: "\\ud83d"\n': "`\\ud83d` is half of a pair; write the character itself, or `\\U` and eight digits",
    'a: "\\U00110000"\n': "`\\U00110000` is not a character",
    "k" * 1100 + ": 1\n": "no key can be longer than 1,024 characters, nor go over several lines",
    "a: \x00\n": "U+0000 (NUL) cannot stand here; remove it, or write `\\x00` inside double quotes",
    "a: \u2028\n": (
        "U+2028 (LINE SEPARATOR) cannot stand here; remove it, or write `\\u2028` inside double quotes"
    ),
    "a: b\rc\n": "a carriage return without a line feed; save the file with LF or CRLF line ends",
}


@pytest.mark.parametrize("text", MESSAGES)
def test_a_message_says_what_is_wrong_and_what_to_do(text: str) -> None:
    (problem,) = read_documents(text.encode(), "f")[1]
    assert problem.message == MESSAGES[text]


def test_the_limits_are_told() -> None:
    (size,) = read_documents(b"x" * (8 * 1024 * 1024 + 1), "f")[1]
    assert size.message == "the file has more than 8,388,608 bytes: split it into several files"
    nodes = b"- &a [" + b"x," * 1000 + b"]\n" + b"- *a\n" * 1000
    assert read_documents(nodes, "f")[1][0].message == (
        "the file has more than 1,000,000 values, those that aliases repeat included;"
        " split it into several files, or repeat less"
    )
    many = read_documents(b"- 01\n" * 500, "f")[1]
    assert many[-1].message == "the file has more than 200 problems; reading stopped here"


def test_a_long_or_unprintable_key_is_shortened_and_escaped() -> None:
    (problem,) = read_documents(('"\\e[31m\\n' + "k" * 100 + '":\n').encode(), "f")[1]
    assert problem.message.startswith("`\\u001B[31m\\u000Akkk")
    assert "k...:` has no value" in problem.message


def test_no_message_shows_a_value() -> None:
    text = "a: !t canary\nb: [canary, canary\nc: 'canary\n"
    assert not any("canary" in problem.message for problem in read_documents(text.encode(), "f")[1])
