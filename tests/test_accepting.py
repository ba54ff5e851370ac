"""What of live may stand in a manifest, decided before anything is looked up."""

from __future__ import annotations

from typing import Any

import pytest

from reconcile.accepting.taking import Difference, Grounds, Leave, Left, known_by, taken
from reconcile.accepting.written_at import WrittenVariables
from reconcile.model import Address, Origin, Resource, Secret
from reconcile.yaml_source import read_documents

WHERE, ORIGIN = Address("lamps", "Lamp", "desk"), Origin("manifests/a.yaml", 5)
HOST = Resource(WHERE, "lamps/v1", {}, ORIGIN, lambda path: ORIGIN)
((DOCUMENT,), _) = read_documents(b"version: 1\n", "reconcile.yaml")
VARIABLES = WrittenVariables(DOCUMENT, None, frozenset())
GROUNDS = Grounds({}, VARIABLES, None, lambda system, kind, id_: None, lambda name: "nothing")


@pytest.mark.parametrize("form", ["env", "var", "ref", "named", "file"])
@pytest.mark.parametrize(
    "wrapped", [lambda live: live, lambda live: [1, {"deep": live}]], ids=["bare", "deep"]
)
def test_live_data_of_the_form_of_a_value_of_ours_is_never_written(form: str, wrapped: Any) -> None:
    found = Difference(WHERE, ("trigger",), wrapped({form: "PW"}), {}, ORIGIN)
    for decided in (taken(HOST, found, GROUNDS), known_by(HOST, found, GROUNDS, Leave("2026-12-24", "why"))):
        assert isinstance(decided, Left)
        assert decided.reason.startswith("live holds what would be {env}")


def test_nothing_sensitive_is_written() -> None:
    found = Difference(WHERE, ("pin",), Secret("theirs"), Secret("ours"), ORIGIN)
    decided = taken(HOST, found, GROUNDS)
    assert isinstance(decided, Left)
    assert "sensitive" in decided.reason


def test_what_no_manifest_writes_is_left() -> None:
    assert isinstance(taken(HOST, Difference(WHERE, ("note",), "a", "b", ORIGIN), GROUNDS), Left)


@pytest.mark.parametrize(
    ("environment", "holds"), [("staging", {"staging"}), ("production", {"production", "test"})]
)
def test_a_variable_that_changes_changes_where_an_environment_has_none_of_its_own(
    environment: str, holds: set[str]
) -> None:
    text = b"variables: {a: 1}\nenvironments: {staging: {variables: {a: 2}}, production: {}, test: {}}\n"
    ((document,), _) = read_documents(text, "reconcile.yaml")
    variables = WrittenVariables(document, environment, frozenset())
    assert {each for each in ("staging", "production", "test") if variables.holds_in("a", each)} == holds
