"""Holds the tagged unions of Foundry's schedules as schemas, and finds what of a value does not fit them."""

from __future__ import annotations

from ..schema import violations
from ..system import Fields, Json, Schema

RID: Schema = {
    "type": "string",
    "pattern": r"^ri\.[a-z][a-z0-9-]*\.([a-z0-9][a-z0-9-]*)?\.[a-z][a-z0-9-]*\.[a-zA-Z0-9._-]+$",
    "x-message": "must be a rid",
}
RIDS: Schema = {"type": "array", "items": RID}
TEXT: Schema = {"type": "string"}
_NESTED: Schema = {"type": "array", "items": {"$ref": "#/components/schemas/FoundryTrigger"}}


def _variant(kind: str, **properties: Schema) -> Schema:
    known = {"type": {"type": "string", "enum": [kind]}, **properties}
    return {"type": "object", "properties": known, "required": [*known]}


def _relaxed(schema: Schema, *optional: str) -> Schema:
    return {**schema, "required": [key for key in schema["required"] if key not in optional]}


def _union(title: str, *variants: Schema) -> Schema:
    return {"title": title, "type": "object", "oneOf": list(variants)}


_ON_BRANCH = {"datasetRid": RID, "branchName": TEXT}
TRIGGER = _union(
    "FoundryTrigger",
    _variant("time", cronExpression=TEXT, timeZone=TEXT),
    _variant("datasetUpdated", **_ON_BRANCH),
    _variant("newLogic", **_ON_BRANCH),
    _variant("jobSucceeded", **_ON_BRANCH),
    _variant("mediaSetUpdated", mediaSetRid=RID, branchName=TEXT),
    _variant("tableUpdated", tableRid=RID, branchName=TEXT),
    _variant("scheduleSucceeded", scheduleRid=RID),
    _variant("scheduleFailed", scheduleRid=RID),
    _variant("manual"),
    _variant("and", triggers=_NESTED),
    _variant("or", triggers=_NESTED),
)
_TARGETS = (
    _variant("upstream", targetRids=RIDS, ignoredRids=RIDS),
    _variant("manual", targetRids=RIDS),
    _variant("connecting", inputRids=RIDS, targetRids=RIDS, ignoredRids=RIDS),
)
TARGET = _union("FoundryTarget", *_TARGETS)
SENT_TARGET = _union("FoundryTargetInput", *(_relaxed(it, "ignoredRids") for it in _TARGETS))
SCOPE = _union("FoundryScope", _variant("user"), _variant("project", projectRids=RIDS))
RESULT = _union(
    "FoundryRunResult",
    _variant("ignored"),
    _variant("submitted", buildRid=RID),
    _variant("error", errorName=TEXT, description=TEXT),
)


def kinds(union: Schema) -> list[str]:
    """Return the words that `type` may be."""
    return [variant["properties"]["type"]["enum"][0] for variant in union["oneOf"]]


def problem(union: Schema, value: Fields, path: str) -> str | None:
    """Return what is wrong with a value of a union, in words; triggers inside triggers included."""
    found = _found(union, value)
    if found is None:
        return f"{path}.type must be one of {', '.join(kinds(union))}"
    told = next(violations(found, value, path), None)
    if told is not None or "triggers" not in found["properties"]:
        return told
    return next(filter(None, map(_nested_problem, value["triggers"])), None)


def stripped(union: Schema, value: Fields) -> Fields:
    """Return a value of a union without the keys that are not its own, triggers inside triggers included."""
    known = (_found(union, value) or {})["properties"]
    kept = {key: item for key, item in value.items() if key in known}
    if "triggers" in known:
        kept["triggers"] = [stripped(TRIGGER, item) for item in value["triggers"]]
    return kept


def _nested_problem(value: Json) -> str | None:
    where = "a trigger inside a trigger"
    if not isinstance(value, dict):
        return f"{where} must be object"
    return problem(TRIGGER, value, where)


def _found(union: Schema, value: Fields) -> Schema | None:
    kind = value.get("type")
    found = (it for it in union["oneOf"] if it["properties"]["type"]["enum"] == [kind])
    return next(found, None)
