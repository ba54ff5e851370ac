"""Counts what a plan of what changed asks where objects are read one by one: as many requests as changed.

A plan of all of them asks for each, or for a list of all. The server is the sandbox, for runs the far one.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.far import PROJECT_FILE
from bench.far import RUN as SCHEDULE_RUN
from bench.far_server import PROJECT, WANTED, schedules
from bench.lists import SYSTEMS, asked, sandbox
from bench.measure import once
from bench.stage import Stage, commit, far_serving
from bench.table import Count

EACH = 40
"""Objects of a kind: more than are asked for by their names."""

CHANGED = ("--base", "HEAD", "--changed")
PINNED = """apiVersion: flexdeploy/v1
kind: Release
metadata: {{name: train-{n}, id: {id}}}
spec: {{releaseName: Train {n}, description: Before}}
"""
LINK = """apiVersion: katalon/v1
kind: ScheduleLink
metadata: {{name: link-{n}}}
spec: {{runConfigurationId: {id}, releaseId: 1}}
"""


def singly(folder: Path) -> list[Count]:
    """Return the requests of plans after one manifest of a kind changed, a kind after the other."""
    return [*_of_the_sandbox(folder / "sandbox"), *_of_runs(folder / "runs")]


def _of_the_sandbox(folder: Path) -> Iterator[Count]:
    folder.mkdir(parents=True)
    state = folder / "state.json"
    state.write_text(json.dumps(_state()))
    kinds = {
        "pinned FlexDeploy releases": ([PINNED.format(n=n, id=1_000 + n) for n in range(EACH)], "Before"),
        "Katalon schedule links": ([LINK.format(n=n, id=1 + n) for n in range(EACH)], "releaseId: 1"),
    }
    with sandbox(state, ()) as url:
        for name, (documents, before) in kinds.items():
            project = SYSTEMS.format(url=url, project=PROJECT)
            stage = _stage(folder / name.split()[-1], project, documents, url)
            _edit(stage, before)
            requests = -asked(url).total()
            once(stage.reconcile("plan", *CHANGED))
            requests += asked(url).total()
            yield Count(f"plan of one of {EACH} {name} that changed: requests", 1, requests)


def _of_runs(folder: Path) -> Iterator[Count]:
    documents = [SCHEDULE_RUN.format(n=n, rid=rid, at=WANTED) for n, rid in enumerate(schedules(EACH))]
    with far_serving(0, 0.0) as url:
        stage = _stage(folder, PROJECT_FILE.format(url=url, project=PROJECT), documents, url)
        _edit(stage, "08:00:00Z")
        once(stage.reconcile("plan", *CHANGED))
        count = stage.counts().total()
    yield Count(f"plan of one of {EACH} Foundry schedule runs that changed: requests", 1, count)


def _stage(folder: Path, project: str, documents: Iterable[str], url: str) -> Stage:
    """Return a project of these documents, a file each, that is committed."""
    (folder / "manifests").mkdir(parents=True)
    (folder / "reconcile.yaml").write_text(project)
    for number, document in enumerate(documents):
        (folder / "manifests" / f"{number:03}.yaml").write_text(document)
    commit(folder)
    return Stage(folder, url)


def _edit(stage: Stage, before: str) -> None:
    """Let the first manifest say something else."""
    file = stage.folder / "manifests" / "000.yaml"
    after = {"Before": "After", "releaseId: 1": "releaseId: 2", "08:00:00Z": "08:00:01Z"}[before]
    file.write_text(file.read_text().replace(before, after))
    shutil.rmtree(stage.folder / ".reconcile", ignore_errors=True)


def _state() -> Mapping[str, Mapping[str, Any]]:
    releases = [
        {"releaseId": 1_000 + n, "releaseName": f"Train {n}", "description": "Before"} for n in range(EACH)
    ]
    links = [
        {"id": 1 + n, "name": f"Schedule {n}", "projectId": PROJECT, "releaseId": 1} for n in range(EACH)
    ]
    linked = [{"id": n, "name": f"tests-{n}", "projectId": PROJECT} for n in (1, 2)]
    return {
        "flexdeploy": {"releases": releases},
        "katalon": {"releases": linked, "runConfigurations": links},
    }
