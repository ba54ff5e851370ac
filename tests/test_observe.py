"""Reading live state: levels of references, pages, which object is whose, and answers that are none."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from tests.support.lamps import LAMP
from tests.support.values import address, lamp, release, wanted

from reconcile.desired import Wanted
from reconcile.errors import ApiError
from reconcile.live.observation import Observation
from reconcile.live.observe import observe
from reconcile.live.pages import Line
from reconcile.model import Address, Env, Json, Origin, Ref, Request, Resource, Response, Secret
from reconcile.provider import Page


class Asked:
    """Answers every read with the same rows, or raises what it is given; keeps what it was asked."""

    def __init__(self, *rows: Json, error: ApiError | None = None) -> None:
        self.rows = list(rows)
        self.error = error
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        if self.error is not None:
            raise self.error
        return Response(200, self.rows)


def seen(send: Any, *items: Wanted) -> Observation:
    return observe(items, Line(send), 4)


def desk(id_: int, title: str = "a", **said: Json) -> dict[str, Json]:
    return {"lampId": id_, "title": title, **said}


def test_every_resource_gets_the_live_object_of_its_name() -> None:
    send = Asked(desk(1, "a"), desk(2, "b"), desk(3, "other"))
    found = seen(send, wanted(lamp("a")), wanted(lamp("b")), wanted(lamp("c")))
    assert {where.name: live.id for where, live in found.live.items()} == {"a": 1, "b": 2}
    assert found.problems == ()


def test_all_of_one_kind_are_asked_for_together() -> None:
    send = Asked()
    seen(send, wanted(lamp("a")), wanted(lamp("b")), wanted(lamp("c")))
    assert len(send.requests) == 1


def test_a_name_is_compared_exactly_whatever_the_server_finds() -> None:
    rows = [{"releaseId": n, "releaseName": name} for n, name in enumerate(["train", "Train", "trains"], 1)]
    found = seen(Asked(*rows), wanted(release("train")))
    assert [live.id for live in found.live.values()] == [1]


def test_an_ambiguous_name_is_refused_with_the_ids() -> None:
    found = seen(Asked(desk(2), desk(1)), wanted(lamp("a")))
    assert found.live == {}
    assert [str(problem) for problem in found.problems] == [
        "m.yaml:1:1: lamps/Lamp/a is ambiguous: ids 1, 2 have the same name; "
        "pin one with metadata.id [ambiguous]"
    ]


def test_a_row_that_comes_twice_is_one_object() -> None:
    assert seen(Asked(desk(1), desk(1)), wanted(lamp("a"))).problems == ()


@pytest.mark.parametrize("pin", [2, "2"])
def test_a_pin_chooses_by_id_whatever_the_name(pin: Json) -> None:
    found = seen(Asked(desk(1), desk(2, "renamed")), wanted(lamp("a", id=pin)))
    assert [live.name for live in found.live.values()] == ["renamed"]


def test_a_pin_to_nothing_is_an_error_but_for_a_tombstone() -> None:
    (problem,) = seen(Asked(desk(1)), wanted(lamp("a", id=9))).problems
    assert problem.message == "lamps/Lamp/a is pinned to id 9, which does not exist there: correct it"
    assert seen(Asked(desk(1)), wanted(lamp("a", id=9, absent=True))).problems == ()


def test_a_failing_system_is_a_problem_of_its_resources() -> None:
    (problem,) = seen(Asked(error=ApiError("lamps: GET /lamps: 502")), wanted(lamp("a"))).problems
    assert (problem.code, problem.message) == ("unreadable-live", "lamps: GET /lamps: 502")


@pytest.mark.parametrize(
    "rows",
    [
        [{"title": "a"}],
        [None],
        [desk(1, bulbs="none")],
        [desk(1, bulbs=[3])],
        [desk(1, mount=[])],
    ],
)
def test_an_answer_that_cannot_be_what_it_claims_is_a_problem(rows: list[Json]) -> None:
    (problem,) = seen(Asked(*rows), wanted(lamp("a"))).problems
    assert problem.code == "unreadable-live"
    assert problem.message.startswith("lamps: GET /lamps: ")


def test_an_answer_that_is_no_list_is_a_problem() -> None:
    (problem,) = seen(lambda request: Response(200, "hello"), wanted(lamp("a"))).problems
    assert problem.message == "lamps: GET /lamps: the answer is neither a list nor an object"


def test_sensitive_texts_are_sealed_as_soon_as_they_are_read() -> None:
    found = seen(Asked(desk(1, pin="canary")), wanted(lamp("a")))
    assert found.live[address("a")].fields["pin"] == Secret("canary")
    assert "canary" not in repr(found)


def test_all_pages_are_read() -> None:
    pages = {"/lamps": ([desk(1)], "/lamps/2"), "/lamps/2": ([desk(2, "b")], None)}

    def page(request: Request, response: Response) -> Page:
        rows, following = response.body
        return Page(rows, request._replace(path=following) if following else None)

    kind = dataclasses.replace(LAMP, page=page)
    items = [Wanted(lamp(name), kind, {}) for name in ("a", "b")]
    found = seen(lambda request: Response(200, pages[request.path]), *items)
    assert {live.id for live in found.live.values()} == {1, 2}


NESTED = dataclasses.replace(
    LAMP,
    key=("room", "title"),
    lookup=lambda system, resources, options: [
        Request(system, "GET", f"/rooms/{resource.spec.get('room')}", safe=True) for resource in resources
    ],
)


def nested(name: str, room: Json) -> Wanted:
    resource: Resource = lamp(name, {"room": room})
    return Wanted(resource, NESTED, {})


def test_what_a_key_refers_to_is_looked_up_first() -> None:
    asked: list[str] = []

    def send(request: Request) -> Response:
        asked.append(request.path)
        return Response(200, [desk(5, "a", room=1)] if request.path == "/rooms/1" else [desk(6, "b", room=5)])

    found = seen(send, nested("b", Ref(address("a"))), nested("a", 1))
    assert asked == ["/rooms/1", "/rooms/5"]
    assert {where.name: live.id for where, live in found.live.items()} == {"a": 5, "b": 6}


def test_what_refers_in_its_key_to_something_missing_is_missing_too_and_not_asked_for() -> None:
    asked: list[str] = []

    def send(request: Request) -> Response:
        asked.append(request.path)
        return Response(200, [])

    found = seen(send, nested("b", Ref(address("a"))), nested("a", 1))
    assert (asked, found.live, found.problems) == (["/rooms/1"], {}, ())


def test_the_servers_clock_is_kept() -> None:
    found = seen(lambda request: Response(200, [], date=1796115600.0), wanted(lamp("a")))
    assert found.clocks == {"lamps": 1796115600.0}


def test_systems_are_kept_apart() -> None:
    other = lamp("a")._replace(address=Address("cellar", "Lamp", "a"))
    send = Asked(desk(1))
    found = seen(send, wanted(lamp("a")), Wanted(other, LAMP, {}))
    assert sorted(request.system for request in send.requests) == ["cellar", "lamps"]
    assert len(found.live) == 2


@pytest.mark.parametrize("status", [200, 404])
def test_a_system_whose_every_answer_says_nothing_is_silent(status: int) -> None:
    def nothing(request: Request) -> Response:
        return Response(status, [] if status == 200 else None)

    assert seen(nothing, wanted(lamp("a")), wanted(lamp("b"))).silent == {"lamps"}


def test_a_system_that_shows_anything_at_all_is_not_silent() -> None:
    assert seen(Asked(desk(9, "other")), wanted(lamp("a"))).silent == frozenset()


def test_an_answer_without_a_row_may_prove_that_the_system_is_the_right_one() -> None:
    witness = dataclasses.replace(LAMP, page=lambda request, response: Page((), proof=True))
    assert seen(Asked(), wanted(lamp("a"))._replace(kind=witness)).silent == frozenset()


def test_systems_are_silent_each_for_itself() -> None:
    def send(request: Request) -> Response:
        return Response(200, [desk(1)] if request.path == "/lamps" else [])

    assert seen(send, wanted(lamp("a")), wanted(release("r"))).silent == {"flexdeploy"}


def test_a_system_that_was_not_asked_has_said_nothing() -> None:
    inner = dataclasses.replace(LAMP, lookup=lambda system, resources, options: ())
    assert seen(Asked(), wanted(lamp("a"))._replace(kind=inner)).silent == {"lamps"}


class Each:
    """Answers `GET /releases/<id>` with the release, and what is refused with its error."""

    def __init__(self, **refused: ApiError) -> None:
        self.refused = {name.removeprefix("r"): error for name, error in refused.items()}
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        id_ = request.path.rsplit("/", 1)[1]
        if id_ in self.refused:
            raise self.refused[id_]
        return Response(200, {"releaseId": int(id_), "releaseName": f"n{id_}"})


def pinned(*ids: int) -> list[Wanted]:
    """Releases with these ids, each in a file of its own."""
    return [wanted(release(f"n{id_}", id=id_)._replace(origin=Origin(f"m/{id_}.yaml", id_))) for id_ in ids]


def places(found: Observation) -> list[str]:
    return [str(problem.origin) for problem in found.problems]


def test_what_cannot_be_read_is_told_at_each_manifest_that_wants_it() -> None:
    send = Each(r2=ApiError("no right", status=403), r4=ApiError("no sense", status=200))
    found = seen(send, *pinned(1, 2, 3, 4))
    assert places(found) == ["m/2.yaml:2:1", "m/4.yaml:4:1"]
    assert [problem.message for problem in found.problems] == ["no right", "no sense"]
    assert {where.name for where in found.live} == {"n1", "n3"}


@pytest.mark.parametrize("status", [None, 401])
def test_where_no_answer_will_come_the_rest_is_not_asked_for_and_all_are_told(status: int | None) -> None:
    send = Each(**{f"r{id_}": ApiError("down", status=status) for id_ in range(1, 8)})
    found = observe(pinned(*range(1, 8)), Line(send), 1)
    assert len(found.problems) == 7


def test_of_a_list_that_cannot_be_read_every_manifest_is_told() -> None:
    down = Asked(error=ApiError("down", status=503))
    found = seen(down, wanted(lamp("a")), wanted(lamp("b")), wanted(lamp("c", id=3)))
    assert [problem.message for problem in found.problems] == ["down"] * 3


def test_of_very_many_manifests_the_first_are_told_and_how_many_more_there_are() -> None:
    found = seen(Asked(error=ApiError("down", status=503)), *[wanted(lamp(f"n{n}")) for n in range(30)])
    assert len(found.problems) == 21
    assert found.problems[-1].message == "down; 10 manifests from here on could not be read"


def as_at_the_base(item: Wanted, base: Resource) -> Wanted:
    """What a manifest wants now, beside the same resource as the base has it."""
    return item._replace(former=base, based=True)


@pytest.mark.parametrize(
    ("base", "shown"),
    [
        ({"note": Secret("x", "NOTE")}, {"note": "canary"}),
        ({"note": Env("NOTE")}, {"note": "canary"}),
        ({"mount": {"wall": Env("WALL")}}, {"mount": {"wall": "canary"}}),
    ],
)
@pytest.mark.parametrize("pin", [None, 1])
def test_what_the_base_holds_as_a_secret_is_one_as_soon_as_the_object_is_found(
    base: Any, shown: Any, pin: Any
) -> None:
    item = as_at_the_base(wanted(lamp("a", {"note": "plain"}, id=pin)), lamp("a", base))
    (live,) = seen(Asked(desk(1, "a", **shown)), item).live.values()
    assert "canary" not in repr(live)


def test_so_it_is_inside_an_entry_of_a_list() -> None:
    base = release("a", {"projects": [{"projectId": 1, "projectGroups": Env("GROUPS")}]})
    rows = [{"projectId": 1, "projectGroups": "canary"}, {"projectId": 2, "projectGroups": "web"}]
    send = Asked({"releaseId": 1, "releaseName": "a", "projects": rows})
    (live,) = seen(send, as_at_the_base(wanted(release("a")), base)).live.values()
    assert "canary" not in repr(live)
    assert live.fields["projects"][1] == rows[1]


def test_of_what_only_the_base_has_its_own_secrets_are_sealed() -> None:
    item = wanted(lamp("a", {"note": Env("NOTE")}))._replace(left=True)
    (live,) = seen(Asked(desk(1, "a", note="canary")), item).live.values()
    assert "canary" not in repr(live)
