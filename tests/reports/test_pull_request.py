"""The example of a pull request: what it writes is what is committed beside it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from reconcile.reports.formats import FORMATS

EXAMPLE = Path(__file__).parents[2] / "examples" / "pull-request"
FILES = [path.name for path in sorted((EXAMPLE / "reports").iterdir())]


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports")
    command = [sys.executable, str(EXAMPLE / "run.py"), "--to", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    if os.environ.get("UPDATE"):
        for file in folder.iterdir():
            (EXAMPLE / "reports" / file.name).write_text(file.read_text("utf-8"), "utf-8")
    return folder


def normal(text: str) -> str:
    """The report without what no two runs share: time, commits, port, version, seal and nights."""
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", "INSTANT", text)
    text = re.sub(r"(?:Mon|Tue|Wed|Thu|Fri) \d{4}-\d\d-\d\d \d\d:\d\d", "NIGHT", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ(?=[\"<])(?!\"\})", "TIME", text)
    text = re.sub(r"127\.0\.0\.1:\d+", "HOST", text)
    text = re.sub(r'("tool_version": )"[^"]*"', r"\1VERSION", text)
    text = re.sub(r'("seal": )"[^"]*"', r"\1SEAL", text)  # of the next firings too
    text = re.sub(r"\([0-9a-f]{7}\)", "(SHORT)", text)
    return re.sub(r"\b[0-9a-f]{40}\b|(?<=<dd>)[0-9a-f]{12}\b", "OID", text)


def test_there_is_a_report_of_each_format(reports: Path) -> None:
    assert len(FILES) == len(FORMATS) + 1, "and the text of what the branch changed"
    assert sorted(path.name for path in reports.iterdir()) == FILES


@pytest.mark.parametrize("name", FILES)
def test_what_the_example_writes_is_what_is_committed(reports: Path, name: str) -> None:
    now, then = (folder.joinpath(name).read_text("utf-8") for folder in (reports, EXAMPLE / "reports"))
    assert normal(now) == normal(then), "UPDATE=1 takes the new one"
