"""The JSON Schemas agree with the tables and with the files, as validators see it that are not ours."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from tests.integration.tool import run

from reconcile.fields.table import Row, Table
from reconcile.model import Json
from reconcile.provider import Kind
from reconcile.systems import Installed

from .examples import FOLDER, NAMES, ROOT, documents, files

VALIDATORS = pytest.mark.parametrize("validator", [Draft7Validator, Draft202012Validator])
Validator = type[Draft7Validator] | type[Draft202012Validator]
KINDS = {f"{kind.api_version} {kind.name}": kind for system in Installed().values() for kind in system.kinds}
MANIFEST: dict[str, Json] = json.loads((ROOT / "schema/manifest.schema.json").read_text("utf-8"))
PROJECT: dict[str, Json] = json.loads((ROOT / "schema/project.schema.json").read_text("utf-8"))
PLAN: dict[str, Json] = json.loads((ROOT / "schema/plan.schema.json").read_text("utf-8"))
EVENTS: dict[str, Json] = json.loads((ROOT / "schema/events.schema.json").read_text("utf-8"))
SAVED = [*(ROOT / "tests/trust/corpus/plans").glob("*.json"), *FOLDER.glob("*/reports/plan.json")]


def rows(table: Table, path: str = "") -> Iterator[tuple[str, str, Row]]:
    """Every field of a table and of the tables inside it: its path, its table's name, its row."""
    for name, row in table.rows.items():
        yield f"{path}{name}", table.model.__name__, row
        if row.table is not None:
            yield from rows(row.nested, f"{path}{name}.")


FIELDS = [(name, path, table, row) for name, kind in KINDS.items() for path, table, row in rows(kind.table)]


def definition(kind: Kind, table: str) -> Json:
    """The schema of one table of a kind."""
    name = f"{kind.api_version}.{kind.name}".replace("/", ".")
    return MANIFEST["definitions"][name if table == kind.table.model.__name__ else f"{name}.{table}"]


def wrong(validator: Validator, schema: Json, document: Json) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in validator(schema).iter_errors(document)]


def test_the_schemas_in_the_repository_are_those_that_the_tool_writes(tmp_path: Path) -> None:
    assert run("schema", "--to", str(tmp_path), environment={}).code == 0
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == sorted(path.name for path in (ROOT / "schema").iterdir())
    for name in names:
        fresh = (tmp_path / name).read_text("utf-8")
        assert fresh == (ROOT / "schema" / name).read_text("utf-8"), "run: reconcile schema --to schema"


@pytest.mark.parametrize(
    ("which", "schema"), [("manifest", MANIFEST), ("project", PROJECT), ("plan", PLAN), ("events", EVENTS)]
)
@VALIDATORS
def test_the_schemas_are_schemas_in_either_dialect(
    validator: Validator, which: str, schema: dict[str, Json]
) -> None:
    validator.check_schema({name: value for name, value in schema.items() if name != "$schema"})
    assert run("schema", which, environment={}).document == schema


@pytest.mark.parametrize("file", SAVED, ids=lambda file: file.name)
@VALIDATORS
def test_every_saved_plan_and_record_is_valid_for_others_too(validator: Validator, file: Path) -> None:
    assert wrong(validator, PLAN, json.loads(file.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("format_version",), "2.0"),
        (("summary",), None),
        (("summary", "create"), -1),
        (("operations", 0, "action"), "replace"),
        (("operations", 0, "changes", 0, "label"), "theirs"),
        (("operations", 0, "source", "line"), "1"),
        (("outcomes",), [{"address": "a/b/c", "status": "well"}]),
    ],
    ids=str,
)
@VALIDATORS
def test_others_see_what_is_no_plan_document(
    validator: Validator, place: tuple[str | int, ...], value: Json
) -> None:
    document = json.loads((ROOT / "tests/trust/corpus/plans/plan-28.json").read_text("utf-8"))
    inner = document
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    assert wrong(validator, PLAN, document)


@pytest.mark.parametrize("name", NAMES)
@VALIDATORS
def test_every_file_of_an_example_is_valid_for_others_too(validator: Validator, name: str) -> None:
    for schema, project in ((MANIFEST, False), (PROJECT, True)):
        for file in files(FOLDER / name, project=project):
            for document in documents(file):
                assert wrong(validator, schema, document) == [], file


@VALIDATORS
def test_every_file_that_init_writes_is_valid_for_others_too(validator: Validator, tmp_path: Path) -> None:
    assert run("-C", str(tmp_path), "init", environment={}).code == 0
    found = {False: MANIFEST, True: PROJECT}
    (manifest,) = files(tmp_path / "manifests", project=False)
    (project,) = files(tmp_path, project=True)
    for file, schema in ((manifest, found[False]), (project, found[True])):
        assert "# yaml-language-server: $schema=" in file.read_text("utf-8").splitlines()[0]
        for document in documents(file):
            assert wrong(validator, schema, document) == []
    assert (tmp_path / "schemas/manifest.schema.json").is_file()


@pytest.mark.parametrize("name", NAMES)
@VALIDATORS
def test_a_mistake_in_any_manifest_of_an_example_is_seen_by_others(validator: Validator, name: str) -> None:
    for file in files(FOLDER / name, project=False):
        for document in documents(file):
            for place, key in ((("spec",), "nope"), (("metadata",), "nope"), ((), "nope")):
                broken = copy.deepcopy(document)
                inner = broken
                for step in place:
                    inner = inner[step]
                inner[key] = 1
                assert wrong(validator, MANIFEST, broken), f"{file}: {key} in {place}"


@pytest.mark.parametrize(
    ("kind", "path", "table", "row"), FIELDS, ids=[f"{kind}.{path}" for kind, path, _, _ in FIELDS]
)
def test_every_field_has_a_description_a_vendor_s_type_and_an_example_that_fits_it(
    kind: str, path: str, table: str, row: Row
) -> None:
    schema = definition(KINDS[kind], table)["properties"][row.name]
    assert len(schema["description"]) > 10, path
    assert schema["description"].endswith("."), path
    assert schema["vendorType"], path
    assert len(schema["examples"]) >= 1, path
    whole = {**schema, "definitions": MANIFEST["definitions"]}
    for example in schema["examples"]:
        for validator in (Draft7Validator, Draft202012Validator):
            assert wrong(validator, whole, example) == [], path


@pytest.mark.parametrize("name", list(KINDS))
@VALIDATORS
def test_a_manifest_made_of_a_kind_s_examples_is_valid(validator: Validator, name: str) -> None:
    kind = KINDS[name]
    given = definition(kind, kind.table.model.__name__)["properties"]
    spec = {field: given[field]["examples"][0] for field in kind.table.rows}
    document = {
        "apiVersion": kind.api_version,
        "kind": kind.name,
        "metadata": {"name": "a"},
        "spec": spec,
    }
    assert wrong(validator, MANIFEST, document) == []
