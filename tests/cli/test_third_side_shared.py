"""`--base` where several systems, or several Projects of one release, have a part in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.tool import Ran, run
from tests.laws.bench import project
from tests.laws.cases import SCHEDULE
from tests.support.history import History

from reconcile.model import Json
from reconcile_sandbox import Sandbox, running

SECRETS = {"DEMO": "demo", "PATH": "/usr/bin:/bin"}
SHARED = "REST Release 2"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with running() as found:
        yield found


@pytest.fixture
def history(sandbox: Sandbox, tmp_path: Path) -> History:
    """An empty project of four systems, in git."""
    sandbox.reset()
    sandbox.clear_log()
    (tmp_path / "manifests").mkdir()
    (tmp_path / "reconcile.yaml").write_text(str(project(sandbox.url)), encoding="utf-8")
    return History(tmp_path)


def declare(history: History, name: str, spec: Json, kind: str = "flexdeploy/v1 Project") -> None:
    version, _, kind = kind.partition(" ")
    text = f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {spec}\n"
    (history.folder / f"manifests/{name}.yaml").write_text(text, encoding="utf-8")


def place(id_: int, release: str = SHARED, **more: Json) -> dict[str, Json]:
    return {"release": release, "projectId": id_, **more}


def planned(history: History, *words: str) -> Ran:
    return run("-C", str(history.folder), "plan", "--base", "base", "-o", "json", *words, environment=SECRETS)


def labels(ran: Ran) -> dict[str, str]:
    return {c["path"]: c["label"] for operation in ran.document["operations"] for c in operation["changes"]}


def dropped(ran: Ran) -> list[tuple[str, str]]:
    return [(item["address"], item["path"]) for item in ran.document["dropped"]]


def moved(sandbox: Sandbox, project: int, priority: int) -> None:
    """Somebody changes the priority of a project in the shared release."""
    with sandbox.editing() as state:
        (release,) = (r for r in state["flexdeploy"]["releases"] if r["releaseName"] == SHARED)
        (entry,) = (entry for entry in release["projects"] if entry["projectId"] == project)
        entry["priority"] = priority


@pytest.fixture
def teams(history: History) -> History:
    """Two teams' places in a release that nobody declares, live as they are wanted."""
    declare(history, "apples", place(13903, priority=1))
    declare(history, "pears", place(13921, priority=1))
    history.commit("base")
    return history


def test_whose_a_difference_is_does_not_hang_on_which_project_comes_first(
    teams: History, sandbox: Sandbox
) -> None:
    """The first Project carries the operation of them all; one that comes before it takes its place."""
    moved(sandbox, 13921, 5)
    assert labels(planned(teams)) == {"projects[13921].priority": "drift"}
    declare(teams, "almonds", place(10000, projectStreamId=13900))
    assert labels(planned(teams)) == {"projects[10000]": "change", "projects[13921].priority": "drift"}


def test_a_project_that_left_the_manifests_is_dropped_and_its_place_is_left_alone(teams: History) -> None:
    (teams.folder / "manifests/apples.yaml").unlink()
    ran = planned(teams)
    assert labels(ran) == {}
    assert dropped(ran) == [("flexdeploy/Project/pears", "projects[13903]")]
    assert ran.document["dropped"][0]["value"]["projectId"] == 13903


def test_all_projects_of_a_release_that_left_are_each_dropped(teams: History) -> None:
    for name in ("apples", "pears"):
        (teams.folder / f"manifests/{name}.yaml").unlink()
    declare(teams, "train", {"releaseName": "REST Release 1"}, "flexdeploy/v1 Release")
    assert dropped(planned(teams)) == [
        ("flexdeploy/Project/apples", "projects[13903]"),
        ("flexdeploy/Project/pears", "projects[13921]"),
    ]


def test_a_release_that_is_declared_since_has_the_base_of_its_projects(
    teams: History, sandbox: Sandbox
) -> None:
    moved(sandbox, 13921, 5)
    declare(teams, "train", {"releaseName": SHARED, "description": "ours"}, "flexdeploy/v1 Release")
    assert labels(planned(teams)) == {"description": "change", "projects[13921].priority": "drift"}


def test_a_project_that_moves_renames_nobodys_release(teams: History, sandbox: Sandbox) -> None:
    """Its release is named and not owned: where there is none of the new name, that is an error."""
    declare(teams, "apples", place(13903, "No Such Release", priority=1))
    ran = planned(teams)
    assert ran.code == 1
    assert [problem["code"] for problem in ran.document["problems"]] == ["no-such-object"]


def test_a_new_tombstone_is_a_change_and_not_somebodys_drift(teams: History) -> None:
    text = (teams.folder / "manifests/apples.yaml").read_text(encoding="utf-8")
    gone = text.replace("{name: apples}", "{name: apples, absent: true}")
    (teams.folder / "manifests/apples.yaml").unlink()
    teams.commit()
    teams.git("tag", "--force", "base")
    (teams.folder / "manifests/apples.yaml").write_text(gone, encoding="utf-8")
    assert labels(planned(teams, "--prune")) == {"projects[13903]": "change"}


def test_a_system_that_no_manifest_uses_any_more_is_not_contacted_for_the_base(
    history: History, sandbox: Sandbox
) -> None:
    declare(history, "train", {"releaseName": SHARED}, "flexdeploy/v1 Release")
    declare(history, "smoke", "{runConfigurationId: 12345, releaseId: null}", "katalon/v1 ScheduleLink")
    history.commit("base")
    (history.folder / "manifests/smoke.yaml").unlink()
    before = len(sandbox.log)
    ran = planned(history)
    assert ran.code == 0, ran.err
    assert [(item["address"], item["value"], item["reason"]) for item in ran.document["dropped"]] == [
        (
            "katalon/ScheduleLink/smoke",
            None,
            "no longer managed; not looked at: no manifest uses katalon any more",
        )
    ]
    assert {entry.path.split("/")[1] for entry in sandbox.log[before:]} == {"flexdeploy"}


def test_an_object_of_another_kind_with_the_same_id_hides_nothing_that_was_dropped(
    history: History, sandbox: Sandbox
) -> None:
    with sandbox.editing() as state:
        run_ = state["brpm"]["runs"][0]
        state["flexdeploy"]["releases"][0]["releaseId"] = run_["id"]
    place_ = {name: run_[name] for name in ("plan_id", "plan_stage_id", "owner_id", "requestor_id")}
    declare(history, "uat", {"name": run_["name"], **place_}, "brpm/v1 Run")
    declare(history, "one", {"releaseName": "REST Release 1"}, "flexdeploy/v1 Release")
    declare(history, "two", {"releaseName": SHARED}, "flexdeploy/v1 Release")
    history.commit("base")
    (history.folder / "manifests/one.yaml").unlink()
    assert dropped(planned(history)) == [("flexdeploy/Release/one", "")]


def at(moment: str) -> str:
    return f'{{scheduleRid: {SCHEDULE}, requestedAt: "{moment}"}}'


def test_another_run_that_is_asked_for_is_a_change_and_is_begun(history: History, sandbox: Sandbox) -> None:
    """The moment is bumped in a pull request: nobody took the run away that the base asked for."""
    sandbox.set_options("sandbox.clock=2026-12-01T12:00:00Z")
    declare(history, "refresh", at("2026-12-01T08:00:00Z"), "foundry/v2 ScheduleRun")
    history.commit("base")
    folder = str(history.folder)
    assert run("-C", folder, "apply", "--yes", environment=SECRETS).code == 0
    assert planned(history).document["operations"] == []
    sandbox.set_options("sandbox.clock=2026-12-01T13:00:00Z")
    declare(history, "refresh", at("2026-12-01T12:30:00Z"), "foundry/v2 ScheduleRun")
    assert {*labels(planned(history)).values()} == {"change"}
    assert run("-C", folder, "drift", "--base", "base", environment=SECRETS).code == 0
    assert run("-C", folder, "apply", "--yes", "--base", "base", environment=SECRETS).code == 0


def test_a_run_that_was_asked_for_and_is_not_there_is_drift(history: History, sandbox: Sandbox) -> None:
    sandbox.set_options("sandbox.clock=2026-12-01T12:00:00Z")
    declare(history, "refresh", at("2026-12-01T08:00:00Z"), "foundry/v2 ScheduleRun")
    history.commit("base")
    assert {*labels(planned(history)).values()} == {"drift"}


@pytest.mark.parametrize(
    ("base", "live", "want", "label"),
    [
        ("planned", "started", "completed", "change"),
        ("created", "planned", "started", "change"),
        ("started", "held", "completed", "conflict"),
        ("planned", "created", "planned", "drift"),
    ],
)
def test_a_state_further_along_than_the_base_wanted_is_nobodys_drift(
    history: History, sandbox: Sandbox, base: str, live: str, want: str, label: str
) -> None:
    with sandbox.editing() as state:
        row = state["brpm"]["runs"][0]
        row["aasm_state"] = live
    spec = {name: row[name] for name in ("name", "plan_id", "plan_stage_id", "owner_id", "requestor_id")}
    declare(history, "uat", {**spec, "state": base}, "brpm/v1 Run")
    history.commit("base")
    declare(history, "uat", {**spec, "state": want}, "brpm/v1 Run")
    whole = planned(history).document
    found = [item for operation in whole["operations"] for item in operation["changes"]] + whole["blocked"]
    assert [(item["path"], item["label"]) for item in found] == [("state", label)]


@pytest.mark.parametrize(
    ("before", "description", "label"),
    [
        ("{name: one}", "ours", "change"),
        ("{name: one}", "by hand", "conflict"),
        ("{name: one, absent: true}", "by hand", "drift"),
    ],
    ids=["as the base had it", "changed by hand since", "made anew since"],
)
def test_a_tombstone_is_a_conflict_where_somebody_changed_what_it_takes_away(
    history: History, sandbox: Sandbox, before: str, description: str, label: str
) -> None:
    with sandbox.editing() as state:
        row = state["katalon"]["releases"][0]
        row["description"] = description
    spec = {"name": row["name"], "description": "ours"}
    declare(history, "one", spec, "katalon/v1 Release")
    path = history.folder / "manifests/one.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("{name: one}", before), encoding="utf-8")
    history.commit("base")
    path.write_text(text.replace("{name: one}", "{name: one, absent: true}"), encoding="utf-8")
    ran = planned(history, "--prune")
    assert labels(ran) == {"absent": label}
    applied = run(
        "-C", str(history.folder), "apply", "--yes", "--prune", "--base", "base", environment=SECRETS
    )
    assert applied.code == (4 if label == "conflict" else 0), applied


@pytest.mark.parametrize(("schedule", "code"), [(12346, 0), (99999, 1)])
def test_a_link_that_names_another_schedule_means_that_one_and_leaves_the_other_alone(
    history: History, sandbox: Sandbox, schedule: int, code: int
) -> None:
    """Nobody renames a schedule: it is another one, or there is none."""
    link = "{{runConfigurationId: {}, releaseId: null}}"
    declare(history, "smoke", link.format(12345), "katalon/v1 ScheduleLink")
    history.commit("base")
    declare(history, "smoke", link.format(schedule), "katalon/v1 ScheduleLink")
    ran = planned(history)
    assert ran.code == code, ran.err
    assert ran.document["operations"] == []
    assert [item["before"] for item in ran.document["blocked"]] == ([67890] if code == 0 else [])
    if code:
        assert "needs a live ScheduleLink with runConfigurationId 99999, projectId 4711" in ran.err


@pytest.mark.parametrize("known", [{"GROUPS": "canary"}, {}], ids=["set", "not set"])
def test_a_secret_of_a_line_that_only_the_base_has_is_not_shown(
    history: History, sandbox: Sandbox, known: dict[str, str]
) -> None:
    spec = "{{release: {}, projectId: 13903, projectStreamId: 13904, projectGroups: {}}}"
    declare(history, "train", {"releaseName": "REST Release 1"}, "flexdeploy/v1 Release")
    declare(history, "line", spec.format(SHARED, "canary"))
    applied = run("-C", str(history.folder), "apply", "--yes", environment=SECRETS)
    assert applied.code == 0, applied.err
    declare(history, "line", spec.format(SHARED, "{env: GROUPS}"))
    history.commit("base")
    (history.folder / "manifests/line.yaml").unlink()
    ran = run(
        "-C", str(history.folder), "plan", "--base", "base", "-o", "json", environment={**SECRETS, **known}
    )
    assert [item["address"] for item in ran.document["dropped"]] == ["flexdeploy/Project/line"]
    assert "canary" not in ran.out + ran.err
