"""`--base` at the command line: whose each difference is, what is refused, what is found again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.support.commands import Ran, Tool
from tests.support.history import History
from tests.support.http import Wire
from tests.support.projects import release

from reconcile.model import Json
from reconcile.reports.formats import FORMATS

SPEC = "{description: ours, pipelineId: 10004, scheduleBuildExpression: 0 0 2 ? * MON-FRI}"
LIVE: dict[str, Json] = {
    "description": "ours",
    "pipelineId": 10004,
    "scheduleBuildExpression": "0 0 2 ? * MON-FRI",
}


@pytest.fixture
def history(project: Path, wire: Wire) -> History:
    """The project with one release, live as it is wanted, and the commit tagged `deployed`."""
    (project / "manifests/train.yaml").write_text(release("train", SPEC), encoding="utf-8")
    wire.releases.rows[12101].update(LIVE)
    made = History(project)
    made.commit("deployed")
    return made


def rewrite(history: History, old: str, new: str, file: str = "manifests/train.yaml") -> None:
    path = history.folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def one_of_each(history: History, wire: Wire) -> None:
    """A change of the pipeline, a drift of the schedule, a conflict over the description."""
    rewrite(history, "10004", "10005")
    rewrite(history, "description: ours", "description: reviewed")
    history.commit()
    wire.releases.rows[12101].update(description="by hand", scheduleBuildExpression="0 0 4 ? * SUN")


def labels(ran: Ran) -> dict[str, str]:
    """The label of each changed field."""
    return {
        change["path"]: change["label"]
        for operation in ran.document["operations"]
        for change in operation["changes"]
    }


EACH = {"description": "conflict", "pipelineId": "change", "scheduleBuildExpression": "drift"}


def test_each_field_is_labelled_on_its_line_with_what_keeps_it(
    tool: Tool, history: History, wire: Wire
) -> None:
    one_of_each(history, wire)
    ran = tool("plan", "--base", "deployed", "-o", "json")
    assert labels(ran) == EACH
    assert ran.document["summary"]["labels"] == {"change": 1, "drift": 1, "conflict": 1}
    assert ran.document["base"] == history.git("rev-parse", "deployed")
    lines = tool("plan", "--base", "deployed").out.splitlines()
    place = next(number for number, line in enumerate(lines) if " conflict " in line)
    assert lines[place].split()[-2:] == ["conflict", "manifests/train.yaml:4"]
    assert lines[place + 1].strip() == 'keep it: description: "by hand"'


@pytest.mark.parametrize("label", ["change", "drift", "conflict"])
def test_only_shows_the_fields_of_one_label(tool: Tool, history: History, wire: Wire, label: str) -> None:
    one_of_each(history, wire)
    ran = tool("plan", "--base", "deployed", "--only", label, "-o", "json")
    assert labels(ran) == {path: whose for path, whose in EACH.items() if whose == label}
    (request,) = ran.document["operations"][0]["requests"]
    assert {*request["body"]} & {*EACH} >= {path for path, whose in EACH.items() if whose == label}
    assert "reviewed" not in ran.out or label == "conflict"


def test_an_apply_of_one_label_writes_that_and_nothing_else(tool: Tool, history: History, wire: Wire) -> None:
    rewrite(history, "10004", "10005")
    history.commit()
    wire.releases.rows[12101].update(description="by hand", scheduleBuildExpression="0 0 4 ? * SUN")
    ran = tool("apply", "--yes", "--base", "deployed", "--only", "change")
    assert (ran.code, wire.writes) == (0, ["PATCH /releases/12101"])
    live = wire.releases.rows[12101]
    assert (live["description"], live["pipelineId"]) == ("by hand", 10005)
    assert live["scheduleBuildExpression"] == "0 0 4 ? * SUN"


@pytest.mark.parametrize("label", ["change", "drift"])
def test_a_conflict_refuses_its_whole_operation_also_where_it_is_not_asked_for(
    tool: Tool, history: History, wire: Wire, label: str
) -> None:
    one_of_each(history, wire)
    ran = tool("apply", "--yes", "--base", "deployed", "--only", label)
    assert (ran.code, wire.writes) == (4, [])
    assert "conflict on description" in ran.out
    forced = tool("apply", "--yes", "--base", "deployed", "--only", label, "--force")
    assert (forced.code, wire.writes) == (0, ["PATCH /releases/12101"])
    assert wire.releases.rows[12101]["description"] == "by hand"


@pytest.mark.parametrize(("label", "action"), [("change", []), ("drift", ["create"]), ("conflict", [])])
def test_an_object_that_somebody_took_away_is_created_whole_or_not_at_all(
    tool: Tool, history: History, wire: Wire, label: str, action: list[str]
) -> None:
    wire.releases.rows.clear()
    ran = tool("plan", "--base", "deployed", "--only", label, "-o", "json")
    assert [operation["action"] for operation in ran.document["operations"]] == action
    assert all(len(operation["changes"]) == 4 for operation in ran.document["operations"])


def test_a_conflict_refuses_its_whole_operation_and_force_lifts_it_and_says_so(
    tool: Tool, history: History, wire: Wire
) -> None:
    one_of_each(history, wire)
    ran = tool("apply", "--yes", "--base", "deployed")
    assert (ran.code, wire.writes) == (4, [])
    assert "conflict" in ran.out + ran.err
    forced = tool("apply", "--yes", "--base", "deployed", "--force")
    assert (forced.code, wire.writes) == (0, ["PATCH /releases/12101"])
    assert "conflict" in forced.err
    assert wire.releases.rows[12101]["description"] == "reviewed"


@pytest.mark.parametrize(
    ("ours", "theirs", "code"),
    [
        (False, {}, 0),
        (True, {}, 0),
        (False, {"scheduleBuildExpression": None}, 2),
        (True, {"description": "by hand"}, 2),
        (True, {"pipelineId": 7}, 2),
    ],
    ids=["in sync", "a merge that waits for its apply", "drift", "conflict", "both"],
)
def test_drift_counts_only_what_nobody_asked_for(
    tool: Tool, history: History, wire: Wire, ours: bool, theirs: dict[str, Json], code: int
) -> None:
    if ours:
        rewrite(history, "description: ours", "description: reviewed")
    wire.releases.rows[12101].update(theirs)
    assert tool("drift", "--base", "deployed").code == code
    assert tool("drift", RECONCILE_BASE="deployed").code == code
    assert tool("drift").code == (2 if ours or theirs else 0)
    assert wire.writes == []


def test_a_changed_natural_key_renames_the_object_that_the_base_found(
    tool: Tool, history: History, wire: Wire
) -> None:
    rewrite(history, "{description", "{releaseName: express, description")
    ran = tool("plan", "--base", "deployed", "-o", "json")
    (operation,) = ran.document["operations"]
    assert (operation["action"], operation["id"], operation["name"]) == ("update", 12101, "train")
    assert labels(ran) == {"releaseName": "change"}
    assert tool("apply", "--yes", "--base", "deployed").code == 0
    assert wire.writes == ["PATCH /releases/12101"]
    assert [row["releaseName"] for row in wire.releases.rows.values()] == ["express"]


def test_a_manifest_that_is_called_otherwise_now_has_the_same_base(
    tool: Tool, history: History, wire: Wire
) -> None:
    """It is the same live object: what was changed there by hand is drift, and nothing was dropped."""
    rewrite(history, "name: train", "name: express")
    rewrite(history, "{description", "{releaseName: train, description")
    wire.releases.rows[12101]["description"] = "by hand"
    ran = tool("plan", "--base", "deployed", "-o", "json")
    assert labels(ran) == {"description": "drift"}
    assert ran.document["dropped"] == []


def test_what_the_manifests_no_longer_say_is_noted_with_what_is_live(
    tool: Tool, history: History, wire: Wire
) -> None:
    rewrite(history, "pipelineId: 10004, ", "")
    (history.folder / "manifests/other.yaml").write_text(release("other"), encoding="utf-8")
    wire.releases.rows[12102] = {**wire.releases.rows[12101], "releaseId": 12102, "releaseName": "other"}
    history.commit("both")
    (history.folder / "manifests/other.yaml").unlink()
    reason = "no longer managed; write null to clear it"
    field = tool("plan", "--base", "deployed")
    assert field.out.splitlines()[2].split("  ")[:4] == [
        ". flexdeploy/Release/train",
        "pipelineId",
        "10004",
        reason,
    ]
    assert field.last == "No changes."
    whole = tool("plan", "--base", "both", "-o", "json").document
    assert [(item["address"], item["path"], item["value"]) for item in whole["dropped"]] == [
        ("flexdeploy/Release/other", "", "other")
    ]
    assert whole["operations"] == []


def test_what_only_the_base_has_is_dropped_by_its_name_also_where_several_have_it(
    tool: Tool, history: History, wire: Wire
) -> None:
    """Nothing is done to any of them: that they cannot be told apart hinders nobody."""
    other = history.folder / "manifests/other.yaml"
    other.write_text(release("other"), encoding="utf-8")
    for id_ in (12102, 12103):
        wire.releases.rows[id_] = {**wire.releases.rows[12101], "releaseId": id_, "releaseName": "other"}
    history.commit("both")
    other.unlink()
    ran = tool("plan", "--base", "both", "-o", "json")
    assert (ran.code, ran.err) == (0, "")
    assert [(item["address"], item["value"]) for item in ran.document["dropped"]] == [
        ("flexdeploy/Release/other", "other")
    ]
    tombstone = release("other", metadata="absent: true")
    other.write_text(tombstone, encoding="utf-8")
    assert "other is ambiguous: ids 12102, 12103" in tool("plan", "--base", "both").err


@pytest.mark.parametrize("format", [name for name in FORMATS if name != "terraform-report"])
def test_a_change_of_the_project_file_stands_first_in_every_report(
    tool: Tool, history: History, wire: Wire, format: str
) -> None:
    one_of_each(history, wire)
    rewrite(history, "version: 1", "version: 1\nguards: {max_deletes: 50}", "reconcile.yaml")
    rewrite(history, "FD_PASSWORD", "FD_USER", "reconcile.yaml")
    text = tool("plan", "--base", "deployed", "-o", format).out
    for key in ("guards.max_deletes", "systems.flexdeploy.auth.basic.password"):
        assert text.index(key) < text.index("by hand")


def test_a_change_in_another_environment_is_seen_in_this_one(
    tool: Tool, history: History, wire: Wire
) -> None:
    """It is planned for staging; where production sends its password is what a reviewer must see."""
    text = (history.folder / "reconcile.yaml").read_text(encoding="utf-8")
    overlay = (
        f"environments:\n  staging: {{}}\n  production:\n    systems: {{flexdeploy: {{url: {wire.url}}}}}\n"
    )
    (history.folder / "reconcile.yaml").write_text(text + overlay, encoding="utf-8")
    history.commit("environments")
    elsewhere = overlay.replace(wire.url, "https://elsewhere.example")
    (history.folder / "reconcile.yaml").write_text(text + elsewhere, encoding="utf-8")
    whole = tool("plan", "--env", "staging", "--base", "environments", "-o", "json").document
    (change,) = whole["project_changes"]
    assert change["path"] == "environments.production.systems.flexdeploy.url"
    assert (change["before"], change["after"]) == (wire.url, "https://elsewhere.example")


def test_a_change_in_every_environment_is_said_once(tool: Tool, history: History) -> None:
    text = (history.folder / "reconcile.yaml").read_text(
        encoding="utf-8"
    ) + "environments: {a: {}, b: {}, c: {}}\n"
    (history.folder / "reconcile.yaml").write_text(text, encoding="utf-8")
    history.commit("environments")
    rewrite(history, "version: 1", "version: 1\nguards: {max_deletes: 50}", "reconcile.yaml")
    whole = tool("plan", "--env", "a", "--base", "environments", "-o", "json").document
    assert [change["path"] for change in whole["project_changes"]] == ["guards.max_deletes"]


def test_a_change_of_the_project_file_has_the_line_where_it_stands(tool: Tool, history: History) -> None:
    file = history.folder / "reconcile.yaml"
    file.write_text(file.read_text() + "environments:\n  a: {}\n  gone: {}\n", encoding="utf-8")
    history.commit("before")
    rewrite(
        history, "  a: {}\n  gone: {}\n", "  a: {}\n  b:\n    guards:\n      max_runs: 2\n", "reconcile.yaml"
    )
    rewrite(history, "environments:", "guards:\n  max_deletes: 9\nenvironments:", "reconcile.yaml")
    rewrite(history, "FD_PASSWORD", "FD_USER", "reconcile.yaml")
    whole = tool("plan", "--env", "a", "--base", "before", "-o", "json").document
    assert {change["path"]: change["source"]["line"] for change in whole["project_changes"]} == {
        "environments.b": 10,
        "environments.b.guards.max_runs": 12,
        "environments.gone": 8,
        "guards.max_deletes": 7,
        "systems.flexdeploy.auth.basic.password.env": 5,
    }


ADDED = """
environments:
  staging: {}
  production:
    guards: {max_deletes: 500}
    systems: {flexdeploy: {auth: {basic: {password: {env: FD_USER}}}}}
"""


@pytest.mark.parametrize("had", ["", "environments: {staging: {}}\n"])
def test_in_an_environment_that_the_base_lacks_the_project_file_is_compared_with_its_top_level(
    tool: Tool, history: History, had: str
) -> None:
    file = history.folder / "reconcile.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text + had, encoding="utf-8")
    history.commit("before")
    file.write_text(text + ADDED, encoding="utf-8")
    ran = tool("plan", "--env", "production", "--base", "before", "-o", "json")
    assert (ran.code, ran.err) == (0, "")
    changes = {change["path"]: change["after"] for change in ran.document["project_changes"]}
    assert changes.pop("environments.staging", "declared") == "declared"
    assert changes == {
        "environments.production": "declared",
        "guards.max_deletes": 500,
        "systems.flexdeploy.auth.basic.password.env": "FD_USER",
    }
    there = tool("plan", "--env", "staging", "--base", "before", "-o", "json").document["project_changes"]
    assert {change["path"] for change in there} >= {
        "environments.production",
        "environments.production.guards.max_deletes",
        "environments.production.systems.flexdeploy.auth.basic.password.env",
    }


def test_in_an_environment_that_the_base_lacks_its_manifests_are_the_third_side_all_the_same(
    tool: Tool, history: History, wire: Wire
) -> None:
    file = history.folder / "reconcile.yaml"
    file.write_text(file.read_text() + "environments: {staging: {}}\n", encoding="utf-8")
    only = release("other", metadata="environments: [staging]")
    (history.folder / "manifests/other.yaml").write_text(only, encoding="utf-8")
    history.commit("before")
    one_of_each(history, wire)
    rewrite(history, "staging: {}", "staging: {}, production: {}", "reconcile.yaml")
    ran = tool("plan", "--env", "production", "--base", "before", "-o", "json")
    assert (ran.code, ran.err, labels(ran)) == (0, "", EACH)
    assert ran.document["dropped"] == []
    refused = tool("apply", "--yes", "--env", "production", "--base", "before")
    assert (refused.code, wire.writes) == (4, [])


def test_in_an_environment_that_the_base_lacks_a_changed_natural_key_is_a_renaming(
    tool: Tool, history: History, wire: Wire
) -> None:
    rewrite(history, SPEC, SPEC.replace("{", "{releaseName: express, ", 1))
    file = history.folder / "reconcile.yaml"
    file.write_text(file.read_text() + "environments: {production: {}}\n", encoding="utf-8")
    ran = tool("plan", "--env", "production", "--base", "deployed", "-o", "json")
    (operation,) = ran.document["operations"]
    assert (operation["action"], operation["id"]) == ("update", 12101)


def test_a_base_from_before_the_project_is_a_warning(tool: Tool, history: History) -> None:
    history.git("checkout", "--quiet", "--orphan", "before")
    history.git("rm", "--quiet", "-r", "--cached", ".")
    history.git("commit", "--quiet", "--allow-empty", "--message", "Nothing yet")
    ran = tool("plan", "--base", "before")
    assert (ran.code, ran.last) == (0, "No changes.")
    assert ran.err.startswith("warning: --base before has no reconcile.yaml here: ")


def test_the_base_may_be_a_folder(tool: Tool, history: History, wire: Wire) -> None:
    old = history.folder / "old"
    old.mkdir()
    for name in ("reconcile.yaml", "manifests"):
        source = history.folder / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, old / name)
    one_of_each(history, wire)
    for given in ("./old", f"../{history.folder.name}/old", str(old)):
        ran = tool("plan", "--base", given, "-o", "json")
        assert labels(ran) == EACH
        assert ran.document["base"] == given


def test_a_folder_that_is_no_project_is_no_base(tool: Tool, history: History, wire: Wire) -> None:
    ran = tool("plan", "--base", "./manifests")
    assert (ran.code, wire.log) == (1, [])
    assert ran.err == (
        "--base ./manifests: the folder has no reconcile.yaml: name the folder of a project [no-base]\n"
    )


@pytest.mark.parametrize("name", ["main", "refs/tags/deployed", "a" * 40, "reconcile/production", "."])
def test_a_folder_of_a_refs_name_never_stands_in_for_it(
    tool: Tool, history: History, wire: Wire, name: str
) -> None:
    wire.releases.rows[12101].update(description="by hand")
    before = tool("drift", "--base", name)
    shadow = history.folder / name
    shadow.mkdir(parents=True, exist_ok=True)
    for each in ("reconcile.yaml", "manifests"):
        if not (shadow / each).exists():
            source = history.folder / each
            (shutil.copytree if source.is_dir() else shutil.copy)(source, shadow / each)
    ran = tool("drift", "--base", name)
    known = {"main": 2, "refs/tags/deployed": 2}
    assert before.code == ran.code == known.get(name, 1)
    assert ran.code == 2 or f"the folder of that name is written ./{name}" in ran.err


def test_what_cannot_be_read_of_the_base_is_a_warning(tool: Tool, history: History) -> None:
    rewrite(history, "description: ours", "descripton: ours")
    history.commit("broken")
    rewrite(history, "descripton: ours", "description: reviewed")
    ran = tool("plan", "--base", "broken")
    assert ran.code == 0
    assert ran.err.startswith(
        "warning: --base broken has manifests that cannot be read (manifests/train.yaml:4:"
    )
    assert ran.err.endswith("is labelled `change`, a conflict included [unreadable-base]\n")
    assert " change " in ran.out


def test_a_shallow_clone_is_an_error_that_says_what_to_fetch(
    tool: Tool, history: History, wire: Wire, tmp_path: Path
) -> None:
    history.commit()
    clone = history.cloned(tmp_path / "shallow", "--depth", "1")
    ran = tool("-C", str(clone.folder), "plan", "--base", "deployed")
    assert (ran.code, wire.log) == (1, [])
    assert "this clone is shallow and lacks it: git fetch --unshallow --tags (fetch-depth: 0)" in ran.err


SECRETIVE = (
    "{description: {env: FD_NOTE}, pipelineId: 10004,"
    " properties: [{propertyName: REGION, propertyValue: {env: FD_NOTE}}]}"
)
OPEN = "{pipelineId: 10005, properties: [{propertyName: REGION, propertyValue: plain}]}"


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("known", [{"FD_NOTE": "canary"}, {}], ids=["set", "not set"])
def test_what_the_base_reads_as_a_secret_is_one_whatever_the_manifests_say_now(
    tool: Tool, history: History, wire: Wire, format: str, known: dict[str, str]
) -> None:
    rewrite(history, SPEC, SECRETIVE)
    history.commit("secretive")
    row = wire.releases.rows[12101]
    row |= {"description": "canary", "properties": [{"propertyName": "REGION", "propertyValue": "canary"}]}
    rewrite(history, SECRETIVE, OPEN)
    told = [
        tool("plan", "--base", "secretive", "-o", format, **known),
        tool("apply", "--yes", "--force", "--base", "secretive", "-o", format, **known),
    ]
    assert [ran.code for ran in told] == [0, 0]
    assert all("canary" not in ran.out + ran.err for ran in told)
    assert (row["pipelineId"], row["description"]) == (10005, "canary")
    assert row["properties"] == [{"propertyName": "REGION", "propertyValue": "plain"}]


def test_a_put_says_back_what_the_base_read_as_a_secret_and_shows_nothing_of_it(
    tool: Tool, history: History, wire: Wire
) -> None:
    rewrite(history, SPEC, SECRETIVE)
    history.commit("secretive")
    row = wire.releases.rows[12101]
    row |= {"description": "canary", "properties": [{"propertyName": "REGION", "propertyValue": "canary"}]}
    rewrite(history, SECRETIVE, "{pipelineId: 10004, scheduleBuildExpression: null}")
    ran = tool("apply", "--yes", "--base", "secretive", "-o", "json", FD_NOTE="canary")
    assert (ran.code, wire.writes) == (0, ["PUT /releases/12101"])
    assert "canary" not in ran.out
    assert (row["description"], row["properties"][0]["propertyValue"]) == ("canary", "canary")


def test_a_tombstone_drops_no_fields_and_is_left_out_where_its_label_is(
    tool: Tool, history: History, wire: Wire
) -> None:
    file = history.folder / "manifests/train.yaml"
    file.write_text(release("train", metadata="absent: true"), encoding="utf-8")
    whole = tool("plan", "--base", "deployed", "-o", "json").document
    assert ([item["label"] for item in whole["blocked"]], whole["dropped"]) == (["change"], [])
    for label in ("drift", "conflict"):
        ran = tool("plan", "--base", "deployed", "--only", label, "--detailed-exitcode")
        assert (ran.code, ran.last) == (0, "No changes.")


def test_a_new_natural_key_that_another_object_has_is_told_and_never_guessed(
    tool: Tool, history: History, wire: Wire
) -> None:
    wire.releases.rows[12102] = {**wire.releases.rows[12101], "releaseId": 12102, "releaseName": "express"}
    rewrite(history, SPEC, SPEC.replace("{", "{releaseName: express, ", 1))
    ran = tool("plan", "--base", "deployed")
    assert (ran.code, wire.writes) == (1, [])
    assert "was id 12101 (`train`) at the base, and id 12102 has its new name (`express`)" in ran.err
    rewrite(history, "name: train", "name: train, id: 12101")
    assert tool("plan", "--base", "deployed").last.startswith("Plan: 0 to create, 1 to change")


def test_a_saved_plan_lifts_no_conflict_that_it_shows(tool: Tool, history: History, wire: Wire) -> None:
    one_of_each(history, wire)
    tool("plan", "--base", "deployed", "--out", "plan.json")
    ran = tool("apply", "--plan", "plan.json")
    assert (ran.code, wire.writes) == (4, [])
    assert "conflict on description: live, base and manifests all differ" in ran.out
    assert tool("apply", "--plan", "plan.json", "--force").code == 0


@pytest.mark.parametrize(
    ("field", "live", "want"),
    [
        ("description", "canary\n", "|\n    canary two\n"),
        ("scheduleBuildExpression", "0 0 2 ? * MON-FRI", "0 0 2 ? * mon-fri"),
    ],
)
def test_what_was_a_secret_at_the_base_is_compared_by_its_normal_form(
    tool: Tool, history: History, wire: Wire, field: str, live: str, want: str
) -> None:
    train = history.folder / "manifests/train.yaml"
    head = train.read_text(encoding="utf-8").split("spec:")[0]
    train.write_text(f"{head}spec: {{{field}: {{env: FD_NOTE}}}}\n", encoding="utf-8")
    history.commit("secretive")
    wire.releases.rows[12101][field] = live
    train.write_text(f"{head}spec:\n  {field}: {want}\n", encoding="utf-8")
    known = {"FD_NOTE": live}
    assert tool("apply", "--yes", "--base", "secretive", **known).code == 0
    assert tool("plan", "--base", "secretive", **known).last == "No changes."


def test_a_saved_plan_is_seen_against_its_own_base(tool: Tool, history: History, wire: Wire) -> None:
    rewrite(history, SPEC, SECRETIVE)
    history.commit("secretive")
    row = wire.releases.rows[12101]
    row |= {"description": "canary", "properties": [{"propertyName": "REGION", "propertyValue": "canary"}]}
    rewrite(history, SECRETIVE, OPEN)
    tool("plan", "--base", "secretive", "--out", "plan.json", FD_NOTE="canary")
    ran = tool("apply", "--plan", "plan.json", FD_NOTE="canary")
    assert (ran.code, "canary" in ran.out + ran.err) == (0, False)
    assert row["properties"] == [{"propertyName": "REGION", "propertyValue": "plain"}]


def test_a_saved_plan_whose_base_is_gone_still_lifts_no_conflict(
    tool: Tool, history: History, wire: Wire
) -> None:
    one_of_each(history, wire)
    tool("plan", "--base", "deployed", "--out", "plan.json")
    saved = (history.folder / "plan.json").read_text(encoding="utf-8")
    known = history.git("rev-parse", "deployed")
    (history.folder / "plan.json").write_text(saved.replace(known, "0" * 40), encoding="utf-8")
    assert (tool("apply", "--plan", "plan.json").code, wire.writes) == (4, [])


def test_a_conflict_that_is_over_refuses_nothing(tool: Tool, history: History, wire: Wire) -> None:
    one_of_each(history, wire)
    tool("plan", "--base", "deployed", "--out", "plan.json")
    wire.releases.rows[12101].update(description="reviewed", scheduleBuildExpression="0 0 2 ? * MON-FRI")
    assert "conflict on" not in tool("apply", "--plan", "plan.json").out


def test_what_changed_its_label_since_a_narrow_plan_is_not_said_to_be_as_wanted(
    tool: Tool, history: History, wire: Wire
) -> None:
    narrow = ("--base", "deployed", "--only", "change")
    rewrite(history, "description: ours", "description: reviewed")
    history.commit()
    tool("plan", *narrow, "--out", "plan.json")
    wire.releases.rows[12101]["description"] = "by hand"
    ran = tool("apply", "--plan", "plan.json", *narrow)
    assert (ran.code, wire.writes) == (4, [])
    assert "already as wanted" not in ran.out


def test_what_becomes_a_conflict_under_a_narrow_apply_is_refused_and_not_done(
    tool: Tool, history: History, wire: Wire
) -> None:
    rewrite(history, "description: ours", "description: reviewed")
    history.commit()

    def by_hand(line: str) -> None:
        if line == "GET /releases/12101":
            wire.releases.rows[12101]["description"] = "by hand"

    wire.before = by_hand
    ran = tool("apply", "--yes", "--base", "deployed", "--only", "change")
    assert (ran.code, wire.writes) == (4, [])
    assert "description is no longer what --only asks for; plan again" in ran.out


def test_forty_digits_in_a_saved_plan_are_a_commit_and_nothing_else(
    tool: Tool, history: History, wire: Wire
) -> None:
    """Neither a folder nor a branch of that name, which anybody could have made."""
    rewrite(history, "description: ours", "description: reviewed")
    assert tool("plan", "--base", "deployed", "--out", "plan.json").code == 0
    there = history.git("rev-parse", "deployed")
    digits = "0123456789" * 4
    plan = (history.folder / "plan.json").read_text()
    assert plan.count(there) == 1 + plan.count(f'"commit": "{there}"')
    (history.folder / "plan.json").write_text(plan.replace(f'"base": "{there}"', f'"base": "{digits}"'))
    history.git("update-ref", f"refs/heads/{digits}", there)
    shutil.copytree(history.folder, history.folder / digits, ignore=shutil.ignore_patterns(".git", digits))
    assert tool("apply", "--plan", "plan.json", "-o", "json").document["base"] is None


def test_a_saved_plan_brings_its_commit_as_a_base_but_names_no_folder(
    tool: Tool, history: History, wire: Wire
) -> None:
    rewrite(history, "description: ours", "description: reviewed")
    shutil.copytree(history.folder, history.folder / "then", ignore=shutil.ignore_patterns(".git", "then"))
    taken = {}
    for base in ("deployed", "./then"):
        assert tool("plan", "--base", base, "--out", "plan.json").code == 0
        taken[base] = tool("apply", "--plan", "plan.json", "-o", "json").document["base"]
    assert taken == {"deployed": history.git("rev-parse", "deployed"), "./then": None}
