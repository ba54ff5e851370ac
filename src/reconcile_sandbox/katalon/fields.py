"""Holds the fields of Katalon's objects as schemas: those of requests, of answers, and of the seed."""

from __future__ import annotations

from ..system import Fields, Schema

_LONG = {"format": "int64", "minimum": -(2**63), "maximum": 2**63 - 1}
ID: Schema = {"type": "integer", **_LONG, "x-message": "must be a whole number"}
_TEXT: Schema = {"type": "string"}
_FLAG: Schema = {"type": "boolean"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_NAME: Schema = {"type": "string", "pattern": r"\S", "x-message": "must not be blank"}
_DATE: Schema = {
    "type": "string",
    "pattern": r"^\d{4}-\d{2}-\d{2}(T[0-9:.+Z-]*)?$",
    "x-message": "must be a date",
}
_ASKED_ID: Schema = {
    **ID,
    "type": ["integer", "string"],
    "pattern": "^[0-9]{1,18}$",
}


def _object(title: str, properties: Fields, *required: str) -> Schema:
    named = {"title": f"Katalon{title}"} if title else {}
    return {**named, "type": "object", "properties": properties, "required": list(required)}


def _list_of(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def _maybe(schema: Schema) -> Schema:
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    enum = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, **enum, "type": [*types, "null"]}


def _words(*words: str) -> Schema:
    return {"type": "string", "enum": list(words)}


JOB_STATUSES = ("QUEUED", "RUNNING", "FAILED", "SUCCESS", "CANCELED", "ERROR", "WAIT_FOR_TRIGGER", "EXPIRED")
SETTINGS: Fields = {
    "command": _TEXT,
    "teamId": ID,
    "testProjectId": ID,
    "testSuiteId": ID,
    "testSuiteCollectionId": ID,
    "executionProfileId": ID,
    "timeOut": ID,
    "configType": _words("TSC", "COMMAND", "GENERIC_COMMAND", "TEST_SUITE"),
    "cloudType": _words("K8S", "LOCAL_AGENT", "K8S_AGENT", "CIRCLE_CI_AGENT", "TEST_CLOUD_AGENT"),
    "executionMode": _words("SEQUENTIAL", "PARALLEL"),
    "triggerMode": _words("TESTOPS_SCHEDULER", "MANUAL_TRIGGER"),
    "browserType": _words("CHROME", "FIREFOX", "SAFARI", "EDGE", "EDGE_CHROMIUM", "WEB_SERVICE"),
}
"""The fields of a run configuration that no link touches."""

_RELEASE: Fields = {
    "name": _TEXT,
    "startTime": {**_TEXT, "format": "date"},
    "endTime": {**_TEXT, "format": "date"},
    "description": _TEXT,
    "projectId": ID,
    "closed": _FLAG,
    "createdAt": {**_TEXT, "format": "date-time"},
}
_BUILD: Fields = {
    "id": ID,
    "projectId": ID,
    "releaseId": ID,
    "name": _TEXT,
    "description": _TEXT,
    "date": _TEXT,
}
BUILD = _object("BuildResource", _BUILD)
RELEASE = _object(
    "ReleaseResource",
    {"id": ID, **_RELEASE, "builds": _list_of(BUILD), "releaseStatus": _words("NOT_READY", "READY", "EMPTY")},
    "id", "name", "projectId", "closed",
)  # fmt: skip
_JOB = _object("JobResource", {"status": _words(*JOB_STATUSES)}, "status")
CONFIGURATION = _object(
    "RunConfigurationResource",
    {"id": ID, "name": _TEXT, "projectId": ID, **SETTINGS, "latestJob": _JOB,
     "releaseId": ID, "release": RELEASE, "build": BUILD},
    "id", "name", "projectId",
)  # fmt: skip
_SCHEDULER: Fields = {
    "id": ID,
    "name": _TEXT,
    "runConfigurationId": ID,
    "startTime": {**_TEXT, "format": "date-time"},
    "nextTime": {**_TEXT, "format": "date-time"},
    "endTime": {**_TEXT, "format": "date-time"},
    "active": _FLAG,
    "interval": ID,
    "intervalUnit": _words("MINUTE", "HOUR", "DAY", "WEEK", "MONTH"),
}
SCHEDULER = _object("SchedulerResource", _SCHEDULER, "id", "runConfigurationId")
SMART_SCHEDULER = _object(
    "SmartSchedulerResource", {"runConfiguration": CONFIGURATION, "scheduler": SCHEDULER}, "runConfiguration"
)
_PROJECT: Fields = {
    "id": ID, "name": _TEXT, "teamId": ID, "timezone": _TEXT, "status": _words("ACTIVE", "ARCHIVE"),
}  # fmt: skip
PROJECT = _object("ProjectResource", _PROJECT, "id", "name")
_TEAM: Fields = {"id": ID, "name": _TEXT, "role": _words("OWNER", "ADMIN", "USER")}
TEAM = _object("TeamResource", _TEAM, "id", "name")
_SORT = _object("Sort", {"empty": _FLAG, "sorted": _FLAG, "unsorted": _FLAG}, "empty", "sorted", "unsorted")
_PAGEABLE: Fields = {
    "sort": _SORT,
    **dict.fromkeys(("offset", "pageNumber", "pageSize"), _COUNT),
    **dict.fromkeys(("paged", "unpaged"), _FLAG),
}


def page(title: str, item: Schema) -> Schema:
    """Return the schema of one of Spring's pages."""
    counts = ("totalPages", "totalElements", "size", "number", "numberOfElements")
    properties: Fields = {
        "content": _list_of(item),
        **dict.fromkeys(counts, _COUNT),
        **dict.fromkeys(("first", "last", "empty"), _FLAG),
        "sort": _SORT,
        "pageable": _object("PageableObject", _PAGEABLE, *_PAGEABLE),
    }
    return _object(title, properties, *properties)


_SENT_RELEASE: Fields = {
    "id": _maybe(_ASKED_ID),
    "name": _maybe(_NAME),
    "startTime": _maybe(_DATE),
    "endTime": _maybe(_DATE),
    "description": _maybe(_TEXT),
    "projectId": _maybe(_ASKED_ID),
    "closed": _maybe(_FLAG),
}
SENT_RELEASE = _object("ReleaseInput", _SENT_RELEASE)
CHANGED_RELEASE = _object("ReleaseChange", {**_SENT_RELEASE, "id": _ASKED_ID}, "id")
_SENT_SETTINGS = {key: _maybe(_ASKED_ID if value is ID else value) for key, value in SETTINGS.items()}
SENT_CONFIGURATION = _object(
    "RunConfigurationInput",
    {
        "id": _maybe(_ASKED_ID),
        "name": _maybe(_NAME),
        "projectId": _maybe(_ASKED_ID),
        "releaseId": _maybe(_ASKED_ID),
        **_SENT_SETTINGS,
    },
)
LINK_RELEASE = _object("LinkReleaseInput", {"releaseId": _ASKED_ID})
LINK_BUILD = _object("LinkBuildInput", {"buildId": _ASKED_ID})
_CONDITION = _object(
    "SearchCondition",
    {
        "key": _words(
            "id", "name", "Project.id", "Team.id", "TestProject.id", "Release.id", "createdAt", "updatedAt"
        ),
        "operator": _words("=", ">=", "<", "starts with"),
        "value": {"type": ["string", "integer"]},
    },
    "key", "operator", "value",
)  # fmt: skip
_PAGINATION = _object(
    "SearchPagination",
    {
        "page": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
        "size": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1},
        "sorts": _list_of(_TEXT),
    },
)
SEARCH = _object(
    "SearchInput",
    {
        "type": _words("RunConfiguration", "Release", "Build", "Project", "Team"),
        "conditions": _list_of(_CONDITION),
        "functions": _list_of({"type": "object"}),
        "groupBys": _list_of(_TEXT),
        "pagination": _PAGINATION,
    },
    "type",
)
ERROR = _object(
    "Error",
    {"timestamp": _TEXT, "status": _COUNT, "error": _TEXT, "message": _TEXT, "path": _TEXT},
    "timestamp", "status", "error", "message", "path",
)  # fmt: skip


def _seeded(properties: Fields, *required: str) -> Schema:
    loose = {key: value if key in required else _maybe(value) for key, value in properties.items()}
    return _list_of({**_object("", loose, *required), "additionalProperties": False})


_SEEDED_CONFIGURATION: Fields = {
    "id": ID, "name": _NAME, "projectId": ID, **SETTINGS, "releaseId": ID, "buildId": ID,
    "status": _words(*JOB_STATUSES), "updatedAt": _TEXT,
}  # fmt: skip
_SEEDED_RELEASES = _seeded(
    {"id": ID, **_RELEASE, "startTime": _DATE, "endTime": _DATE}, "id", "name", "projectId"
)
_SEEDED_RELEASES["items"].pop("additionalProperties")  # a newer server has more, such as externalRelease
SEED: Schema = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "teams": _seeded(_TEAM, "id", "name"),
        "projects": _seeded(_PROJECT, "id", "name"),
        "releases": _SEEDED_RELEASES,
        "builds": _seeded(_BUILD, "id", "name"),
        "runConfigurations": _seeded(_SEEDED_CONFIGURATION, "id", "name", "projectId"),
        "schedulers": _seeded(_SCHEDULER, "id", "runConfigurationId"),
    },
}
