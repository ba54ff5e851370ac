"""What was not asked for is not told, what another project has is not believed, what two share is pinned."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.integration.tool import Ran, run
from tests.laws.bench import project
from tests.support.history import History

from reconcile.errors import ApiError
from reconcile.live.pages import Line, look
from reconcile.live_manifests import manifests
from reconcile.model import Address, Json, Live, Origin, Request, Resource, Response
from reconcile.provider import Kind
from reconcile.systems.flexdeploy.release import RELEASE
from reconcile.systems.katalon.link import LINK
from reconcile.systems.katalon.release import RELEASE as KATALON_RELEASE
from reconcile_sandbox import Sandbox

SECRETS = {"DEMO": "demo", "PATH": "/usr/bin:/bin"}


@pytest.fixture
def history(sandbox: Sandbox, tmp_path: Path) -> History:
    """Two teams' folders with two releases each, all live; one of each left the manifests since the base."""
    live = [
        {"releaseId": 500 + number, "releaseName": f"{team}-{which}"}
        for number, (team, which) in enumerate((t, w) for t in ("east", "west") for w in ("kept", "left"))
    ]
    sandbox.reset({"flexdeploy": {"releases": live}})
    (tmp_path / "reconcile.yaml").write_text(str(project(sandbox.url)), encoding="utf-8")
    for team in ("east", "west"):
        for which in ("kept", "left"):
            _declare(tmp_path, team, f"{team}-{which}")
    made = History(tmp_path)
    made.commit("base")
    for team in ("east", "west"):
        (tmp_path / f"manifests/{team}/{team}-left.yaml").unlink()
    return made


def _declare(root: Path, team: str, name: str) -> None:
    file = root / f"manifests/{team}/{name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    text = f"apiVersion: flexdeploy/v1\nkind: Release\nmetadata: {{name: {name}}}\nspec: {{}}\n"
    file.write_text(text, encoding="utf-8")


def _dropped(history: History, *words: str) -> list[str]:
    arguments = ("plan", "--base", "base", "-o", "json", *words)
    ran: Ran = run(*arguments, environment=SECRETS, folder=history.folder)
    assert ran.code == 0, ran.err
    return [item["address"].rsplit("/", 1)[1] for item in ran.document["dropped"]]


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ([], ["east-left", "west-left"]),
        (["manifests"], ["east-left", "west-left"]),
        (["manifests/east"], ["east-left"]),
        (["manifests/west"], ["west-left"]),
        (["manifests/east/east-kept.yaml"], []),
        (["--target", "*/east-*"], ["east-left"]),
        (["--target", "*/*-kept"], []),
        (["manifests/east", "--target", "*/*-kept"], []),
    ],
)
def test_a_plan_of_a_part_lists_as_dropped_what_lies_in_it(
    history: History, words: list[str], left: list[str]
) -> None:
    assert _dropped(history, *words) == left


def test_a_part_that_holds_all_that_is_left_is_still_a_part(history: History) -> None:
    """The other folder is empty by now: PATH selects every resource, and what was there is not asked for."""
    (history.folder / "manifests/west/west-kept.yaml").unlink()
    assert _dropped(history, "manifests/east") == ["east-left"]
    assert _dropped(history, "--target", "*/east-*") == ["east-left"]
    assert sorted(_dropped(history)) == ["east-left", "west-kept", "west-left"]


def _live(id_: int, name: str, **said: Json) -> Live:
    return Live(id_, name, {"releaseId": id_, "releaseName": name, **said})


@pytest.mark.parametrize("chosen", [{1, 2, 3}, {1, 3}, {2}], ids=["all", "one of two", "the other one"])
def test_objects_of_one_name_are_exported_with_their_ids(chosen: set[int]) -> None:
    """Also where the other one is not exported: a lookup by the name would find both."""
    lives = [_live(1, "Train"), _live(2, "Train", releaseStatus="COMPLETED"), _live(3, "Other")]
    found = manifests("flexdeploy", RELEASE, lives, lambda live: live.id in chosen)
    assert {each.spec["releaseName"]: each.pin for each in found if each.pin is None} == (
        {"Other": None} if 3 in chosen else {}
    )


@pytest.mark.parametrize("what", ["flexdeploy", "flexdeploy/Release/501"])
def test_what_is_exported_is_found_again_beside_another_of_its_name(
    sandbox: Sandbox, tmp_path: Path, what: str
) -> None:
    done = {"releaseId": 500, "releaseName": "Train", "releaseStatus": "COMPLETED"}
    sandbox.reset({"flexdeploy": {"releases": [done, {"releaseId": 501, "releaseName": "Train"}]}})
    (tmp_path / "reconcile.yaml").write_text(str(project(sandbox.url)), encoding="utf-8")
    place = ("-C", str(tmp_path))
    assert run(*place, "export", what, "--to", str(tmp_path / "manifests"), environment=SECRETS).code == 0
    planned = run(*place, "plan", environment=SECRETS)
    assert (planned.code, planned.out.splitlines()[-1]) == (0, "No changes.")


ROWS: list[Json] = [
    {"id": 1, "name": "ours", "projectId": 4711},
    {"id": 2, "name": "ours, as a text", "projectId": "4711"},
    {"id": 3, "name": "unsaid"},
    {"id": 4, "name": "another's", "projectId": 4712},
    {"id": 5, "name": "another's, as a text", "projectId": "4712"},
]


@pytest.mark.parametrize("kind", [KATALON_RELEASE, LINK], ids=lambda kind: kind.name)
def test_a_row_of_another_project_is_not_believed(kind: Kind) -> None:
    """A server that overlooks the condition shows rows of every project."""
    answer = {"content": ROWS, "last": True, "totalElements": len(ROWS)}
    (request,) = kind.lookup("katalon", [], {"projectId": 4711})
    lives = look(kind, request, Line(lambda asked: Response(200, answer))).lives
    assert [live.id for live in lives] == [1, 2, 3]
    assert {str(live.fields["projectId"]) for live in lives} == {"4711"}


@pytest.mark.parametrize(("row", "found"), [(row, row["id"] <= 3) for row in ROWS])
def test_nor_is_a_smart_scheduler_of_another_project(row: Json, found: bool) -> None:
    """Where search is refused each schedule is asked for by its id, of which any project may have one."""
    spec = {"runConfigurationId": row["id"], "projectId": 4711}
    where = Origin("m.yaml", 1)
    link = Resource(Address("katalon", "ScheduleLink", "a"), "katalon/v1", spec, where, lambda path: where)
    (request,) = LINK.lookup("katalon", [link], {})

    def send(asked: Request) -> Response:
        if asked.method == "POST":
            raise ApiError("no", status=403)
        return Response(200, {"runConfiguration": row})

    assert [live.id for live in look(LINK, request, Line(send)).lives] == ([row["id"]] if found else [])
