"""Writes an estate of N FlexDeploy releases: manifests in 100 files, and the live list as the API has it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

PIPELINES = ("Test Pipeline", "Simple Pipeline", "Nightly Pipeline")
FILES = 100


def main() -> None:
    """`estate.py N FOLDER URL [PERCENT]`: PERCENT of the live releases were changed by hand."""
    count, folder, url = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    percent = float(sys.argv[4]) if len(sys.argv) > 4 else 0.0
    (folder / "manifests").mkdir(parents=True, exist_ok=True)
    (folder / "reconcile.yaml").write_text(project(url))
    files = min(FILES, count)
    for index in range(files):
        text = "---\n".join(manifest(n) for n in range(index, count, files))
        (folder / "manifests" / f"{index:03}.yaml").write_text(text)
    every = round(100 / percent) if percent else 0
    rows = [live(n, changed=bool(every) and n % every == 0) for n in range(count)]
    (folder / "live.json").write_text(json.dumps(rows))


def project(url: str) -> str:
    """The project file; the password is the sandbox's."""
    auth = "{basic: {username: demo, password: {env: BENCH_PASSWORD}}}"
    return f"version: 1\nsystems:\n  flexdeploy:\n    url: {url}/flexdeploy/rest/v1\n    auth: {auth}\n"


def manifest(n: int) -> str:
    """One document of 16 lines with 3 projects, as the measurements of the reference have it."""
    lines = [
        "apiVersion: flexdeploy/v1",
        "kind: Release",
        f"metadata: {{name: release-{n:06}}}",
        "spec:",
        f"  releaseName: release-{n:06}",
        f"  description: Nightly rollout {n} of the payments stack",
        f"  pipelineName: {PIPELINES[n % 3]}",
        "  scheduleBuildExpression: 0 0 2 ? * MON-FRI",
        "  projects:",
    ]
    for project in range(3):
        lines += [f"  - projectId: {10000 + project}", f"    projectStreamId: {20000 + n % 7}"]
    return "\n".join([*lines, f"    priority: {1 + n % 4}"]) + "\n"


def live(n: int, *, changed: bool) -> dict[str, Any]:
    """The release as the list shows it, with what the server fills in."""
    return {
        "releaseId": 100000 + n,
        "releaseName": f"release-{n:06}",
        "description": f"Nightly rollout {n} of the payments stack" + (" (by hand)" if changed else ""),
        "pipelineId": 10004 + n % 3,
        "pipelineName": PIPELINES[n % 3],
        "startDate": "2026-02-05",
        "endDate": None,
        "scheduleBuildExpression": "0 0 2 ? * MON-FRI",
        "releaseStatus": "NOTSTARTED",
        "projects": [entry(n, project) for project in range(3)],
        "properties": [],
        "cmsDetails": None,
    }


def entry(n: int, project: int) -> dict[str, Any]:
    """One project's place."""
    return {
        "priority": 1 + n % 4 if project == 2 else 1,
        "projectId": 10000 + project,
        "packageName": None,
        "projectName": f"REST Project {project}",
        "requestAllFiles": False,
        "applicationPath": "FlexDeploy/REST",
        "buildEnvironmentId": 21212,
        "projectStreamId": 20000 + n % 7,
        "projectGroups": None,
    }


if __name__ == "__main__":
    main()
