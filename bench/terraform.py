"""Writes the same amount of work for Terraform: N `terraform_data` objects, local state, no network.

The state is written here as `terraform apply` would leave it, since applying rewrites it for each object.
`python -m bench.terraform FOLDER COUNT` writes both.
"""

from __future__ import annotations

import json
import sys
import uuid
from pathlib import Path
from typing import Any

from bench.estate import PIPELINES, SCHEDULE

TOOL = "terraform"
PLAN = ["plan", "-input=false", "-lock=false", "-no-color"]


def arguments(folder: Path) -> list[str]:
    """Return the arguments of a plan of what lies in the folder."""
    return [f"-chdir={folder}", *PLAN]


def write(folder: Path, count: int) -> None:
    """Write a configuration of `count` objects, and the state in which they are so."""
    folder.mkdir(parents=True)
    wanted = {f"r{n:06}": {"input": _release(n)} for n in range(count)}
    (folder / "main.tf.json").write_text(json.dumps({"resource": {"terraform_data": wanted}}))
    state = {
        "version": 4,
        "terraform_version": "1.5.0",
        "serial": 1,
        "lineage": str(uuid.UUID(int=7)),
        "outputs": {},
        "resources": [_stored(n) for n in range(count)],
        "check_results": None,
    }
    (folder / "terraform.tfstate").write_text(json.dumps(state))


def _release(n: int) -> dict[str, Any]:
    projects = [
        {"projectId": 10000 + project, "projectStreamId": 20000 + n % 7, "priority": 1 + n % 4}
        for project in range(3)
    ]
    return {
        "releaseName": f"release-{n:06}",
        "description": f"Nightly rollout {n} of the payments stack",
        "pipelineName": PIPELINES[n % 3],
        "scheduleBuildExpression": SCHEDULE,
        "projects": projects,
    }


def _stored(n: int) -> dict[str, Any]:
    value = _release(n)
    dynamic = {"value": value, "type": _type(value)}
    identity = {"id": str(uuid.UUID(int=n + 1)), "triggers_replace": None}
    attributes = {**identity, "input": dynamic, "output": dynamic}
    return {
        "mode": "managed",
        "type": "terraform_data",
        "name": f"r{n:06}",
        "provider": 'provider["terraform.io/builtin/terraform"]',
        "instances": [{"schema_version": 0, "attributes": attributes, "sensitive_attributes": []}],
    }


def _type(value: Any) -> Any:
    match value:
        case dict():
            return ["object", {name: _type(each) for name, each in sorted(value.items())}]
        case list():
            return ["tuple", [_type(each) for each in value]]
        case int():
            return "number"
        case _:
            return "string"


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
