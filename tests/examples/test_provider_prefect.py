"""The example of a package: installed next to the tool, it is a system like any other and passes the laws."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.interpreters import Interpreter, interpreter

PACKAGE = Path(__file__).parents[2] / "examples/provider-prefect"
KEY = {"PREFECT_API_KEY": "any"}


@pytest.fixture
def python(tmp_path: Path) -> Interpreter:
    """A fresh environment in which the package is installed as pip would."""
    made = interpreter(tmp_path / "python")
    source = PACKAGE / "src/reconcile_prefect"
    files = {f"reconcile_prefect/{file.name}": file.read_text("utf-8") for file in source.glob("*.py")}
    made.install("reconcile-prefect", files, {"prefect": "reconcile_prefect:SYSTEM"}, "0.1.0")
    return made


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The server that plays recorded answers, with a deployment."""
    monkeypatch.syspath_prepend(PACKAGE / "tests")
    import played as module

    with module.playing() as (url, server):
        module.deployed(url, "etl", "prod")
        yield url, server
    for name in ("played", "recording"):
        sys.modules.pop(name, None)


@pytest.fixture
def project(tmp_path: Path, played: Any) -> Path:
    folder = tmp_path / "project"
    shutil.copytree(PACKAGE / "project", folder)
    file = folder / "reconcile.yaml"
    file.write_text(file.read_text().replace("http://127.0.0.1:4200/api", played[0]))
    return folder


def test_it_plans_applies_drifts_exports_and_deletes(python: Interpreter, project: Path, played: Any) -> None:
    _, server = played

    def said(*words: str, code: int = 0) -> str:
        return "\n".join(python.run(*words, cwd=project, code=code, **KEY))

    assert "reconcile-prefect 0.1.0" in said("systems")
    assert "3 resources" in said("validate")
    assert "Plan: 3 to create, 0 to change" in said("plan")
    assert server.writes == ["POST /flows/", "POST /deployments/"]
    assert "Apply: 3 done" in said("apply", "--yes")
    assert "No changes." in said("plan", "--detailed-exitcode")
    (pool,), (deployment,) = server.pools, server.deployments
    assert (pool["type"], pool["concurrency_limit"]) == ("kubernetes", 5)
    assert sorted(row["slug"] for row in deployment["schedules"]) == ["hourly", "nightly"]

    pool["concurrency_limit"] = 50
    deployment["schedules"][0]["active"] = not deployment["schedules"][0]["active"]
    sent = len(server.writes)
    drifted = said("drift", code=2)
    assert "concurrency_limit live 50, wanted 5" in " ".join(drifted.split())
    assert "Drift: 2 objects differ, 0 known" in drifted
    assert len(server.writes) == sent
    assert "Apply: 2 done" in said("apply", "--yes")
    assert "No drift." in said("drift")

    said("export", "--to", "exported")
    (project / "manifests/nightly.yaml").unlink()
    for file in (project / "exported").rglob("*.yaml"):
        shutil.copy(file, project / "manifests" / f"{file.parent.name}-{file.name}")
    assert "No changes." in said("plan", "--detailed-exitcode")
    assert f"{deployment['id']}  etl/prod" in said("find", "prefect/DeploymentSchedule.deployment_id")

    for file in (project / "manifests").glob("*.yaml"):
        file.write_text(file.read_text().replace("metadata:\n", "metadata:\n  absent: true\n"))
    assert "Apply: 3 done" in said("apply", "--yes", "--prune")
    assert (server.pools, deployment["schedules"]) == ([], [])
    assert "No changes." in said("plan", "--detailed-exitcode")


def test_what_it_refuses_is_told_offline_with_its_line(python: Interpreter, project: Path) -> None:
    file = project / "manifests/nightly.yaml"
    text = file.read_text().replace("{interval: 3600}", "{interval: 3600, cron: 0 2 * * *}")
    file.write_text(text.replace("timezone: Europe/Berlin", "timezone: Europe/Berln"))
    told = python.run("validate", cwd=project, code=1)[1]
    assert "did you mean `Europe/Berlin`?" in told
    assert (
        "manifests/nightly.yaml:23:3: `schedule` takes cron, interval or rrule, one of them [union]" in told
    )


def test_a_pool_of_another_type_is_blocked_with_what_to_do(
    python: Interpreter, project: Path, played: Any
) -> None:
    python.run("apply", "--yes", cwd=project, **KEY)
    file = project / "manifests/nightly.yaml"
    file.write_text(file.read_text().replace("type: kubernetes", "type: docker"))
    told = python.run("plan", cwd=project, **KEY)[0]
    assert "make another pool of that type, and move the deployments there" in told
    assert "1 blocked" in told


def test_it_passes_the_laws_and_its_server_plays_what_was_recorded(
    python: Interpreter, tmp_path: Path
) -> None:
    shutil.copytree(PACKAGE / "tests", tmp_path / "tests")
    shutil.copy(PACKAGE / "pyproject.toml", tmp_path)
    passed = python.run("-q", "-p", "no:cacheprovider", cwd=tmp_path, module="pytest")[0]
    assert "passed" in passed
    assert "failed" not in passed
