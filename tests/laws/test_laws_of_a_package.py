"""The laws as a class: systems whose server is made from their tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import pytest
from tests.integration.test_real_servers_ways import NESTED, REST, of_kinds, tracker_system

from reconcile.laws.bench import Bench, Place
from reconcile.provider import (
    AuthScheme,
    ByLink,
    ByPage,
    Case,
    Decision,
    Default,
    Fields,
    Form,
    FromName,
    KeyedList,
    Kind,
    Live,
    Page,
    Request,
    Response,
    Rest,
    Route,
    System,
    doc,
    patch_of,
)
from reconcile.provider.testing import Laws, Sample, served
from reconcile.systems import registered


class TestTracker(Laws):
    system = tracker_system(REST)


class TestVersionsInProjects(Laws):
    system = of_kinds(*NESTED)


class Slot(Fields):
    """A slot of a rack."""

    number: Annotated[int, doc("integer", "Which one.", 3)]
    label: Annotated[str | None, doc("string", "What is in it.", "disk")] = None


class Rack(Fields):
    """A rack."""

    server_own = ("rack_id",)

    title: Annotated[str, doc("string", "Its name.", "a"), FromName()]
    depth: Annotated[int | None, doc("integer", "In centimetres.", 80), Default(60)] = None
    locked: Annotated[bool | None, doc("boolean", "Whether it is locked.", True), Default(False)] = None
    slots: Annotated[list[Slot] | None, doc("Slot[]", "Its slots.", []), KeyedList(("number",))] = None
    door: Annotated[Slot | None, doc("Slot", "Its door.", {})] = None


def racks(**more: Any) -> System:
    rest = Rest(
        id="rack_id",
        name="title",
        list=Route("GET /racks/"),
        get=Route("GET /racks/{rack_id}"),
        create=Route("POST /racks/"),
        update=Route("PUT /racks/{rack_id}"),
        delete=Route("DELETE /racks/{rack_id}"),
        has_text_id=True,
        is_replaced=True,
    )._replace(**more)
    kind = Kind(name="Rack", api_version="racks/v1", summary="A rack.", model=Rack, rest=rest)
    probe = Route("GET /racks/")
    return System(
        "racks",
        "Racks",
        (AuthScheme("oauth2", "/token"),),
        Fields,
        (kind,),
        lambda name, _: probe(name),
        api=1,
    )


class TestRacks(Laws):
    system = racks(pages=ByLink())


@contextmanager
def between(system: System, server: System, folder: Path) -> Iterator[Bench]:
    """A bench for a system on a server that is made from another declaration of it."""
    with served(server) as made, registered(system):
        secret = {"env": "LAW_CREDENTIAL"}
        auth = {"oauth2": {"clientId": secret, "clientSecret": secret}}
        place = Place(made.url, system.type, auth, {}, {"LAW_CREDENTIAL": "law-credential-1"})
        yield Bench(folder, place)


SAMPLE = Sample("Rack", {"depth": 80, "locked": True}, {"depth": 90})


def broken(law: str, system: System, server: System, folder: Path) -> str:
    """What a law says of a system on a server; nothing where it holds."""

    class Held(Laws):
        pass

    Held.system = system
    with between(system, server, folder) as bench:
        try:
            getattr(Held(), law)(bench, SAMPLE)
        except AssertionError as error:
            return str(error)
    return ""


GOOD = racks()
UPDATED = "test_an_update_leaves_what_the_manifest_does_not_write"
WRONG: dict[str, tuple[str, System, System]] = {
    "an update that replaces, said to be partial": (UPDATED, racks(is_replaced=False), GOOD),
    "a list of pages, said to be whole": (
        "test_each_of_several_is_found",
        racks(),
        racks(pages=ByPage()),
    ),
}


@pytest.mark.parametrize(("law", "system", "server"), WRONG.values(), ids=WRONG)
def test_a_law_finds_what_is_declared_otherwise_than_the_server_is(
    law: str, system: System, server: System, tmp_path: Path
) -> None:
    assert broken(law, GOOD, GOOD, tmp_path) == ""
    assert broken(law, system, server, tmp_path) != ""


def with_model(**fields: Any) -> System:
    """Racks whose table has these fields in the place of its own."""
    hints = {**Rack.__annotations__, **fields}
    model = type(
        "Rack",
        (Fields,),
        {
            "__annotations__": hints,
            **dict.fromkeys([*fields, "slots", "door"]),
            "depth": None,
            "locked": None,
            "__module__": __name__,
            "__doc__": "A rack.",
            "server_own": ("rack_id",),
        },
    )
    (kind,) = GOOD.kinds
    made = Kind(name="Rack", api_version="racks/v1", summary="A rack.", model=model, rest=kind.rest)
    return GOOD._replace(kinds=(made,))


def test_a_law_finds_a_normal_form_that_takes_a_number_in_a_text_for_another(tmp_path: Path) -> None:
    law = "test_the_same_said_otherwise_is_no_difference"
    odd = with_model(locked=Annotated[bool | None, doc("boolean", "Odd.", True), Form(lambda value: value)])
    assert "flags as texts" in broken(law, odd, GOOD, tmp_path)


def test_a_law_finds_a_reader_that_hides_a_field(tmp_path: Path) -> None:
    (kind,) = GOOD.kinds
    made = Kind(
        name="Rack", api_version="racks/v1", summary="A rack.", model=Rack, rest=kind.rest,
        read=lambda row: Live(row["rack_id"], row["title"], {"title": row["title"]}),
    )  # fmt: skip
    law = "test_one_apply_creates_it_and_the_next_plan_is_empty"
    assert "unsettled" in broken(law, GOOD._replace(kinds=(made,)), GOOD, tmp_path)


def of_rack(**more: Any) -> System:
    """Racks of which a function is otherwise."""
    (kind,) = GOOD.kinds
    made = Kind(name="Rack", api_version="racks/v1", summary="A rack.", model=Rack, rest=kind.rest, **more)
    return GOOD._replace(kinds=(made,))


def page_without_depth(request: Request, response: Response) -> Page:
    """Read a list as if its server showed less of an object there than alone."""
    rest = GOOD.kinds[0].rest
    assert rest is not None
    page = rest.page(request, response)
    if rest.list is None or not rest.list.matches(request):
        return page
    return page._replace(rows=[{**row, "depth": None} for row in page.rows])


@pytest.mark.parametrize(
    "law",
    [
        "test_one_apply_creates_it_and_the_next_plan_is_empty",
        "test_each_of_several_is_found",
    ],
)
def test_a_law_looks_again_as_the_next_plan_does(law: str, tmp_path: Path) -> None:
    assert broken(law, of_rack(page=page_without_depth), GOOD, tmp_path) != ""


def forgetful(case: Case) -> Decision:
    """Replace an object with its key and what changes: whatever else it had is lost."""
    rest = GOOD.kinds[0].rest
    assert rest is not None
    if case.live is None:
        return rest.decide(case, GOOD.kinds[0].table)
    body = {"title": case.want["title"], **patch_of(case)}
    return Decision((rest.change(case, body),) if case.changes else ())


def test_a_law_finds_what_an_update_loses(tmp_path: Path) -> None:
    words = broken(UPDATED, of_rack(decide=forgetful), GOOD, tmp_path)
    assert "locked" in words


def test_a_law_finds_a_key_that_no_table_has() -> None:
    (kind,) = GOOD.kinds
    made = Kind("Rack", "racks/v1", "A rack.", Rack, key=("titel",), rest=kind.rest)

    class Held(Laws):
        system = GOOD._replace(kinds=(made,))

    with pytest.raises(AssertionError, match="Rack: `key` names `titel`"):
        Held().test_its_declaration_is_sound()


def test_a_server_of_tables_refuses_what_its_kind_does_not_declare(tmp_path: Path) -> None:
    with served(GOOD) as made:
        shelf = made.shelves["Rack"]
        assert shelf.create({"title": "a", "colour": "red"}, {})[0] == 422
        assert shelf.create({}, {})[1] == {"errors": ["title can't be blank"]}
        assert shelf.create({"title": "a"}, {})[1]["depth"] == 60
