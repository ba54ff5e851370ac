"""Describes what the reference accepts as a manifest: the fields of the bench's releases, and no others."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]


class Strict(BaseModel):
    """Refuse what the model does not know."""

    model_config = ConfigDict(extra="forbid")


class Metadata(Strict):
    """Hold the `metadata` of a manifest."""

    name: Name


class Project(Strict):
    """Hold one of the `projects` of a release."""

    projectId: int
    projectStreamId: int
    priority: int = 1


class Release(Strict):
    """Hold the `spec` of a manifest."""

    releaseName: str
    description: str = ""
    pipelineName: str
    scheduleBuildExpression: str
    projects: list[Project]


class Document(Strict):
    """Hold a manifest."""

    apiVersion: Literal["flexdeploy/v1"]
    kind: Literal["Release"]
    metadata: Metadata
    spec: Release


DOCUMENTS = TypeAdapter(list[Document])
