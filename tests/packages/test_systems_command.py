"""`reconcile systems` tells of every type and its package, whatever a package does as it is imported."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from tests.packages.lamps import FILES, MODULE, POINTS, PROJECT
from tests.support.interpreters import Interpreter, interpreter


@pytest.fixture
def python(tmp_path: Path) -> Interpreter:
    return interpreter(tmp_path / "python")


def listed(python: Interpreter) -> dict[str, Any]:
    found = json.loads(python.run("systems", "-o", "json", cwd=python.root)[0])
    return {each["type"]: each for each in found["systems"]}


def test_each_type_is_listed_with_its_package_version_and_kinds(python: Interpreter) -> None:
    python.install("reconcile-lamps", FILES, POINTS, "1.2")
    said, noise = python.run("systems", cwd=python.root)
    assert "lamps       reconcile-lamps 1.2       lamps/v1 Lamp\n" in said
    assert "brpm        built in                  brpm/v1 Run\n" in said
    assert noise == ""
    lamps = listed(python)["lamps"]
    assert lamps["kinds"] == [
        {"apiVersion": "lamps/v1", "kind": "Lamp", "summary": "A lamp of the lamp shop."}
    ]
    assert (lamps["problem"], lamps["remarks"]) == (None, [])
    assert [*listed(python)] == ["flexdeploy", "katalon", "brpm", "foundry", "lamps"]


def test_each_fault_of_a_package_is_told_apart_and_hurts_no_other(python: Interpreter) -> None:
    python.install("reconcile-lamps", FILES, POINTS)
    python.install("raising", {"raising.py": "raise RuntimeError('no')"}, {"raising": "raising:SYSTEM"})
    python.install("newer", {"newer.py": MODULE.replace("api=1", "api=9")}, {"newer": "newer:SYSTEM"})
    python.install("taking", {"taking.py": MODULE}, {"brpm": "taking:SYSTEM"})
    python.install("ending", {"ending.py": "import os; os._exit(7)"}, {"ending": "ending:SYSTEM"})
    python.install("one", {"one.py": MODULE}, {"twice": "one:SYSTEM"})
    python.install("other", {"other.py": MODULE}, {"twice": "other:SYSTEM"})
    loud = "print('HELLO')\nimport os\nos.write(1, b'HELLO')\n" + MODULE.replace('"lamps"', '"loud"')
    python.install("loud", {"loud.py": loud}, {"loud": "loud:SYSTEM"})
    chatty = "print('HELLO')\n" + MODULE.replace('"lamps"', '"chatty"')
    python.install("chatty", {"chatty.py": chatty}, {"chatty": "chatty:SYSTEM"})
    (python.install("nonsense", {}, {}) / "entry_points.txt").write_text("[reconcile.systems]\nnonsense\n")
    found = json.loads(python.run("systems", "-o", "json", cwd=python.root)[0])["systems"]
    told = {(each["type"], each["package"]): (each["problem"] or "", each["remarks"]) for each in found}
    assert told["lamps", "reconcile-lamps"] == ("", [])
    assert "cannot be imported: RuntimeError: no" in told["raising", "raising"][0]
    assert "was made for version 9 of reconcile.provider" in told["newer", "newer"][0]
    assert told["brpm", "taking"][0] == "the type `brpm` is built in: the package is never used"
    assert told["ending", "ending"][0] == "importing it ends the process, with 7"
    assert "other 1.0 (other:SYSTEM) adds the type `twice` too" in told["twice", "one"][0]
    assert told["loud", "loud"] == told["chatty", "chatty"] == ("", ["it prints as it is imported"])
    assert told["", "nonsense"][0] == "its entry_points.txt cannot be read"
    assert "HELLO" not in python.run("systems", cwd=python.root)[0]


def test_a_package_that_never_ends_its_import_is_not_waited_for(python: Interpreter) -> None:
    python.install("slow", {"slow.py": "import threading; threading.Event().wait()"}, {"slow": "slow:SYSTEM"})
    code = "import sys; from reconcile.session.type_list import added_types; print(added_types(0.5))"
    (python.site / "ask.py").write_text(code)
    assert "importing it takes longer than 0.5 s" in python.run(cwd=python.root, module="ask")[0]


def test_a_package_is_imported_once_for_each_of_its_versions(python: Interpreter) -> None:
    count = str(python.root / "count")
    counting = f"with open({count!r}, 'a') as file:\n    file.write('x')\n"
    about = python.install("reconcile-lamps", {"reconcile_lamps/__init__.py": counting + MODULE}, POINTS)

    def imports() -> int:
        return os.stat(count).st_size

    for words in (("systems",), ("schema",), ("systems",)):
        assert "lamps" in python.run(*words, cwd=python.root)[0]
    assert imports() == 1
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: reconcile-lamps\nVersion: 1.1\n")
    about.rename(about.with_name("reconcile_lamps-1.1.dist-info"))
    assert "reconcile-lamps 1.1" in python.run("systems", cwd=python.root)[0]
    assert imports() == 2


def test_a_package_that_is_worked_on_is_never_told_from_memory(python: Interpreter) -> None:
    about = python.install("reconcile-lamps", FILES, POINTS)
    (about / "direct_url.json").write_text('{"url": "file:///x", "dir_info": {"editable": true}}')
    assert "Lamp" in python.run("systems", cwd=python.root)[0]
    (python.site / "reconcile_lamps/__init__.py").write_text(MODULE.replace('name="Lamp"', 'name="Torch"'))
    assert "lamps/v1 Torch" in python.run("systems", cwd=python.root)[0]


def test_the_schemas_know_the_kinds_and_the_type_of_a_package(python: Interpreter) -> None:
    python.install("reconcile-lamps", FILES, POINTS)
    manifest = json.loads(python.run("schema", cwd=python.root)[0])
    assert "lamps/v1" in manifest["properties"]["apiVersion"]["enum"]
    assert "lit" in manifest["definitions"]["lamps.v1.Lamp"]["properties"]
    project = json.loads(python.run("schema", "project", cwd=python.root)[0])
    assert project["properties"]["systems"]["properties"].keys() >= {"lamps", "brpm"}
    assert [*project["definitions"]["lamps"]["properties"]["auth"]["properties"]] == ["bearer"]


def test_what_is_kept_is_believed_only_where_it_is_whole(python: Interpreter) -> None:
    python.install("reconcile-lamps", FILES, POINTS)
    python.run("systems", cwd=python.root)
    (kept,) = python.root.glob(".cache/reconcile/types/*.json")
    for text in ("", "{", "[]", '{"format": "1", "types": 3}', kept.read_text().replace("types", "typos")):
        kept.write_text(text)
        assert "lamps/v1 Lamp" in python.run("systems", cwd=python.root)[0]


@pytest.mark.parametrize("where", ["nowhere/at/all", "/proc/nothing"])
def test_where_nothing_can_be_kept_all_is_told_all_the_same(python: Interpreter, where: str) -> None:
    python.install("reconcile-lamps", FILES, POINTS)
    assert "lamps/v1 Lamp" in python.run("systems", cwd=python.root, XDG_CACHE_HOME=where)[0]


def test_a_project_s_folder_adds_no_type(python: Interpreter, tmp_path: Path) -> None:
    project = tmp_path / "project"
    Interpreter(project).install("reconcile-lamps", FILES, POINTS)
    (project / "reconcile.yaml").write_text(PROJECT)
    assert "lamps" not in python.run("systems", cwd=project)[0]


@pytest.mark.parametrize(
    "kept",
    [
        {"facts": 3},
        {"facts": {"kinds": [3]}},
        {"facts": {"kinds": {"kind": "Lamp"}}},
        {"facts": {"title": 3}},
        {"facts": {"auth": [3]}},
        {"facts": {"schema": "x"}},
        {"seconds": "long"},
        {"problem": {}},
        {"type": 3},
        3,
    ],
)
def test_what_is_kept_in_another_shape_is_not_believed(python: Interpreter, kept: Any) -> None:
    python.install("reconcile-lamps", FILES, POINTS)
    python.run("systems", cwd=python.root)
    (file,) = python.root.glob(".cache/reconcile/types/*.json")
    whole = json.loads(file.read_bytes())
    ((key, good),) = whole["types"].items()
    bad = {**good, **kept} if isinstance(kept, dict) else kept
    if isinstance(kept, dict) and isinstance(kept.get("facts"), dict):
        bad["facts"] = {**good["facts"], **kept["facts"]}
    for words in (("systems",), ("explain", "Lamp"), ("schema",)):
        file.write_text(json.dumps({**whole, "types": {key: bad}}))
        assert "lamps/v1" in python.run(*words, cwd=python.root)[0]
    file.write_text(json.dumps({**whole, "types": {key: bad}}))
    python.run("explain", "La", cwd=python.root, _RECONCILE_COMPLETE="words")
