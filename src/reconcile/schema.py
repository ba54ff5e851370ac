"""Generates the JSON Schemas: of manifests and the project file from the field tables, for editors; of the
plan document and of the event stream from their descriptions, for programs that read them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from reconcile.fields.annotations import Fields
from reconcile.fields.table import Row, Table
from reconcile.fields.validated import Exact, model_of
from reconcile.manifests.envelope_schema import Envelope
from reconcile.model import Json
from reconcile.planfile.document import Document
from reconcile.planfile.read import READABLE, document_model
from reconcile.planfile.stream_lines import STREAM_LINES, json_name
from reconcile.project.auth import AUTH_PARTS, LITERALS_ALLOWED
from reconcile.project.file import ProjectFile
from reconcile.provider.kinds import Kind, System

DIALECT = "http://json-schema.org/draft-07/schema#"
"""The draft that every editor reads; nothing here is spelled otherwise in later drafts."""

DEFERRED_SCHEMAS: Mapping[str, Json] = {
    "description": "A value from elsewhere: another resource's id, a variable, or a secret.",
    "type": "object",
    "additionalProperties": False,
    "minProperties": 1,
    "maxProperties": 1,
    "properties": {
        "ref": {"type": "string", "description": "The address of another resource: its live id is meant."},
        "var": {"type": "string", "description": "A variable of reconcile.yaml, or of --var."},
        "env": {"type": "string", "description": "A secret in the operator's environment; never shown."},
    },
}
NAME_SCHEMA: Mapping[str, Json] = {
    "description": "The id of the one live object with exactly this name.",
    "type": "object",
    "additionalProperties": False,
    "required": ["named"],
    "properties": {"named": {"type": ["string", "number", "boolean"], "description": "The name."}},
}
SECRET_SCHEMA: Mapping[str, Json] = {
    "description": "Where a secret is read; never the secret itself.",
    "type": "object",
    "additionalProperties": False,
    "minProperties": 1,
    "maxProperties": 1,
    "properties": {
        "env": {"type": "string", "description": "A variable of the operator's environment."},
        "file": {"type": "string", "description": "A file that the operator mounts."},
    },
}
Definitions = dict[str, Any]


def schema_part(system: System) -> dict[str, Json]:
    """Return what a type of system adds to the schemas, as plain JSON that can be kept."""
    definitions: Definitions = {}
    for kind in system.kinds:
        definitions |= _of_kind(kind)
    return {
        "type": system.type,
        "versions": sorted({kind.api_version for kind in system.kinds}),
        "kinds": [kind.name for kind in system.kinds],
        "definitions": definitions,
        "rules": [*map(_rule, system.kinds)],
        "project_definitions": _of_system(system),
    }


def manifest_schema(parts: Sequence[Mapping[str, Json]]) -> dict[str, Json]:
    """Return the schema of one manifest, in which apiVersion and kind decide what its spec may hold.

    `parts` are those of the types of system that there are.
    """
    schema, definitions = _generated(Envelope, "")
    definitions["Late"] = dict(DEFERRED_SCHEMAS)
    definitions["Name"] = dict(NAME_SCHEMA)
    for part in parts:
        definitions |= part["definitions"]
    schema["properties"]["apiVersion"]["enum"] = sorted({each for part in parts for each in part["versions"]})
    schema["properties"]["kind"]["enum"] = sorted({each for part in parts for each in part["kinds"]})
    schema["allOf"] = [*map(_kinds_rule, parts), *(rule for part in parts for rule in part["rules"])]
    return {"$schema": DIALECT, **schema, "definitions": dict(sorted(definitions.items()))}


def project_schema(parts: Sequence[Mapping[str, Json]]) -> dict[str, Json]:
    """Return the schema of `reconcile.yaml`, in which a system's type decides what its auth and options are.

    A system without a type has that of its own name.
    """
    schema, definitions = _generated(ProjectFile, "")
    definitions["Secret"] = dict(SECRET_SCHEMA)
    types = [part["type"] for part in parts]
    for part in parts:
        definitions |= part["project_definitions"]
    for where, entry in ((schema, "SystemEntry"), (definitions["EnvironmentEntry"], "PartialSystem")):
        definitions[entry]["allOf"] = [*map(_typed_rule, types)]
        where["properties"]["systems"]["properties"] = {type_: _by_name(type_, entry) for type_ in types}
    return {"$schema": DIALECT, **schema, "definitions": definitions}


def plan_schema() -> dict[str, Json]:
    """Return the schema of the plan document, by the model that checks a saved one.

    What an older version left out is not required, and its default is what its absence means.
    """
    schema, definitions = _spelled(document_model(Document), "")
    schema["properties"]["format_version"]["enum"] = [*READABLE]
    return {"$schema": DIALECT, **schema, "definitions": definitions}


def events_schema() -> dict[str, Json]:
    """Return the schema of one line of the event stream, by the classes that make the lines."""
    definitions: Definitions = {}
    for name, class_ in STREAM_LINES.items():
        said, nested = _spelled(document_model(class_), "")
        definitions |= {**nested, name: _line(name, said)}
    about = "One line of what apply and undo write with --events; more fields may come."
    choices = [{"$ref": f"#/definitions/{name}"} for name in STREAM_LINES]
    return {"$schema": DIALECT, "description": about, "oneOf": choices, "definitions": definitions}


def _line(name: str, said: dict[str, Any]) -> dict[str, Json]:
    """Return the schema of an event with what all of them have: its name, the moment, and the run."""
    facts = {json_name(field): inner for field, inner in said.get("properties", {}).items()}
    every = {
        "event": {"const": name},
        "at": {"type": "string", "format": "date-time"},
        "run": {"type": "string"},
    }
    needed = [field for field, inner in facts.items() if "default" not in inner]
    return {**said, "properties": {**every, **facts}, "required": [*every, *needed]}


def _generated(table: type[Fields] | type[Exact], prefix: str) -> tuple[dict[str, Any], Definitions]:
    return _spelled(model_of(table), prefix)


def _spelled(model: type[BaseModel], prefix: str) -> tuple[dict[str, Any], Definitions]:
    schema = model.model_json_schema(ref_template=f"#/definitions/{prefix}{{model}}")
    nested = schema.pop("$defs", {})
    return schema, {f"{prefix}{name}": inner for name, inner in nested.items()}


def _name(kind: Kind) -> str:
    return f"{kind.api_version}.{kind.name}".replace("/", ".")


def _of_kind(kind: Kind) -> Definitions:
    """Return the definitions of a kind's spec, in which every value may also come from elsewhere."""
    schema, nested = _generated(kind.model, f"{_name(kind)}.")
    schema.pop("required", None)
    found = {**nested, _name(kind): schema}
    for name, table in _tables(_name(kind), kind.table):
        for field, row in table.rows.items():
            properties = found[name]["properties"]
            properties[field] = _or_late(properties[field], row)
    return found


def _tables(name: str, table: Table) -> Iterator[tuple[str, Table]]:
    """Yield each table under its definition's name, once."""
    found: dict[str, Table] = {name: table}
    open_ = [table]
    while open_:
        for row in open_.pop().rows.values():
            key = f"{name}.{row.table.model.__name__}" if row.table else name
            if row.table is not None and key not in found:
                found[key] = row.table
                open_.append(row.table)
    yield from found.items()


_ABOUT = ("description", "examples", "vendorType")


def _or_late(schema: dict[str, Json], row: Row) -> dict[str, Json]:
    """Return the schema of a field's value or a deferred one; a text may also be an unquoted scalar."""
    about: dict[str, Json] = {name: schema.pop(name) for name in _ABOUT if name in schema}
    schema.pop("title", None)
    schema.pop("default", None)
    choices = schema.pop("anyOf", [schema])
    if row.is_text:
        choices = [*choices, {"type": ["number", "boolean"]}]
    late = ["Late", "Name"] if row.nameable else ["Late"]
    return {**about, "anyOf": [*choices, *({"$ref": f"#/definitions/{name}"} for name in late)]}


def _kinds_rule(part: Mapping[str, Json]) -> dict[str, Json]:
    """Tie the kinds of a system to its apiVersions."""
    found = {"kind": {"enum": part["kinds"]}}
    given = {"properties": {"apiVersion": {"enum": part["versions"]}}, "required": ["apiVersion"]}
    return {"if": given, "then": {"properties": found}}


def _of_system(system: System) -> Definitions:
    """Return the definition of what is a type's own in reconcile.yaml, with those that it needs."""
    options, nested = _generated(system.options, f"{system.type}.")
    schemes = {scheme.name: _scheme(scheme.name) for scheme in system.auth}
    auth: dict[str, Json] = {
        "description": f"How {system.title} is told who asks; one way.",
        "type": "object",
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
        "properties": schemes,
    }
    return {**nested, system.type: {"properties": {"auth": auth, "options": options}}}


def _scheme(name: str) -> dict[str, Json]:
    secret = {"$ref": "#/definitions/Secret"}
    parts = AUTH_PARTS.get(name)
    if parts is None:
        return secret
    literal = {"anyOf": [{"type": "string"}, secret]}
    given = {part: literal if part in LITERALS_ALLOWED else secret for part in parts}
    return {"type": "object", "additionalProperties": False, "properties": given}


def _typed_rule(type_: str) -> dict[str, Json]:
    """Tie a system that says its type to what is the type's own."""
    given = {"properties": {"type": {"const": type_}}, "required": ["type"]}
    return {"if": given, "then": {"$ref": f"#/definitions/{type_}"}}


def _by_name(type_: str, entry: str) -> dict[str, Json]:
    """Return the schema of a system that has the name of its type, and needs not say it."""
    unsaid = {"not": {"required": ["type"]}}
    return {
        "allOf": [
            {"$ref": f"#/definitions/{entry}"},
            {"if": unsaid, "then": {"$ref": f"#/definitions/{type_}"}},
        ]
    }


def _rule(kind: Kind) -> dict[str, Json]:
    """Tie the spec to its kind; a tombstone's spec needs no more than what identifies its object."""
    required = [name for name, row in kind.table.rows.items() if row.must_be_written]
    absent = {"properties": {"absent": {"const": True}}, "required": ["absent"]}
    spec = {"$ref": f"#/definitions/{_name(kind)}"}
    then: dict[str, Json] = {"properties": {"spec": spec}}
    if required:
        then["if"] = {"properties": {"metadata": absent}, "required": ["metadata"]}
        then["else"] = {"properties": {"spec": {"required": required}}, "required": ["spec"]}
    named = {"apiVersion": {"const": kind.api_version}, "kind": {"const": kind.name}}
    return {"if": {"properties": named}, "then": then}
