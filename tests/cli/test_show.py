"""`show`: a saved plan or record rendered again, offline, whatever is in the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.support.commands import Tool
from tests.support.projects import release, written


@pytest.fixture
def saved(tool: Tool, project: Path) -> dict[str, Any]:
    """A saved plan with one change, as a document and in `plan.json`."""
    written(
        project,
        {
            "manifests/train.yaml": release("train", "{description: new}"),
            "reconcile.yaml": (project / "reconcile.yaml").read_text(),
        },
    )
    return tool("plan", "--out", "plan.json", "-o", "json").document


def test_a_saved_plan_is_shown_as_it_was(tool: Tool, saved: dict[str, Any], wire: Any) -> None:
    before = len(wire.log)
    assert tool("show", "plan.json").out == tool("plan").out
    shown = tool("show", "plan.json", "-o", "json").document
    for name in ("format_version", "created_at", "summary", "systems", "fingerprint"):
        assert shown[name] == saved[name]
    assert shown["operations"][0]["requests"] == saved["operations"][0]["requests"]
    assert len(wire.log) == before + 1


def test_a_record_is_shown_with_its_outcomes(tool: Tool, saved: dict[str, Any]) -> None:
    tool("apply", "--yes", "--out", "record.json")
    ran = tool("show", "record.json")
    assert ran.code == 0
    assert ran.last == "Apply: 1 done, 0 failed, 0 skipped, 0 unknown, 0 blocked."


def test_it_needs_no_project(tool: Tool, saved: dict[str, Any], project: Path) -> None:
    (project / "reconcile.yaml").unlink()
    assert tool("show", "plan.json").code == 0


@pytest.mark.parametrize("format", ["text", "json"])
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"3",
        b"{}",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"format_version": "2.0"}',
        b'{"format_version": null}',
        b'{"format_version": ["1.0"]}',
        b'{"format_version": "1.0"}',
        b'{"format_version": "1.0", "operations": 3}',
        b'{"format_version": "1.0", "summary": {"create": NaN}}',
        b'{"format_version": "1.0", "x": ' + b"9" * 5000 + b"}",
    ],
    ids=lambda data: data[:40].decode("latin-1"),
)
def test_what_is_no_plan_is_1_and_no_traceback(tool: Tool, tmp_path: Path, data: bytes, format: str) -> None:
    (tmp_path / "plan.json").write_bytes(data)
    ran = tool("show", "plan.json", "-o", format)
    assert ran.code == 1
    assert ran.err.startswith("plan.json ")
    assert ran.err.endswith("[not-a-plan]\n")
    assert len(ran.err.splitlines()) == 1


def test_a_file_that_is_not_there_is_1(tool: Tool) -> None:
    ran = tool("show", "nowhere.json")
    assert ran.code == 1
    assert ran.err.startswith("nowhere.json cannot be read")


MUTATIONS: list[Any] = [None, -1, [], [{}], "\ud800\x1b[31m"]


@pytest.mark.parametrize("format", ["text", "json"])
def test_a_plan_that_was_tampered_with_is_shown_or_refused_but_never_crashes(
    tool: Tool, saved: dict[str, Any], project: Path, format: str
) -> None:
    places = (
        [(name,) for name in saved]
        + [("operations", 0, name) for name in saved["operations"][0]]
        + [("operations", 0, "changes", 0, name) for name in saved["operations"][0]["changes"][0]]
        + [("operations", 0, "requests", 0, name) for name in saved["operations"][0]["requests"][0]]
    )
    for place in places:
        for value in MUTATIONS:
            document = json.loads(json.dumps(saved))
            around = document
            for step in place[:-1]:
                around = around[step]
            around[place[-1]] = value
            (project / "odd.json").write_text(json.dumps(document))
            ran = tool("show", "odd.json", "-o", format)
            assert ran.code in {0, 1}, (place, value)
            assert "Traceback" not in ran.err
            assert "\x1b" not in (ran.out if format == "text" else "")
