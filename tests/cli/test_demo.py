"""The tour: it runs anywhere, shows what it promises in order, and plays what the example says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest

from reconcile.cli.demo import EXAMPLE, example
from reconcile.cli.stage import NotAsTold, Stage
from reconcile.sandbox import running

ROOT = Path(__file__).parents[2]
README = ROOT / EXAMPLE / "README.md"
OUTSIDE = {
    "CI": "true",
    "TERM": "dumb",
    "RECONCILE_ENV": "production",
    "RECONCILE_FREEZE": "nobody deploys on a Friday",
    "RECONCILE_ORIGINS": "https://elsewhere.example",
    "RECONCILE_SECRETS": "",
    "RECONCILE_PARALLELISM": "1",
    "FLEXDEPLOY_USER": "somebody",
    "FLEXDEPLOY_PASSWORD": "else",
    "HTTP_PROXY": "http://127.0.0.1:9",
}
PROMISED = (
    "$ reconcile validate",
    "Valid: 3 resources in 3 files.",
    "$ reconcile plan",
    "~ flexdeploy/Release/rest-release-1  (REST Release 1, 12101)  PUT",
    "~ flexdeploy/Release/rest-release-2  (REST Release 2, 12104)  PATCH",
    "+ flexdeploy/Release/spring-train  (Spring Train)  POST",
    "Plan: 1 to create, 2 to change, 0 to delete (1 entry removed), 0 to run, 0 blocked.",
    "$ reconcile apply --yes",
    "Apply: 3 done, 0 failed, 0 skipped, 0 unknown, 0 blocked.",
    "$ reconcile plan",
    "No changes.",
    "PATCH /releases/12104  200",
    "$ reconcile drift",
    '"by hand" -> "Rehearsal of the spring train."',
    "# exit code 2",
    "$ reconcile apply --yes",
    "Apply: 2 done, 0 failed, 0 skipped, 0 unknown, 0 blocked.",
    "$ reconcile plan",
    "No changes.",
    "POST /releases  201",
    "Scene 2",
    "! flexdeploy/Release/rest-release-1  projects[13921,Package2]  only a PUT removes",
    "# exit code 3",
    "properties: []",
    "options: {hidden: [properties, cmsDetails]}",
    "Apply: 1 done, 0 failed, 0 skipped, 0 unknown, 0 blocked.",
    "No changes.",
    "PUT /releases/12101  200",
)


def test_the_demo_is_as_told_whatever_stands_around_it(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "reconcile", "demo"],
        cwd=tmp_path,
        env={**os.environ, **OUTSIDE},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert first_missing(PROMISED, done.stdout) is None
    scene_1 = done.stdout.partition("Scene 2")[0]
    assert commands(scene_1, "$ ") == commands(README.read_text(encoding="utf-8"), "    ")
    assert list(tmp_path.iterdir()) == []


def first_missing(promised: Iterable[str], text: str) -> str | None:
    """The first of the promised words that does not come after the ones before it."""
    place = 0
    for words in promised:
        place = text.find(words, place)
        if place < 0:
            return words
        place += len(words)
    return None


def commands(text: str, prefix: str) -> list[str]:
    """What is typed in `text`, the sandbox beside it apart."""
    typed: list[str] = re.findall(rf"^{re.escape(prefix)}(reconcile .+)$", text, re.MULTILINE)
    return [command for command in typed if command != "reconcile sandbox"]


@pytest.mark.parametrize(("code", "shows"), [(1, ()), (0, ("No changes.",))])
def test_what_is_not_as_told_ends_the_demo(tmp_path: Path, code: int, shows: tuple[str, ...]) -> None:
    (tmp_path / "reconcile.yaml").write_text("version: 1\nmanifests: []\nsystems: {}\n", encoding="utf-8")
    with running() as sandbox, pytest.raises(NotAsTold, match="`reconcile validate`"):
        Stage(tmp_path, sandbox).run("validate", code=code, shows=shows)


def test_the_wheel_holds_the_example_where_the_demo_looks() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert included == {EXAMPLE: f"reconcile/{EXAMPLE}"}
    assert (example() / "manifests").is_dir()
