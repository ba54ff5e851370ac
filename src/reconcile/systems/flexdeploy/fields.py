"""The field tables of a FlexDeploy release, spelled and documented as the vendor's Release API page does."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from reconcile.provider import (
    Default,
    Fields,
    Fires,
    Form,
    FromName,
    KeyedList,
    Nameable,
    NamedBy,
    SensitiveIf,
    ServerDefault,
    Spec,
    doc,
    forms,
    quartz,
)
from reconcile.systems.flexdeploy.build_times import build_times

_SENSITIVE = re.compile(r"pass|secret|token|key|cred|pwd", re.IGNORECASE)


def names_a_secret(entry: Spec) -> bool:
    """Whether a property's name says that its value is secret."""
    return bool(_SENSITIVE.search(str(entry.get("propertyName", ""))))


class ReleaseProject(Fields):
    """A project's place in a release."""

    server_own = ("projectName", "applicationPath")

    projectId: Annotated[
        int, doc("Long", "The id of the project.", 10000), NamedBy("projectName"), Nameable("project")
    ]
    packageName: Annotated[
        str | None,
        doc("String", "The package name for the project (partial deployment projects only).", "package1"),
    ] = None
    requestAllFiles: Annotated[
        bool | None,
        doc("Boolean", "Whether the project includes all files (partial deployment projects only).", True),
        Default(False),
    ] = None
    projectStreamId: Annotated[
        int | None,
        doc("Long", "The stream that the project or package was built from; needed to add an entry.", 13900),
        ServerDefault(is_exported=True),
        Nameable("stream", within="projectId"),
    ] = None
    buildEnvironmentId: Annotated[
        int | None,
        doc("Long", "The build environment; null leaves the choice to the server.", 21212),
        ServerDefault(is_exported=True),
        Nameable("environment"),
    ] = None
    priority: Annotated[
        int | None, doc("Integer", "The priority of the project; the server's default is 1.", 1), Default(1)
    ] = None
    projectGroups: Annotated[
        str | None,
        doc("String", "Groups the project is in, based on groups defined in the pipeline.", "web"),
    ] = None


class PropertyValue(Fields):
    """A property of the release's pipeline."""

    propertyName: Annotated[str, doc("String", "Name of the property.", "REGION")]
    propertyValue: Annotated[
        str | None, doc("String", "Value of the property.", "eu-west"), SensitiveIf(names_a_secret)
    ] = None


class DefaultOverride(Fields):
    """The default overridden configuration of the change management system."""

    requireChangeTicketForDeployment: Annotated[
        bool | None, doc("Boolean", "Whether a change ticket is required for deployment by default.", True)
    ] = None


class EnvironmentOverride(Fields):
    """An overridden configuration of the change management system for one environment."""

    environmentId: Annotated[int, doc("Long", "Id of the environment to override settings for.", 11201)]
    requireChangeTicketForDeployment: Annotated[
        bool | None, doc("Boolean", "Whether a change ticket is required for deploying there.", False)
    ] = None


class CmsDetails(Fields):
    """The change management system of a release."""

    cmsInstanceId: Annotated[int | None, doc("Long", "The instance of the change management system.", 7)] = (
        None
    )
    overrideSettings: Annotated[
        bool | None,
        doc("Boolean", "Whether its settings are overridden in this release.", True),
        Default(False),
    ] = None
    overriddenDefaultConfigurations: Annotated[
        DefaultOverride | None,
        doc(
            "ReleaseCMSOverrideDefaultConfig",
            "The default overridden configuration.",
            {"requireChangeTicketForDeployment": True},
        ),
    ] = None
    overriddenEnvironmentConfigurations: Annotated[
        list[EnvironmentOverride] | None,
        doc(
            "List<ReleaseCMSOverrideEnvConfig>",
            "The overridden configurations of single environments.",
            [{"environmentId": 11201, "requireChangeTicketForDeployment": False}],
        ),
        KeyedList(("environmentId",)),
    ] = None


class Release(Fields):
    """A FlexDeploy release: what is deployed together, through which pipeline, on which schedule."""

    server_own = ("releaseId", "startDate", "endDate")

    releaseName: Annotated[
        str,
        doc("String", "The name of the release; the manifest's name where it is silent.", "Spring Train"),
        FromName(),
    ]
    releaseStatus: Annotated[
        Literal["NOTSTARTED", "STARTED"] | None,
        doc("String", "The wanted status; a started release never goes back.", "STARTED"),
        Default("NOTSTARTED"),
    ] = None
    description: Annotated[
        str | None, doc("String", "The description of the release.", "All of spring."), Form(forms.prose)
    ] = None
    pipelineId: Annotated[
        int | None, doc("Long", "The id of the pipeline used by the release.", 10004), NamedBy("pipelineName")
    ] = None
    pipelineName: Annotated[
        str | None, doc("String", "The name of the pipeline used by the release.", "Simple Pipeline")
    ] = None
    scheduleBuildExpression: Annotated[
        str | None,
        doc("String", "The Quartz expressions, separated by `;`, that schedule builds.", "0 0 2 ? * MON-FRI"),
        Form(lambda value: quartz.normal(value) or None if isinstance(value, str) else value),
        Fires(build_times),
    ] = None
    projects: Annotated[
        list[ReleaseProject] | None,
        doc(
            "List<ReleaseProjects>",
            "The projects of the release.",
            [{"projectId": 10000, "projectStreamId": 13900}],
        ),
        KeyedList(("projectId", "packageName")),
    ] = None
    cmsDetails: Annotated[
        CmsDetails | None,
        doc("ReleaseCMSDetails", "The change management system of the release.", {"cmsInstanceId": 7}),
    ] = None
    properties: Annotated[
        list[PropertyValue] | None,
        doc(
            "List<PropertyValue>",
            "The properties of the configured pipeline.",
            [{"propertyName": "REGION", "propertyValue": "eu-west"}],
        ),
        KeyedList(("propertyName",)),
    ] = None
