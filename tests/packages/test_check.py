"""`reconcile.provider.check` tells what is wrong with a declaration before any server is asked."""

from __future__ import annotations

import sys
from typing import Annotated, Any, Literal

import pytest
from tests.laws.toy import TOY
from tests.support.commands import Ran, Tool
from tests.support.lamps import LAMPS
from tests.support.tracker import PROJECT, TRACKER, VERSION, rest

from reconcile.model import spell
from reconcile.packages.guarding import guarded_system
from reconcile.provider import (
    AtLeast,
    Atomic,
    AuthScheme,
    Dated,
    Default,
    Fields,
    Finding,
    Form,
    FromOption,
    KeyedList,
    Kind,
    Nameable,
    OnlyWritten,
    Parents,
    Provenance,
    RefersTo,
    Rest,
    Route,
    SensitiveIf,
    System,
    check,
    doc,
)
from reconcile.systems import Installed, registered

NAME = Annotated[str, doc("string", "Its name.", "n")]


def told(system: System) -> list[str]:
    """What is wrong, a line each."""
    return [f"{spell(each.path)}: {each.message} [{each.code}]".removeprefix(": ") for each in check(system)]


def with_kind(**more: Any) -> System:
    """The tracker with one kind, of which something is otherwise."""
    given = {"model": PROJECT.model, "rest": rest("things"), **more}
    return TRACKER._replace(kinds=(Kind("Thing", "tracker/v1", "A thing.", **given),))


def with_field(annotation: Any, default: Any = None) -> System:
    """The tracker with one kind whose table has one field that matters."""
    space = {"__annotations__": {"name": NAME, "field": annotation}, "field": default}
    return with_kind(model=type("Thing", (Fields,), space))


@pytest.mark.parametrize("system", [*Installed().values(), LAMPS, TOY, TRACKER], ids=lambda each: each.type)
def test_what_is_declared_here_is_sound(system: System) -> None:
    assert told(system) == []


def read(value: Any) -> Any:
    """A form that fails for some values."""
    return value.strip()


def but_for_open(value: Any) -> Any:
    """A form that ends the command for one value."""
    return sys.exit(0) if value == "open" else value


Nested = type("Nested", (Fields,), {"__annotations__": {"slot": Annotated[int, doc("int", "Where.", 1)]}})
Nested.__module__ = __name__
Choice = Literal["open", "shut"]

FIELDS: list[tuple[Any, str]] = [
    (Annotated[str | None, "no doc"], "Thing.field: is not documented: doc(vendor's type, one sentence, an"),
    (Annotated[str | None, doc("string", "no sentence", "x")], "Thing.field: its description is no"),
    (Annotated[int | None, doc("int", "A number.", "x")], "Thing.field: its example: `field` takes a whole"),
    (Annotated[int | None, doc("int", "A number.", 3), Default("x")], "Thing.field: its default: `field`"),
    (
        Annotated[str | None, doc("string", "A text.", "x"), Form(read)],
        "Thing.field: its form raises AttributeError for None: a normal form never raises [declaration]",
    ),
    (
        Annotated[str | None, doc("string", "A text.", "x"), Form(lambda value: sys.exit(0))],
        "Thing.field: its form raises SystemExit for None: a normal form never raises [declaration]",
    ),
    (
        Annotated[Choice | None, doc("enum", "How.", "shut"), Form(but_for_open)],
        "Thing.field: a function of its marks raised SystemExit: 0 [declaration]",
    ),
    (
        Annotated[str | None, doc("string", "A text.", "x"), SensitiveIf(lambda spec: sys.exit(0))],
        "Thing.field: its SensitiveIf raises SystemExit for an object that says nothing [declaration]",
    ),
    (
        Annotated[str | None, doc("string", "A text.", "x"), Form(lambda value: [value])],
        "Thing.field: its form of None is [None], whose form is [[None]] [declaration]",
    ),
    (
        Annotated[Choice | None, doc("enum", "How.", "open"), Form(lambda value: str(value).upper())],
        "Thing.field: 'open' is exported as 'OPEN', which is refused: `field` is `OPEN`; allowed: open, shut",
    ),
    (
        Annotated[Choice | None, doc("enum", "How.", "open"), Form(lambda value: "same")],
        "Thing.field: 'shut' has the normal form of another choice: 'same' [declaration]",
    ),
    (
        Annotated[Choice | None, doc("enum", "How.", "open"), AtLeast(("OPEN",))],
        "Thing.field: AtLeast has 'OPEN', whose normal form is 'open' [declaration]",
    ),
    (Annotated[int | None, doc("int", "An id.", 1), RefersTo("Nothing")], "refers to `Nothing`, and there"),
    (Annotated[int | None, doc("int", "An id.", 1), Nameable("no")], "is named by `no`, and there is no"),
    (Annotated[int | None, doc("int", "An id.", 1), FromOption()], "is FromOption, and the system has no"),
    (Annotated[int | None, doc("int", "An id.", 1), OnlyWritten()], "is OnlyWritten, and no list of objects"),
    (Annotated[int | None, doc("int", "An id.", 1), OnlyWritten], "`OnlyWritten` is a class: write"),
    (Annotated[list[Nested] | None, doc("array", "Some.", [])], "is a list of objects: KeyedList((…)) says"),
    (Annotated[list[Nested] | None, doc("array", "Some.", []), KeyedList(())], "has no field in its key"),
    (Annotated[list[Nested] | None, doc("array", "Some.", []), KeyedList(("slto",))], "has `slto` in its"),
    (
        Annotated[list[Nested] | None, doc("array", "Some.", []), KeyedList(("slot",)), Atomic()],
        "is both Atomic and a KeyedList",
    ),
    (
        Annotated[str | None, doc("string", "A text.", "x"), SensitiveIf(lambda spec: spec["type"] == "x")],
        "Thing.field: its SensitiveIf raises KeyError for an object that says nothing [declaration]",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("annotation", "words"), FIELDS, ids=[words for _, words in FIELDS])
def test_a_field_that_is_wrong_is_told_with_its_path(annotation: Any, words: str) -> None:
    found = told(with_field(annotation))
    assert any(words in line for line in found), found


def raising(*given: Any) -> Any:
    """What fails."""
    raise RuntimeError("no")


def within(path: str, parents: Parents | None = None) -> Rest:
    """The routes of what stands in something else."""
    return rest("things")._replace(list=Route(f"GET {path}"), in_paths=("status", "name"), parents=parents)


KINDS: list[tuple[dict[str, Any], str]] = [
    ({"key": ("titel",)}, "Thing: `key` names `titel`, and the table has no such field [declaration]"),
    ({"movable": ("status",)}, "Thing: `movable` names `status`, which is no part of the key [declaration]"),
    ({"dated": Dated("run", "when")}, "Thing: `dated` names `when`, and the table has no such field"),
    ({"in_paths": ("nothing",)}, "Thing: `in_paths` names `nothing`, and the table has no such field"),
    ({"list_needs": "projectId"}, "Thing: `list_needs` names the option `projectId`: there is none"),
    ({"rules": (raising,)}, "Thing: a rule raised RuntimeError: no [declaration]"),
    ({"rules": (lambda spec: ["x"],)}, "Thing: <lambda> yields a str, and no Finding [declaration]"),
    (
        {"rules": (lambda spec: [Finding(("nope",), "x", "y")],)},
        "Thing: <lambda> is about `nope`, and there is no such field [declaration]",
    ),
    (
        {"rest": rest("things")._replace(get=Route("GET /things"))},
        "Thing: `get` has no place for the id: GET /things/{id} [declaration]",
    ),
    (
        {"rest": rest("things")._replace(update=Route("PATCH things/{id}"))},
        "Thing: `update` is `PATCH things/{id}`: write METHOD /path, with each id as {name} [declaration]",
    ),
    *(
        (
            {"rest": rest("things")._replace(list=Route(f"GET {path}"))},
            f"Thing: `list` is `GET {path}`: write METHOD /path, with each id as {{name}} [declaration]",
        )
        for path in ("//things", "/things/../users", "/things//all", "/things/{thing-id}")
    ),
    (
        {"rest": rest("things")._replace(list=Route("POST /search"))},
        "Thing: `list` is a POST, which may write: say safe=True of a read [declaration]",
    ),
    (
        {"rest": rest("things")._replace(delete=Route("GET /things/{id}/delete"))},
        "Thing: `delete` is said to be a read, and would be sent again where it fails [declaration]",
    ),
    (
        {"rest": rest("things")._replace(update=Route("PATCH /pools/{pool}/things/{id}"))},
        "Thing: `update` has a place for pool: name the field in `in_paths` [declaration]",
    ),
    (
        {"rest": rest("things")._replace(name="title", filter="q"), "key": ("name",)},
        "Thing: is asked for by `title`, and the table has no such field [declaration]",
    ),
    (
        {"rest": rest("things")._replace(list=None)},
        "Thing: has no `list` route, nor a `lookup` of its own [declaration]",
    ),
    (
        {"rest": within("/a/{status}/b/{name}", Parents(Route("GET /a"), "status"))},
        "Thing: `parents` fills status and nothing else, and `list` is GET /a/{status}/b/{name}: give a",
    ),
    (
        {"rest": within("/a/{name}", Parents(Route("GET /{name}"), "name"))},
        "Thing: `parents` is GET /{name}, and nothing fills its places [declaration]",
    ),
    (
        {"rest": within("/a/{status}/b")},
        "Thing: `list` needs status, which a manifest may leave out [declaration]",
    ),
    (
        {"rest": Rest("id", "title", list=Route("GET /x"), get=Route("GET /x/{id}"))},
        "Thing: `key` names `title`, and the table has no such field [declaration]",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("more", "words"), KINDS, ids=[words for _, words in KINDS])
def test_a_kind_that_is_wrong_is_told_with_its_name(more: dict[str, Any], words: str) -> None:
    assert any(line.startswith(words) for line in told(with_kind(**more)))


SYSTEMS: list[tuple[dict[str, Any], str]] = [
    ({"api": None}, "does not say for which version of reconcile.provider it was made: api=1 [declaration]"),
    ({"api": 2}, "was made for version 2 of reconcile.provider; this is 1 [declaration]"),
    ({"type": "a/b"}, "`a/b` is no type: letters, digits, `.`, `_` and `-` [declaration]"),
    ({"title": ""}, "has no title [declaration]"),
    ({"kinds": ()}, "has no kind [declaration]"),
    ({"auth": ()}, "says no way to authenticate [declaration]"),
    ({"auth": (AuthScheme("token"),)}, "`token` lacks its query parameter: parameter= [declaration]"),
    ({"auth": (AuthScheme("header"),)}, "`header` lacks its header: parameter= [declaration]"),
    ({"auth": (AuthScheme("oauth"),)}, "`oauth` is no way to authenticate; known: apiKey, basic, bearer,"),
    ({"kinds": (PROJECT, PROJECT)}, "Project: two kinds have this name [declaration]"),
    ({"kinds": (VERSION,)}, "Version.project_id: refers to `Project`, and there is no such kind"),
    ({"type": "other"}, "Project: its apiVersion `tracker/v1` does not begin with `other/` [declaration]"),
    ({"probe": raising}, "the probe raised RuntimeError: no [declaration]"),
    ({"probe": lambda system, options: sys.exit(0)}, "the probe raised SystemExit: 0 [declaration]"),
    ({"probe": lambda system, options: None}, "the probe answers a NoneType, and no Request [declaration]"),
    ({"probe": lambda system, options: Route("POST /x")(system)}, "the probe is a POST, which may write"),
    ({"option_rules": (raising,)}, "options: option_rules raised RuntimeError: no [declaration]"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "words"), SYSTEMS, ids=[words for _, words in SYSTEMS])
def test_a_system_that_is_wrong_is_told(more: dict[str, Any], words: str) -> None:
    assert any(line.startswith(words) for line in told(TRACKER._replace(**more)))


def test_what_makes_no_table_at_all_is_told(tool: Tool) -> None:
    model = type("Thing", (Fields,), {"__annotations__": {"name": "Nowhere"}})
    assert told(with_kind(model=model, key=("name",))) == [
        "Thing: is no table: NameError: name 'Nowhere' is not defined [declaration]"
    ]


def test_a_probe_may_ask_for_the_url_itself(tool: Tool) -> None:
    system = TRACKER._replace(probe=lambda system, options: Route("GET /")(system))
    assert told(system) == []
    with registered(system):
        ran = tool("doctor")
    assert ran.code == 0, ran.err
    assert "tracker" in ran.out


class Called(Fields):
    """A table whose fields are called like what stands beside them."""

    name: NAME
    mro: Annotated[str, doc("string", "What a class has too.", "x")]
    doc: Annotated[str | None, doc("string", "A text.", "x")] = None
    str: Annotated[str | None, doc("string", "A text.", "x"), Default("y")] = None
    int: Annotated[int | None, doc("integer", "A number.", 3)] = None
    list: Annotated[list[str] | None, doc("array", "Some.", ["a"])] = None
    Form: Annotated[int | None, doc("integer", "A number.", 3), Default(4)] = None


def test_a_field_may_be_called_like_anything() -> None:
    system = with_kind(model=Called)
    assert told(system) == []
    assert [name for name, row in system.kinds[0].table.rows.items() if row.required] == ["name", "mro"]


def test_doctor_names_the_package_and_what_is_wrong_with_its_declaration(tool: Tool, folder: Any) -> None:
    def doctored(system: System) -> Ran:
        text = (folder / "reconcile.yaml").read_text().replace("tracker:", "mine: ")
        (folder / "reconcile.yaml").write_text(text)
        package = Provenance("reconcile-mine", "1.2")
        kinds = tuple(
            Kind(k.name, "mine/v1", k.summary, k.model, key=k.key, rest=k.rest) for k in system.kinds
        )
        with registered(guarded_system(system._replace(type="mine", provenance=package, kinds=kinds))):
            return tool("doctor")

    sound = doctored(TRACKER)
    assert sound.code == 0
    assert "clocks agree, package reconcile-mine 1.2\n" in sound.out
    flawed = doctored(with_kind(key=("titel",)))
    assert flawed.code == 1
    assert (
        "package reconcile-mine 1.2, whose declaration has 1 flaws, such as Thing: `key` names" in flawed.out
    )
