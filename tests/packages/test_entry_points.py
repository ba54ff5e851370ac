"""A package adds a type of system: it is found in site directories alone, and imported when it is named."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest
from tests.packages.lamps import BUILT_IN, DESK, FILES, MODULE, POINTS, PROJECT
from tests.support.interpreters import SRC, Interpreter, installed, interpreter
from tests.support.projects import written
from tests.support.tracker import TRACKER

from reconcile.systems import register, registered

IMPORTED = """
import sys
from reconcile.cli.main import main
try:
    main()
except SystemExit:
    pass
asked = {"importlib.metadata", "reconcile_lamps", "reconcile.packages.distributions"}
print(sorted(asked & {*sys.modules} - ({"importlib.metadata"} if "pydantic" in sys.modules else set())))
"""


@pytest.fixture
def python(tmp_path: Path) -> Interpreter:
    return interpreter(tmp_path / "python")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return written(tmp_path / "project", {"reconcile.yaml": PROJECT, "manifests/desk.yaml": DESK})


def built_in(project: Path) -> None:
    (project / "reconcile.yaml").write_text(BUILT_IN)
    (project / "manifests/desk.yaml").write_text(
        "apiVersion: katalon/v1\nkind: ScheduleLink\nmetadata: {name: a}\n"
        "spec: {runConfigurationId: 1, releaseId: 2, projectId: 3}\n"
    )


def test_a_type_of_an_installed_package_is_one_like_any_other(python: Interpreter, project: Path) -> None:
    python.install("reconcile-lamps", FILES, POINTS)
    assert "1 resource" in python.run("validate", cwd=project)[0]
    (project / "manifests/desk.yaml").write_text(DESK.replace("lit", "lid"))
    assert "unknown field `lid`; did you mean `lit`?" in python.run("validate", cwd=project, code=1)[1]


def test_without_the_package_its_type_is_unknown(python: Interpreter, project: Path) -> None:
    said = python.run("validate", cwd=project, code=1)[1]
    assert "reconcile.yaml:2:11: no system type `lamps`: write the system's `type`; known: brpm" in said


def test_a_misspelled_type_names_the_nearest_one_of_a_package_too(python: Interpreter, project: Path) -> None:
    python.install("reconcile-lamps", FILES, POINTS)
    (project / "reconcile.yaml").write_text(PROJECT.replace("lamps: {", "lmaps: {"))
    assert "did you mean `lamps`?" in python.run("validate", cwd=project, code=1)[1]


@pytest.mark.parametrize("words", [("validate",), ("--help",), ("explain", "codes")])
def test_a_run_of_built_in_types_asks_for_no_entry_point(
    python: Interpreter, project: Path, words: tuple[str, ...]
) -> None:
    python.install("reconcile-lamps", FILES, POINTS)
    built_in(project)
    subprocess.run(["git", "-C", project, "init", "-q"], check=True)  # what is kept is believed only there
    (python.site / "imported.py").write_text(IMPORTED)
    for _ in range(2):  # the second knows the files, and so does without pydantic, which asks for it
        assert python.run(*words, cwd=project, module="imported")[0].splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("module", "words"),
    [
        ("raise RuntimeError('no such thing')", "cannot be imported: RuntimeError: no such thing"),
        ("import sys; sys.exit(3)", "cannot be imported: SystemExit: 3"),
        ("import reconcile_nothing", "cannot be imported: ModuleNotFoundError: No module named"),
        ("from reconcile.provider import Nothing", "cannot be imported: ImportError: cannot import name"),
        ("SYSTEM = 3", "declares nothing: reconcile_lamps:SYSTEM is no reconcile.provider.System"),
        ("THING = 3", "cannot be imported: AttributeError: module 'reconcile_lamps' has no attribute"),
        ("def (", "cannot be imported: SyntaxError"),
        (
            "from __future__ import annotations\n"
            + MODULE.replace("lit: Annotated[bool", "lit: Annotated[No"),
            "declares no tables that can be read: NameError: name 'No' is not defined",
        ),
        (
            MODULE.replace("api=1", "api=2"),
            "was made for version 2 of reconcile.provider, and this is version 1: install a newer reconcile",
        ),
        (
            MODULE.replace("api=1", "api=0"),
            "was made for version 0 of reconcile.provider, and this is version 1: install a version of the",
        ),
        (
            MODULE.replace('type="lamps"', 'type="lights"'),
            "declares the type `lights`, and its entry point is `lamps`",
        ),
    ],
)
def test_what_is_wrong_with_a_package_is_told_where_it_is_named_and_hurts_nobody_else(
    python: Interpreter, project: Path, module: str, words: str
) -> None:
    python.install("reconcile-lamps", {"reconcile_lamps/__init__.py": module}, POINTS, "1.2")
    said = python.run("validate", cwd=project, code=1)[1]
    assert "reconcile.yaml:2:11: the package reconcile-lamps 1.2 of the type `lamps` " in said
    assert words in said
    assert "[unusable-package]" in said
    assert "Traceback" not in said
    built_in(project)
    assert "1 resource" in python.run("validate", cwd=project)[0]


def test_two_packages_of_one_type_are_an_error_that_names_both(python: Interpreter, project: Path) -> None:
    python.install("reconcile-lamps", FILES, POINTS)
    python.install("other-lamps", {"other.py": MODULE}, {"lamps": "other:SYSTEM"}, "2.1")
    said = python.run("validate", cwd=project, code=1)[1]
    assert "the type `lamps` is added by the package other-lamps 2.1 (other:SYSTEM) and the package" in said
    assert "reconcile-lamps 1.0 (reconcile_lamps:SYSTEM): uninstall all but one" in said
    built_in(project)
    assert "1 resource" in python.run("validate", cwd=project)[0]


def test_a_package_never_takes_the_place_of_a_type_that_is_built_in(
    python: Interpreter, project: Path
) -> None:
    python.install("bad", {"bad.py": "raise SystemExit('taken over')"}, {"katalon": "bad:SYSTEM"})
    built_in(project)
    assert "1 resource" in python.run("validate", cwd=project)[0]


def test_what_a_package_prints_as_it_is_imported_is_no_part_of_a_document(
    python: Interpreter, project: Path
) -> None:
    python.install("reconcile-lamps", {"reconcile_lamps/__init__.py": MODULE + "\nprint('HELLO')"}, POINTS)
    assert "HELLO" not in python.run("validate", "-o", "json", cwd=project)[0]


@pytest.mark.parametrize("words", [("validate",), ("-C", "project", "validate")])
def test_an_entry_point_in_a_checkout_is_never_taken(
    python: Interpreter, project: Path, words: tuple[str, ...]
) -> None:
    installed(project, "reconcile-lamps", FILES, POINTS)
    for folder in (project, project.parent):
        if folder != project:
            installed(folder, "reconcile-lamps", FILES, POINTS)
    here = project if words == ("validate",) else project.parent
    more = {"PYTHONPATH": str(project)}
    for environment in ({}, more):
        said = python.run(*words, cwd=here, code=1, **environment)[1]
        assert "no system type `lamps`" in said


def test_a_module_in_a_checkout_never_stands_in_for_the_installed_one(
    python: Interpreter, project: Path
) -> None:
    python.install("reconcile-lamps", FILES, POINTS)
    (project / "reconcile_lamps.py").write_text("raise SystemExit('taken over')")
    assert "1 resource" in python.run("validate", cwd=project)[0]
    (python.site / "imported.py").write_text(IMPORTED)  # as a program that uses the tool as a library
    assert "1 resource" in python.run("validate", cwd=project, module="imported")[0]


LAZY = MODULE.replace(
    "class Lamp(", "def dark(spec):\n    import beside\n    return beside.FOUND\n\nclass Lamp(", 1
)
"""A package whose rule imports what nobody else has imported by then."""


@pytest.mark.parametrize("path", ["", ":/nowhere", "."])
def test_what_a_package_imports_as_it_is_called_is_not_taken_from_the_current_folder(
    python: Interpreter, project: Path, path: str
) -> None:
    ruled = LAZY.replace("model=Lamp,", "model=Lamp, rules=(dark,),")
    python.install(
        "reconcile-lamps", {"reconcile_lamps/__init__.py": ruled, "beside.py": "FOUND = ()"}, POINTS
    )
    for name in ("beside", "click", "yaml"):
        (project / f"{name}.py").write_text("raise SystemExit('taken over')")
    more = {"PYTHONPATH": path} if path else {}
    assert "1 resource" in python.run("validate", cwd=project, **more)[0]


def test_where_the_tool_itself_is_run_from_what_stands_beside_it_is_imported(
    python: Interpreter, project: Path
) -> None:
    (python.site / "tool.pth").write_text(sysconfig.get_path("purelib"))
    ruled = LAZY.replace("model=Lamp,", "model=Lamp, rules=(dark,),")
    python.install("reconcile-lamps", {"reconcile_lamps/__init__.py": ruled}, POINTS)
    (project / "beside.py").write_text("FOUND = ()")
    (project / "reconcile").symlink_to(SRC / "reconcile")
    for environment in ({}, {"PYTHONPATH": str(project)}):
        assert "1 resource" in python.run("validate", cwd=project, **environment)[0]


def test_a_package_that_is_worked_on_is_taken_from_where_its_installation_leads(
    python: Interpreter, project: Path
) -> None:
    about = python.install("reconcile-lamps", {}, POINTS)
    (project / "reconcile_lamps.py").write_text(MODULE)
    (python.site / "worked-on.pth").write_text(f"{project}\n")
    assert "1 resource" in python.run("validate", cwd=project)[0]
    shutil.rmtree(about)
    assert "no system type `lamps`" in python.run("validate", cwd=project, code=1)[1]


@pytest.mark.parametrize("text", ["[reconcile.systems]\nnonsense\n", "\xff[reconcile.systems]", "[[[", ""])
def test_the_broken_entry_points_of_another_package_hurt_nobody(
    python: Interpreter, project: Path, text: str
) -> None:
    python.install("reconcile-lamps", FILES, POINTS)
    broken = python.install("broken", {}, {})
    (broken / "entry_points.txt").write_bytes(text.encode("latin-1"))
    (python.install("bare", {}, {}) / "METADATA").unlink()
    assert "1 resource" in python.run("validate", cwd=project)[0]


def test_a_package_that_describes_itself_in_no_text_hurts_nobody_and_is_called_by_its_folder(
    python: Interpreter, project: Path
) -> None:
    python.install("reconcile-lamps", FILES, POINTS)
    for name in ("reconcile-other", "reconcile-rooms"):
        about = python.install(name, {}, {name: "nowhere:SYSTEM"}, "2.0")
        (about / "METADATA").write_bytes(b"Metadata-Version: 2.1\nName: caf\xe9\nVersion: 1\n")
    assert "1 resource" in python.run("validate", cwd=project)[0]
    said = python.run("systems", cwd=project)[0]
    assert "reconcile_other 2.0" in said
    assert "reconcile_rooms 2.0" in said


def test_a_stricter_rule_of_a_newer_package_is_not_hidden_by_what_was_kept(
    python: Interpreter, project: Path
) -> None:
    about = python.install("reconcile-lamps", FILES, POINTS)
    subprocess.run(["git", "-C", project, "init", "-q"], check=True)  # what is kept is believed only there
    python.run("validate", cwd=project)
    assert [*project.glob(".reconcile/cache/*.kept")]
    assert "1 resource" in python.run("validate", cwd=project)[0]
    strict = MODULE.replace(
        "from reconcile.provider import", "from reconcile.provider import Finding,"
    ).replace(
        "    model=Lamp,", "    model=Lamp, rules=(lambda spec: [Finding(('lit',), 'dark', 'no light')],),"
    )
    (python.site / "reconcile_lamps/__init__.py").write_text(strict)
    assert "no light [dark]" in python.run("validate", cwd=project, code=1)[1]
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: reconcile-lamps\nVersion: 1.1\n")
    assert "no light [dark]" in python.run("validate", cwd=project, code=1)[1]


def test_a_manifest_alone_brings_no_package_in(python: Interpreter, project: Path) -> None:
    python.install(
        "reconcile-lamps", {"reconcile_lamps/__init__.py": "raise SystemExit('brought in')"}, POINTS
    )
    (project / "reconcile.yaml").write_text(BUILT_IN)
    said = python.run("validate", cwd=project, code=1)[1]
    assert "a type that a package adds has a system in reconcile.yaml first [unknown-api-version]" in said
    assert "brought in" not in said


def test_a_program_cannot_put_a_type_in_the_place_of_another() -> None:
    taken = TRACKER._replace(type="brpm")
    with pytest.raises(ValueError, match="there is a type `brpm` already"):
        register(taken)
    with registered(TRACKER), pytest.raises(ValueError, match="there is a type `tracker` already"):
        register(TRACKER._replace(title="Another"))
