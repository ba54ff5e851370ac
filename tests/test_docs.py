"""The documents say what the code has: every field and switch of a system, every link, every room."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.test_layers import ORDER

from reconcile.fields.attributes import attributes
from reconcile.fields.table import Row
from reconcile.provider import Kind
from reconcile.systems import BUILT_IN, Installed
from reconcile_sandbox import describe

ROOT = Path(__file__).parents[1]
SYSTEMS = ROOT / "docs" / "systems"
TITLES = {"flexdeploy": "FlexDeploy", "katalon": "Katalon", "brpm": "BRPM", "foundry": "Foundry"}
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


def ids_of(kind: Kind) -> Iterator[tuple[str, Row]]:
    """Every field of a kind that holds an id of the vendor's, those inside lists too."""
    open_ = [kind.table]
    while open_:
        table = open_.pop()
        open_ += [row.nested for row in table.rows.values() if row.table is not None]
        yield from ((name, row) for name, row in table.rows.items() if re.search(r"([iI]d|Rid)$", name))


@pytest.mark.parametrize("name", BUILT_IN)
def test_it_is_said_where_each_id_is_found_and_how_it_is_asked_for(name: str) -> None:
    system = Installed()[name]
    said = text(ROOT / "docs" / "find-an-id.md").partition(f"## {TITLES[name]}\n")[2].partition("\n## ")[0]
    rows = {
        word: line
        for line in said.splitlines()
        if line.startswith("| `")
        for word in re.findall(r"`([\w.]+)`", line.split("|")[1])
    }
    assert "metadata.id" in rows
    for kind in system.kinds:
        for field, row in ids_of(kind):
            assert field in rows, f"{kind.name}.{field}"
            assert (f"reconcile find {name}/" in rows[field]) >= (row.nameable is not None), field


def test_every_find_of_the_page_on_ids_names_a_field_that_takes_a_name() -> None:
    page = text(ROOT / "docs" / "find-an-id.md")
    for system, kind, field in re.findall(r"reconcile find ([a-z]+)/(\w+)\.(\w+)", page):
        found = Installed()[system].kind(kind)
        assert found is not None
        assert found.table.rows[field].nameable is not None, field
