"""Where a key, an item or a value stands."""

from __future__ import annotations

import pickle

import pytest

from reconcile.yaml_source import YamlDocument, read_documents

TEXT = """\
# a comment
kind: Release
metadata: {name: a, "q": [1, {x: 2}]}
spec: &spec
  é😀: 1
  list:
  - one
  -   two: 2
      three: 3
  - [a, [b, c]]
  block: |
    text
  quoted: "a
    b"
  last: end
again: *spec
tail: &scalar end
alias: *scalar
---
- x
- y: z
"""


def document(text: str = TEXT, number: int = 0) -> YamlDocument:
    documents, problems = read_documents(text.encode(), "m.yaml")
    assert not problems
    return documents[number]


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        ((), "2:1", "2:1"),
        (("kind",), "2:1", "2:7"),
        (("metadata",), "3:1", "3:11"),
        (("metadata", "name"), "3:12", "3:18"),
        (("metadata", "q", 0), "3:27", "3:27"),
        (("metadata", "q", 1, "x"), "3:31", "3:34"),
        (("spec",), "4:1", "4:7"),
        (("spec", "é😀"), "5:3", "5:7"),
        (("spec", "list", 0), "7:5", "7:5"),
        (("spec", "list", 1), "8:7", "8:7"),
        (("spec", "list", 1, "three"), "9:7", "9:14"),
        (("spec", "list", 2, 1, 1), "10:13", "10:13"),
        (("spec", "block"), "11:3", "11:10"),
        (("spec", "quoted"), "13:3", "13:11"),
        (("spec", "last"), "15:3", "15:9"),
        (("again",), "16:1", "16:8"),
        (("again", "last"), "15:3", "15:9"),
        (("again", "list", 2, 1, 0), "10:10", "10:10"),
        (("alias",), "18:1", "18:8"),
    ],
)
def test_a_path_leads_to_its_key_and_to_its_value(path: tuple[str | int, ...], key: str, value: str) -> None:
    assert str(document().locate(path)) == f"m.yaml:{key}"
    assert str(document().locate(path, value=True)) == f"m.yaml:{value}"


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("nothing",), "2:1"),
        ((0,), "2:1"),
        (("spec", "nothing", "more"), "4:1"),
        (("spec", "list", 3), "6:3"),
        (("spec", "list", -1), "6:3"),
        (("spec", "list", "0"), "6:3"),
        (("kind", "more"), "2:1"),
        (("again", "nothing"), "16:1"),
    ],
)
def test_a_path_that_does_not_exist_leads_to_its_nearest_parent(
    path: tuple[str | int, ...], place: str
) -> None:
    assert str(document().locate(path)) == f"m.yaml:{place}"
    assert str(document().locate(path, value=True)) == f"m.yaml:{place}"


def test_each_document_of_a_file_has_its_own_places() -> None:
    second = document(number=1)
    assert second.value == ["x", {"y": "z"}]
    assert str(second.locate((1, "y"), value=True)) == "m.yaml:21:6"


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_a_byte_order_mark_move_nothing(ends: str, mark: bytes) -> None:
    (found, _), problems = read_documents(mark + TEXT.replace("\n", ends).encode(), "m.yaml")
    assert not problems
    assert str(found.locate(("spec", "last"), value=True)) == "m.yaml:15:9"
    assert str(found.locate(("kind",))) == "m.yaml:2:1"


def test_places_are_right_far_down_a_long_file() -> None:
    text = "".join(f"key{number}: [a, b{number}]\n" for number in range(3000)) + "é: " + "x" * 5000 + "\n"
    found = document(text)
    assert str(found.locate(("key2999", 1))) == "m.yaml:3000:14"
    assert str(found.locate(("é",), value=True)) == "m.yaml:3001:4"


def test_places_survive_a_key_that_was_refused() -> None:
    text = "a: 1\n? [x, y]\n: {z: [1]}\nb: {c: 1, c: [2, 3], d: 4}\n<<: {e: 1}\nf: [1, 2]\n"
    (found,), problems = read_documents(text.encode(), "f")
    assert [problem.code for problem in problems] == ["yaml-key", "duplicate-key", "yaml-merge"]
    assert found.value == {"a": 1, "b": {"c": 1, "d": 4}, "f": [1, 2]}
    assert str(found.locate(("b", "d"))) == "f:4:22"
    assert str(found.locate(("f", 1))) == "f:6:8"


def test_a_document_can_be_stored() -> None:
    stored = pickle.loads(pickle.dumps(document()))  # noqa: S301
    assert stored == document()
    assert stored.locate(("spec", "last")) == document().locate(("spec", "last"))


@pytest.mark.parametrize("text", ["", "\n", "# only\n", "---\n", "---\n# a\n---\n", "--- \n...\n"])
def test_a_document_without_content_is_left_out(text: str) -> None:
    assert read_documents(text.encode(), "f") == ((), ())


@pytest.mark.parametrize(("text", "value"), [("null", None), ("[]", []), ("3", 3), ('""', ""), ("a", "a")])
def test_a_document_that_is_no_mapping_is_for_the_caller_to_judge(text: str, value: object) -> None:
    assert document(text).value == value
    assert str(document(text).locate(("a",))) == "m.yaml:1:1"


def test_documents_before_a_syntax_error_are_kept() -> None:
    documents, problems = read_documents(b"a: 1\n---\nb: [1\n", "f")
    assert [found.value for found in documents] == [{"a": 1}]
    assert [str(problem.origin) for problem in problems] == ["f:3:4"]


def test_tabs_may_divide_what_is_on_one_line() -> None:
    (found,), problems = read_documents(b"a:\tb\t# c\nd: [1,\t2]\t\n", "f")
    assert (found.value, problems) == ({"a": "b", "d": [1, 2]}, ())
    assert str(found.locate(("d", 1))) == "f:2:8"
