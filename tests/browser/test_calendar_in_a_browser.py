"""The calendar's page in Chromium: on a desk, in the dark, on a telephone, on paper, without scripts."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.browser.test_html_in_a_browser import needed
from tests.support.calendars import FREEZES, builds, calendar_at, project, run, train

from reconcile.reports.calendar import render_calendar

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the browser saw of two weeks with all there may be in them."""
    node, chromium, modules = needed()
    folder = Path(os.environ.get("PICTURES") or tmp_path_factory.mktemp("pictures"))
    manifests = [
        builds("nightly", "0 0 2 ? * MON-SAT"),
        builds("each-second", "* * * * * ?"),
        run(
            "uat",
            "2026-12-05T09:00:00Z",
            "2026-12-08T11:00:00Z",
            metadata=", dependsOn: [katalon/Release/train]",
        ),
        run("load-test-with-a-name-of-some-length.that-is-one-word", "2026-12-05T10:00:00Z"),
        train(last="2026-12-06"),
        *(builds(f"release-{number:02}", f"0 {number} 3 * * ?") for number in range(30)),
    ]
    more = (
        FREEZES
        + '  - {name: ever, schedule: "0 0 0 * * ?", duration: 1d, reason: ever, systems: [foundry]}\n'
    )
    found = calendar_at(project(tmp_path_factory.mktemp("project"), *manifests, more=more))
    page = folder / "calendar.html"
    page.write_text(render_calendar("html", found), encoding="utf-8")
    done = subprocess.run(
        [node, str(Path(__file__).with_name("calendar.mjs")), str(page), chromium, str(folder)],
        env={**os.environ, "NODE_MODULES": str(modules)},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    return {**seen, "entries": len(found.entries), "systems": len(found.systems)}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_system_has_its_line_of_time_and_nothing_is_drawn_outside_of_it(
    told: dict[str, Any], scheme: str
) -> None:
    seen = told[scheme]
    assert (seen["lines"], seen["rows"], seen["outside"]) == (told["systems"], told["entries"], [])
    assert seen["wide"] <= 1280


def test_axe_reports_nothing_in_light_in_dark_and_on_a_telephone(told: dict[str, Any]) -> None:
    assert [told[how]["axe"] for how in ("light", "dark", "narrow")] == [[], [], []]


def test_on_a_telephone_the_days_are_read_and_no_word_is_broken_inside(told: dict[str, Any]) -> None:
    seen = told["narrow"]
    assert (seen["lines"], seen["rows"], seen["broken"]) == (0, told["entries"], [])
    assert seen["wide"] <= 390


def test_on_paper_all_of_it_stands_within_the_page(told: dict[str, Any]) -> None:
    seen = told["paper"]
    assert (seen["lines"], seen["rows"], seen["outside"]) == (told["systems"], told["entries"], [])
    assert seen["wide"] <= 794


def test_there_is_no_script_and_nothing_is_asked_for(told: dict[str, Any]) -> None:
    assert told["light"]["scripts"] == 0
    assert told["plain"]["rows"] == told["entries"]
    assert (told["errors"], told["requests"]) == ([], [])
