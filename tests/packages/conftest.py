"""A tracker's server, a project of it, and the tool, for each test of what a package's kinds need."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support import tracker
from tests.support.commands import Tool
from tests.support.projects import written

from reconcile.systems import registered


@pytest.fixture
def server() -> Iterator[tracker.Server]:
    """A tracker without any object, whose type is known for the test."""
    with tracker.served() as server, registered(tracker.TRACKER):
        yield server


@pytest.fixture
def folder(tmp_path: Path, server: tracker.Server) -> Path:
    """A project of the tracker, without manifests."""
    return written(tmp_path / "project", {"reconcile.yaml": tracker.CONFIG.format(url=server.url)})


@pytest.fixture
def tool(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tool:
    """The tool in the project's folder."""
    return Tool(folder, monkeypatch, capsys)
