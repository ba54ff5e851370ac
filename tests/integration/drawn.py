"""The server that a drawn example runs against, and the example itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Fields = dict[str, Any]
Key = tuple[int, str | None]

NAME, ID = "Train", 500
PIPELINES = {70: "Alpha", 71: "Beta"}


def _project(number: int, *packages: str, streams: list[int], builds: list[int]) -> Fields:
    return {
        "projectId": number,
        "projectName": f"project {number}",
        "partialDeployment": bool(packages),
        "packages": list(packages),
        "streams": [{"streamId": stream} for stream in streams],
        "buildEnvironments": [{"environmentId": it, "environmentName": f"B{it}"} for it in builds],
    }


PROJECTS = [
    _project(100, streams=[1000], builds=[5000]),
    _project(101, streams=[1010, 1011], builds=[5000, 5001]),
    _project(200, "p1", "p2", streams=[2000], builds=[5000]),
    _project(201, "p1", streams=[2010], builds=[]),
]
STREAMS = {project["projectId"]: [row["streamId"] for row in project["streams"]] for project in PROJECTS}
BUILDS = {
    project["projectId"]: [row["environmentId"] for row in project["buildEnvironments"]]
    for project in PROJECTS
}
ALL_FILES: Key = (200, None)
KEYS: list[Key] = [(100, None), (101, None), (200, "p1"), (200, "p2"), ALL_FILES, (201, "p1")]
NEIGHBOURS = [
    {"releaseId": 40, "releaseName": "train", "description": "in another case"},
    {"releaseId": 600, "releaseName": f"{NAME} 2", "releaseStatus": "STARTED", "description": "longer"},
]
SWITCHES = {
    "put_omitted": ["keep"],
    "put_build_environment": ["keep", "null"],
    "unknown_keys": ["reject"],
    "read_only_fields": ["reject"],
    "patch_null": ["clear"],
    "completed_writes": ["accept"],
    "completed_start": ["start", "reject"],
    "folders": ["id", "path"],
    "suspended_start": ["start", "reject"],
    "start_without_projects": ["true"],
    "duplicate_names": ["reject"],
    "cron_case": ["upper"],
    "trim_text": ["true"],
    "list_order": ["shuffled", "by_name"],
    "extra_fields": ["true"],
    "ids": ["string"],
    "empty_fields": ["omit"],
    "empty_lists": ["null", "omit"],
    "empty_description": ["null", "blank"],
    "status_spelling": ["spaced"],
    "status_case": ["lower", "title"],
    "stale_reads": ["1", "3"],
}


@dataclass(frozen=True)
class Drawn:
    """One example: the live release (None: there is none), the manifest, and how the server is."""

    live: Fields | None
    spec: Fields
    metadata: Fields
    hidden: list[str]
    switches: dict[str, str] = field(default_factory=dict)

    @property
    def manifest(self) -> Fields:
        return {
            "apiVersion": "flexdeploy/v1",
            "kind": "Release",
            "metadata": self.metadata,
            "spec": self.spec,
        }

    @property
    def state(self) -> Fields:
        """The state that the sandbox starts from."""
        releases = [*NEIGHBOURS, self.live] if self.live else NEIGHBOURS
        pipelines = [{"pipelineId": number, "pipelineName": name} for number, name in PIPELINES.items()]
        return {"flexdeploy": {"pipelines": pipelines, "projects": PROJECTS, "releases": releases}}

    def sealed_by_base(self, name: str) -> bool:
        """Whether this server's GET never shows the field."""
        switch = {"properties": "show_properties", "cmsDetails": "show_cms_details"}.get(name, "")
        return self.switches.get(switch) == "false"
