"""The HTML report in headless Chromium: what somebody on call does, by keyboard alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.support.estate import CONFLICT, estate

from reconcile.reports.formats import render

pytestmark = pytest.mark.browser
MUST = bool(os.environ.get("BROWSER"))
"""`make browser` sets it: there, what is missing fails."""


def needed() -> tuple[str, str, Path]:
    """Node, Chromium, and the folder with playwright-core and axe-core; skips where one is missing."""
    node, chromium = shutil.which("node"), shutil.which("chromium") or shutil.which("google-chrome")
    modules = Path(os.environ.get("NODE_MODULES", ".venv/browser/node_modules")).absolute()
    if node is None or chromium is None or not (modules / "playwright-core").is_dir():
        message = "needs node, chromium and playwright-core: make browser"
        if MUST:
            pytest.fail(message)
        pytest.skip(message)
    return node, chromium, modules


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the browser saw of a plan of 5,000 operations."""
    node, chromium, modules = needed()
    folder = Path(os.environ.get("PICTURES") or tmp_path_factory.mktemp("pictures"))
    page = folder / "plan.html"
    page.write_text(render("html", estate(5_000)), encoding="utf-8")
    done = subprocess.run(
        [node, str(Path(__file__).with_name("check.mjs")), str(page), chromium, str(folder)],
        env={**os.environ, "NODE_MODULES": str(modules)},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_one_conflict_is_found_in_two_actions(told: dict[str, Any]) -> None:
    (row,) = told["conflict"]["rows"]
    assert row[0] == f"flexdeploy/Release/train-{CONFLICT // 4:04}"
    assert row[3:6] == ['"by hand, last night"', '"as reviewed"', "conflict"]
    assert told["conflict"]["actions"] <= 3


def test_katalon_alone_is_shown_in_three_actions(told: dict[str, Any]) -> None:
    assert told["katalon"]["actions"] <= 3
    assert all(row[0].startswith("katalon/") for row in told["katalon"]["rows"])
    assert told["katalon"]["count"] == "Rows 1 to 500 of 1250 (5002 in all)"


def test_before_and_after_of_a_field_are_read_in_two_actions(told: dict[str, Any]) -> None:
    assert told["field"]["actions"] <= 3
    (row,) = told["field"]["rows"]
    assert row[:5] == [
        "katalon/ScheduleLink/train-0601",
        "update",
        "releaseId",
        '"live 2405"',
        '"wanted 2405"',
    ]
    assert row[6] == "manifests/katalon.yaml:6014"


def test_at_most_500_rows_are_in_the_document(told: dict[str, Any]) -> None:
    assert told["most"] == 500
    assert told["start"]["count"] == "Rows 1 to 500 of 5002"
    assert told["turned"]["count"] == "Rows 501 to 1000 of 5002"


def test_axe_reports_nothing_in_light_in_dark_and_on_a_telephone(told: dict[str, Any]) -> None:
    assert told["axe"] == {"light": [], "dark": [], "narrow": []}
    assert told["wide"] <= 390


def test_on_a_telephone_no_word_is_broken_inside_and_the_order_is_told_in_words(told: dict[str, Any]) -> None:
    assert told["broken"] == []
    assert told["order"]
    assert told["wide"] <= 390


def test_the_page_breaks_no_rule_of_its_policy_and_asks_for_nothing(told: dict[str, Any]) -> None:
    assert told["errors"] == []
    assert told["requests"] == []


def test_without_its_script_the_page_shows_500_rows_and_says_how_many_there_are(told: dict[str, Any]) -> None:
    assert told["plain"]["rows"] == 500
    assert "of 5002" in told["plain"]["count"]
    assert not told["plain"]["filters"]
