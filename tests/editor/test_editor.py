"""What an editor shows of project files and manifests, asked of the language server that editors use.

`make editor` installs the server and runs this; elsewhere LANGUAGE_SERVER names its program.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from tests.editor.language_server import LanguageServer
from tests.integration.tool import run

ROOT = Path(__file__).parents[2]
SERVER = os.environ.get("LANGUAGE_SERVER", "")
NODE = shutil.which("node")
WITHOUT = {"yaml": {"validate": True, "completion": True, "schemaStore": {"enable": False}}}
"""The settings of an editor that looks at files alone, and asks no network."""

pytestmark = pytest.mark.skipif(not (NODE and SERVER), reason="needs node and LANGUAGE_SERVER: make editor")

TWO = """\
apiVersion: flexdeploy/v1
kind: Release
metadata: {name: a}
spec:
  releaseName: A
---
apiVersion: brpm/v1
kind: Run
metadata: {name: b}
spec:
  nme: B
---
apiVersion: flexdeploy/v1
kind: Run
metadata: {name: c}
"""


def editor(folder: Path, settings: dict[str, object] = WITHOUT) -> LanguageServer:
    """The server as an editor starts it in that folder."""
    assert NODE
    return LanguageServer([NODE, SERVER, "--stdio"], folder, settings)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """What a clone of a project has that `init` wrote: only what git keeps."""
    assert run("init", environment={}, folder=tmp_path).code == 0
    shutil.rmtree(tmp_path / ".reconcile", ignore_errors=True)
    return tmp_path


@pytest.fixture
def settings(project: Path) -> dict[str, object]:
    """The settings that `init` wrote, as the editor gives them to the server."""
    written = json.loads((project / ".vscode/settings.json").read_text("utf-8"))
    yaml = {name.removeprefix("yaml."): value for name, value in written.items()}
    return {"yaml": {**WITHOUT["yaml"], **yaml}}


def test_every_document_of_a_file_is_checked_in_a_fresh_clone(
    project: Path, settings: dict[str, object]
) -> None:
    file = project / "manifests/two.yaml"
    file.write_text(TWO, encoding="utf-8")
    with editor(project, settings) as server:
        found = server.problems(file)
    assert (11, "Property nme is not allowed.") in found
    assert 14 in {line for line, _ in found}, "a kind of another system"
    assert {line for line, _ in found} <= {7, 8, 9, 10, 11, 13, 14, 15}


def test_every_document_of_a_file_is_completed(project: Path, settings: dict[str, object]) -> None:
    file = project / "manifests/two.yaml"
    file.write_text(TWO.replace("releaseName: A", "p: A"), encoding="utf-8")
    with editor(project, settings) as server:
        assert server.problems(file) != []
        assert {"pipelineName", "description", "projects"} <= server.offered(file, 5, 3)
        assert {"plan_id", "state", "owner_id"} <= server.offered(file, 11, 3)


def test_what_init_writes_has_no_problem(project: Path) -> None:
    with editor(project) as server:
        for file in (project / "reconcile.yaml", project / "manifests/first-release.yaml"):
            assert server.problems(file) == []


PROJECT = """\
# yaml-language-server: $schema=schemas/project.schema.json
version: 1
systems:
  flexdeploy:
    url: https://a.example
    auth: {bearer: {env: A}}
    options: {hiden: [properties]}
  east:
    type: katalon
    url: https://b.example
    auth: {apiKey: literal}
    options:
      projectId: text
      
environments:
  staging:
    systems: {flexdeploy: {options: {hidden: [all]}}}
guards: {max_delete: 3}
"""


def test_auth_and_options_of_each_type_are_checked_and_completed(project: Path) -> None:
    file = project / "reconcile.yaml"
    file.write_text(PROJECT, encoding="utf-8")
    with editor(project) as server:
        found = server.problems(file)
        offered = server.offered(file, 14, 7)
    assert {line for line, _ in found} == {6, 7, 11, 13, 17, 18}, found
    assert (6, "Property bearer is not allowed.") in found
    assert (7, "Property hiden is not allowed.") in found
    assert "paramStyle" in offered


EXAMPLES = [
    file
    for file in sorted((ROOT / "examples").rglob("*.yaml"))
    if "yaml-language-server" in file.read_text("utf-8")
]


def test_every_document_of_the_examples_is_checked_where_this_repository_is_cloned(tmp_path: Path) -> None:
    for folder in ("examples", "schema"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns(".reconcile"))
    files = [tmp_path / file.relative_to(ROOT) for file in EXAMPLES]
    with editor(tmp_path) as server:
        assert {str(file): server.problems(file) for file in files} == {str(file): [] for file in files}
        for file in files:
            text = file.read_text("utf-8")
            broken, times = re.subn(r"^(version: 1|kind: \w+)$", r"\1\nnope: 1", text, flags=re.MULTILINE)
            other = file.with_name(f"broken-{file.name}")
            other.write_text(broken, encoding="utf-8")
            messages = [words for _, words in server.problems(other)]
            assert messages.count("Property nope is not allowed.") == times, file
