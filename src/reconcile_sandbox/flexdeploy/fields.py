"""Holds the fields of FlexDeploy's objects as schemas: those of requests, of answers, and of the seed."""

from __future__ import annotations

import re

from ..system import Fields, Schema

STATUSES = ("NOTSTARTED", "STARTED", "SUSPENDED", "COMPLETED")
SENT_STATUSES = ("NOTSTARTED", "STARTED")
SERVER_OWNED = ("startDate", "endDate")
SERVER_OWNED_OF_PROJECT = ("projectName", "applicationPath")
EXTRAS: Fields = {"createdBy": "demo", "revision": 7, "audit": {"createdOn": None}}
EXTRAS_OF_PROJECT: Fields = {"packageStatus": {"state": "NEW"}, "tags": []}
"""Fields that answers have besides, where the switch says so."""

TOP_FOLDER: Fields = {"folderId": 99, "folderPath": "FlexDeploy"}
FOLDER_KEYS = {"none": (), "id": ("folderId",), "path": ("folderId", "folderPath")}
"""What answers say of the folder of a release, by the switch that asks for it."""

_LONG = {"format": "int64", "minimum": -(2**63), "maximum": 2**63 - 1}
_INT = {"format": "int32", "minimum": -(2**31), "maximum": 2**31 - 1}
ID: Schema = {"type": "integer", **_LONG}
_ID_OR_NULL: Schema = {"type": ["integer", "null"], **_LONG}
_TEXT: Schema = {"type": "string"}
_TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
_FLAG: Schema = {"type": "boolean"}
_FLAG_OR_NULL: Schema = {"type": ["boolean", "null"]}
_NAME: Schema = {"type": "string", "pattern": r"\S", "x-message": "must not be blank"}
_SET_BY_SERVER: Schema = {**_TEXT_OR_NULL, "readOnly": True}


def _any_case(word: str) -> str:
    spelled = "".join(f"[{letter.upper()}{letter.lower()}]" for letter in word)
    return re.sub(r"^(\[Nn\]\[Oo\]\[Tt\])", r"\1[ _]?", spelled)


def status_schema(words: tuple[str, ...]) -> Fields:
    """Return the schema of a text that is one of `words`, in any case; NOTSTARTED may be written as two."""
    pattern = "^(" + "|".join(_any_case(word) for word in words) + ")$"
    return {"type": "string", "pattern": pattern, "x-message": "must be one of " + ", ".join(words)}


def normal_status(text: str) -> str:
    """Return a status as it is stored: in upper case, without blanks."""
    return text.upper().replace(" ", "").replace("_", "")


def _object(title: str, properties: Fields, *required: str) -> Schema:
    return {"title": title, "type": "object", "properties": properties, "required": list(required)}


def _list_of(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def _maybe(schema: Schema) -> Schema:
    kept = {key: value for key, value in schema.items() if key != "title"}
    return {**kept, "type": [schema["type"], "null"]}


_SENT_PROPERTY = _object(
    "PropertyValueInput",
    {"propertyName": _NAME, "propertyValue": {"type": ["string", "number", "boolean", "null"]}},
    "propertyName",
)
_PROPERTY = _object(
    "PropertyValue", {"propertyName": _TEXT, "propertyValue": _TEXT_OR_NULL}, "propertyName", "propertyValue"
)
_DEFAULT_OVERRIDE = _object(
    "ReleaseCMSOverrideDefaultConfig", {"requireChangeTicketForDeployment": _FLAG_OR_NULL}
)
_ENVIRONMENT_OVERRIDE = _object(
    "ReleaseCMSOverrideEnvConfig",
    {"environmentId": ID, "requireChangeTicketForDeployment": _FLAG_OR_NULL},
    "environmentId",
)
_CMS_DETAILS = _object(
    "ReleaseCMSDetails",
    {
        "cmsInstanceId": _ID_OR_NULL,
        "overrideSettings": _FLAG_OR_NULL,
        "overriddenDefaultConfigurations": _maybe(_DEFAULT_OVERRIDE),
        "overriddenEnvironmentConfigurations": _maybe(_list_of(_ENVIRONMENT_OVERRIDE)),
    },
)
_ENTRY: Fields = {
    "priority": {"type": ["integer", "null"], **_INT},
    "projectId": ID,
    "packageName": _TEXT_OR_NULL,
    "requestAllFiles": _FLAG_OR_NULL,
    "buildEnvironmentId": _ID_OR_NULL,
    "projectStreamId": _ID_OR_NULL,
    "projectGroups": _TEXT_OR_NULL,
}
_SENT_ENTRY = _object("ReleaseProjectInput", _ENTRY, "projectId")
_NAMED_ENTRY = {**_ENTRY, "projectName": _SET_BY_SERVER, "applicationPath": _SET_BY_SERVER}
_TOLD_ENTRY = _object("ReleaseProject", _NAMED_ENTRY, *_NAMED_ENTRY)
_RELEASE: Fields = {
    "releaseName": _NAME,
    "description": _TEXT_OR_NULL,
    "pipelineId": _ID_OR_NULL,
    "pipelineName": _TEXT_OR_NULL,
    "scheduleBuildExpression": _TEXT_OR_NULL,
    "cmsDetails": _maybe(_CMS_DETAILS),
}
SENT_RELEASE = _object(
    "ReleaseInput",
    {
        **_RELEASE,
        "releaseStatus": _maybe(status_schema(STATUSES)),
        "projects": _maybe(_list_of(_SENT_ENTRY)),
        "properties": _maybe(_list_of(_SENT_PROPERTY)),
    },
    "releaseName",
)
_TOLD_RELEASE: Fields = {
    "releaseId": {**ID, "readOnly": True},
    **_RELEASE,
    "releaseStatus": {"type": "string", "enum": list(STATUSES)},
    "startDate": {**_SET_BY_SERVER, "pattern": r"^\d{4}-\d{2}-\d{2}$"},
    "endDate": {**_SET_BY_SERVER, "pattern": r"^\d{4}-\d{2}-\d{2}$"},
    "projects": _list_of(_TOLD_ENTRY),
    "properties": _list_of(_PROPERTY),
}
RELEASE = _object(
    "Release", _TOLD_RELEASE, *(key for key in _TOLD_RELEASE if key not in ("cmsDetails", "properties"))
)
RELEASES = _list_of(RELEASE)
_CATALOGUED: Fields = {
    "projectId": ID,
    "projectName": _TEXT,
    "applicationId": _ID_OR_NULL,
    "projectPath": _TEXT_OR_NULL,
    "isActive": _FLAG,
    "partialDeployment": _FLAG,
}
PROJECT = _object("Project", _CATALOGUED, *_CATALOGUED)
PROJECTS = _list_of(PROJECT)
STREAM = _object(
    "Stream", {"streamId": ID, "streamName": _TEXT, "isActive": _FLAG}, "streamId", "streamName", "isActive"
)
STREAMS = _list_of(STREAM)
_TOLD_ENVIRONMENT: Fields = {"environmentId": ID, "environmentCode": _TEXT, "environmentName": _TEXT}
ENVIRONMENTS = _list_of(_object("Environment", _TOLD_ENVIRONMENT, *_TOLD_ENVIRONMENT))
ERROR = _object("FlexDeployError", {"message": _TEXT}, "message")

_SEEDED_PIPELINE = _object(
    "", {
        "pipelineId": ID,
        "pipelineName": _NAME,
        "properties": _list_of(_object("", {"propertyName": _NAME, "required": _FLAG}, "propertyName")),
    }, "pipelineId", "pipelineName",
)  # fmt: skip
_SEEDED_STREAM = _object("", {"streamId": ID, "streamName": _NAME, "isActive": _FLAG}, "streamId")
_SEEDED_ENVIRONMENT = _object(
    "", {"environmentId": ID, "environmentName": _NAME, "environmentCode": _NAME}, "environmentId"
)
_SEEDED_PROJECT = _object(
    "", {
        "projectId": ID,
        "projectName": _NAME,
        "applicationId": _ID_OR_NULL,
        "applicationPath": _TEXT_OR_NULL,
        "partialDeployment": _FLAG,
        "isActive": _FLAG,
        "streams": _list_of(_SEEDED_STREAM),
        "buildEnvironments": _list_of(_SEEDED_ENVIRONMENT),
        "packages": _maybe(_list_of(_TEXT)),
    }, "projectId", "projectName",
)  # fmt: skip
_SEEDED_RELEASE = _object(
    "", {
        **{key: value for key, value in _TOLD_RELEASE.items() if key != "releaseStatus"},
        "releaseStatus": status_schema(STATUSES),
        "projects": _maybe(_list_of(_SENT_ENTRY)),
        "properties": _maybe(_list_of(_SENT_PROPERTY)),
        "runningExecutions": {"type": "integer", "minimum": 0},
    }, "releaseId", "releaseName",
)  # fmt: skip
SEED: Schema = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "pipelines": _list_of(_SEEDED_PIPELINE),
        "projects": _list_of(_SEEDED_PROJECT),
        "releases": _list_of(_SEEDED_RELEASE),
    },
}
