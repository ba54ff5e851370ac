"""Projects on disk for tests: their files written, read and loaded, their problems as the lines users see."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from tests.support.lamps import LAMPS

from reconcile.manifests import Loaded, Outside, load
from reconcile.model import Json, Problem
from reconcile.project import FILE, Project, read_project
from reconcile.provider import Catalogue
from reconcile.systems import Installed

PROJECT = """\
version: 1
systems:
  flexdeploy:
    url: https://deploy.example.com/flexdeploy/rest/v1
    auth: {basic: {username: {env: FD_USER}, password: {env: FD_PASSWORD}}}
"""
ENVIRONMENTS = f"{PROJECT}environments: {{staging: {{}}, production: {{}}}}\n"
CATALOGUE: Catalogue = {"flexdeploy": Installed()["flexdeploy"], "lamps": LAMPS}
"""Two types of system: what a misspelled one is compared with does not depend on what else there is."""


def release(name: str, spec: str = "{}", metadata: str = "") -> str:
    """A manifest whose spec stands on its fourth line, in flow style."""
    more = f", {metadata}" if metadata else ""
    return f"apiVersion: flexdeploy/v1\nkind: Release\nmetadata: {{name: {name}{more}}}\nspec: {spec}\n"


def written(root: Path, files: Mapping[str, str]) -> Path:
    """`root` with these files in it; a project file is added where none is given."""
    for name, text in {FILE: PROJECT, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    (root / "manifests").mkdir(exist_ok=True)
    return root


def read(
    root: Path, environment: str | None = None, catalogue: Catalogue = CATALOGUE
) -> tuple[Project | None, tuple[Problem, ...]]:
    """The project in `root`, or its problems."""
    return read_project((root / FILE).read_bytes(), root, catalogue, environment)


def loaded(
    root: Path,
    environment: str | None = None,
    *,
    secrets: frozenset[str] | None = None,
    variables: Mapping[str, Json] | None = None,
    catalogue: Catalogue = CATALOGUE,
) -> Loaded:
    """What the manifests in `root` declare; the project file must be in order."""
    project, problems = read(root, environment, catalogue)
    assert project is not None, problems
    return load(project, catalogue, Outside(secrets, variables or {}))


def lines(problems: tuple[Problem, ...]) -> list[str]:
    """The problems as a user sees them."""
    return [str(problem) for problem in problems]
