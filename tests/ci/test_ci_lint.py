"""Each linter reads what it is for; one that is not installed fails the test, as a finding does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from tests.support.checkout import ROOT

HERE = Path(sys.executable).parent
WORKFLOWS = sorted([*(ROOT / "ci/github").glob("*.yml"), *(ROOT / ".github/workflows").glob("*.yml")])
SCRIPTS = sorted((ROOT / "ci/scripts").glob("*.sh"))
SOURCED = {"common.sh", "github.sh", "gitlab.sh"}
GITLAB = sorted((ROOT / "ci/gitlab").glob("*.yml"))
TEMPLATES = ROOT / "src/reconcile/templates"


def lint(tool: str, *arguments: str | Path) -> None:
    """Runs a linter of the dev extra; what it finds is the failure's message."""
    program = shutil.which(tool, path=os.pathsep.join((str(HERE), os.environ["PATH"])))
    assert program, f"{tool} is missing: pip install -e '.[dev]'"
    done = subprocess.run(
        [program, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_actionlint_finds_nothing_in_the_workflows_and_in_what_init_writes() -> None:
    lint("actionlint", "-shellcheck", HERE / "shellcheck", *WORKFLOWS, TEMPLATES / "github.yml")


def test_zizmor_finds_nothing_in_the_action_the_workflows_and_what_init_writes() -> None:
    lint(
        "zizmor",
        "--offline",
        "--no-config",
        "--no-progress",
        "--persona=pedantic",
        "--strict-collection",
        ROOT / "action.yml",
        *WORKFLOWS,
        TEMPLATES / "github.yml",
    )


def test_zizmor_finds_nothing_in_the_hook() -> None:
    lint("zizmor", "--offline", "--no-config", "--collect=pre-commit", ROOT / ".pre-commit-hooks.yaml")


def test_shellcheck_finds_nothing_in_the_scripts() -> None:
    lint("shellcheck", "--external-sources", "--enable=check-set-e-suppressed", *SCRIPTS)


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    lint("hadolint", "--no-color", ROOT / "Dockerfile")


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-actions", [ROOT / "action.yml"]),
        ("vendor.github-workflows", [*WORKFLOWS, TEMPLATES / "github.yml"]),
        ("vendor.gitlab-ci", [*GITLAB, TEMPLATES / "gitlab-ci.yml"]),
    ],
)
def test_the_vendors_schemas_take_the_files(schema: str, files: list[Path]) -> None:
    lint("check-jsonschema", "--builtin-schema", schema, *files)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_stops_at_the_first_error(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    if script.name in SOURCED:
        assert text.startswith("# shellcheck shell=bash")
        return
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "\nset -euo pipefail\n" in text
    assert os.access(script, os.X_OK)


@pytest.mark.parametrize("file", sorted((ROOT / "ci/kubernetes").glob("*.yaml")), ids=lambda path: path.name)
def test_kubernetes_manifests_are_yaml(file: Path) -> None:
    assert yaml.safe_load(file.read_text(encoding="utf-8"))["kind"]
