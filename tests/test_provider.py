"""The door of a system's package: what it exports, and a kind that is its routes."""

from __future__ import annotations

import subprocess
import sys
from typing import Annotated, Any

import pytest
from tests.support.values import HERE, lamp

from reconcile import provider
from reconcile.provider import (
    IN_SYNC,
    BadAnswer,
    Case,
    Change,
    Fields,
    FromName,
    Kind,
    Live,
    Request,
    Rest,
    Route,
    creation_of,
    doc,
    patch_of,
)

LIST, GET = Route("GET /lamps"), Route("GET /lamps/{lampId}")
POST, PATCH, DELETE = Route("POST /lamps"), Route("PATCH /lamps/{lampId}"), Route("DELETE /lamps/{lampId}")
REST = Rest(id="lampId", name="title", list=LIST, get=GET, create=POST, update=PATCH, delete=DELETE)
BY_NAME = REST._replace(filter="title")


class Mount(Fields):
    """How a lamp hangs."""

    wall: Annotated[str | None, doc("String", "The wall.", "north")] = None
    height: Annotated[int | None, doc("Long", "In centimetres.", 200)] = None


class Lamp(Fields):
    """A lamp."""

    server_own = ("lampId",)

    title: Annotated[str, doc("String", "Its name.", "Desk"), FromName()]
    note: Annotated[str | None, doc("String", "Free text.", "mine")] = None
    mount: Annotated[Mount | None, doc("Mount", "How it hangs.", {})] = None


def kind(rest: Rest | None = REST, **more: Any) -> Kind:
    return Kind("Lamp", "lamps/v1", "A lamp.", Lamp, rest=rest, **more)


def case(want: Any, live: Any = None, **more: Any) -> Case:
    said = None if live is None else Live(7, "a", {"lampId": 7, **live})
    before = live or {}
    changes = tuple(
        Change((name,), before.get(name), value, HERE)
        for name, value in want.items()
        if before.get(name) != value
    )
    return Case(lamp("a").address, HERE, more, want, said, changes)


def lines(requests: Any) -> list[str]:
    return ["?".join([each.path, *(f"{name}={value}" for name, value in each.query)]) for each in requests]


@pytest.mark.parametrize("name", provider.__all__)
def test_every_name_of_the_door_leads_somewhere(name: str) -> None:
    assert getattr(provider, name) is not None
    assert getattr(provider, name) is getattr(provider, name)


def test_the_door_has_no_other_name() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'import_module_of'"):
        provider.import_module_of  # noqa: B018
    with pytest.raises(AttributeError, match="has no attribute 'Plan'"):
        provider.Plan  # noqa: B018


def test_the_door_costs_nothing_before_it_is_used() -> None:
    code = "import reconcile.provider, sys; print([m for m in sys.modules if m.startswith('reconcile.')])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "['reconcile.provider']\n"


def test_a_route_says_which_statuses_mean_that_nothing_is_there() -> None:
    assert Route("GET /x", absent_on=(404, 410))("s").absent_on == (404, 410)
    assert Route("GET /x")("s").absent_on == ()


def test_an_object_is_fetched_by_its_id_and_a_404_says_that_there_is_none() -> None:
    assert REST.fetch("s", 7, {}) == Request("s", "GET", "/lamps/7", safe=True, absent_on=(404,))
    gone = REST._replace(get=Route("GET /lamps/{lampId}", absent_on=(410,)))
    assert gone.fetch("s", 7, {}).absent_on == (410,)


def test_the_id_is_the_last_one_of_a_path_whatever_it_is_called_there() -> None:
    assert REST._replace(get=Route("GET /lamps/{key}")).fetch("s", 7, {}).path == "/lamps/7"


def test_up_to_eight_are_asked_for_one_by_one_and_more_by_the_list() -> None:
    names = [lamp(f"n{number}") for number in range(7)]
    pinned = lamp("x", id=7)
    assert lines(BY_NAME.lookup("s", [*names, pinned], {})) == [
        "/lamps/7", *(f"/lamps?title=n{number}" for number in range(7)),
    ]  # fmt: skip
    assert lines(BY_NAME.lookup("s", [*names, pinned, lamp("y")], {})) == ["/lamps"]
    assert lines(BY_NAME.lookup("s", [], {})) == ["/lamps"]


def test_a_name_that_several_want_is_asked_for_once() -> None:
    assert len(BY_NAME.lookup("s", [lamp("a"), lamp("b", {"title": "a"})], {})) == 1


def test_a_list_without_a_filter_shows_them_all() -> None:
    assert lines(REST.lookup("s", [lamp("a"), lamp("b", id=7)], {})) == ["/lamps"]


def test_beside_a_list_that_leaves_some_out_every_pinned_one_is_asked_for_by_its_id() -> None:
    partial = BY_NAME._replace(is_partial=True)
    many = [lamp(f"n{number}") for number in range(9)]
    assert lines(partial.lookup("s", [*many, lamp("x", id=7)], {})) == ["/lamps/7", "/lamps"]
    assert lines(partial.lookup("s", [lamp("x", id=id_) for id_ in range(10, 19)], {})) == [
        f"/lamps/{id_}" for id_ in range(10, 19)
    ]
    assert lines(REST._replace(is_partial=True).lookup("s", [lamp("x", id=7)], {})) == ["/lamps/7", "/lamps"]


def test_what_reads_a_list_is_told_of_the_resources_that_it_was_asked_for() -> None:
    rest = BY_NAME._replace(context=lambda free: [resource.address.name for resource in free])
    (by_id, by_name) = rest.lookup("s", [lamp("a"), lamp("b", id=7)], {})
    assert (by_id.context, by_name.context) == (None, ["a"])


def test_what_of_the_options_goes_into_a_request_goes_into_each() -> None:
    rest = BY_NAME._replace(query=lambda options: {"preview": options["preview"]})
    some = case({"title": "a"}, {"title": "b"}, preview="true")
    requests = (
        rest.fetch("s", 7, some.options),
        *rest.lookup("s", [lamp("a")], some.options),
        *rest.lookup("s", [], some.options),
        rest.creation(some, {}),
        rest.change(some, {}),
        *rest.remove(some).requests,
    )
    assert all(request.query[0] == ("preview", "true") for request in requests)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (None, "a lamp has no usable lampId"),
        ([], "a lamp has no usable lampId"),
        ({}, "a lamp has no usable lampId"),
        ({"lampId": True, "title": "a"}, "a lamp has no usable lampId"),
        ({"lampId": "x", "title": "a"}, "a lamp has no usable lampId"),
        ({"lampId": 1.5, "title": "a"}, "a lamp has no usable lampId"),
        ({"lampId": 7}, "lamp 7 has no title"),
        ({"lampId": 7, "title": 3}, "lamp 7 has no title"),
    ],
)
def test_a_row_without_an_id_or_a_name_is_no_answer(row: Any, words: str) -> None:
    with pytest.raises(BadAnswer) as raised:
        kind().read(row)
    assert str(raised.value) == words


def test_a_row_is_read_as_it_stands_or_as_its_kind_says() -> None:
    row = {"lampId": "7", "title": "a", "more": 1}
    assert kind().read(row) == Live(7, "a", row)
    other = kind(REST._replace(fields=lambda row: {"title": row["title"].upper()}))
    assert other.read(row) == Live(7, "a", {"title": "A"})


def test_where_names_may_be_missing_an_object_is_called_by_its_id() -> None:
    read = kind(REST._replace(may_be_nameless=True)).read
    assert [read({"lampId": 7, "title": title}).name for title in ("a", None, "", 3)] == ["a", "7", "7", "3"]


def test_an_id_that_is_a_text_is_taken_as_it_is_and_a_number_as_its_text() -> None:
    read = kind(REST._replace(has_text_id=True)).read
    assert read({"lampId": "0012", "title": "a"}).id == "0012"
    assert read({"lampId": 12, "title": "a"}).id == "12"
    for odd in (None, True, 1.5, ["12"]):
        with pytest.raises(BadAnswer, match="a lamp has no lampId"):
            read({"lampId": odd, "title": "a"})


@pytest.mark.parametrize(("name", "words"), [("DeskLamp", "a desk lamp has"), ("Oven", "an oven has")])
def test_the_words_about_a_row_call_it_after_its_kind(name: str, words: str) -> None:
    with pytest.raises(BadAnswer, match=words):
        Kind(name, "lamps/v1", "A thing.", Lamp, rest=REST).read({})


def test_a_new_object_is_created_with_all_that_is_wanted_but_nulls() -> None:
    decision = kind().decide(case({"title": "a", "note": None}))
    assert decision.action == "create"
    assert decision.requests == (Request("lamps", "POST", "/lamps", body={"title": "a"}),)


def test_an_object_that_differs_gets_the_fields_that_change() -> None:
    decision = kind().decide(case({"title": "a", "note": "new"}, {"title": "a", "note": "old", "more": 1}))
    assert decision.requests == (Request("lamps", "PATCH", "/lamps/7", body={"note": "new"}),)
    assert kind().decide(case({"title": "a"}, {"title": "a"})) == IN_SYNC


def test_inside_a_field_that_changes_what_the_manifest_does_not_write_stays() -> None:
    live = {"title": "a", "mount": {"wall": "north", "height": 200, "colour": "red"}}
    (request,) = kind().decide(case({"mount": {"wall": "south"}}, live)).requests
    assert request.body == {"mount": {"wall": "south", "height": 200, "colour": "red"}}


def test_an_update_that_replaces_says_back_all_that_is_live_but_what_is_the_server_s_own() -> None:
    rest = REST._replace(is_replaced=True)
    (request,) = kind(rest).decide(case({"note": "new"}, {"title": "a", "note": "old", "more": 1})).requests
    assert request.body == {"title": "a", "note": "new", "more": 1}


def test_the_body_of_a_write_stands_in_its_envelope() -> None:
    rest = REST._replace(envelope="lamp")
    (create,) = kind(rest).decide(case({"title": "a"})).requests
    (update,) = kind(rest).decide(case({"note": "b"}, {"note": "a"})).requests
    assert (create.body, update.body) == ({"lamp": {"title": "a"}}, {"lamp": {"note": "b"}})


@pytest.mark.parametrize(
    ("lacks", "live", "words"),
    [
        ("create", None, "no request creates a Lamp: do it in the system, or take this out"),
        ("update", {"note": "old"}, "no request changes a Lamp: do it in the system, or take this out"),
    ],
)
def test_what_no_route_can_do_is_blocked(lacks: str, live: Any, words: str) -> None:
    decision = kind(REST._replace(**{lacks: None})).decide(case({"note": "new"}, live))
    assert decision.requests == ()
    assert [reason for _, reason in decision.blocked] == [words]


def test_an_object_is_removed_by_one_request_where_there_is_a_route() -> None:
    remove = kind().remove
    assert remove is not None
    assert remove(case({}, {})).requests == (Request("lamps", "DELETE", "/lamps/7"),)
    assert kind(REST._replace(delete=None)).remove is None


def test_what_a_kind_gives_itself_goes_before_its_routes() -> None:
    own = kind(read=lambda row: Live(1, "own", {}), key=("note",), id_field="rid")
    assert (own.read({}).name, own.key, own.id_field) == ("own", ("note",), "rid")
    assert (kind().key, kind().id_field) == (("title",), "lampId")
    assert own.fetch("s", 7, {}) == REST.fetch("s", 7, {})


def test_a_kind_without_routes_says_all_of_it_itself() -> None:
    with pytest.raises(ValueError, match="the kind Lamp says nothing of key, lookup, fetch, read, decide"):
        kind(None)
    given = {name: lambda *given: None for name in ("lookup", "fetch", "read", "decide")}
    assert kind(None, key=("title",), id_field="id", **given).remove is None


def test_a_kind_that_is_asked_for_what_it_has_no_route_for_says_which() -> None:
    with pytest.raises(ValueError, match="the kind has no `list` route"):
        REST._replace(list=None).lookup("s", [], {})


def test_the_bodies_of_a_case_leave_out_what_another_request_sends() -> None:
    some = case({"title": "a", "note": "new", "power": "ON", "mount": None}, {"title": "a"})
    assert creation_of(some, "power") == {"title": "a", "note": "new"}
    assert patch_of(some, "power") == {"note": "new"}
    inside = tuple(Change(("mount", name), 1, 2, HERE) for name in ("wall", "height"))
    assert patch_of(some._replace(changes=inside)) == {"mount": None}
