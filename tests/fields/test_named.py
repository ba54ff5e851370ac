"""Names that stand for ids: where they are found in a spec, and what becomes of the places of entries."""

from __future__ import annotations

from typing import Annotated

import pytest

from reconcile.fields.annotations import Fields, KeyedList, Nameable
from reconcile.fields.named import names_in, twice_by_name, with_ids_of_names
from reconcile.fields.table import table_of
from reconcile.model import Named, Part

IDS = {"core": 10, "web": 20, "main": 11}


class Line(Fields):
    project: Annotated[int, Nameable("project")]
    package: str | None = None
    stream: Annotated[int | None, Nameable("stream", within="project")] = None


class Train(Fields):
    owner: Annotated[int | None, Nameable("user")] = None
    lines: Annotated[list[Line] | None, KeyedList(("project", "package"))] = None


TABLE = table_of(Train)
CORE = ("lines", ("{named: core}",))


def renamed(spec):
    return with_ids_of_names(TABLE, spec, lambda at: IDS.get(at.text))


def test_a_name_is_found_with_its_place_and_what_is_around_it() -> None:
    line = {"project": Named("core"), "stream": Named("main")}
    found = {at.path: at.text for at in names_in(TABLE, {"owner": Named("web"), "lines": [line]})}
    assert found == {("owner",): "web", (*CORE, "project"): "core", (*CORE, "stream"): "main"}
    assert all(at.around is line for at in names_in(TABLE, {"lines": [line]}))


def test_ids_take_the_place_of_names_and_entries_know_where_they_were_written() -> None:
    found = renamed({"owner": Named("web"), "lines": [{"project": Named("core"), "stream": Named("main")}]})
    assert found.spec == {"owner": 20, "lines": [{"project": 10, "stream": 11}]}
    assert found.keys == {("lines", ("10",)): CORE}


def test_a_name_that_stands_for_nothing_stays() -> None:
    assert renamed({"owner": Named("nobody")}).spec == {"owner": Named("nobody")}


def test_the_key_of_what_must_not_be_there_is_left_as_it_is() -> None:
    gone = [("{named: web}", "a"), ("7", "{named: core}")]
    assert renamed({"lines": Part([], gone)}).spec["lines"].gone == {*gone}
    found = [at.text for at in names_in(TABLE, {"lines": Part([], gone)})]
    assert found == ["web"]


@pytest.mark.parametrize(
    ("lines", "twice"),
    [
        ([{"project": 10}, {"project": Named("core")}], True),
        ([{"project": "10", "package": "a"}, {"project": Named("core"), "package": "a"}], True),
        ([{"project": 10, "package": "b"}, {"project": Named("core"), "package": "a"}], False),
        ([{"project": Named("web")}, {"project": Named("core")}], False),
    ],
)
def test_entries_that_are_one_by_their_ids_are_told(lines, twice) -> None:
    spec = {"lines": lines}
    assert bool([*twice_by_name(TABLE, spec, renamed(spec))]) is twice
