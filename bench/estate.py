"""Writes an estate of N FlexDeploy releases: manifests in some files, and the live list as the API has it.

`python -m bench.estate FOLDER COUNT [--files N] [--percent P]`; the project file is `attach`'s, since it
holds the server's address.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PIPELINES = ("Test Pipeline", "Simple Pipeline", "Nightly Pipeline")
SCHEDULE = "0 0 2 ? * MON-FRI"
FILES = 100
LIVE = "live.json"


def main() -> None:
    """Write what the command line asks for."""
    asks = argparse.ArgumentParser(prog="python -m bench.estate")
    asks.add_argument("folder", type=Path)
    asks.add_argument("count", type=int)
    asks.add_argument("--files", type=int, default=FILES)
    asks.add_argument("--percent", type=float, default=0.0, help="of the live releases were changed by hand")
    given = asks.parse_args()
    write(given.folder, given.count, given.files, given.percent)


def write(folder: Path, count: int, files: int = FILES, percent: float = 0.0) -> None:
    """Write manifests of `count` releases into at most `files` files, and LIVE with `percent` changed."""
    (folder / "manifests").mkdir(parents=True, exist_ok=True)
    files = min(files, count)
    for index in range(files):
        text = "---\n".join(manifest(n) for n in range(index, count, files))
        (folder / "manifests" / f"{index:06}.yaml").write_text(text)
    altered = set(changed(count, percent))
    rows = (json.dumps(live(n, changed=n in altered)) for n in range(count))
    (folder / LIVE).write_text(f"[{', '.join(rows)}]")


def changed(count: int, percent: float) -> Iterator[int]:
    """Yield the numbers of the releases that somebody changed by hand, evenly spread."""
    yield from range(0, count, round(100 / percent)) if percent else ()


def attach(folder: Path, url: str) -> None:
    """Write the project file for a server at `url`; the password comes from BENCH_PASSWORD."""
    auth = "{basic: {username: demo, password: {env: BENCH_PASSWORD}}}"
    system = f"  flexdeploy:\n    url: {url}/flexdeploy/rest/v1\n    auth: {auth}\n"
    (folder / "reconcile.yaml").write_text(f"version: 1\nsystems:\n{system}")


def manifest(n: int) -> str:
    """Return one document of 16 lines with 3 projects."""
    lines = [
        "apiVersion: flexdeploy/v1",
        "kind: Release",
        f"metadata: {{name: release-{n:06}}}",
        "spec:",
        f"  releaseName: release-{n:06}",
        f"  description: Nightly rollout {n} of the payments stack",
        f"  pipelineName: {PIPELINES[n % 3]}",
        f"  scheduleBuildExpression: {SCHEDULE}",
        "  projects:",
    ]
    for project in range(3):
        lines += [f"  - projectId: {10000 + project}", f"    projectStreamId: {20000 + n % 7}"]
    return "\n".join([*lines, f"    priority: {1 + n % 4}"]) + "\n"


def live(n: int, *, changed: bool) -> dict[str, Any]:
    """Return the release as the list shows it, with what the server fills in."""
    own = {
        "releaseName": f"release-{n:06}",
        "description": f"Nightly rollout {n} of the payments stack" + (" (by hand)" if changed else ""),
        "pipelineName": PIPELINES[n % 3],
        "scheduleBuildExpression": SCHEDULE,
        "projects": [
            {"projectId": 10000 + project, "projectStreamId": 20000 + n % 7} for project in range(3)
        ],
    }
    own["projects"][2]["priority"] = 1 + n % 4  # type: ignore[index]
    return filled(100000 + n, own)


def filled(number: int, own: dict[str, Any]) -> dict[str, Any]:
    """Return what a server makes of what was sent to it: `own` among the fields that it fills in."""
    return {
        "releaseId": number,
        "releaseName": None,
        "description": None,
        "pipelineId": 10004,
        "pipelineName": None,
        "startDate": "2026-02-05",
        "endDate": None,
        "scheduleBuildExpression": None,
        "releaseStatus": "NOTSTARTED",
        "properties": [],
        "cmsDetails": None,
        **own,
        "projects": [_entry(entry) for entry in own.get("projects", ())],
    }


def _entry(own: dict[str, Any]) -> dict[str, Any]:
    return {
        "priority": 1,
        "projectId": None,
        "packageName": None,
        "projectName": f"REST Project {own['projectId']}",
        "requestAllFiles": False,
        "applicationPath": "FlexDeploy/REST",
        "buildEnvironmentId": 21212,
        "projectStreamId": None,
        "projectGroups": None,
        **own,
    }


if __name__ == "__main__":
    main()
