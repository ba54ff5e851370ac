"""`apply`: what it asks, when it refuses, how it ends, and what it leaves."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.support.commands import Ran, Tool
from tests.support.http import Wire
from tests.support.projects import release, written

from reconcile.execution.journal import Journal

NEW = release("train", "{description: new}")
FORMATS = pytest.mark.parametrize("format", ["text", "json"])


@pytest.fixture
def changed(project: Path) -> Path:
    """The project with one difference: the description."""
    return manifests(project, NEW)


def manifests(project: Path, *texts: str) -> Path:
    files = {f"manifests/m{number}.yaml": text for number, text in enumerate(texts)}
    (project / "manifests/train.yaml").unlink(missing_ok=True)
    return written(project, {"reconcile.yaml": (project / "reconcile.yaml").read_text(), **files})


def guarded(project: Path, guards: str) -> None:
    text = (project / "reconcile.yaml").read_text()
    (project / "reconcile.yaml").write_text(f"{text}guards: {guards}\n")


@FORMATS
def test_it_does_what_the_plan_shows_and_then_nothing_is_left(
    tool: Tool, changed: Path, wire: Wire, format: str
) -> None:
    ran = tool("apply", "--yes", "-o", format)
    assert (ran.code, wire.writes) == (0, ["PATCH /releases/12101"])
    assert wire.releases.rows[12101]["description"] == "new"
    again = tool("apply", "--yes", "-o", format)
    assert again.code == 0
    assert len(wire.writes) == 1
    assert tool("plan").last == "No changes."


def test_without_a_terminal_and_without_yes_it_is_a_mistake_and_no_hang(
    tool: Tool, changed: Path, wire: Wire
) -> None:
    ran = tool("apply")
    assert (ran.code, wire.log) == (64, [])
    assert "there is no terminal: add --yes" in ran.err


@pytest.mark.parametrize("typed", ["no\n", "\n", "", "y\n", "yess\n"])
def test_anything_but_yes_at_the_prompt_is_no_and_1(
    tool: Tool, changed: Path, wire: Wire, typed: str
) -> None:
    ran = tool("apply", typed=typed)
    assert wire.writes == []
    assert ran.code == 1


def test_yes_at_the_prompt_is_yes(tool: Tool, changed: Path, wire: Wire) -> None:
    ran = tool("apply", typed="yes\n")
    assert (ran.code, len(wire.writes)) == (0, 1)
    assert re.match(r"flexdeploy http://127\.0\.0\.1:\d+\nWrite `yes` to do it: ", ran.err)


def test_the_question_says_beforehand_what_would_be_refused(tool: Tool, project: Path) -> None:
    span = 'from: "2020-01-01T00:00:00Z", until: "2100-01-01T00:00:00Z"'
    frozen = f"freezes:\n  - {{name: now, reason: rest, {span}, "
    with (project / "reconcile.yaml").open("a", encoding="utf-8") as file:
        file.write(f"{frozen}targets: ['*/train']}}\n")
    (project / "manifests/other.yaml").write_text(release("other", "{description: new}"), encoding="utf-8")
    (project / "manifests/train.yaml").write_text(release("train", "{description: new}"), encoding="utf-8")
    ran = tool("apply", typed="no\n")
    assert ran.code == 1
    said = ran.err.index("Apply would refuse flexdeploy/Release/train, frozen by `now` (rest) until 2100")
    assert said < ran.err.index("Write `yes` to do it")
    assert "Apply would refuse" not in tool("apply", "--force", typed="no\n").err


def test_with_nothing_to_do_nobody_is_asked(tool: Tool, project: Path) -> None:
    assert tool("apply", typed="").code == 0


@pytest.mark.parametrize("name", ["RECONCILE_YES", "RECONCILE_FORCE", "RECONCILE_PRUNE", "YES"])
def test_nothing_in_the_environment_can_mean_yes(tool: Tool, changed: Path, wire: Wire, name: str) -> None:
    assert tool("apply", **{name: "1"}).code == 64
    assert wire.log == []


@FORMATS
def test_a_refused_write_is_3(tool: Tool, changed: Path, wire: Wire, format: str) -> None:
    wire.fallbacks["PATCH"] = (400, {"message": "no, thank you"})
    ran = tool("apply", "--yes", "-o", format)
    assert ran.code == 3
    assert "no, thank you" in ran.out


@FORMATS
def test_blocked_alone_is_3(tool: Tool, project: Path, wire: Wire, format: str) -> None:
    manifests(project, release("train", "{releaseStatus: STARTED}"))
    assert tool("apply", "--yes", "-o", format).code == 3
    assert wire.writes == []


@FORMATS
def test_a_guard_is_4_with_its_numbers_and_what_lifts_it(
    tool: Tool, changed: Path, wire: Wire, format: str
) -> None:
    manifests(changed, release("one"), release("two"))
    guarded(changed, "{max_creates: 1}")
    ran = tool("apply", "--yes", "-o", format)
    assert (ran.code, wire.writes) == (4, [])
    assert (
        "Refused: 2 objects created, max_creates allows 1: raise it in reconcile.yaml, or apply with --force"
        in ran.err
    )
    if format == "json":
        assert len(ran.document["refused"]) == 1


def refusal(ran: Ran) -> tuple[str, str]:
    """Code and severity of the one problem of a document whose reasons to refuse it is."""
    (problem,) = ran.document["problems"]
    assert ran.document["refused"] == [problem["message"]]
    return problem["code"], problem["severity"]


def test_what_a_guard_refuses_has_an_outcome_for_each_operation_and_each_blocked_resource(
    tool: Tool, changed: Path
) -> None:
    held = release("train", "{description: new}", metadata="suspend: INC-1")
    manifests(changed, held, release("one"), release("two", metadata="dependsOn: [flexdeploy/Release/one]"))
    guarded(changed, "{max_creates: 1}")
    ran = tool("apply", "--yes", "-o", "json", "--out", "record.json")
    why = "2 objects created, max_creates allows 1: raise it in reconcile.yaml, or apply with --force"
    assert [(each["address"], each["status"], each["detail"]) for each in ran.document["outcomes"]] == [
        ("flexdeploy/Release/one", "refused", why),
        ("flexdeploy/Release/two", "refused", why),
        ("flexdeploy/Release/train", "blocked", "suspended: INC-1"),
    ]
    assert refusal(ran) == ("guard", "error")
    assert json.loads((changed / "record.json").read_text()) == ran.document


def test_what_a_guard_refuses_is_shown_with_its_plan_and_the_reason_once(tool: Tool, changed: Path) -> None:
    manifests(changed, release("one"), release("two"))
    guarded(changed, "{max_creates: 1}")
    tool("apply", "--yes", "--out", "record.json", "--report", "markdown=a.md")
    lines = tool("show", "record.json").out.splitlines()
    assert "Plan: 2 to create, 0 to change, 0 to delete, 0 to run, 0 blocked." in lines
    assert sum(line.startswith("Refused: 2 objects created") for line in lines) == 1
    (helps,) = (line for line in lines if line.startswith("Next: "))
    assert "`reconcile plan` shows what would be done" in helps
    assert (changed / "a.md").read_text().count("max_creates allows 1") == 1


def test_a_freeze_is_an_error_of_the_document_and_of_each_report(tool: Tool, changed: Path) -> None:
    more = ["--out", "record.json", "--report", "junit=a.xml"]
    ran = tool("apply", "--yes", "-o", "json", *more, RECONCILE_FREEZE="year end")
    assert refusal(ran) == ("frozen", "error")
    assert (ran.document["outcomes"], ran.document["operations"]) == ([], [])
    said = tool("apply", "--yes", *more, RECONCILE_FREEZE="year end")
    assert said.out == ""
    assert said.err.splitlines()[-1] == "Next: wait until the freeze is over: no flag lifts it."
    assert "frozen: year end" in (changed / "a.xml").read_text()
    shown = tool("show", "record.json")
    where, _, why = shown.out.splitlines()[:3]
    assert where.startswith("flexdeploy http://127.0.0.1:")
    assert why == "Refused: frozen: year end (RECONCILE_FREEZE is set)"
    assert "Next: wait until the freeze is over: no flag lifts it." in shown.out
    assert "No changes." not in shown.out


@pytest.mark.parametrize(
    ("refused", "helps"),
    [
        ({"RECONCILE_READ_ONLY": "1"}, "Next: apply where RECONCILE_READ_ONLY is not set: no flag lifts it."),
        ({"RECONCILE_FREEZE": "year end"}, "Next: wait until the freeze is over: no flag lifts it."),
    ],
)
def test_the_line_after_a_refusal_says_what_helps(
    tool: Tool, changed: Path, refused: dict[str, str], helps: str
) -> None:
    assert tool("apply", "--yes", **refused).err.splitlines()[-1] == helps
    assert "Next: " not in tool("apply", "--yes", "-q", **refused).err


def test_another_apply_under_way_is_an_error_of_the_document(tool: Tool, changed: Path) -> None:
    with Journal(changed):
        ran = tool("apply", "--yes", "-o", "json")
    assert (ran.code, refusal(ran)) == (4, ("locked", "error"))


@pytest.mark.parametrize(
    ("command", "last"),
    [
        ("plan", "Plan: 2 to create, 0 to change, 0 to delete, 0 to run, 0 blocked."),
        ("drift", "Drift: 2 objects differ, 0 known, 0 blocked, 0 not read."),
    ],
)
def test_a_plan_says_above_its_last_line_that_a_guard_would_refuse_it(
    tool: Tool, changed: Path, command: str, last: str
) -> None:
    manifests(changed, release("one"), release("two"))
    guarded(changed, "{max_creates: 1}")
    ran = tool(command)
    lines = [line for line in ran.out.splitlines() if not line.startswith("Next: ")]
    assert lines[-2:] == [
        "Apply would be refused: 2 objects created, max_creates allows 1: raise it in reconcile.yaml, "
        "or apply with --force.",
        last,
    ]
    assert (ran.code, ran.err) == (0 if command == "plan" else 2, "")
    (problem,) = tool(command, "-o", "json").document["problems"]
    assert (problem["code"], problem["severity"]) == ("guard", "warning")


def test_a_plan_that_a_guard_would_refuse_is_shown_with_it_in_every_report(tool: Tool, changed: Path) -> None:
    manifests(changed, release("one"), release("two"))
    guarded(changed, "{max_creates: 1}")
    assert tool("plan", "--out", "plan.json", "--detailed-exitcode").code == 2
    assert tool("show", "plan.json").out == tool("plan").out
    for format in ("markdown", "html", "github", "junit"):
        assert "max_creates allows 1" in tool("show", "plan.json", "-o", format).out


def test_a_plan_within_its_guards_says_nothing_of_them(tool: Tool, changed: Path) -> None:
    guarded(changed, "{max_creates: 0}")
    assert "refused" not in tool("plan").out


def test_force_lifts_a_guard_and_says_which(tool: Tool, changed: Path, wire: Wire) -> None:
    manifests(changed, release("one"), release("two"))
    guarded(changed, "{max_creates: 1}")
    ran = tool("apply", "--yes", "--force")
    assert (ran.code, len(wire.writes)) == (0, 2)
    assert "Forced: 2 objects created, max_creates allows 1" in ran.err


@FORMATS
@pytest.mark.parametrize("more", [[], ["--force"]])
def test_a_freeze_is_4_with_its_reason_and_force_does_not_lift_it(
    tool: Tool, changed: Path, wire: Wire, format: str, more: list[str]
) -> None:
    ran = tool("apply", "--yes", *more, "-o", format, RECONCILE_FREEZE="year end")
    assert (ran.code, wire.log) == (4, [])
    assert "Refused: frozen: year end" in ran.err


@FORMATS
@pytest.mark.parametrize("more", [[], ["--force"]])
def test_where_nothing_may_be_written_it_is_4_and_nothing_is_asked(
    tool: Tool, changed: Path, wire: Wire, format: str, more: list[str]
) -> None:
    ran = tool("apply", "--yes", *more, "-o", format, RECONCILE_READ_ONLY="1")
    assert (ran.code, wire.log) == (4, [])
    assert "Refused: nothing is written from here: RECONCILE_READ_ONLY is set" in ran.err
    if format == "json":
        assert refusal(ran) == ("read-only", "error")
    assert tool("plan", RECONCILE_READ_ONLY="1").code == 0
    assert tool("apply", "--yes", RECONCILE_READ_ONLY="0").code == 0


def test_a_freeze_stops_nothing_that_only_reads(tool: Tool, changed: Path) -> None:
    assert tool("plan", RECONCILE_FREEZE="x").code == 0
    assert tool("drift", RECONCILE_FREEZE="x").code == 2


def test_what_needs_something_that_failed_is_skipped_and_the_rest_is_done(
    tool: Tool, project: Path, wire: Wire
) -> None:
    later = release("later", metadata="dependsOn: [flexdeploy/Release/train]")
    manifests(project, NEW, later, release("other"))
    wire.fallbacks["PATCH"] = (400, {"message": "no"})
    ran = tool("apply", "--yes")
    assert ran.code == 3
    assert ran.last == "Apply: 1 done, 1 failed, 1 skipped, 0 unknown, 0 blocked."
    assert "skipped" in ran.out
    assert "needs flexdeploy/Release/train, which is failed" in ran.out


def test_the_record_of_an_apply_is_the_document_with_outcomes(tool: Tool, changed: Path) -> None:
    ran = tool("apply", "--yes", "--out", "record.json")
    record = json.loads((changed / "record.json").read_text())
    assert ran.code == 0
    (outcome,) = record["outcomes"]
    assert outcome.pop("seconds") >= 0
    assert outcome == {
        "address": "flexdeploy/Release/train",
        "status": "done",
        "detail": "",
        "requests_sent": 1,
        "result": {"releaseId": 12101},
    }


def test_the_json_document_of_an_apply_is_its_record(tool: Tool, changed: Path) -> None:
    ran = tool("apply", "--yes", "-o", "json", "--out", "record.json")
    assert json.loads((changed / "record.json").read_text()) == ran.document


def test_what_is_to_be_done_stands_before_what_became_of_it(tool: Tool, changed: Path) -> None:
    lines = tool("apply", "--yes").out.splitlines()
    assert lines[0].startswith("flexdeploy http://127.0.0.1:")
    assert lines[2].startswith("~ flexdeploy/Release/train  (train, 12101)  PATCH")
    assert "Plan: 0 to create, 1 to change, 0 to delete, 0 to run, 0 blocked." in lines
    assert lines[-1] == "Apply: 1 done, 0 failed, 0 skipped, 0 unknown, 0 blocked."


def test_the_journal_is_kept_and_holds_no_value(tool: Tool, changed: Path) -> None:
    tool("apply", "--yes")
    journal = (changed / ".reconcile" / "journal.jsonl").read_text()
    assert '"event": "intent"' in journal or '"event":"intent"' in journal
    assert "new" not in journal
    assert "canary" not in journal


def test_credentials_are_those_of_the_environment(tool: Tool, project: Path, wire: Wire) -> None:
    tool("plan")
    assert wire.authorizations == {"Basic bWU6Y2FuYXJ5LW9mLXRoZS1jbGk="}
