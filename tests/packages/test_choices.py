"""A choice in lower case is what the vendor spells: on the way in, compared, and on the way out."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.commands import Tool
from tests.support.projects import written
from tests.support.tracker import Server, manifest

from reconcile.fields import forms


@pytest.mark.parametrize(
    ("choices", "value", "form"),
    [
        (("open", "shut_down"), "open", "open"),
        (("open", "shut_down"), "OPEN", "open"),
        (("open", "shut_down"), " Shut down ", "shut_down"),
        (("open", "shut_down"), "ShutDown", "shut_down"),
        (("NOTSTARTED",), "Not started", "NOTSTARTED"),
        (("open",), "something else", "SOMETHINGELSE"),
        (("open",), "", None),
        (("open",), None, None),
        (("a_b", "ab"), "a_b", "a_b"),
        (("a_b", "ab"), "ab", "ab"),
        (("a_b", "ab"), "AB", "AB"),
        ((1, 2), 1, 1),
    ],
)
def test_a_spelling_of_a_choice_is_that_choice(choices: tuple[str, ...], value: object, form: object) -> None:
    normal = forms.one_of(choices)
    assert normal(value) == form
    assert normal(normal(value)) == form


def test_a_choice_is_exported_as_it_is_declared_and_then_nothing_differs(
    tool: Tool, folder: Path, server: Server
) -> None:
    server.rows["projects"] = {
        1: {"id": 1, "name": "a", "status": "Shut down"},
        2: {"id": 2, "name": "b", "status": "open"},
    }
    assert tool("export", "--to", "manifests").code == 0
    assert "status: shut_down" in (folder / "manifests/tracker/Project/a.yaml").read_text()
    assert "status" not in (folder / "manifests/tracker/Project/b.yaml").read_text()
    assert tool("plan", "--detailed-exitcode").last == "No changes."


@pytest.mark.parametrize(("live", "wanted"), [("open", "null"), (None, "open"), ("", "open"), (None, "null")])
def test_a_default_in_lower_case_is_what_null_and_silence_stand_for(
    tool: Tool, folder: Path, server: Server, live: str | None, wanted: str
) -> None:
    server.rows["projects"] = {1: {"id": 1, "name": "a", "status": live}}
    written(
        folder, {"reconcile.yaml": (folder / "reconcile.yaml").read_text(),
                 "manifests/a.yaml": manifest("Project", "a", f"{{status: {wanted}}}")},
    )  # fmt: skip
    assert tool("plan", "--detailed-exitcode").last == "No changes."
    server.rows["projects"][1]["status"] = "locked"
    assert tool("plan", "--detailed-exitcode").code == 2
