"""The tutorial on packages does what it says: its files, as they stand on the page, in an interpreter."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.packages.test_everywhere import completed
from tests.support import tracker
from tests.support.interpreters import Interpreter, interpreter

PAGE = (Path(__file__).parents[2] / "docs/providers.md").read_text("utf-8")
FILES = {name: text for name, text in re.findall(r"```\w+ (\S+)\n(.*?)```", PAGE, re.DOTALL)}


@pytest.fixture(scope="module")
def server() -> Iterator[tracker.Server]:
    with tracker.served() as made:
        yield made


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Interpreter:
    """An interpreter in which the package of the tutorial is installed as its pyproject says."""
    made = interpreter(tmp_path_factory.mktemp("python"))
    about = tomllib.loads(FILES["pyproject.toml"])["project"]
    code = {name: text for name, text in FILES.items() if name.startswith("reconcile_lamps/")}
    made.install(about["name"], code, about["entry-points"]["reconcile.systems"], about["version"])
    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, server: tracker.Server) -> Path:
    """What else stands on the page, with the url of a server that is there."""
    root = tmp_path_factory.mktemp("project")
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text.replace("https://lamps.example.com/api", server.url))
    (root / "reconcile_lamps/__init__.py").unlink()
    return root


def test_its_package_passes_the_laws(python: Interpreter, folder: Path) -> None:
    said, _ = python.run("-q", "-p", "no:cacheprovider", "tests", cwd=folder, module="pytest")
    assert re.search(r"\d{2,} passed", said)
    assert "failed" not in said


def test_its_commands_do_what_it_says(python: Interpreter, folder: Path, server: tracker.Server) -> None:
    assert "lamps       reconcile-lamps 1.0       lamps/v1 Lamp" in python.run("systems", cwd=folder)[0]
    assert "Whether it is on." in python.run("explain", "Lamp", cwd=folder)[0]
    assert "1 resource" in python.run("validate", cwd=folder)[0]
    token = {"LAMPS_TOKEN": "t"}
    assert "Plan: 1 to create" in python.run("plan", cwd=folder, **token)[0]
    assert "Apply: 1 done" in python.run("apply", "--yes", cwd=folder, **token)[0]
    assert server.rows["lamps"][1] == {"id": 1, "name": "desk", "power": "on", "watts": 40}
    assert "No changes." in python.run("plan", cwd=folder, **token)[0]
    assert "ok    lamps" in python.run("doctor", cwd=folder, **token)[0]
    assert completed(python, folder, "export", "lamps/") == ["lamps/Lamp"]
    python.run("schema", "--to", "schemas", cwd=folder)
    assert "lamps/v1" in (folder / "schemas/manifest.schema.json").read_text()


def test_every_piece_of_code_on_the_page_is_python() -> None:
    pieces = re.findall(r"```python[^\n]*\n(.*?)```", PAGE, re.DOTALL)
    assert len(pieces) >= 3
    for piece in pieces:
        ast.parse(piece)
