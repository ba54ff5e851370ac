"""`--base` where it says names, of which nobody may know any more what they stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.integration.tool import Ran, run
from tests.laws.bench import project
from tests.support.history import History

from reconcile.model import Json
from reconcile_sandbox import Sandbox, running

SECRETS = {"DEMO": "demo", "PATH": "/usr/bin:/bin"}
CORE = {"projectId": 10, "projectName": "Core", "streams": [{"streamId": 11, "streamName": "main"}]}
WEB = {"projectId": 20, "projectName": "Web", "streams": [{"streamId": 21, "streamName": "main"}]}
SPRING = {
    "releaseId": 1,
    "releaseName": "Spring",
    "projects": [{"projectId": 10, "projectStreamId": 11}, {"projectId": 20, "projectStreamId": 21}],
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with running() as found:
        yield found


@pytest.fixture
def history(sandbox: Sandbox, tmp_path: Path) -> History:
    """An empty project in git, beside a release of two projects."""
    sandbox.reset({"flexdeploy": {"projects": [CORE, WEB], "releases": [SPRING]}})
    (tmp_path / "manifests").mkdir()
    (tmp_path / "reconcile.yaml").write_text(str(project(sandbox.url)), encoding="utf-8")
    return History(tmp_path)


def declare(history: History, name: str, spec: Json, kind: str = "flexdeploy/v1 Project") -> None:
    version, _, kind = kind.partition(" ")
    text = f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {spec}\n"
    (history.folder / f"manifests/{name}.yaml").write_text(text, encoding="utf-8")


def planned(history: History, *words: str) -> Ran:
    return run("-C", str(history.folder), "plan", "--base", "base", "-o", "json", *words, environment=SECRETS)


def labels(ran: Ran) -> dict[str, str]:
    return {c["path"]: c["label"] for operation in ran.document["operations"] for c in operation["changes"]}


def dropped(ran: Ran) -> list[tuple[str, str, str]]:
    return [(item["address"], item["path"], item["reason"]) for item in ran.document["dropped"]]


def called(sandbox: Sandbox, id_: int, name: str) -> None:
    with sandbox.editing() as state:
        for each in state["flexdeploy"]["projects"]:
            if each["projectId"] == id_:
                each["projectName"] = name


NO_MORE, SEVERAL = "nothing is named `Core` by now", "`Core` is the name of 2 objects of flexdeploy"


def renamed(sandbox: Sandbox) -> None:
    called(sandbox, 10, "Kernel")


def doubled(sandbox: Sandbox) -> None:
    called(sandbox, 20, "Core")


@pytest.mark.parametrize(("moved", "why"), [(renamed, NO_MORE), (doubled, SEVERAL)])
def test_whose_a_difference_is_cannot_be_told_where_a_name_of_the_base_stands_for_no_one_object(
    history: History, sandbox: Sandbox, moved: Callable[[Sandbox], None], why: str
) -> None:
    declare(history, "core", "{release: Spring, projectId: {named: Core}, priority: 3}")
    history.commit("base")
    moved(sandbox)
    declare(history, "core", "{release: Spring, projectId: 10, priority: 3}")
    ran = planned(history)
    assert ran.code == 0, ran.err
    assert labels(ran) == {"projects[10].priority": "conflict"}
    assert why in ran.document["problems"][0]["message"]
    assert ran.document["problems"][0]["severity"] == "warning"


def test_a_name_of_the_base_that_stands_for_one_object_labels_as_its_id_does(
    history: History, sandbox: Sandbox
) -> None:
    declare(history, "core", "{release: Spring, projectId: {named: Core}, priority: 3}")
    history.commit("base")
    declare(history, "core", "{release: Spring, projectId: 10, priority: 3}")
    assert labels(planned(history)) == {"projects[10].priority": "drift"}
    declare(history, "core", "{release: Spring, projectId: 10, priority: 4}")
    assert labels(planned(history)) == {"projects[10].priority": "conflict"}


def test_an_entry_that_an_exact_list_takes_out_is_a_conflict_where_the_base_may_have_named_it(
    history: History, sandbox: Sandbox
) -> None:
    spec = "{releaseName: Spring, projects: [{projectId: {named: Core}}, {projectId: 20}]}"
    declare(history, "spring", spec, "flexdeploy/v1 Release")
    history.commit("base")
    renamed(sandbox)
    declare(history, "spring", "{releaseName: Spring, projects: [{projectId: 20}]}", "flexdeploy/v1 Release")
    assert labels(planned(history)) == {"projects[10]": "conflict"}


@pytest.mark.parametrize("beside", ["", "{release: Spring, projectId: 10}"])
def test_a_tombstone_of_the_base_whose_name_nothing_has_says_nothing_of_other_entries(
    history: History, beside: str
) -> None:
    declare(history, "gone", "{release: Spring, projectId: {named: Retired}}")
    path = history.folder / "manifests/gone.yaml"
    path.write_text(path.read_text().replace("{name: gone}", "{name: gone, absent: true}"))
    if beside:
        declare(history, "core", beside)
    history.commit("base")
    declare(history, "web", "{release: Spring, projectId: 20, priority: 4}")
    ran = planned(history)
    assert labels(ran) == {"projects[20].priority": "change"}, ran.err
    assert ran.document["problems"] == []


def test_what_only_the_base_declares_by_a_name_is_found_by_its_id(history: History) -> None:
    declare(history, "core", "{release: Spring, projectId: {named: Core}}")
    declare(history, "web", "{release: Spring, projectId: 20}")
    history.commit("base")
    (history.folder / "manifests/core.yaml").unlink()
    ran = planned(history)
    assert dropped(ran) == [
        ("flexdeploy/Project/web", "projects[10]", "no longer managed; write null to clear it")
    ]


def test_what_only_the_base_declares_by_an_ambiguous_name_is_told(history: History, sandbox: Sandbox) -> None:
    declare(history, "core", "{release: Spring, projectId: {named: Core}}")
    declare(history, "other", "{releaseName: Autumn}", "flexdeploy/v1 Release")
    history.commit("base")
    (history.folder / "manifests/core.yaml").unlink()
    doubled(sandbox)
    ran = planned(history)
    assert ran.code == 0, ran.err
    assert [item[:2] for item in dropped(ran)] == [("flexdeploy/Project/core", "projects[{named: Core}]")]
    assert SEVERAL in dropped(ran)[0][2]


def test_a_run_that_only_the_base_declares_by_an_ambiguous_name_is_told(
    history: History, sandbox: Sandbox
) -> None:
    spec = "{plan_id: {named: Sample Plan}, plan_stage_id: 1, owner_id: 1, requestor_id: 1}"
    declare(history, "uat", spec, "brpm/v1 Run")
    declare(history, "qa", spec.replace("{named: Sample Plan}", "1"), "brpm/v1 Run")
    history.commit("base")
    (history.folder / "manifests/uat.yaml").unlink()
    with sandbox.editing() as state:
        state["brpm"]["plans"][1]["name"] = "Sample Plan"
    ran = planned(history)
    assert ran.code == 0, ran.err
    assert [item[:2] for item in dropped(ran)] == [("brpm/Run/uat", "")]
    assert "`Sample Plan` is the name of 2 objects of brpm" in dropped(ran)[0][2]
