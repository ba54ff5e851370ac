"""Formats and reports of a run: several from one, and none changes how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from tests.support.commands import Tool
from tests.support.http import Wire
from tests.support.projects import release, written

from reconcile.reports.formats import FORMATS

NEW = release("train", "{description: new}")
EVERY = pytest.mark.parametrize("format", FORMATS)


def manifest(project: Path, text: str) -> None:
    (project / "manifests" / "train.yaml").write_text(text)


@EVERY
@pytest.mark.parametrize(
    ("text", "command", "code"),
    [
        (NEW, "plan", 0),
        (NEW, "drift", 2),
        (release("train", "{nope: 1}"), "drift", 1),
        (NEW, "apply --yes", 0),
    ],
)
def test_the_exit_code_does_not_depend_on_the_format(
    tool: Tool, project: Path, text: str, command: str, code: int, format: str
) -> None:
    manifest(project, text)
    ran = tool(*command.split(), "-o", format)
    assert ran.code == code
    assert bool(ran.out) == (format != "text" or code != 1)


def test_one_run_writes_every_report(tool: Tool, project: Path) -> None:
    manifest(project, NEW)
    asked = [word for name in FORMATS for word in ("--report", f"{name}=plan.{name}")]
    ran = tool("plan", *asked)
    assert ran.code == 0
    assert ran.out == (project / "plan.text").read_text()
    for name in FORMATS:
        kept, again = (project / f"plan.{name}").read_text(), tool("show", "plan.json", "-o", name).out
        assert kept == again if name != "json" else json.loads(kept) == json.loads(again)


def test_an_apply_keeps_its_record_in_every_report_that_was_asked_for(tool: Tool, project: Path) -> None:
    manifest(project, NEW)
    ran = tool("apply", "--yes", "--report", "junit=a.xml", "--report", "markdown=a.md")
    assert ran.out.endswith("Apply: 1 done, 0 failed, 0 skipped, 0 unknown, 0 blocked.\n")
    (suite,) = Xml.fromstring((project / "a.xml").read_text())  # noqa: S314
    assert (suite.get("tests"), suite.get("failures")) == ("1", "0")
    assert "### Apply: 1 done, " in (project / "a.md").read_text()


@EVERY
def test_a_run_that_fails_writes_its_reports_too(tool: Tool, project: Path, format: str) -> None:
    manifest(project, release("train", "{descripton: x}"))
    ran = tool("plan", "--report", f"{format}=out")
    text = (project / "out").read_text()
    assert ran.code == 1
    assert "unknown-field" in text or json.loads(text) == {"create": 0, "update": 0, "delete": 0}


@pytest.mark.parametrize(
    "given", ["pdf=a", "markdown", "markdown=", "=a", "markdown=nowhere/a.md"], ids=lambda given: given
)
def test_a_report_in_no_format_or_no_folder_is_64_before_anything_is_asked(
    tool: Tool, project: Path, wire: Wire, given: str
) -> None:
    ran = tool("plan", "--report", given)
    assert (ran.code, wire.log) == (64, [])


def test_a_budget_that_nothing_fits_is_64(tool: Tool, project: Path) -> None:
    assert tool("plan", "-o", "markdown", "--max-chars", "999").code == 64
    assert len(tool("plan", "-o", "markdown", "--max-chars", "1500").out) <= 1_500


@EVERY
def test_a_mistake_in_the_command_line_is_a_document_of_the_format_too(tool: Tool, format: str) -> None:
    ran = tool("plan", "--nope", "-o", format)
    assert ran.code == 64
    assert ("usage" in ran.out) == (format not in {"text", "terraform-report"})
    assert bool(ran.out) == (format != "text")


def test_annotations_name_files_as_they_are_seen_from_where_the_command_ran(
    tool: Tool, project: Path
) -> None:
    files = {
        "sub/reconcile.yaml": (project / "reconcile.yaml").read_text(),
        "sub/manifests/train.yaml": NEW,
    }
    written(project, files)
    assert "file=sub/manifests/train.yaml,line=" in tool("plan", "-C", "sub", "-o", "github").out


def test_validate_annotates_its_problems(tool: Tool, project: Path) -> None:
    manifest(project, release("train", "{descripton: x}"))
    ran = tool("validate", "-o", "github")
    assert ran.code == 1
    assert ran.out.startswith("::error file=manifests/train.yaml,line=4,col=8,title=reconcile%3A problem::")


def test_drift_counts_the_live_objects_that_nobody_manages(tool: Tool, project: Path, wire: Wire) -> None:
    other = {**wire.releases.rows[12101], "releaseName": "other", "releaseId": 7}
    wire.releases.rows |= {7: other, 8: {**other, "releaseId": 8, "releaseName": "another"}}
    ran = tool("drift", "--report", "json=drift.json")
    assert ran.code == 0
    assert ran.out.splitlines()[-2:] == [
        "2 live objects are managed by no manifest: 2 flexdeploy/Release.",
        "No drift.",
    ]
    whole = json.loads((project / "drift.json").read_text())
    assert (whole["summary"]["unmanaged"], whole["unmanaged"]) == (2, {"flexdeploy/Release": 2})
    assert tool("show", "drift.json").out == ran.out


def test_a_plan_does_not_count_them_and_neither_does_drift_of_a_part(tool: Tool, project: Path) -> None:
    (project / "manifests" / "more.yaml").write_text(release("more"))
    assert tool("plan", "-o", "json").document["summary"]["unmanaged"] is None
    part = tool("drift", "-o", "json", "--target", "flexdeploy/Release/train")
    assert part.document["summary"]["unmanaged"] is None
