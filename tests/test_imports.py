"""What a command does not need, it does not import: a start costs what it uses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.projects import release, written

PROBE = """
import json, sys
sys.argv = ["reconcile", *sys.argv[1:]]
from reconcile.cli.main import main
try:
    main()
except SystemExit as end:
    code = end.code
libraries = ("httpx", "deepdiff", "rich", "pydantic", "yaml", "starlette")
heavy = [name for name in libraries if name in sys.modules]
print("\\n" + json.dumps([code, heavy]))
"""
NO_OP = """
import sys
from reconcile.systems.flexdeploy.release import read
from tests.support.values import release, wanted
from tests.support.worlds import World, planned
from tests.support.servers import Releases, row
world = World(Releases(row(description="x", properties=[{"propertyName": "A", "propertyValue": "3"}])))
spec = {"description": "x", "properties": [{"propertyName": "A", "propertyValue": "3"}]}
assert not planned(world, wanted(release("a", spec))).plan.operations
before = "deepdiff" in sys.modules
assert planned(world, wanted(release("a", {"description": "y"}))).plan.operations
print(before, "deepdiff" in sys.modules)
"""


def told(code: str, *arguments: str, cwd: Path) -> str:
    """The last line that a fresh interpreter prints."""
    run = [sys.executable, "-c", code, *arguments]
    return subprocess.run(run, cwd=cwd, capture_output=True, text=True, check=True).stdout.splitlines()[-1]


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("plan", "--help")])
def test_help_and_version_import_no_library_but_the_command_lines_own(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    assert told(PROBE, *arguments, cwd=tmp_path) == "[0, []]"


def test_validate_imports_nothing_that_compares_or_contacts(tmp_path: Path) -> None:
    written(tmp_path, {"manifests/a.yaml": release("a")})
    assert told(PROBE, "validate", cwd=tmp_path) == '[0, ["pydantic", "yaml"]]'


def test_validate_of_mistakes_imports_no_more(tmp_path: Path) -> None:
    written(tmp_path, {"manifests/a.yaml": release("a", "{nope: 1}")})
    assert told(PROBE, "validate", cwd=tmp_path) == '[1, ["pydantic", "yaml"]]'


def test_a_validate_of_known_files_imports_no_more_than_what_reads_the_project_file(tmp_path: Path) -> None:
    written(tmp_path, {"manifests/a.yaml": release("a")})
    subprocess.run(["git", "-C", tmp_path, "init", "-q"], check=True)  # what is kept is believed only there
    assert [told(PROBE, "validate", cwd=tmp_path) for _ in range(2)][1] == '[0, ["yaml"]]'


def test_show_imports_nothing_of_the_systems(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text('{"format_version": "2.0"}')
    code, heavy = told(PROBE, "show", "plan.json", cwd=tmp_path).split(", ", 1)
    assert code == "[1"
    assert not {"httpx", "deepdiff", "rich", "starlette"} & set(heavy)


def test_a_plan_without_differences_never_imports_deepdiff() -> None:
    assert told(NO_OP, cwd=Path(__file__).parents[1]) == "False True"


WITHOUT = """
import sys
if len(sys.argv) > 1:
    import reconcile.cli.main
from reconcile.planning._deepdiff import DeepDiff
taken = [name for name in ("asyncio", "pydantic.main") if name in sys.modules]
import asyncio, pydantic
model = type("Model", (pydantic.BaseModel,), {})
print(taken, asyncio.Lock.__name__, model.__mro__[1].__name__, len(DeepDiff({"a": 1}, {"a": 2})))
"""


@pytest.mark.parametrize(
    ("arguments", "taken"), [((), "['asyncio', 'pydantic.main']"), (("in the command line",), "[]")]
)
def test_deepdiff_is_imported_alone_in_the_command_line_and_takes_nothing_from_who_comes_later(
    arguments: tuple[str, ...], taken: str
) -> None:
    assert told(WITHOUT, *arguments, cwd=Path(__file__).parents[1]) == f"{taken} Lock BaseModel 1"


COMPILED = """
import sys
{first}
from reconcile.json_codec import decode, encode
alone = "pydantic_core" not in sys.modules
assert (decode(b'[{{"a": 1}}]'), encode([1, "x"])) == ([{{"a": 1}}], b'[1,"x"]')
import pydantic, pydantic_core
class Model(pydantic.BaseModel):
    a: int
assert (Model.model_validate_json(b'{{"a": 1}}').a, pydantic_core.from_json(b"[]")) == (1, [])
print(alone)
"""


@pytest.mark.parametrize(("first", "alone"), [("import reconcile.cli.main", "True"), ("", "False")])
def test_the_command_line_reads_json_without_pydantic_which_may_come_later(
    first: str, alone: str, tmp_path: Path
) -> None:
    """A library imports the whole package: another thread may be importing it just now."""
    assert told(COMPILED.format(first=first), cwd=tmp_path) == alone
