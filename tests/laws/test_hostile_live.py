"""Live data gives no instructions: whatever a system shows, what export writes of it reads no variable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconcile.fields.table import Row, Table
from reconcile.fields.walk import INSTRUCTIONS, is_instruction, misshapen, seal
from reconcile.live_manifests import INSTRUCTION, manifests
from reconcile.model import Json, Live
from reconcile.planfile.document_parts import DocumentChange, Source
from reconcile.provider import Kind
from reconcile.reports.common.keep_line import keep_it
from reconcile.reports.exported_yaml import plain, render
from reconcile.systems import Installed
from reconcile.yaml_source import read_documents

KINDS = [
    pytest.param(system, kind, id=f"{system.type} {kind.name}")
    for system in Installed().values()
    for kind in system.kinds
    if kind.compose is None
]
FORMS: list[Json] = [{word: "PATH"} for word in sorted(INSTRUCTIONS)]
TEXTS = (
    "{env: PATH}",
    "a\nspec: {env: PATH}",
    "# {var: x}",
    "- {ref: a/B/c}",
    "&a !!x *a",
    "'\"\\",
    "\u2028{file: x}",
    "---",
)


def hostile(form: Json) -> Iterator[Json]:
    """A form of ours at the top of a value, and inside what may stand there."""
    yield form
    yield from (
        {"a": form},
        {"type": "x", "b": [1, {"c": form}]},
        [form],
        [[form]],
        {"env": form},
        {"": form},
    )


def placed(row: Row, value: Json) -> Iterator[Json]:
    """The value as the field, and in each field of what the field holds."""
    yield value
    for name, inner in (row.table.rows if row.table else {}).items():
        for within in placed(inner, value):
            yield {name: within} if row.shape == "object" else [{**dict.fromkeys(row.key, 1), name: within}]


BASES: dict[str, dict[str, Json]] = {
    "ScheduleRun": {"scheduleRid": "ri.scheduler.main.schedule.a", "requestedAt": "2026-12-01T08:00:00Z"},
    "Run": {"name": "seven", "plan_id": 1, "plan_stage_id": 2, "owner_id": 1, "requestor_id": 1},
    "ScheduleLink": {"runConfigurationId": 1},
}
"""What tells an object of a kind; elsewhere its name."""


def exported(system: Any, kind: Kind, said: dict[str, Json]) -> Iterator[Any]:
    table: Table = kind.table
    base = BASES.get(kind.name, {name: "seven" for name in kind.key})
    whole = {**base, **said}
    if misshapen(table, whole) is None:
        yield from manifests(system.type, kind, [Live("7", "seven", seal(table, whole))])


@pytest.mark.parametrize(("system", "kind"), KINDS)
@pytest.mark.parametrize("form", FORMS, ids=str)
def test_no_live_value_is_exported_as_an_instruction_in_any_field_of_any_kind(
    system: Any, kind: Kind, form: Json
) -> None:
    for name, row in kind.table.rows.items():
        for value in (given for top in hostile(form) for given in placed(row, top)):
            for manifest in exported(system, kind, {name: value}):
                assert not is_instruction(plain(manifest)["spec"]), value
                assert name in manifest.left_out or name not in manifest.spec
                if is_instruction(value):
                    assert f" {name}: {INSTRUCTION}\n" in render([manifest])


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_the_comment_says_why_and_what_it_would_be_without_is_no_manifest(form: Json) -> None:
    system = Installed()["foundry"]
    kind = next(kind for kind in system.kinds if kind.name == "Schedule")
    for value in hostile(form):
        for field in ("trigger", "action"):
            for manifest in exported(system, kind, {field: value}):
                assert manifest.left_out[field] == INSTRUCTION
                assert f" {field}: {INSTRUCTION}\n" in render([manifest])
                documents, problems = read_documents(render([manifest]).encode(), "m.yaml")
                assert not problems
                assert len(documents) == (not manifest.unfit)


@pytest.mark.parametrize(("system", "kind"), KINDS)
@pytest.mark.parametrize("text", TEXTS)
def test_a_live_text_is_a_text_in_each_field_of_each_kind(system: Any, kind: Kind, text: str) -> None:
    for name, row in kind.table.rows.items():
        for value in placed(row, text) if name != "requestedAt" else ():
            for manifest in exported(system, kind, {name: value}):
                documents, problems = read_documents(render([manifest]).encode(), "m.yaml")
                assert not problems
                assert [document.value for document in documents] == (
                    [] if manifest.unfit else [plain(manifest)]
                )
                assert not is_instruction(plain(manifest))


@pytest.mark.parametrize("form", [*FORMS, {"a": [{"env": "PATH"}]}], ids=str)
def test_the_line_that_keeps_a_live_value_gives_no_instruction(form: Json) -> None:
    for action, path in (("update", "cmsDetails"), ("update", "properties[X]")):
        change = DocumentChange(path, form, {"a": 1}, "drift", sensitive=False, source=Source("m.yaml", 4))
        words = "keep it: # by hand: a part of it has the form of {env: …} or its like"
        assert keep_it(action, change) == words


@pytest.mark.parametrize(
    "value", [{"env": "PATH", "size": 1}, {"file": "a", "mode": 2}, {}, [], "env", {"refs": "x"}]
)
def test_a_mapping_with_more_in_it_than_a_form_has_is_data(value: Json) -> None:
    assert not is_instruction({"a": [value]})
