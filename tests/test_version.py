"""The version that the tool says is the one that the changelog tells about, and that its CI files install."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reconcile.version import VERSION

ROOT = Path(__file__).resolve().parents[1]
INSTALLED = re.compile(r"reconcile(?:\.git@v|:)(\d+\.\d+\.\d+)")
FILES = sorted(
    path
    for folder in ("ci", "src/reconcile/templates", "docs")
    for path in (ROOT / folder).rglob("*")
    if path.is_file() and path.suffix not in {".pyc", ".png"} and INSTALLED.search(path.read_text("utf-8"))
)


def test_the_newest_version_of_the_changelog_is_the_tools_own() -> None:
    told = re.findall(r"^## (\d+\.\d+\.\d+) ", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert told[0] == VERSION


def test_there_are_files_that_install_the_tool() -> None:
    assert len(FILES) >= 9


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_installs_the_tool_installs_this_version(path: Path) -> None:
    assert set(INSTALLED.findall(path.read_text("utf-8"))) == {VERSION}
