"""What export writes, `validate` accepts, and a plan finds as it is live; whatever a server shows."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from tests.support.today import Today
from tests.support.today.projects import begin

from reconcile.fields.walk import misshapen
from reconcile.provider import BadAnswer, Kind
from reconcile.yaml_source import read_documents

from .hostile import TEXTS, VALUES, places, put
from .shown import EVERY, KINDS, Row, Shown, accepted, reconcile, train

EACH = 6
"""How many values are passed over for one that is tried in a field: each is tried in some field."""


def hostile(shown: Shown, each: int = EACH) -> list[Row]:
    """Objects like any other but for one value of one field, as far as they can be read at all."""
    rows: list[Row] = []
    for number, place in enumerate(places(shown.kind.table, shown.row(0))):
        there = (shown.spelled.get(place[0], place[0]), *place[1:])
        for value in VALUES[number % each :: each]:
            row = put(shown.row(len(rows) + 1), there, copy.deepcopy(value))
            if _is_readable(shown.kind, row):
                rows.append(row)
    return rows


def _is_readable(kind: Kind, row: Row) -> bool:
    try:
        return misshapen(kind.table, kind.read(row).fields) is None
    except BadAnswer:
        return False


@pytest.mark.parametrize("shown", EVERY, ids=lambda shown: shown.what)
def test_whatever_is_live_its_export_is_accepted_and_in_sync(
    today: Today, tmp_path: Path, shown: Shown
) -> None:
    rows = hostile(shown)
    shown.keep(today, rows)
    begin(tmp_path, today)
    listed = [shown.what] if shown.kind.listed else [f"{shown.what}/{row['rid']}" for row in rows]
    ran = reconcile(tmp_path, "export", *listed)
    assert (ran.code, ran.err) == (0, "")
    documents, problems = read_documents(ran.out.encode(), "all.yaml")
    comments = ran.out.count(") cannot be written as a manifest:\n")
    exported = [row for row in rows if shown.kind.exported(shown.kind.read(row))]
    assert (len(documents) + comments, problems) == (len(exported), ())
    assert len(documents) > len(exported) / 2
    accepted(tmp_path, ran.out)


def test_every_kind_that_can_be_listed_or_read_by_its_id_is_tried() -> None:
    runs = {("foundry", "ScheduleRun")}  # which a test of its own tries: nearly all of it is the server's
    tried = {(shown.system, shown.kind.name) for shown in EVERY}
    assert tried | runs == {name for name, kind in KINDS.items() if kind.compose is None}


def test_names_that_people_gave_are_accepted_in_the_place_of_ids(today: Today, tmp_path: Path) -> None:
    names = [text for text in TEXTS if text.strip()]
    today.projects = [{"projectId": 10 + number, "projectName": name} for number, name in enumerate(names)]
    projects = [{"projectId": row["projectId"], "projectStreamId": 13900} for row in today.projects]
    today.releases[1] = train(1, projects=projects)
    begin(tmp_path, today)
    told = reconcile(tmp_path, "export", "flexdeploy", "--names").out
    assert told.count("{named: ") > len(names)
    accepted(tmp_path, told)


@pytest.mark.parametrize(
    "text", ["{" * 100_000, "x" * 9_000_000, "\u2028" * 1_500_000, "\U000e0001" * 900_000]
)
def test_a_text_of_any_length_is_exported_or_told_of(today: Today, tmp_path: Path, text: str) -> None:
    today.test_releases[1] = {"id": 1, "name": "Spring", "projectId": 4711, "description": text}
    today.test_releases[2] = {"id": 2, "name": text[:50_000], "projectId": 4711}
    begin(tmp_path, today)
    ran = reconcile(tmp_path, "export", "katalon/Release", "--to", str(tmp_path / "manifests"))
    assert (ran.code, ran.err) == (0, "")
    validated = reconcile(tmp_path, "validate")
    assert validated.code == 0, validated.err
    assert reconcile(tmp_path, "plan", "--detailed-exitcode").code == 0
