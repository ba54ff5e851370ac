"""The nouns: how addresses, places, problems and paths are spelled, and what a secret lets out."""

from __future__ import annotations

import copy
import json
import pickle

import pytest

from reconcile.model import Address, Origin, Part, Problem, Secret, spell

CANARY = "canary-4711"


@pytest.mark.parametrize("text", ["a/B/c", "flexdeploy/Release/spring-train"])
def test_an_address_is_read_as_it_is_spelled(text: str) -> None:
    assert str(Address.parse(text)) == text


@pytest.mark.parametrize("text", ["", "a", "a/b", "a/b/c/d", "/b/c", "a//c", "a/b/"])
def test_what_is_no_address_is_none(text: str) -> None:
    assert Address.parse(text) is None


@pytest.mark.parametrize(
    ("path", "spelled"),
    [
        (("description",), "description"),
        (("cmsDetails", "cmsInstanceId"), "cmsDetails.cmsInstanceId"),
        (("projects", ("10000", "package1")), "projects[10000,package1]"),
        (("projects", ("10000",), "priority"), "projects[10000].priority"),
        ((), ""),
    ],
)
def test_a_path_is_spelled_with_the_keys_of_its_entries(path: tuple, spelled: str) -> None:
    assert spell(path) == spelled


def test_a_problem_is_a_line_with_its_place_and_its_code() -> None:
    assert str(Problem("code", "words", Origin("a.yaml", 3, 5))) == "a.yaml:3:5: words [code]"
    assert str(Problem("code", "words")) == "words [code]"


def test_places_stand_in_the_order_of_their_lines_as_numbers() -> None:
    assert sorted([Origin("a", 10), Origin("a", 9), Origin("a", 9, 2)])[0] == Origin("a", 9)


def test_a_secret_answers_whether_it_equals_a_text_and_nothing_else() -> None:
    assert Secret(CANARY) == CANARY
    assert Secret(CANARY) == Secret(CANARY)
    assert Secret(CANARY) != "other"
    assert Secret("3") != 3
    assert Secret(CANARY).open() == CANARY


@pytest.mark.parametrize("show", [repr, str, "{}".format, "{0!r}".format, "%s".__mod__, ascii])
def test_no_spelling_of_a_secret_shows_it(show: object) -> None:
    assert callable(show)
    assert "canary" not in show(Secret(CANARY))


def test_a_secret_enters_no_file() -> None:
    with pytest.raises(TypeError):
        json.dumps({"x": Secret(CANARY)})
    with pytest.raises(TypeError):
        pickle.dumps(Secret(CANARY))
    with pytest.raises(TypeError):
        copy.deepcopy(Secret(CANARY))


def test_a_secret_has_no_place_to_look_into() -> None:
    assert not hasattr(Secret(CANARY), "__dict__")


def test_a_secret_with_letters_beyond_ascii_can_be_compared() -> None:
    assert Secret("pässwörd") == "pässwörd"


def test_a_part_is_a_list_that_remembers_what_must_be_gone() -> None:
    part = Part([1], [("2",)])
    assert part == [1]
    assert part.gone == {("2",)}
