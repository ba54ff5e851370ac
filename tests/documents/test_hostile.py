"""Broken, misleading and malicious files: each is refused at its place, and none raises."""

from __future__ import annotations

import pytest

from reconcile.yaml_source import read_documents
from reconcile.yaml_source.checks import MAX_NODES
from reconcile.yaml_source.decoding import MAX_BYTES

LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
)
DEEP_ALIASES = "- &a0 " + "[" * 40 + "]" * 40 + "\n- " + "[" * 30 + "*a0" + "]" * 30 + "\n"
CHAIN = "- &a0 [x]\n" + "".join(f"- &a{n} [*a{n - 1}]\n" for n in range(1, 70))

CASES: dict[str, tuple[str | bytes, list[str]]] = {
    "bytes of UTF-16": ("a: 1\n".encode("utf-16"), ["1:1 encoding"]),
    "bytes of UTF-16 without a mark": ("a: 1\n".encode("utf-16-le"), ["1:1 encoding"]),
    "bytes of UTF-32": ("a: 1\n".encode("utf-32-be"), ["1:1 encoding"]),
    "bytes of Latin-1": ("a: 1\nbé: x\n".encode("latin-1"), ["2:2 encoding"]),
    "an overlong byte sequence": (b"a: \xc0\xaf\n", ["1:4 encoding"]),
    "a surrogate in UTF-8": (b"a: \xed\xa0\x80\n", ["1:4 encoding"]),
    "a file cut inside a character": ("a: é".encode()[:-1], ["1:4 encoding"]),
    "a NUL": (b"a: 1\nb: \0\n", ["2:4 encoding"]),
    "an escape sequence of a terminal": (b"a: \x1b[31m\n", ["1:4 encoding"]),
    "two bad places": (b"a: \x01\nb: \x02\x03c\x04\n", ["1:4 encoding", "2:4 encoding", "2:7 encoding"]),
    "a delete character": (b"a: \x7f\n", ["1:4 encoding"]),
    "a C1 control character": ("é: \x9b\n", ["1:4 encoding"]),
    "a line separator that hides a key": ("a: x\u2028b: y\n", ["1:5 encoding"]),
    "a next-line character that hides a key": ("# x\x85b: y\n", ["1:4 encoding"]),
    "a carriage return that hides a key": ("# x\rb: y\n", ["1:4 encoding"]),
    "a second byte order mark": ("\ufeff\ufeffa: 1\n", ["1:1 encoding"]),
    "a noncharacter": ("a: \ufffe\n", ["1:4 encoding"]),
    "a lone surrogate as an escape": (r'a: "x\ud800"', ["1:6 encoding"]),
    "a pair of surrogates as escapes": (r'a: "\ud83d\ude00"', ["1:5 encoding"]),
    "an escape beyond Unicode": (r'a: "\U00110000"', ["1:5 encoding"]),
    "an escape that is too large for an int": (r'a: "\UFFFFFFFF"', ["1:5 encoding"]),
    "an unknown escape": (r'a: "C:\qux"', ["1:7 yaml-syntax"]),
    "an unknown escape after known ones": ('a: "\\n\\x41\\\\q\n  \\y"', ["2:3 yaml-syntax"]),
    "an escape that is too short": (r'a: "\x4"', ["1:5 yaml-syntax"]),
    "a backslash at the end": ('a: "\\', ["1:5 yaml-syntax"]),
    "a tab as indentation": ("a:\n\tb: 1\n", ["2:1 yaml-syntax"]),
    "a tab in a block scalar": ("a: |\n\tx\n", ["2:1 yaml-syntax"]),
    "an unclosed double quote": ('a: 1\nb: "x\nc: 1\n', ["2:4 yaml-syntax"]),
    "an unclosed single quote": ("a: 'x\n", ["1:4 yaml-syntax"]),
    "a quote that runs into the next document": ('a: "x\n---\nb: 1\n"', ["1:4 yaml-syntax"]),
    "an unclosed bracket": ("a: [1, 2\n", ["1:4 yaml-syntax"]),
    "an unclosed bracket and a next line": ("a: [1, 2\nb: 3\n", ["2:2 yaml-syntax"]),
    "an unclosed brace": ("a: {b: 1\n", ["1:4 yaml-syntax"]),
    "a bracket closed by a brace": ("a: [1}\n", ["1:6 yaml-syntax"]),
    "a bracket too many": ("a: [1]]\n", ["1:7 yaml-syntax"]),
    "a bracket without a beginning": ("a: ]\n", ["1:4 yaml-syntax"]),
    "a bracket on the column of a key": ("a:\n[1\n", ["2:1 yaml-syntax"]),
    "a file that ends after a bracket": ("a: [", ["1:5 yaml-syntax"]),
    "two commas": ("a: [1,,2]\n", ["1:7 yaml-syntax"]),
    "a document inside a list": ("a: [\n---\n]\n", ["2:1 yaml-syntax"]),
    "a colon inside a text": ("a: b: c\n", ["1:5 yaml-syntax"]),
    "a key below a value": ("a: 1\n  b: 2\n", ["2:4 yaml-syntax"]),
    "a key at no indentation": ("a:\n    b: 1\n  c: 2\n", ["3:3 yaml-syntax"]),
    "a line without a colon": ("a: 1\nb\nc: 2\n", ["2:1 yaml-syntax"]),
    "a colon without a space": ("a:1\nb: 2\n", ["1:1 yaml-syntax"]),
    "a colon without a space before a carriage return": ("a: 1\r\nb:1\r\nc: 2\r\n", ["2:1 yaml-syntax"]),
    "a list item without a space": ("- a\n-b\n", ["2:1 yaml-syntax"]),
    "a list item among keys": ("a: 1\n- b\n", ["2:1 yaml-syntax"]),
    "a key among list items": ("- a\nb: 1\n", ["2:1 yaml-syntax"]),
    "a list item on the line of its key": ("a: - b\n", ["1:4 yaml-syntax"]),
    "text after a quote": ('a: "x" y\n', ["1:8 yaml-syntax"]),
    "a text that begins with an at sign": ("a: @x\n", ["1:4 yaml-syntax"]),
    "a text that begins with a backtick": ("a: `x`\n", ["1:4 yaml-syntax"]),
    "a text that begins with a percent sign": ("a: %x\n", ["1:4 yaml-syntax"]),
    "a text that begins with an asterisk": ("a: *\n", ["1:4 yaml-syntax"]),
    "a bad header of a block scalar": ("a: |0\n  x\n", ["1:4 yaml-syntax"]),
    "a key of 1,100 characters": ("k" * 1100 + ": v\n", ["1:1101 yaml-syntax"]),
    "a second document without a mark": ("a: 1\n...\nb: 1\n", ["3:1 yaml-syntax"]),
    "a directive of YAML 1.1": ("%YAML 1.1\n---\na: 1\n", ["1:1 yaml-directive"]),
    "a directive of YAML 1.3": ("%YAML 1.3\n---\na: 1\n", ["1:1 yaml-directive"]),
    "a directive of YAML 2": ("%YAML 2.0\n---\na: 1\n", ["1:1 yaml-directive"]),
    "a version of 5,000 digits": ("%YAML 1." + "1" * 5000 + "\n---\na: 1\n", ["1:1 yaml-directive"]),
    "two directives": ("%YAML 1.2\n%YAML 1.2\n---\na: 1\n", ["2:1 yaml-directive"]),
    "an unknown directive": ("%FOO bar\n---\na: 1\n", ["1:1 yaml-directive"]),
    "a directive without a document": ("%YAML 1.2\na: 1\n", ["2:1 yaml-syntax"]),
    "a tag directive": ("%TAG !e! tag:e,1:\n---\na: !e!x 1\n", ["1:1 yaml-tag", "3:4 yaml-tag"]),
    "a flood of tag directives": ("".join(f"%TAG !a{n}! x\n" for n in range(5000)), ["2:1 yaml-tag"]),
    "a custom tag": ("a: !x 1\n", ["1:4 yaml-tag"]),
    "a tag of Python": ("a: !!python/object/apply:os.system [id]\n", ["1:4 yaml-tag"]),
    "a tag of a plain type": ("a: !!str 1\nb: !!set {}\n", ["1:4 yaml-tag", "2:4 yaml-tag"]),
    "a lone tag": ("a: ! 12\n", ["1:4 yaml-tag"]),
    "a verbatim tag": ("a: !<tag:x> 1\n", ["1:4 yaml-tag"]),
    "a tag after an anchor": ("a: &x !y 1\nb: &z\n  ! 2\n", ["1:7 yaml-tag", "3:3 yaml-tag"]),
    "a tag on a key": ("!x a: 1\n", ["1:1 yaml-tag"]),
    "a tag of an unknown handle": ("a: !e!x 1\n", ["1:4 yaml-tag"]),
    "a key twice": ("a: 1\nb: 2\na: 3\n", ["3:1 duplicate-key"]),
    "a key twice in two spellings": ('1: a\n"1": b\n', ["2:1 duplicate-key"]),
    "a key three times": ("x: {a: 1, a: 2, a: [3]}\n", ["1:11 duplicate-key", "1:17 duplicate-key"]),
    "a list as a key": ("? [a]\n: 1\n", ["1:3 yaml-key"]),
    "a mapping as a key": ("{a: 1}: 2\n", ["1:1 yaml-key"]),
    "an alias as a key": ("a: &x y\n*x : 1\n", ["2:1 yaml-key"]),
    "a template expression": ("a: {{ name }}\n", ["1:5 yaml-key"]),
    "no key": (": 1\n", ["1:1 yaml-syntax"]),
    "no key in braces": ("{: 1}\n", ["1:2 yaml-syntax"]),
    "a question mark alone": ("?\n", ["1:1 yaml-key"]),
    "a merge key": ("a: &x {b: 1}\nc:\n  <<: *x\n", ["3:3 yaml-merge"]),
    "nested merges": ("a: &x {b: 1}\nc: {<<: [*x, *x]}\n", ["2:5 yaml-merge"]),
    "a key without a value": ("projects:\n#  - a\nname: x\n", ["1:1 empty-value"]),
    "a flow key without a value": ("a: {b, c: }\n", ["1:5 empty-value", "1:8 empty-value"]),
    "an item without a value": ("a:\n  -\n  - b\n  -\n", ["2:3 empty-value", "4:3 empty-value"]),
    "an anchor without a value": ("a: &x\nb: 1\n", ["1:1 empty-value"]),
    "a leading zero": ("cmsInstanceId: 01010\n", ["1:16 leading-zero"]),
    "a large number": ("a: [9223372036854775808]\n", ["1:5 number-range"]),
    "a number of 5,000 digits": ("a: " + "9" * 5000, ["1:4 number-range"]),
    "infinity": ("a: .inf\nb: -.Inf\n", ["1:4 number-range", "2:4 number-range"]),
    "no number": ("a: .nan\n", ["1:4 number-range"]),
    "a float too large": ("a: 1e400\n", ["1:4 number-range"]),
    "an unknown alias": ("a: *x\n", ["1:4 yaml-alias"]),
    "an alias before its anchor": ("a: *x\nb: &x 1\n", ["1:4 yaml-alias"]),
    "an alias of another document": ("a: &x 1\n---\na: *x\n", ["3:4 yaml-alias"]),
    "an alias of itself": ("a: &x [1, *x]\n", ["1:11 yaml-alias"]),
    "an alias of a parent": ("a: &x\n  b:\n    c: *x\n", ["3:8 yaml-alias"]),
    "a billion laughs": (LAUGHS, ["6:45 limit-nodes"]),
    "aliases nested too deep": (DEEP_ALIASES, ["2:33 limit-depth"]),
    "a chain of aliases nested too deep": (CHAIN, ["64:9 limit-depth"]),
    "many brackets": ("[" * 100_000, ["1:65 limit-depth"]),
    "many braces": ("{a: " * 100_000, ["1:257 limit-depth"]),
    "many dashes": ("- " * 100_000, ["1:129 limit-depth"]),
    "much indentation": ("".join(" " * n + "a:\n" for n in range(200)), ["65:65 limit-depth"]),
    "many anchors": ("&a " * 100_000, ["1:4 yaml-syntax"]),
    "many colons": ("a: " * 100_000, ["1:5 yaml-syntax"]),
    "everything at once": (
        "a: 01\nb:\na: 2\nc: *x\nd: !t [.inf, 99999999999999999999]\n? [k]\n: v\ne: [\n",
        [
            "1:4 leading-zero",
            "2:1 empty-value",
            "3:1 duplicate-key",
            "4:4 yaml-alias",
            "5:4 yaml-tag",
            "5:8 number-range",
            "5:14 number-range",
            "6:3 yaml-key",
            "9:1 yaml-syntax",
        ],
    ),
}


def told(data: bytes) -> list[str]:
    problems = read_documents(data, "f")[1]
    assert all(problem.message and "\n" not in problem.message for problem in problems)
    assert all(len(problem.message) < 300 for problem in problems)
    return [f"{str(problem.origin).removeprefix('f:')} {problem.code}" for problem in problems]


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_file_is_refused_at_its_place(name: str) -> None:
    text, expected = CASES[name]
    assert told(text.encode() if isinstance(text, str) else text) == expected


def test_a_file_of_the_largest_size_is_read_and_a_larger_one_is_not() -> None:
    data = b"a: '" + b"x" * (MAX_BYTES - 5) + b"'"
    assert told(data) == []
    assert told(data + b"\n") == ["1:1 limit-size"]


def test_values_nested_64_deep_are_read() -> None:
    assert told(b"[" * 64 + b"]" * 64) == []
    assert told(b"- &a " + b"[" * 32 + b"]" * 32 + b"\n- " + b"[" * 31 + b"*a" + b"]" * 31) == []


def test_a_million_nodes_are_read_and_one_more_is_refused_at_its_place() -> None:
    items = b"- a\n" * (MAX_NODES - 1)
    assert told(items) == []
    assert told(items + b"- b\n") == [f"{MAX_NODES}:3 limit-nodes"]


def test_what_aliases_repeat_counts_as_nodes_too() -> None:
    once = b"- &a [" + b"x," * 997 + b"]\n"  # 998 nodes, and one for the list of all
    assert told(once + b"- *a\n" * 1001) == []
    assert told(once + b"- *a\n" * 1002) == ["1003:3 limit-nodes"]


def test_many_problems_end_the_reading() -> None:
    told_of = told(b"- 01\n" * 1000)
    assert told_of[:2] == ["1:3 leading-zero", "2:3 leading-zero"]
    assert told_of[199:] == ["200:3 leading-zero", "200:3 limit-problems"]


@pytest.mark.parametrize(
    "data",
    [
        b"---\n" * 100_000,
        b"--- 1\n" * 100_000,
        b"#" * 1_000_000,
        b"#\n" * 500_000,
        b"\n" * 1_000_000,
        b" " * 1_000_000,
        b"a: " + b"x " * 500_000,
        b"a: |\n" + b" x\n" * 300_000,
        b"a: '" + b"\n" * 1_000_000 + b"'",
        b"- &a\n" + b"# x\n" * 200_000 + b"  y\n",
        b"? " + b"k" * 1_000_000 + b"\n: 1\n",
        b"- &a [x]\n" + b"- *a\n" * 100_000,
    ],
)
def test_a_large_file_that_is_lawful_is_read(data: bytes) -> None:
    assert told(data) == []
