"""The ways of real servers, each over a real socket, by the command line: the routes of a kind say them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import pytest
from tests.integration.tool import Ran, run
from tests.support.many_ways import Tracker, tracking

from reconcile.provider import (
    AuthScheme,
    ByLink,
    ByOffset,
    ByPage,
    ByToken,
    Fields,
    FromName,
    Kind,
    Parents,
    RefersTo,
    Rest,
    Route,
    ShownAs,
    System,
    doc,
)
from reconcile.systems import registered


class Version(Fields):
    """A version of a project."""

    name: Annotated[str, doc("string", "Its name.", "1.0"), FromName()]
    status_id: Annotated[int | None, doc("integer", "Its status.", 2), ShownAs("status")] = None
    notes: Annotated[str | None, doc("string", "What it is.", "The first.")] = None


REST = Rest(
    id="id",
    name="name",
    list=Route("GET /versions"),
    get=Route("GET /versions/{id}"),
    create=Route("POST /versions"),
    update=Route("PUT /versions/{id}"),
    delete=Route("DELETE /versions/{id}"),
    envelope="version",
    row="version",
    rows="versions",
    pages=ByOffset(total="total_count"),
)
BARE = REST._replace(envelope="", row="", rows="")
SEARCH = Route("POST /versions/search", safe=True)


def tracker_system(rest: Rest) -> System:
    return of_kinds(
        Kind(name="Version", api_version="tracker/v1", summary="A version.", model=Version, rest=rest)
    )


def of_kinds(*kinds: Kind) -> System:
    scheme = AuthScheme("header", parameter="X-Tracker-Key")
    probe = Route("GET /projects/") if len(kinds) > 1 else Route("GET /versions")
    return System(
        "tracker", "Tracker", (scheme,), Fields, kinds, lambda system, options: probe(system), api=1
    )


class Project(Fields):
    """A project."""

    name: Annotated[str, doc("string", "Its name.", "web"), FromName()]


class Part(Fields):
    """A version in its project."""

    project_id: Annotated[int, doc("integer", "Its project.", 7), RefersTo("Project")]
    name: Annotated[str, doc("string", "Its name.", "1.0"), FromName()]
    notes: Annotated[str | None, doc("string", "What it is.", "The first.")] = None


PROJECTS = Rest(
    id="id",
    name="name",
    list=Route("GET /projects/"),
    get=Route("GET /projects/{id}"),
    create=Route("POST /projects/"),
    envelope="version",
    row="version",
    rows="projects",
    pages=ByOffset(total="total_count"),
)
PARTS = Rest(
    id="id",
    name="name",
    list=Route("GET /projects/{project_id}/versions/"),
    create=Route("POST /projects/{project_id}/versions/"),
    update=Route("PUT /projects/{project_id}/versions/{id}"),
    delete=Route("DELETE /projects/{project_id}/versions/{id}"),
    envelope="version",
    row="version",
    rows="versions",
    pages=ByOffset(total="total_count"),
    in_paths=("project_id",),
    parents=Parents(Route("GET /projects/"), "project_id", rows="projects", pages=PROJECTS.pages),
)
NESTED = (
    Kind(name="Project", api_version="tracker/v1", summary="A project.", model=Project, rest=PROJECTS),
    Kind(name="Part", api_version="tracker/v1", summary="A version.", model=Part, rest=PARTS),
)
Start = Callable[..., "Desk"]


class Desk:
    """A project folder, and a tracker that it is about."""

    def __init__(self, folder: Path, tracker: Tracker) -> None:
        self.folder, self.tracker = folder, tracker
        auth = "{header: {env: TRACKER_KEY}}"
        text = f"version: 1\nsystems: {{tracker: {{url: '{tracker.url}', auth: {auth}}}}}\n"
        (folder / "reconcile.yaml").write_text(text)
        (folder / "manifests").mkdir(exist_ok=True)

    def declare(self, *specs: Any, **metadata: Any) -> None:
        documents = [
            {
                "apiVersion": "tracker/v1",
                "kind": "Version",
                "metadata": {"name": f"v{at}", **metadata},
                "spec": spec,
            }
            for at, spec in enumerate(specs)
        ]
        (self.folder / "manifests" / "all.yaml").write_text("\n---\n".join(map(json.dumps, documents)))

    def __call__(self, *words: str, code: int = 0) -> Ran:
        environment = {"TRACKER_KEY": self.tracker.key, "PATH": "/usr/bin:/bin"}
        ran = run("-C", str(self.folder), *words, environment=environment)
        assert ran.code == code, ran
        assert self.tracker.key not in ran.out + ran.err
        return ran

    def converges(self) -> None:
        assert self("plan", "--detailed-exitcode").told == "No changes.\n"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    with ExitStack() as stack:

        def started(rest: Rest = REST, kinds: Sequence[Kind] = (), **ways: Any) -> Desk:
            stack.enter_context(registered(of_kinds(*kinds) if kinds else tracker_system(rest)))
            return Desk(tmp_path, stack.enter_context(tracking(**ways)))

        yield started


def many(count: int, above: int = 0, **said: Any) -> dict[int, Any]:
    empty = {"status_id": 1, "notes": None}
    return {above + at: {"id": above + at, "name": f"v{at}", **empty, **said} for at in range(1, count + 1)}


def test_bodies_and_answers_stand_in_their_envelopes(start: Start) -> None:
    desk = start()
    desk.declare({"name": "1.0", "status_id": 2, "notes": "The first."})
    assert "Apply: 1 done" in desk("apply", "--yes").out
    assert desk.tracker.writes == [
        'POST /versions {"version": {"name": "1.0", "status_id": 2, "notes": "The first."}}'
    ]
    desk.converges()
    assert any(line.startswith("GET /versions/1") for line in desk.tracker.log)  # the answer named its id


@pytest.mark.parametrize("lacks", ["row", "rows"])
def test_an_answer_without_its_envelope_is_no_answer(start: Start, lacks: str) -> None:
    desk = start(REST._replace(**{lacks: "thing"}), rows=many(1))
    desk.declare({"name": "v1", "notes": "x"})
    document = (folder := desk.folder / "manifests" / "all.yaml").read_text()
    folder.write_text(document.replace('"name": "v0"', '"name": "v0", "id": 1'))
    if lacks == "row":
        assert "the answer has no `thing`" in desk("apply", "--yes", code=3).out
    else:
        assert "the answer has no `thing`" in desk("export", "tracker", code=1).err


WAYS: dict[str, tuple[Any, dict[str, Any]]] = {
    "offset and total": (REST, {}),
    "offset alone": (REST._replace(pages=ByOffset()), {"totals": False}),
    "page and size": (REST._replace(pages=ByPage()), {"pages": "page", "totals": False}),
    "page and total": (REST._replace(pages=ByPage(total="total_count")), {"pages": "page"}),
    "token": (REST._replace(pages=ByToken("token", "next", total="total_count")), {"pages": "token"}),
    "link": (BARE._replace(pages=ByLink()), {"pages": "link", "envelope": False}),
    "link in the body": (REST._replace(pages=ByLink("links.next")), {"pages": "body-link"}),
    "search": (REST._replace(list=SEARCH), {"pages": "search"}),
    "bare rows": (BARE._replace(pages=ByOffset()), {"envelope": False}),
    "whole": (BARE._replace(pages=None), {"pages": "whole", "envelope": False}),
}


@pytest.mark.parametrize(("rest", "ways"), WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("count", [0, 1, 25, 26, 60])
def test_a_list_is_read_to_its_end_in_each_way_that_servers_split_one(
    start: Start, rest: Rest, ways: dict[str, Any], count: int
) -> None:
    desk = start(rest, rows=many(count), **ways)
    ran = desk("export", "tracker")
    assert ran.out.count("kind: Version\n") == count
    if count:
        (desk.folder / "manifests" / "all.yaml").write_text(ran.out)
        desk.converges()


def test_a_list_that_is_not_there_is_no_empty_list(start: Start) -> None:
    desk = start(REST._replace(list=Route("GET /versions/99")), rows=many(2))
    assert "404" in desk("export", "tracker", code=1).err


def test_a_list_that_ends_before_it_says_is_not_believed(start: Start) -> None:
    desk = start(rows=many(30), lies=1)
    assert "the list has 31 rows, as it says, and ends after 30" in desk("export", "tracker", code=1).err


def test_pages_of_a_server_that_does_not_split_its_list_have_an_end(start: Start) -> None:
    desk = start(REST._replace(pages=ByOffset()), rows=many(3), pages="whole", totals=False)
    assert "two pages in a row are the same" in desk("export", "tracker", code=1).err


def test_a_link_to_something_else_is_not_followed(start: Start) -> None:
    desk = start(BARE._replace(pages=ByLink()), rows=many(30), pages="link", envelope=False)
    tracker, answer = desk.tracker, desk.tracker.answer

    def elsewhere(*asked: Any) -> Any:
        found = answer(*asked)
        found.headers = {name: text.replace("/versions", "/users") for name, text in found.headers.items()}
        return found

    tracker.answer = elsewhere  # type: ignore[method-assign]
    assert (
        "its link to the next page leads to something else than this list"
        in desk("export", "tracker", code=1).err
    )


@pytest.mark.parametrize("created", ["body", "empty", "none", "location", "other-location"])
def test_whatever_a_create_is_answered_with_the_object_is_found(start: Start, created: str) -> None:
    desk = start(created=created, rows=many(3))
    desk.declare({"name": "new"})
    assert "Apply: 1 done" in desk("apply", "--yes").out
    by_id = any(line.startswith("GET /versions/4") for line in desk.tracker.log)
    assert by_id is (created in {"body", "location"})
    desk.converges()


@pytest.mark.parametrize("changed", ["body", "empty", "none"])
def test_an_update_by_put_that_is_partial_may_be_answered_with_nothing(start: Start, changed: str) -> None:
    desk = start(rows=many(3, notes="old"), changed=changed)
    desk.declare({"name": "v2", "notes": "new"})
    assert "Apply: 1 done" in desk("apply", "--yes").out
    assert desk.tracker.writes == ['PUT /versions/2 {"version": {"notes": "new"}}']
    assert desk.tracker.rows[2]["status_id"] == 1
    desk.converges()


def test_what_is_written_as_an_id_is_read_out_of_the_object_that_shows_it(start: Start) -> None:
    desk = start(rows=many(2))
    desk.declare({"name": "v1", "status_id": 3})
    planned = desk("plan").told
    assert "status_id" in planned
    assert "1 (New) -> 3" in planned
    desk("apply", "--yes")
    assert desk.tracker.rows[1]["status_id"] == 3
    desk.converges()
    assert "status_id: 3  # Closed" in desk("export", "tracker/Version/v1").out
    assert "status_id: 1  # New" in desk("export", "tracker/Version/v2").out


def test_a_request_that_replaces_says_such_an_id_once(start: Start) -> None:
    rest = REST._replace(is_replaced=True)
    desk = start(rest, rows=many(1, notes="old"))
    desk.tracker._wrong = lambda said: []  # type: ignore[method-assign,assignment]
    desk.declare({"name": "v1", "notes": "new"})
    desk("apply", "--yes")
    (line,) = desk.tracker.writes
    assert json.loads(line.split(" ", 2)[2])["version"] == {
        "name": "v1", "status_id": 1, "notes": "new", "id": 1, "colour": "red",
    }  # fmt: skip


@pytest.mark.parametrize("is_text", [False, True])
def test_an_id_that_is_a_text_in_a_list_and_a_number_elsewhere_is_one_id(start: Start, is_text: bool) -> None:
    desk = start(REST._replace(has_text_id=is_text), rows=many(2), list_ids=str)
    desk.declare({"name": "v2", "notes": "x"}, {"name": "new"})
    assert "Apply: 2 done" in desk("apply", "--yes").out
    desk.converges()


def test_a_refusal_is_told_in_all_the_words_of_its_list(start: Start) -> None:
    desk = start(rows=many(1))
    desk.declare({"name": "v1", "status_id": 9})
    said = desk("apply", "--yes", code=3).out
    assert "422 Unprocessable Entity: Status is not in the list" in said


def test_what_is_deleted_is_gone_where_the_answer_is_empty_and_the_next_one_404(start: Start) -> None:
    desk = start(rows=many(2))
    desk.declare({"name": "v1"}, absent=True)
    assert "Apply: 1 done" in desk("apply", "--yes", "--prune").out
    assert desk.tracker.writes == ["DELETE /versions/1"]
    assert [*desk.tracker.rows] == [2]
    desk.converges()


def test_a_delete_whose_answer_was_lost_is_known_by_the_404_that_follows(start: Start) -> None:
    desk = start(rows=many(2), loses="DELETE")
    desk.declare({"name": "v1"}, absent=True)
    assert "Apply: 1 done" in desk("apply", "--yes", "--prune").out
    assert desk.tracker.writes == ["DELETE /versions/1"]
    desk.converges()


def test_a_key_in_a_header_of_any_name_says_who_asks(start: Start) -> None:
    desk = start(rows=many(1))
    assert "may read" in desk("doctor").out
    desk.tracker.key = "another-key"
    ran = run("-C", str(desk.folder), "doctor", environment={"TRACKER_KEY": "key-1234567", "PATH": ""})
    assert ran.code == 1
    assert "401" in ran.out + ran.err
    assert "TRACKER_KEY at reconcile.yaml:2" in ran.out + ran.err


def nested(start: Start, projects: int, versions: int, **ways: Any) -> Desk:
    rows = [{"id": id_, "name": f"p{id_}"} for id_ in range(1, projects + 1)]
    parts = {row["id"]: many(versions, 100 * row["id"]) for row in rows}
    return start(kinds=NESTED, nested=True, projects=rows, parts=parts, **ways)


def parts(*specs: Any, **metadata: Any) -> str:
    project = {"apiVersion": "tracker/v1", "kind": "Project", "metadata": {"name": "web"}, "spec": {}}
    head = {"apiVersion": "tracker/v1", "kind": "Part"}
    documents = [
        {**head, "metadata": {"name": f"part{at}", **metadata}, "spec": spec} for at, spec in enumerate(specs)
    ]
    return "\n---\n".join(map(json.dumps, [project, *documents]))


def test_what_stands_in_another_object_is_created_in_it_changed_and_deleted_there(start: Start) -> None:
    desk = nested(start, projects=1, versions=3)
    manifest = desk.folder / "manifests" / "all.yaml"
    within = {"project_id": {"ref": "tracker/Project/web"}, "name": "1.0"}
    manifest.write_text(parts({**within, "notes": "new"}))
    assert "Plan: 2 to create" in desk("plan").out
    assert "Apply: 2 done" in desk("apply", "--yes").out
    assert desk.tracker.writes == [
        'POST /projects/ {"version": {"name": "web"}}',
        'POST /projects/2/versions/ {"version": {"name": "1.0", "notes": "new"}}',
    ]
    desk.converges()
    manifest.write_text(parts({**within, "notes": "newer"}))
    desk("apply", "--yes")
    assert desk.tracker.writes[2:] == ['PUT /projects/2/versions/1 {"version": {"notes": "newer"}}']
    desk.converges()
    manifest.write_text(parts(within, absent=True))
    desk("apply", "--yes", "--prune")
    assert desk.tracker.writes[3:] == ["DELETE /projects/2/versions/1"]
    assert desk.tracker.parts[2] == {}
    desk.converges()


@pytest.mark.parametrize(("projects", "versions"), [(0, 0), (1, 0), (3, 0), (3, 2), (5, 5)])
def test_lists_in_other_objects_are_read_one_after_the_other_to_their_ends(
    start: Start, projects: int, versions: int
) -> None:
    desk = nested(start, projects, versions, cap=2)
    ran = desk("export", "tracker/Part")
    assert ran.out.count("kind: Part\n") == projects * versions
    assert ran.out.count(f"project_id: {projects}\n") == versions
    if projects:
        (desk.folder / "manifests" / "all.yaml").write_text(ran.out or parts())
        asked = len(desk.tracker.log)
        if versions:
            desk.converges()
            assert len(desk.tracker.log) > asked


def test_of_a_project_that_is_not_there_no_version_is_asked_for(start: Start) -> None:
    desk = nested(start, projects=1, versions=1)
    (desk.folder / "manifests" / "all.yaml").write_text(parts({"project_id": {"ref": "tracker/Project/web"}}))
    desk("plan")
    assert not [line for line in desk.tracker.log if "versions" in line]


def test_no_request_moves_a_version_to_another_project(start: Start) -> None:
    desk = nested(start, projects=2, versions=0)
    desk.tracker.parts = {1: many(1)}
    manifest, base = desk.folder / "manifests" / "all.yaml", desk.folder / "base"
    manifest.write_text(parts({"project_id": 1, "name": "v1"}))
    shutil.copytree(desk.folder / "manifests", base / "manifests")
    shutil.copy(desk.folder / "reconcile.yaml", base)
    manifest.write_text(parts({"project_id": 2, "name": "v1"}))
    said = desk("plan", "--base", str(base)).out
    assert "no request moves a Part: do it in the system, or write where it is" in said


SHOWN = PARTS._replace(get=Route("GET /projects/{project_id}/versions/{id}"), row="version")


def within(rest: Rest) -> tuple[Kind, ...]:
    """A kind of projects, and one of what stands in them, by these routes."""
    part = Kind(name="Part", api_version="tracker/v1", summary="A version.", model=Part, rest=rest)
    return (NESTED[0], part)


def test_one_that_is_pinned_is_asked_for_where_its_manifest_says_that_it_is(start: Start) -> None:
    rows = [{"id": 1, "name": "web"}, {"id": 2, "name": "p2"}]
    desk = start(
        kinds=within(SHOWN._replace(is_partial=True)),
        nested=True, shows_parts=True, projects=rows, parts={2: many(2, above=200)},
    )  # fmt: skip
    manifest = desk.folder / "manifests" / "all.yaml"
    manifest.write_text(parts({"project_id": 2, "name": "v2", "notes": "new"}, id=202))
    assert "Plan: 0 to create, 1 to change" in desk("plan").out
    assert "GET /projects/2/versions/202" in desk.tracker.log
    desk("apply", "--yes")
    assert desk.tracker.writes == ['PUT /projects/2/versions/202 {"version": {"notes": "new"}}']
    desk.converges()


def test_what_no_list_shows_is_deleted_by_its_key_where_that_says_where_to_look(start: Start) -> None:
    rows = [{"id": 1, "name": "web"}]
    desk = start(kinds=within(PARTS._replace(parents=None)), nested=True, projects=rows, parts={1: many(2)})
    manifest = desk.folder / "manifests" / "all.yaml"
    manifest.write_text(parts({"project_id": 1, "name": "v2"}, absent=True))
    desk("validate")
    assert "Apply: 1 done" in desk("apply", "--yes", "--prune").out
    assert desk.tracker.writes == ["DELETE /projects/1/versions/2"]
    desk.converges()
    manifest.write_text(parts({"project_id": 1, "name": "v3"}))
    assert "pin it" not in desk("apply", "--yes").told


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        (SHOWN, "an id alone shows nothing there: GET /projects/{project_id}/versions/{id} needs project_id"),
        (PARTS, "no request shows one such object alone"),
    ],
)
def test_an_export_of_what_its_id_alone_does_not_show_says_so(start: Start, rest: Rest, words: str) -> None:
    desk = start(kinds=within(rest._replace(parents=None)), nested=True, projects=[{"id": 1, "name": "p"}])
    assert words in desk("export", "tracker/Part/1", code=1).err
