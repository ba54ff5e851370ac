"""`apply --plan`: a saved plan is an approval of what it holds, for its environment and its servers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.support.commands import Tool
from tests.support.history import History
from tests.support.http import Wire, served
from tests.support.projects import release, written

from reconcile.model import Json

NEW = release("train", "{description: new}")


@pytest.fixture
def saved(tool: Tool, project: Path) -> Path:
    """The project with one difference, and its plan in `plan.json`."""
    manifests(project, train=NEW)
    assert tool("plan", "--out", "plan.json").code == 0
    return project


def manifests(project: Path, **texts: str) -> None:
    files = {f"manifests/{name}.yaml": text for name, text in texts.items()}
    written(project, {"reconcile.yaml": (project / "reconcile.yaml").read_text(), **files})


def test_a_saved_plan_needs_neither_yes_nor_a_terminal(tool: Tool, saved: Path, wire: Wire) -> None:
    assert tool("apply", "--plan", "plan.json").code == 0
    assert wire.writes == ["PATCH /releases/12101"]


def test_it_can_be_given_twice(tool: Tool, saved: Path, wire: Wire) -> None:
    tool("apply", "--plan", "plan.json")
    again = tool("apply", "--plan", "plan.json")
    assert (again.code, len(wire.writes)) == (0, 1)
    assert again.out.splitlines()[-2] == "1 already as wanted."
    assert again.last == "Apply: 0 done, 0 failed, 0 skipped, 0 unknown, 0 blocked."


@pytest.mark.parametrize("format", ["text", "json"])
def test_live_that_moved_since_is_4_and_named(tool: Tool, saved: Path, wire: Wire, format: str) -> None:
    wire.releases.rows[12101]["description"] = "by hand"
    ran = tool("apply", "--plan", "plan.json", "-o", format)
    assert (ran.code, wire.writes) == (4, [])
    assert "moved since the plan was approved: description; plan again" in ran.out


def test_a_manifest_that_changed_since_is_4(tool: Tool, saved: Path, wire: Wire) -> None:
    manifests(saved, train=release("train", "{description: newer}"))
    assert tool("apply", "--plan", "plan.json").code == 4
    assert wire.writes == []


def test_what_fits_is_done_and_what_does_not_is_refused(tool: Tool, saved: Path, wire: Wire) -> None:
    manifests(saved, other=release("other"))
    ran = tool("apply", "--plan", "plan.json")
    assert (ran.code, wire.writes) == (4, ["PATCH /releases/12101"])
    assert ran.out.splitlines()[-2] == "1 refused."
    assert ran.last == "Apply: 1 done, 0 failed, 0 skipped, 0 unknown, 0 blocked."


def test_what_moved_elsewhere_makes_nothing_stale(tool: Tool, saved: Path, wire: Wire) -> None:
    wire.releases.rows[7] = {**wire.releases.rows[12101], "releaseId": 7, "releaseName": "another"}
    assert tool("apply", "--plan", "plan.json").code == 0


def test_another_server_is_4_before_anything_is_asked(tool: Tool, saved: Path, wire: Wire) -> None:
    with served() as elsewhere:
        text = (saved / "reconcile.yaml").read_text().replace(wire.url, elsewhere.url)
        (saved / "reconcile.yaml").write_text(text)
        ran = tool("apply", "--plan", "plan.json")
        assert (ran.code, elsewhere.log) == (4, [])
    assert "system `flexdeploy` was planned at " in ran.err


def test_another_environment_is_4(tool: Tool, saved: Path, wire: Wire) -> None:
    text = (saved / "reconcile.yaml").read_text()
    (saved / "reconcile.yaml").write_text(f"{text}environments: {{staging: {{}}}}\n")
    before = len(wire.log)
    ran = tool("apply", "--plan", "plan.json", "--env", "staging")
    assert (ran.code, len(wire.log)) == (4, before)
    assert "the plan is for no environment, this run is for environment `staging`" in ran.err


def test_a_plan_for_another_environment_is_an_error_of_the_document(tool: Tool, saved: Path) -> None:
    text = (saved / "reconcile.yaml").read_text()
    (saved / "reconcile.yaml").write_text(f"{text}environments: {{staging: {{}}}}\n")
    whole = tool("apply", "--plan", "plan.json", "--env", "staging", "-o", "json").document
    (problem,) = whole["problems"]
    assert (problem["code"], problem["severity"]) == ("plan-does-not-fit", "error")
    assert (whole["outcomes"], whole["refused"]) == ([], [problem["message"]])


@pytest.fixture
def narrow(tool: Tool, project: Path) -> Path:
    """The project with two differences, and in `plan.json` the plan for one of them."""
    manifests(project, train=NEW, other=release("other"))
    assert tool("plan", "--target", "*/train", "--out", "plan.json").code == 0
    return project


def rewritten(root: Path, **changed: Json) -> None:
    whole = json.loads((root / "plan.json").read_text())
    (root / "plan.json").write_text(json.dumps({**whole, **changed}))


@pytest.mark.parametrize("selection", [["--target", "*/train"], ["manifests/train.yaml"]])
def test_what_a_saved_plan_did_not_select_is_neither_done_nor_refused(
    tool: Tool, narrow: Path, wire: Wire, selection: list[str]
) -> None:
    tool("plan", *selection, "--out", "plan.json")
    ran = tool("apply", "--plan", "plan.json", "-o", "json")
    assert (ran.code, wire.writes) == (0, ["PATCH /releases/12101"])
    assert [each["address"] for each in ran.document["outcomes"]] == ["flexdeploy/Release/train"]
    assert ran.document["selected"] == ["flexdeploy/Release/train"]


def test_a_manifest_that_came_after_a_saved_selection_is_not_in_it(
    tool: Tool, project: Path, wire: Wire
) -> None:
    manifests(project, train=NEW)
    tool("plan", "manifests", "--out", "plan.json")
    manifests(project, other=release("other"))
    assert tool("apply", "--plan", "plan.json").code == 0
    assert wire.writes == ["PATCH /releases/12101"]


@pytest.mark.parametrize(
    "key", [{"selected": None}, {"selected": ["flexdeploy/Release/train", "flexdeploy/Release/other"]}]
)
def test_a_selection_that_somebody_widened_approves_nothing_more(
    tool: Tool, narrow: Path, wire: Wire, key: dict[str, Json]
) -> None:
    rewritten(narrow, **key)
    ran = tool("apply", "--plan", "plan.json")
    assert (ran.code, wire.writes) == (4, ["PATCH /releases/12101"])
    assert "not in the approved plan" in ran.out


@pytest.mark.parametrize("selected", [[], ["flexdeploy/Release/other"], ["no/such/thing"]])
def test_an_operation_that_somebody_took_out_of_the_selection_is_refused_and_not_forgotten(
    tool: Tool, narrow: Path, wire: Wire, selected: list[str]
) -> None:
    rewritten(narrow, selected=selected)
    ran = tool("apply", "--plan", "plan.json")
    assert (ran.code, wire.writes) == (4, [])
    assert (
        "flexdeploy/Release/train  nothing sent  no longer declared, or not selected; plan again" in ran.out
    )


def test_a_plan_from_before_selections_were_kept_is_of_everything(
    tool: Tool, saved: Path, wire: Wire
) -> None:
    whole = json.loads((saved / "plan.json").read_text())
    del whole["selected"]
    (saved / "plan.json").write_text(json.dumps(whole))
    manifests(saved, other=release("other"))
    assert tool("apply", "--plan", "plan.json").code == 4
    assert wire.writes == ["PATCH /releases/12101"]


@pytest.mark.parametrize("less", [["--target", "*/other"], ["manifests/other.yaml"]])
def test_a_saved_plan_is_narrowed_further_and_what_is_left_out_is_not_refused(
    tool: Tool, narrow: Path, wire: Wire, less: list[str]
) -> None:
    tool("plan", "--out", "plan.json")
    ran = tool("apply", "--plan", "plan.json", *less, "-o", "json")
    assert (ran.code, wire.writes) == (0, ["POST /releases"])
    assert [each["address"] for each in ran.document["outcomes"]] == ["flexdeploy/Release/other"]


def test_a_saved_plan_is_not_widened_by_a_target(tool: Tool, narrow: Path, wire: Wire) -> None:
    ran = tool("apply", "--plan", "plan.json", "--target", "*")
    assert (ran.code, wire.writes) == (0, ["PATCH /releases/12101"])


def test_a_plan_of_a_part_says_so_wherever_it_is_shown(tool: Tool, narrow: Path) -> None:
    for format in ("text", "markdown", "html"):
        assert "Planned only: flexdeploy/Release/train." in tool("show", "plan.json", "-o", format).out
        assert "Planned only" not in tool("plan", "-o", format).out


def test_a_plan_that_asks_for_more_than_the_manifests_do_does_not_get_it(
    tool: Tool, saved: Path, wire: Wire
) -> None:
    document = json.loads((saved / "plan.json").read_text())
    document["operations"][0]["requests"][0]["body"]["description"] = "evil"
    (saved / "plan.json").write_text(json.dumps(document))
    assert tool("apply", "--plan", "plan.json").code == 4
    assert wire.writes == []


def test_a_file_that_is_no_plan_is_1(tool: Tool, saved: Path, wire: Wire) -> None:
    (saved / "plan.json").write_text("{}")
    before = len(wire.log)
    ran = tool("apply", "--plan", "plan.json")
    assert (ran.code, len(wire.log)) == (1, before)
    assert ran.err.endswith("[not-a-plan]\n")


def test_guards_hold_for_a_saved_plan_too(tool: Tool, saved: Path, wire: Wire) -> None:
    manifests(saved, one=release("one"))
    text = (saved / "reconcile.yaml").read_text()
    (saved / "reconcile.yaml").write_text(f"{text}guards: {{max_creates: 0}}\n")
    tool("plan", "--out", "plan.json")
    assert tool("apply", "--plan", "plan.json").code == 4
    assert wire.writes == []


@pytest.fixture
def changed_and_drifted(project: Path, wire: Wire) -> History:
    """The project at `deployed`; since then the pipeline changed in it, and the description live."""
    manifests(project, train=release("train", "{description: old, pipelineId: 10004}"))
    wire.releases.rows[12101]["pipelineId"] = 10004
    history = History(project)
    history.commit("deployed")
    manifests(project, train=release("train", "{description: old, pipelineId: 10005}"))
    wire.releases.rows[12101]["description"] = "by hand"
    return history


def test_a_saved_plan_of_one_label_is_an_approval_of_just_that(
    tool: Tool, changed_and_drifted: History, wire: Wire
) -> None:
    assert tool("plan", "--base", "deployed", "--only", "change", "--out", "plan.json").code == 0
    ran = tool("apply", "--plan", "plan.json", "-o", "json")
    assert (ran.code, ran.document["only"]) == (0, "change")
    row = wire.releases.rows[12101]
    assert (row["pipelineId"], row["description"]) == (10005, "by hand")


def test_a_saved_plan_of_one_label_against_a_folder_needs_that_folder_again(
    tool: Tool, changed_and_drifted: History, project: Path, wire: Wire
) -> None:
    changed_and_drifted.cloned(project / "base")
    plan = ["plan", "--base", "./base", "--only", "change", "--out", "plan.json"]
    assert tool(*plan).code == 0
    ran = tool("apply", "--plan", "plan.json")
    assert (ran.code, wire.writes) == (1, [])
    assert "the plan has --only change against ./base: give that --base here too [no-base]" in ran.err
    assert tool("apply", "--plan", "plan.json", "--base", "./base").code == 0
    assert wire.releases.rows[12101]["description"] == "by hand"
