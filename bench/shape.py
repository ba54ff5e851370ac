"""What the reference accepts as a manifest: the fields of the bench's releases, and no others."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]


class Strict(BaseModel):
    """Refuses what it does not know."""

    model_config = ConfigDict(extra="forbid")


class Metadata(Strict):
    """Its `metadata`."""

    name: Name


class Project(Strict):
    """One of its `projects`."""

    projectId: int
    projectStreamId: int
    priority: int = 1


class Release(Strict):
    """Its `spec`."""

    releaseName: str
    description: str = ""
    pipelineName: str
    scheduleBuildExpression: str
    projects: list[Project]


class Document(Strict):
    """A manifest."""

    apiVersion: Literal["flexdeploy/v1"]
    kind: Literal["Release"]
    metadata: Metadata
    spec: Release


DOCUMENTS = TypeAdapter(list[Document])
