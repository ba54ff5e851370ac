"""`undo`: what it takes back, what it leaves alone, and when it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.support.commands import Ran, Tool
from tests.support.history import History
from tests.support.http import Wire
from tests.support.projects import release

from reconcile.model import Json

TRAIN = "manifests/train.yaml"


@pytest.fixture
def applied(tool: Tool, project: Path) -> Path:
    """The project after an apply that changed a description and added an entry."""
    entry = "{projectId: 10000, projectStreamId: 13900, priority: 3}"
    (project / TRAIN).write_text(release("train", f"{{description: new, projects: [{entry}]}}"))
    assert tool("apply", "--yes", "--out", "record.json").code == 0
    return project


def taken(ran: Ran) -> dict[str, str]:
    return {item["path"]: item["status"] for item in ran.document["undo"]}


def train(wire: Wire) -> Json:
    return wire.releases.rows[12101]


def test_what_the_last_apply_wrote_is_taken_back_and_a_second_undo_is_the_apply_again(
    tool: Tool, applied: Path, wire: Wire
) -> None:
    ran = tool("undo", "--yes", "-o", "json")
    assert (ran.code, taken(ran)) == (0, {"description": "back", "projects[10000]": "back"})
    assert (train(wire)["description"], train(wire)["projects"]) == ("old", [])
    assert tool("undo", "--yes").code == 0
    assert tool("plan").last == "No changes."
    assert train(wire)["description"] == "new"


def test_what_somebody_changed_since_is_moved_and_left_alone(tool: Tool, applied: Path, wire: Wire) -> None:
    train(wire)["description"] = "by hand"
    ran = tool("undo", "--yes", "-o", "json")
    assert (ran.code, taken(ran)) == (0, {"description": "moved", "projects[10000]": "back"})
    assert (train(wire)["description"], train(wire)["projects"]) == ("by hand", [])


def test_an_entry_in_which_somebody_changed_another_field_is_moved(
    tool: Tool, applied: Path, wire: Wire
) -> None:
    train(wire)["projects"][0]["projectGroups"] = "by hand"
    assert taken(tool("undo", "--yes", "-o", "json"))["projects[10000]"] == "moved"
    assert train(wire)["projects"][0]["projectGroups"] == "by hand"


def test_a_second_undo_of_the_same_record_finds_nothing_to_do(tool: Tool, applied: Path, wire: Wire) -> None:
    tool("undo", "record.json", "--yes")
    sent = len(wire.writes)
    ran = tool("undo", "record.json", "--yes", "-o", "json")
    assert (ran.code, set(taken(ran).values()), len(wire.writes)) == (0, {"already"}, sent)


def test_a_dry_run_shows_and_sends_nothing_and_keeps_no_record(tool: Tool, applied: Path, wire: Wire) -> None:
    sent = len(wire.writes)
    ran = tool("undo", "--dry-run")
    assert (ran.code, len(wire.writes)) == (0, sent)
    assert '"new" -> "old"' in ran.out
    assert len([*(applied / ".reconcile/records").iterdir()]) == 1


def test_without_a_terminal_and_without_yes_it_is_1_and_nothing_is_sent(
    tool: Tool, applied: Path, wire: Wire
) -> None:
    sent = len(wire.log)
    ran = tool("undo")
    assert (ran.code, len(wire.log)) == (1, sent)
    assert "there is no terminal: add --yes" in ran.err


def test_no_at_the_prompt_is_1(tool: Tool, applied: Path, wire: Wire) -> None:
    assert tool("undo", typed="no\n").code == 1
    assert train(wire)["description"] == "new"


@pytest.mark.parametrize("record", [(), ("nothing.json",), ("manifests/train.yaml",), ("plan.json",)])
def test_no_record_or_one_that_cannot_be_read_is_1(
    tool: Tool, project: Path, wire: Wire, record: tuple[str, ...]
) -> None:
    tool("plan", "--out", "plan.json")
    sent = len(wire.log)
    assert (tool("undo", *record, "--yes").code, len(wire.log)) == (1, sent)


def test_a_record_of_another_origin_or_environment_is_4(tool: Tool, applied: Path, wire: Wire) -> None:
    record = json.loads((applied / "record.json").read_text())
    record["environment"] = "production"
    (applied / "other.json").write_text(json.dumps(record))
    ran = tool("undo", "other.json", "--yes")
    assert (ran.code, train(wire)["description"]) == (4, "new")
    assert "the record is of environment `production`" in ran.err
    text = (applied / "record.json").read_text().replace(wire.url, "https://elsewhere.example.com")
    (applied / "other.json").write_text(text)
    assert (tool("undo", "other.json", "--yes").code, train(wire)["description"]) == (4, "new")
    assert tool("undo", "other.json", "--dry-run").code == 4


def test_what_was_created_needs_a_way_to_delete_it(tool: Tool, project: Path, wire: Wire) -> None:
    (project / TRAIN).write_text(release("other", "{pipelineName: Simple Pipeline}"))
    assert tool("apply", "--yes").code == 0
    ran = tool("undo", "--yes", "-o", "json")
    assert (ran.code, taken(ran)) == (3, {"absent": "cannot"})
    assert ran.document["undo"][0]["reason"] == "no request deletes a Release"


def test_a_secret_is_in_no_record_and_the_rest_is_taken_back(tool: Tool, project: Path, wire: Wire) -> None:
    spec = "{description: new, pipelineId: 1, properties: [{propertyName: API_KEY, propertyValue: s3cret}]}"
    (project / TRAIN).write_text(release("train", spec))
    assert tool("apply", "--yes").code == 0
    assert "s3cret" not in "".join(p.read_text() for p in (project / ".reconcile/records").iterdir())
    ran = tool("undo", "--yes", "-o", "json")
    assert (ran.code, taken(ran)["description"], taken(ran)["properties[API_KEY]"]) == (3, "back", "cannot")
    assert train(wire)["description"] == "old"


def test_a_suspended_object_is_held(tool: Tool, applied: Path, wire: Wire) -> None:
    (applied / TRAIN).write_text(release("train", "{description: new}", 'suspend: "hands off"'))
    ran = tool("undo", "--yes")
    assert (ran.code, train(wire)["description"]) == (3, "new")
    assert "hands off" in ran.out


def test_what_the_manifests_no_longer_have_is_taken_back_too(tool: Tool, applied: Path, wire: Wire) -> None:
    (applied / TRAIN).write_text(release("another", "{description: any}"))
    assert tool("undo", "--yes").code == 0
    assert train(wire)["description"] == "old"


def test_a_freeze_and_a_guard_hold_an_undo(tool: Tool, applied: Path, wire: Wire) -> None:
    assert tool("undo", "--yes", RECONCILE_FREEZE="year end").code == 4
    text = (applied / "reconcile.yaml").read_text()
    (applied / "reconcile.yaml").write_text(f"{text}guards: {{max_deletes: 0}}\n")
    assert tool("undo", "--yes").code == 4
    assert train(wire)["description"] == "new"
    assert tool("undo", "--yes", "--force").code == 0


def test_a_target_leaves_the_rest_as_it_is(tool: Tool, applied: Path, wire: Wire) -> None:
    assert tool("undo", "--yes", "--target", "*/Release/tra").code == 1
    assert tool("undo", "--yes", "--target", "*/Release/train").code == 0
    assert train(wire)["description"] == "old"


def test_it_names_the_commits_to_revert(tool: Tool, project: Path) -> None:
    history = History(project)
    (project / ".gitignore").write_text(".reconcile/\n")
    for number in range(3):
        (project / TRAIN).write_text(release("train", f"{{description: new {number}}}"))
        commit = history.commit()
        assert tool("apply", "--yes").code == 0
    ran = tool("undo", "--dry-run", "-o", "json")
    assert ran.document["revert"]["commits"] == [f"{commit} As it is"]
    assert f"{commit[:12]}  As it is" in tool("undo", "--dry-run").out
    (project / TRAIN).write_text(release("train", "{description: not committed}"))
    assert tool("apply", "--yes").code == 0
    assert "no commit holds" in tool("undo", "--dry-run").out


@pytest.mark.parametrize("format", ["text", "json", "markdown", "html", "github", "junit"])
def test_every_format_says_what_becomes_of_each_change(
    tool: Tool, applied: Path, wire: Wire, format: str
) -> None:
    train(wire)["description"] = "by hand"
    for ran in (tool("undo", "--dry-run", "-o", format), tool("undo", "--yes", "-o", format)):
        for word in ("moved", "back", "description", "projects[10000]"):
            assert word in ran.out
    assert ran.code == 0


def test_it_is_shown_again_from_the_record_that_it_keeps(tool: Tool, applied: Path) -> None:
    assert tool("undo", "--yes", "--out", "undone.json").code == 0
    assert "back         flexdeploy/Release/train  description" in tool("show", "undone.json").out


def killed(project: Path) -> None:
    """The record as an apply leaves it that was killed: nobody saw what became of its operations."""
    (path,) = (project / ".reconcile/records").iterdir()
    record = json.loads(path.read_text())
    for operation in record["operations"]:
        del operation["kept"]["left"]
        operation["kept"]["status"] = "unknown"
        operation["kept"]["fields"] = [{"path": each["path"]} for each in operation["kept"]["fields"]]
    path.write_text(json.dumps(record))


def test_an_apply_that_was_killed_is_judged_by_what_is_live(tool: Tool, applied: Path, wire: Wire) -> None:
    killed(applied)
    train(wire)["projects"] = []
    ran = tool("undo", "--yes", "-o", "json")
    assert (ran.code, taken(ran)) == (0, {"description": "back", "projects[10000]": "already"})
    assert train(wire)["description"] == "old"


def test_a_killed_apply_leaves_alone_what_somebody_changed_since(
    tool: Tool, applied: Path, wire: Wire
) -> None:
    killed(applied)
    train(wire)["description"] = "by hand"
    train(wire)["projects"][0]["priority"] = 7
    ran = tool("undo", "--yes", "-o", "json")
    assert set(taken(ran).values()) == {"moved"}


def changed(record: Json, *path: str | int, to: Json) -> Json:
    """The record with another value at a place of its only operation."""
    inner = record["operations"][0]
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = to
    return record


@pytest.mark.parametrize(
    ("path", "to", "words"),
    [
        (("kept", "fields", 0, "path"), [], "has a path that no Release has"),
        (("kept", "fields", 0, "path"), ["nothing"], "has a path that no Release has"),
        (("kept", "fields", 0, "path"), [["a"], "description"], "has a path that no Release has"),
        (("kept", "fields", 0, "path"), ["description", "inner"], "has a path that no Release has"),
        (("kept", "fields", 0, "path"), [{}], "has a path that no Release has"),
        (("kept", "fields"), [], "`kept.fields` are 0 for 2 changes"),
        (("kept", "kind"), "Nothing", "a kind that this version does not know, flexdeploy/v1 Nothing"),
        (("kept", "kind"), "Project", "a kind that this version does not know"),
        (("kept", "api_version"), "katalon/v1", "a kind that this version does not know, katalon/v1 Release"),
        (("kept", "api_version"), "", "a kind that this version does not know"),
        (("kept", "id"), "../1", "`kept.id` is no id of a Release"),
        (("kept", "id"), -1, "`kept.id` is no id of a Release"),
        (("kept", "key"), {"releaseName": ["train"]}, "`kept.key`: `releaseName` is no single value"),
        (("kept", "key"), {"description": "old"}, "`kept.key` has description"),
        (("changes", 0, "before"), ["old"], "`before` of description: `description` is no single value"),
        (("changes", 1, "after"), "text", "`after` of projects[10000]: it is no object"),
        (("changes", 0, "after"), {"unknown": []}, "`after` of description: `unknown` names no address"),
        (("changes", 0, "source", "file"), "a\x00b", "`source.file` of a change names no file"),
        (("address",), "flexdeploy/Release", "that is no address"),
    ],
)
def test_a_record_that_no_apply_kept_is_1_with_what_is_wrong(
    tool: Tool, applied: Path, wire: Wire, path: tuple[str | int, ...], to: Json, words: str
) -> None:
    record = changed(json.loads((applied / "record.json").read_text()), *path, to=to)
    (applied / "other.json").write_text(json.dumps(record))
    sent = len(wire.log)
    ran = tool("undo", "other.json", "--yes")
    assert (ran.code, len(wire.log)) == (1, sent)
    assert words in ran.err
    assert "[no-record]" in ran.err


def test_an_operation_that_stands_twice_in_a_record_is_1(tool: Tool, applied: Path) -> None:
    record = json.loads((applied / "record.json").read_text())
    (applied / "other.json").write_text(json.dumps({**record, "operations": 2 * record["operations"]}))
    ran = tool("undo", "other.json", "--yes")
    assert (ran.code, "flexdeploy/Release/train stands there 2 times" in ran.err) == (1, True)


@pytest.fixture
def thrice(tool: Tool, project: Path) -> Path:
    """The project after three applies, each of a commit of its own."""
    history = History(project)
    (project / ".gitignore").write_text(".reconcile/\nrecord*.json\n")
    for number in range(3):
        (project / TRAIN).write_text(release("train", f"{{description: new {number}}}"))
        history.commit()
        assert tool("apply", "--yes", "--out", f"record{number}.json").code == 0
    return project


def test_a_broken_record_beside_the_one_that_is_meant_is_only_less_to_tell(tool: Tool, thrice: Path) -> None:
    commits = tool("undo", "record2.json", "--dry-run", "-o", "json").document["revert"]["commits"]
    assert len(commits) == 1
    (thrice / ".reconcile/records/default-000002.json").write_text("{")
    for record in ((), ("default-000003",), ("record2.json",)):
        ran = tool("undo", *record, "--dry-run", "-o", "json")
        assert (ran.code, taken(ran)) == (0, {"description": "back"})
        assert ran.document["revert"]["commits"] == []
        assert "not known of the record before" in ran.document["revert"]["words"]


def test_a_broken_record_may_be_the_one_before_that_of_another_machine(tool: Tool, thrice: Path) -> None:
    record = json.loads((thrice / "record2.json").read_text())
    (thrice / "record2.json").write_text(json.dumps({**record, "created_at": "2100-01-01T00:00:00Z"}))
    (thrice / ".reconcile/records/default-000003.json").unlink()
    ran = tool("undo", "record2.json", "--dry-run", "-o", "json")
    assert len(ran.document["revert"]["commits"]) == 1
    (thrice / ".reconcile/records/default-000002.json").write_text("{")
    ran = tool("undo", "record2.json", "--dry-run", "-o", "json")
    assert (ran.code, ran.document["revert"]["commits"]) == (0, [])


def test_a_broken_record_after_the_one_that_is_meant_takes_nothing_away(tool: Tool, thrice: Path) -> None:
    (thrice / ".reconcile/records/default-000004.json").write_text("{")
    ran = tool("undo", "record2.json", "--dry-run", "-o", "json")
    assert (ran.code, len(ran.document["revert"]["commits"])) == (0, 1)
    assert tool("undo", "--dry-run").code == 1


def test_of_a_folder_that_others_may_write_no_record_is_the_one_before(tool: Tool, thrice: Path) -> None:
    (thrice / ".reconcile/records").chmod(0o777)
    ran = tool("undo", "record2.json", "--dry-run", "-o", "json")
    assert (ran.code, ran.document["revert"]["commits"]) == (0, [])
    assert tool("undo", "--dry-run").code == 1


def test_a_removed_entry_comes_back_whole(tool: Tool, project: Path, wire: Wire) -> None:
    entry = {"projectId": 10000, "projectStreamId": 13900, "priority": 7, "projectGroups": "web"}
    train(wire)["projects"] = [entry]
    (project / TRAIN).write_text(release("train", "{description: old, projects: []}"))
    assert tool("apply", "--yes").code == 0
    assert train(wire)["projects"] == []
    assert tool("undo", "--yes").code == 0
    (now,) = train(wire)["projects"]
    assert {name: now.get(name) for name in entry} == entry


def test_its_own_record_never_replaces_the_one_that_it_reads(tool: Tool, applied: Path, wire: Wire) -> None:
    before = (applied / "record.json").read_bytes()
    ran = tool("undo", "record.json", "--yes", "--out", "record.json")
    assert (ran.code, train(wire)["description"]) == (64, "new")
    assert (applied / "record.json").read_bytes() == before


def test_it_says_which_record_it_takes_back_and_whether_that_was_an_undo(tool: Tool, applied: Path) -> None:
    ran = tool("undo", "--yes")
    of = next(line for line in ran.out.splitlines() if "undo of" in line)
    assert "· undo of the apply default-000001.json (2" in of
    again = tool("undo", "--dry-run")
    assert "· undo of the undo default-000002.json (2" in again.out
    named = tool("undo", "record.json", "--dry-run", "-o", "json").document["undo_of"]
    assert (named["name"], named["command"]) == ("record.json", "apply")


def test_after_one_that_is_not_complete_the_next_step_names_the_record(
    tool: Tool, applied: Path, wire: Wire
) -> None:
    wire.fallbacks["PATCH"] = wire.fallbacks["PUT"] = (400, {"message": "no"})
    ran = tool("undo", "--yes")
    assert ran.code == 3
    (step,) = (line for line in ran.out.splitlines() if line.startswith("Next: "))
    assert step == (
        "Next: `reconcile undo default-000001.json` goes on with what is left of that record; without its "
        "name, undo takes back this undo."
    )


def test_of_what_no_commit_brought_it_says_that_the_next_apply_does_it_again(
    tool: Tool, project: Path, wire: Wire
) -> None:
    (project / ".gitignore").write_text(".reconcile/\n")
    (project / TRAIN).write_text(release("train", "{description: new}"))
    History(project).commit()
    assert tool("apply", "--yes").code == 0
    train(wire)["description"] = "by hand"
    assert tool("apply", "--yes").code == 0
    said = " ".join(tool("undo", "--dry-run").out.split())
    assert "no commit since the record before touched" in said.lower()
    assert "(`reconcile accept` does), else the next apply does it again." in said
