"""`plan --changed`: what the manifests changed since the base is compared, and what needs that; no more."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import PROJECT
from tests.support.commands import Ran, Tool
from tests.support.history import History
from tests.support.http import Wire
from tests.support.projects import release, written
from tests.support.servers import row

from reconcile.model import Json
from reconcile.reports.formats import FORMATS

COUNT = 12
LEFT_OUT = "{} not compared: their manifests are as in the base; a secret that was rotated since is not seen."
VARIABLES = "variables: {{who: ours}}\n"
ALL = [f"flexdeploy/Release/r{n}" for n in range(COUNT)]


@pytest.fixture
def history(tmp_path: Path, wire: Wire) -> History:
    """Twelve releases in as many files, live as they are wanted, and the commit tagged `deployed`."""
    files = {"reconcile.yaml": (PROJECT + VARIABLES).format(url=wire.url)}
    for n in range(COUNT):
        said = "{var: who}" if n == 7 else "ours"
        files[f"manifests/{n}.yaml"] = release(f"r{n}", f"{{description: {said}}}")
        wire.releases.rows[n] = row(n, f"r{n}", description="ours", projects=[])
    made = History(written(tmp_path, files))
    made.commit("deployed")
    return made


def rewrite(history: History, file: str, old: str, new: str) -> None:
    path = history.folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def changed(tool: Tool, *more: str, **environment: str) -> Ran:
    return tool("plan", "--base", "deployed", "--changed", *more, **environment)


def compared(tool: Tool, *more: str) -> list[Json]:
    """The addresses that were compared; of all others it is said how many they are."""
    document = changed(tool, *more, "-o", "json").document
    declared = len(tool("plan", "-o", "json").document["unchanged"])
    assert document["summary"]["not_compared"] >= declared - len(document["selected"])
    return list(document["selected"])


def test_one_changed_manifest_costs_one_request_and_the_others_are_counted(
    tool: Tool, history: History, wire: Wire
) -> None:
    rewrite(history, "manifests/3.yaml", "ours", "theirs")
    wire.releases.rows[4]["description"] = "by hand"
    ran = changed(tool)
    assert wire.log == ["GET /releases"]
    assert ran.out.splitlines()[-2:] == [
        LEFT_OUT.format(11),
        "Plan: 0 to create, 1 to change, 0 to delete, 0 to run, 0 blocked.",
    ]
    assert compared(tool) == ["flexdeploy/Release/r3"]


def test_nothing_changed_is_nothing_asked_and_says_where_it_looked(
    tool: Tool, history: History, wire: Wire
) -> None:
    wire.releases.rows[4]["description"] = "by hand"
    ran = changed(tool)
    short = history.git("rev-parse", "--short=7", "deployed")
    assert ran.out.splitlines() == [f"base deployed ({short})", "", LEFT_OUT.format(12), "No changes."]
    assert (ran.code, wire.log) == (0, [])


def test_without_a_base_it_is_refused(tool: Tool, history: History, wire: Wire) -> None:
    ran = tool("plan", "--changed")
    assert (ran.code, wire.log) == (64, [])
    assert "--changed goes with --base" in ran.err
    assert tool("plan", "--changed", RECONCILE_BASE="deployed").code == 0


def test_before_a_first_apply_everything_is_new_and_nothing_is_left_out(
    tool: Tool, history: History, wire: Wire
) -> None:
    document = tool("plan", "--changed", "--base-or-none", "not-yet", "-o", "json").document
    assert (document["unchanged"], document["selected"]) == (sorted(ALL), None)
    assert "not_compared" not in document["summary"]


@pytest.mark.parametrize("command", ["drift", "apply", "accept"])
def test_only_a_plan_may_look_away(tool: Tool, history: History, command: str) -> None:
    ran = tool(command, "--base", "deployed", "--changed")
    assert (ran.code, f"{command} does not take `--changed`: plan does" in ran.err) == (64, True)


def test_another_value_of_a_variable_changes_what_uses_it(tool: Tool, history: History) -> None:
    rewrite(history, "reconcile.yaml", "who: ours", "who: theirs")
    assert compared(tool) == ["flexdeploy/Release/r7"]


def test_a_variable_that_is_put_in_as_its_text_changes_nothing(tool: Tool, history: History) -> None:
    rewrite(history, "manifests/7.yaml", "{var: who}", '"ours"')
    assert compared(tool) == []


@pytest.mark.parametrize("old", ["    auth: ", "flexdeploy:\n"])
def test_another_place_of_a_system_changes_all_of_it(
    tool: Tool, history: History, wire: Wire, old: str
) -> None:
    new = {"    auth: ": "    headers: {x-organization-id: '42'}\n    auth: ", "flexdeploy:\n": ""}[old]
    if not new:
        rewrite(history, "reconcile.yaml", wire.url, f"{wire.url}/")
        rewrite(history, "reconcile.yaml", f"{wire.url}/", wire.url.replace("127.0.0.1", "localhost"))
    else:
        rewrite(history, "reconcile.yaml", old, new)
    assert compared(tool) == sorted(ALL)


def test_another_option_of_a_system_changes_all_of_it(tool: Tool, history: History) -> None:
    rewrite(history, "reconcile.yaml", "    auth: ", "    options: {hidden: [cmsDetails]}\n    auth: ")
    assert compared(tool) == sorted(ALL)


def test_another_credential_changes_nothing_but_is_shown(tool: Tool, history: History) -> None:
    rewrite(history, "reconcile.yaml", "FD_USER", "FD_OTHER")
    ran = changed(tool, FD_OTHER="me")
    assert "# reconcile.yaml  systems.flexdeploy.auth.basic.username" in ran.out
    assert LEFT_OUT.format(12) in ran.out


def test_another_comment_order_or_file_changes_nothing(tool: Tool, history: History) -> None:
    (history.folder / "manifests/3.yaml").rename(history.folder / "manifests/moved.yaml")
    rewrite(history, "manifests/4.yaml", "spec:", "# a word\nspec:")
    assert compared(tool) == []


@pytest.mark.parametrize(
    "metadata",
    ["suspend: INC-4711", "id: 3", "dependsOn: [flexdeploy/Release/r4]"],
)
def test_other_metadata_is_a_change(tool: Tool, history: History, metadata: str) -> None:
    rewrite(history, "manifests/3.yaml", "name: r3", f"name: r3, {metadata}")
    assert compared(tool) == ["flexdeploy/Release/r3"]


def test_what_waits_for_a_change_is_compared_however_far(tool: Tool, history: History) -> None:
    for n in (5, 6):
        rewrite(history, f"manifests/{n}.yaml", f"r{n}", f"r{n}, dependsOn: [flexdeploy/Release/r{n - 1}]")
    history.commit()
    history.git("tag", "--force", "deployed")
    rewrite(history, "manifests/4.yaml", "ours", "theirs")
    assert compared(tool) == [f"flexdeploy/Release/r{n}" for n in (4, 5, 6)]


def test_what_a_change_waits_for_is_not_compared(tool: Tool, history: History, wire: Wire) -> None:
    rewrite(history, "manifests/5.yaml", "r5", "r5, dependsOn: [flexdeploy/Release/r4]")
    wire.releases.rows[4]["description"] = "by hand"
    ran = changed(tool)
    assert (LEFT_OUT.format(11) in ran.out, ran.last) == (True, "No changes.")


PART = """\
apiVersion: flexdeploy/v1
kind: Project
metadata: {{name: {name}}}
spec: {{release: {release}, projectId: {project}, priority: {priority}}}
"""


def test_a_changed_part_is_compared_with_the_whole_release_that_it_joins(
    tool: Tool, history: History, wire: Wire
) -> None:
    for n, host in ((1, "{ref: flexdeploy/Release/r3}"), (2, "r3"), (3, "r5")):
        text = PART.format(name=f"p{n}", release=host, project=n, priority=1)
        (history.folder / f"manifests/p{n}.yaml").write_text(text, encoding="utf-8")
    history.commit()
    history.git("tag", "--force", "deployed")
    rewrite(history, "manifests/p2.yaml", "priority: 1", "priority: 2")
    wire.releases.rows[3]["projects"] = [
        {"projectId": n, "packageName": None, "priority": live} for n, live in ((1, 9), (2, 1))
    ]
    document = changed(tool, "-o", "json").document
    assert document["selected"] == [
        "flexdeploy/Project/p1",
        "flexdeploy/Project/p2",
        "flexdeploy/Release/r3",
    ]
    assert document["summary"]["not_compared"] == 12
    (operation,) = document["operations"]
    assert [(change["path"], change["label"]) for change in operation["changes"]] == [
        ("projects[1].priority", "drift"),
        ("projects[2].priority", "change"),
    ]


def test_a_part_that_was_taken_out_is_dropped_from_its_release(
    tool: Tool, history: History, wire: Wire
) -> None:
    text = PART.format(name="p", release="{ref: flexdeploy/Release/r3}", project=1, priority=1)
    (history.folder / "manifests/p.yaml").write_text(text, encoding="utf-8")
    history.commit()
    history.git("tag", "--force", "deployed")
    (history.folder / "manifests/p.yaml").unlink()
    wire.releases.rows[3]["projects"] = [{"projectId": 1, "packageName": None, "priority": 1}]
    document = changed(tool, "-o", "json").document
    assert document["selected"] == ["flexdeploy/Release/r3"]
    assert [(each["address"], each["path"]) for each in document["dropped"]] == [
        ("flexdeploy/Release/r3", "projects")
    ]


def test_what_was_removed_is_dropped_with_its_live_value(tool: Tool, history: History, wire: Wire) -> None:
    (history.folder / "manifests/3.yaml").unlink()
    rewrite(history, "manifests/4.yaml", "{description: ours}", "{}")
    ran = changed(tool)
    assert 'flexdeploy/Release/r3  "r3"  no longer managed' in ran.out
    assert 'flexdeploy/Release/r4  description  "ours"  no longer managed' in ran.out
    assert LEFT_OUT.format(10) in ran.out


def test_a_tombstone_is_a_change(tool: Tool, history: History) -> None:
    rewrite(history, "manifests/3.yaml", "name: r3", "name: r3, absent: true")
    ran = changed(tool)
    assert "! flexdeploy/Release/r3  absent" in ran.out
    assert LEFT_OUT.format(11) in ran.out


def test_a_rename_finds_its_object_by_the_base(tool: Tool, history: History) -> None:
    rewrite(history, "manifests/3.yaml", "{description", "{releaseName: other, description")
    (operation,) = changed(tool, "-o", "json").document["operations"]
    assert (operation["id"], [change["path"] for change in operation["changes"]]) == (3, ["releaseName"])


def test_a_second_claim_on_the_object_of_a_change_is_compared_too(
    tool: Tool, history: History, wire: Wire
) -> None:
    (history.folder / "manifests/pinned.yaml").write_text(
        release("pinned", "{releaseName: r3, pipelineName: Nightly}", "id: 3"), encoding="utf-8"
    )
    history.commit()
    history.git("tag", "--force", "deployed")
    rewrite(history, "manifests/3.yaml", "ours", "theirs")
    assert compared(tool) == ["flexdeploy/Release/pinned", "flexdeploy/Release/r3"]
    whole = tool("plan", "--base", "deployed", "-o", "json").document
    assert changed(tool, "-o", "json").document["operations"] == whole["operations"]


def test_a_path_narrows_what_changed_further(tool: Tool, history: History) -> None:
    for n in (3, 4):
        rewrite(history, f"manifests/{n}.yaml", "ours", "theirs")
    assert compared(tool) == ["flexdeploy/Release/r3", "flexdeploy/Release/r4"]
    document = changed(tool, "manifests/3.yaml", "manifests/5.yaml", "-o", "json").document
    assert (document["selected"], document["summary"]["not_compared"]) == (["flexdeploy/Release/r3"], 1)


def test_a_rotated_secret_is_not_seen_and_a_changed_one_is(tool: Tool, history: History, wire: Wire) -> None:
    secret = "{properties: [{propertyName: API_TOKEN, propertyValue: {env: FD_TOKEN}}], pipelineName: P}"
    (history.folder / "manifests/3.yaml").write_text(release("r3", secret), encoding="utf-8")
    history.commit()
    history.git("tag", "--force", "deployed")
    assert LEFT_OUT.format(12) in changed(tool, FD_TOKEN="rotated").out
    rewrite(history, "manifests/3.yaml", "FD_TOKEN", "FD_OTHER")
    assert LEFT_OUT.format(11) in changed(tool, FD_OTHER="another").out


def test_its_saved_plan_approves_what_it_compared_and_nothing_else(
    tool: Tool, history: History, wire: Wire
) -> None:
    rewrite(history, "manifests/3.yaml", "ours", "theirs")
    wire.releases.rows[4]["description"] = "by hand"
    changed(tool, "--out", "plan.json")
    assert tool("apply", "--plan", "plan.json").code == 0
    assert (wire.writes, wire.releases.rows[4]["description"]) == (["PATCH /releases/3"], "by hand")


@pytest.mark.parametrize("format", sorted({*FORMATS} - {"terraform-report"}))
def test_every_format_that_has_words_says_how_many_were_left_out(
    tool: Tool, history: History, format: str
) -> None:
    rewrite(history, "manifests/3.yaml", "ours", "theirs")
    out = changed(tool, "-o", format).out
    assert ('"not_compared": 11' if format == "json" else "11 not compared") in out


def test_what_is_wrong_in_a_manifest_that_did_not_change_is_an_error_all_the_same(
    tool: Tool, history: History, wire: Wire
) -> None:
    rewrite(history, "manifests/4.yaml", "description: ours", "descriptoin: ours")
    history.commit()
    history.git("tag", "--force", "deployed")
    ran = changed(tool)
    assert (ran.code, wire.log) == (1, [])
    assert "manifests/4.yaml:4:8" in ran.err
