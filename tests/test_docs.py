"""The documents say what the code has: every field and switch of a system, every link, every room."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.test_layers import ORDER

from reconcile.fields.attributes import attributes
from reconcile.systems import BUILT_IN, Installed
from reconcile_sandbox import describe

ROOT = Path(__file__).parents[1]
SYSTEMS = ROOT / "docs" / "systems"
MARKDOWN = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")])


def text(path: Path) -> str:
    return path.read_text("utf-8")


def test_there_is_one_document_a_system() -> None:
    assert sorted(path.stem for path in SYSTEMS.glob("*.md")) == sorted(BUILT_IN)


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_system_s_document_names_its_kinds_fields_options_and_ways_to_authenticate(name: str) -> None:
    said = text(SYSTEMS / f"{name}.md")
    system = Installed()[name]
    for kind in system.kinds:
        row = next(line for line in said.splitlines() if line.startswith(f"| `{kind.name}` |"))
        assert [field for field in kind.table.rows if f"`{field}`" not in row] == []
        assert kind.api_version in said
    assert [scheme.name for scheme in system.auth if f"`{scheme.name}" not in said] == []
    assert [option for option in attributes(system.options) if f"options.{option}" not in said] == []


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_system_s_document_names_the_switches_that_there_are_and_no_others(name: str) -> None:
    said = text(SYSTEMS / f"{name}.md").partition("## What is open")[2]
    named = {
        word for line in said.splitlines() if line.startswith("|") for word in re.findall(r"`(\w+)`", line)
    }
    known = {
        switch.name.removeprefix(f"{name}.") for switch in describe() if switch.name.startswith(f"{name}.")
    }
    assert named == known


def test_the_readme_has_every_kind_and_every_way_to_authenticate() -> None:
    said = text(ROOT / "README.md")
    for system in Installed().values():
        for kind in system.kinds:
            assert f"| `{kind.api_version} {kind.name}` |" in said
        row = next(line for line in said.splitlines() if line.startswith(f"| [`{system.type}`]"))
        assert [scheme.name for scheme in system.auth if scheme.name not in row] == []


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_to_a_file_leads_to_one(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text(path)):
        assert "://" in target or (path.parent / target).exists(), f"{path}: {target}"


def test_the_architecture_s_rooms_are_those_of_the_house() -> None:
    table = text(ROOT / "docs" / "architecture.md").partition("## The rooms")[2].partition("\n## ")[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert {room for cell in cells for room in re.findall(r"`(\w+)`", cell)} == {
        *(set(ORDER) - {"__main__"}),
        "sandbox",
    }
