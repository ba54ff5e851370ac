"""`reconcile calendar`: what is printed where, offline, with no secret in any of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from icalendar import Calendar
from tests.support.calendars import FREEZES, builds, project, run, train
from tests.support.commands import Tool
from tests.support.history import History
from tests.support.projects import release

FORMATS = ("text", "json", "ics", "html")
FROM = ("calendar", "--from", "2026-12-01")
CANARY = "canary-7f3a91"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project none of whose credentials is there."""
    manifests = (builds("nightly", "0 0 2 ? * MON-FRI"), run("uat", "2026-12-05T09:00:00Z"), train())
    return project(tmp_path, *manifests, more=FREEZES)


@pytest.mark.parametrize("format", FORMATS)
def test_it_needs_no_credential_and_no_network_whatever_the_operator_allows(
    tool: Tool, folder: Path, format: str
) -> None:
    outside = {"CI": "true", "RECONCILE_SECRETS": "", "RECONCILE_ORIGINS": "https://elsewhere.example"}
    ran = tool(*FROM, "-o", format, FD_USER="", FD_PASSWORD="", RECONCILE_READ_ONLY="1", **outside)
    assert (ran.code, ran.err) == (0, "")
    assert "nightly" in ran.out
    assert tool(*FROM, "-o", format).out == ran.out


@pytest.mark.parametrize("format", FORMATS)
def test_no_secret_stands_in_any_format(tool: Tool, folder: Path, format: str) -> None:
    spec = (
        "{description: {env: CANARY}, scheduleBuildExpression: {env: WHEN}, "
        "properties: [{propertyName: PASSWORD, propertyValue: plain-secret}]}"
    )
    text = release("quiet", spec)
    (folder / "manifests/quiet.yaml").write_text(text)
    ran = tool(*FROM, "-o", format, CANARY=CANARY, WHEN="0 17 4 ? * TUE")
    assert ran.code == 0
    assert "flexdeploy/Release/quiet fires at times that cannot be told" in ran.err
    for secret in (CANARY, "17 4 ? * TUE", "T04:17", "plain-secret"):
        assert secret not in ran.out + ran.err
    assert "quiet" not in ran.out


@pytest.mark.parametrize("format", FORMATS)
def test_where_the_manifests_are_not_in_order_there_is_no_calendar(
    tool: Tool, folder: Path, format: str
) -> None:
    (folder / "manifests/b.yaml").write_text("a: [")
    ran = tool(*FROM, "-o", format)
    assert ran.code == 1
    assert "manifests/b.yaml:1:5" in ran.err
    assert "nightly" not in ran.out
    if format in ("text", "ics"):
        assert ran.out == ""
    if format == "json":
        assert [problem["code"] for problem in ran.document["problems"]] == ["yaml-syntax"]


def test_quiet_is_the_last_line_and_what_fires_in_a_freeze_is_said_once(tool: Tool, folder: Path) -> None:
    ran = tool(*FROM, "--days", "5", "-q")
    last = "Calendar: 4 firings, 1 run, 1 release, 0 requested, 1 freeze, 1 in collision."
    assert (ran.code, ran.out, ran.err) == (0, f"{last}\n", "")
    assert tool(*FROM, "--days", "5").last == last


def test_an_environment_is_chosen_by_the_flag_or_by_the_variable(tool: Tool, folder: Path) -> None:
    file = folder / "reconcile.yaml"
    file.write_text(file.read_text() + "environments: {staging: {}, production: {}}\n")
    bare = tool(*FROM)
    assert (bare.code, bare.out) == (1, "")
    assert "write --env with one of staging, production [which-environment]" in bare.err
    assert tool(*FROM, "--env", "staging").out == tool(*FROM, RECONCILE_ENV="staging").out


def test_a_flag_that_says_the_same_twice_is_usage(tool: Tool, folder: Path) -> None:
    for words in (("--days", "2", "--next", "3"), ("--from", "soon"), ("-o", "yaml"), ("--base", "main")):
        ran = tool("calendar", *words)
        assert (ran.code, ran.out) == (64, ""), ran


def test_what_is_learned_of_unchanged_files_is_kept_and_no_cache_does_without(
    tool: Tool, folder: Path
) -> None:
    History(folder).commit()
    assert tool(*FROM, "--no-cache").code == 0
    assert not (folder / ".reconcile/cache").exists()
    first, again = tool(*FROM), tool(*FROM)
    assert any((folder / ".reconcile/cache").iterdir())
    assert first.out == again.out == tool(*FROM, "--no-cache").out


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
@pytest.mark.parametrize("format", FORMATS)
def test_whatever_standard_output_takes_what_programs_read_can_be_read(
    folder: Path, encoding: str, format: str
) -> None:
    (folder / "manifests/b.yaml").write_text(
        train().replace("name: train", "name: gruen").replace("{start", "{name: Größe Žluťoučký, start"),
        encoding="utf-8",
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RECONCILE_")}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "reconcile", *FROM, "-o", format],
        cwd=folder,
        env={**kept, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        capture_output=True,
        check=True,
    )
    if format == "ics":
        names = [str(event["summary"]) for event in Calendar.from_ical(done.stdout).walk("VEVENT")]
        assert "Release: Größe Žluťoučký" in names
        assert b"\r\r\n" not in done.stdout
    elif format == "json":
        named = {entry["name"] for entry in json.loads(done.stdout.decode(encoding))["entries"]}
        assert "Größe Žluťoučký" in named
    else:
        assert "gruen" in done.stdout.decode("utf-8" if encoding == "ascii" else encoding)
