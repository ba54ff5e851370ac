"""The record that each apply keeps in the project, from before its first write on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.support.commands import Tool
from tests.support.http import Wire
from tests.support.projects import release

from reconcile.errors import ProblemsFound
from reconcile.model import Json
from reconcile.session.records import RECORDS_AT_MOST, Shelf, kept_record, records_of

WHEN = "manifests/train.yaml"


def wants(project: Path, description: str) -> None:
    (project / WHEN).write_text(release("train", f"{{description: {description}}}"))


def records(project: Path) -> list[Json]:
    names = records_of(project, None)
    return [json.loads((project / ".reconcile/records" / each.name).read_text()) for each in names]


def test_an_apply_that_wrote_keeps_its_record_and_one_that_had_nothing_to_do_keeps_none(
    tool: Tool, project: Path
) -> None:
    assert tool("apply", "--yes").code == 0
    assert records(project) == []
    wants(project, "new")
    assert tool("apply", "--yes", "--out", "record.json").code == 0
    (kept,) = records(project)
    assert kept == json.loads((project / "record.json").read_text())
    (operation,) = kept["operations"]
    assert [change["before"] for change in operation["changes"]] == ["old"]
    assert operation["kept"]["id"] == 12101
    assert operation["kept"]["status"] == "done"


def test_a_record_is_nobody_else_s_to_read(tool: Tool, project: Path) -> None:
    wants(project, "new")
    tool("apply", "--yes")
    modes = {path.stat().st_mode & 0o077 for path in (project / ".reconcile").rglob("records*")}
    assert modes == {0}


def test_a_write_that_failed_leaves_a_record_of_a_failed_apply(tool: Tool, project: Path, wire: Wire) -> None:
    wants(project, "new")
    wire.fallbacks["PATCH"] = (400, {"message": "no, thank you"})
    assert tool("apply", "--yes").code == 3
    assert [each["outcomes"][0]["status"] for each in records(project)] == ["failed"]


def test_where_no_record_can_be_kept_nothing_is_sent(tool: Tool, project: Path, wire: Wire) -> None:
    wants(project, "new")
    (project / ".reconcile").mkdir(mode=0o700)
    (project / ".reconcile/records").write_text("in the way")
    ran = tool("apply", "--yes")
    assert (ran.code, wire.writes) == (1, [])
    assert "nothing is sent without a record" in ran.err


def test_the_last_fifty_of_each_environment_are_kept(project: Path) -> None:
    folder = project / ".reconcile/records"
    folder.mkdir(mode=0o700, parents=True)
    (project / ".reconcile").chmod(0o700)
    for number in range(1, 60):
        (folder / f"default-{number:06}.json").write_text("{}")
    (folder / "other-000001.json").write_text("{}")
    shelf = Shelf(project, None)
    assert shelf.name == "default-000060.json"
    shelf.close()
    assert [each.number for each in records_of(project, None)] == [*range(60 - RECORDS_AT_MOST, 60)]
    assert [each.number for each in records_of(project, "other")] == [1]


@pytest.mark.parametrize("name", ["records", "records/default-000001.json"])
def test_a_record_that_any_user_could_have_written_is_not_believed(
    tool: Tool, project: Path, name: str
) -> None:
    wants(project, "new")
    tool("apply", "--yes")
    (project / ".reconcile" / name).chmod(0o777)
    with pytest.raises(ProblemsFound, match="may be written by every user"):
        kept_record(project, "default-000001.json")
