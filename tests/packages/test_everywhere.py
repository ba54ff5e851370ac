"""Whatever reads kinds knows a package's as it knows the built-in ones: explain, completion, export, find."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from tests.packages.lamps import DESK, MODULE, POINTS, PROJECT
from tests.support.interpreters import Interpreter, interpreter
from tests.support.projects import written


@pytest.fixture
def python(tmp_path: Path) -> Interpreter:
    """An interpreter with the lamp shop's package."""
    made = interpreter(tmp_path / "python")
    module = MODULE.replace(
        "options=Fields,", "options=Options,"
    ).replace(
        "class Lamp(Fields):",
        'class Options(Fields):\n    volts: Annotated[int | None, doc("int", "Its volts.", 230)] = None\n\n\n'
        "class Lamp(Fields):",
    )  # fmt: skip
    made.install("reconcile-lamps", {"reconcile_lamps/__init__.py": module}, POINTS, "1.2")
    return made


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return written(tmp_path / "project", {"reconcile.yaml": PROJECT, "manifests/desk.yaml": DESK})


def completed(python: Interpreter, project: Path, *words: str) -> list[str]:
    """What a shell is offered."""
    return python.run(*words, cwd=project, _RECONCILE_COMPLETE="words")[0].split()


@pytest.mark.parametrize("topic", ["Lamp", "lamps/Lamp", "lamp"])
def test_a_kind_is_explained(python: Interpreter, project: Path, topic: str) -> None:
    said = python.run("explain", topic, cwd=project)[0]
    assert "lamps/v1 Lamp" in said
    assert "Whether it is lit." in said


def test_a_field_is_explained_and_a_misspelled_one_named(python: Interpreter, project: Path) -> None:
    assert "Whether it is lit." in python.run("explain", "Lamp.lit", cwd=project)[0]
    assert "did you mean `lit`?" in python.run("explain", "Lamp.lid", cwd=project, code=64)[1]


def test_the_list_of_topics_has_its_kinds_credentials_and_options(python: Interpreter, project: Path) -> None:
    assert "lamps/Lamp                 A lamp of the lamp shop." in python.run("explain", cwd=project)[0]
    facts = json.loads(python.run("explain", "-o", "json", cwd=project)[0])
    assert {"apiVersion": "lamps/v1", "kind": "Lamp", "summary": "A lamp of the lamp shop."} in facts["kinds"]
    auth = python.run("explain", "reconcile.yaml.systems.auth", cwd=project)[0]
    assert "lamps       bearer: SECRET" in auth
    assert "lamps: volts" in python.run("explain", "options", cwd=project)[0]


def test_a_kind_that_a_package_shares_by_name_is_explained_with_the_built_in_ones(
    python: Interpreter, project: Path
) -> None:
    module = MODULE.replace("lamps", "lights").replace('name="Lamp"', 'name="Release"')
    python.install("lights", {"lights.py": module}, {"lights": "lights:SYSTEM"})
    said = python.run("explain", "Release", cwd=project)[0]
    assert "flexdeploy/v1 Release" in said
    assert "lights/v1 Release" in said


def test_a_package_that_cannot_be_used_says_why_where_it_is_asked_for_and_hurts_no_other_topic(
    python: Interpreter, project: Path
) -> None:
    python.install("bad", {"bad.py": "raise RuntimeError('no')"}, {"bad": "bad:SYSTEM"})
    assert "RuntimeError: no" in python.run("explain", "bad/Thing", cwd=project, code=64)[1]
    assert "lamps/v1 Lamp" in python.run("explain", "Lamp", cwd=project)[0]
    assert "no-base" in python.run("explain", "no-base", cwd=project)[0]


def test_what_may_be_exported_is_completed_at_the_first_time(python: Interpreter, project: Path) -> None:
    assert completed(python, project, "export", "la") == ["lamps", "lamps/Lamp"]
    assert completed(python, project, "plan", "--target", "la") == ["lamps/Lamp/desk"]


def test_a_topic_is_completed_once_something_is_known_of_the_package(
    python: Interpreter, project: Path
) -> None:
    python.run("systems", cwd=project)
    assert completed(python, project, "explain", "lam") == ["lamps/Lamp"]
    assert {"Lamp", "Lamp.lit", "Lamp.name"} <= {*completed(python, project, "explain", "La")}


def test_completion_imports_a_package_that_cannot_be_used_once(python: Interpreter, project: Path) -> None:
    count = python.root / "count"
    code = f"with open({str(count)!r}, 'a') as file:\n    file.write('x')\nraise RuntimeError('no')\n"
    python.install("bad", {"bad.py": code}, {"bad": "bad:SYSTEM"})
    (project / "reconcile.yaml").write_text(PROJECT.replace("lamps: {", "bad: {"))
    for _ in range(3):
        assert completed(python, project, "export", "b") == ["bad"]
    assert count.read_text() == "x"
    python.run("systems", cwd=project)
    assert count.read_text() == "xx"


def test_what_completion_offers_goes_with_the_package(python: Interpreter, project: Path) -> None:
    python.run("systems", cwd=project)
    subprocess.run(["rm", "-r", *python.site.glob("reconcile_lamps*")], check=True)
    assert completed(python, project, "explain", "lam") == []
    assert completed(python, project, "export", "la") == ["lamps"]
