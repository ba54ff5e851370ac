"""A project, a server and the tool, for each test of the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.commands import Tool
from tests.support.http import Wire, served
from tests.support.locked import Place
from tests.support.projects import release, written
from tests.support.servers import EMPTY

PROJECT = """\
version: 1
systems:
  flexdeploy:
    url: {url}
    auth: {{basic: {{username: {{env: FD_USER}}, password: {{env: FD_PASSWORD}}}}}}
"""


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tool:
    """The tool in an empty folder."""
    return Tool(tmp_path, monkeypatch, capsys)


@pytest.fixture
def wire() -> Iterator[Wire]:
    """A server with one release, `train`."""
    with served({"releaseId": 12101, "releaseName": "train", **EMPTY, "description": "old"}) as wire:
        yield wire


@pytest.fixture
def project(tmp_path: Path, wire: Wire) -> Path:
    """A project of two manifests: `train`, as it is live, and nothing else that differs."""
    files = {
        "reconcile.yaml": PROJECT.format(url=wire.url),
        "manifests/train.yaml": release("train", "{description: old}"),
    }
    return written(tmp_path, files)


@pytest.fixture
def place(tmp_path: Path, wire: Wire) -> Place:
    """A clone with a lock at its remote, and a change to apply."""
    return Place(tmp_path / "clone", wire)


@pytest.fixture
def run(place: Place, tool: Tool) -> Tool:
    """The tool in that clone."""
    tool.folder = place.folder
    return tool
