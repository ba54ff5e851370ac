"""The cache of manifests: what reads it, what never does, and what it leaves behind."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from zlib import crc32

import pytest
from tests.support.commands import Tool
from tests.support.http import Wire
from tests.support.projects import release

CACHE = ".reconcile/cache"


@pytest.fixture
def forged(tool: Tool, project: Path) -> Path:
    """A project whose cache says, well formed, that another text is wanted."""
    subprocess.run(["git", "-C", project, "init", "-q"], check=True)
    (project / "manifests/train.yaml").write_text(release("train", "{description: mine}"))
    assert tool("plan").code == 0
    (file,) = (kept for kept in project.glob(f"{CACHE}/*.kept") if b"mine" in kept.read_bytes())
    line, text = file.read_bytes().split(b"\n", 1)
    head, text = json.loads(line.partition(b" ")[2]), text.replace(b"mine", b"evil")
    head["entries"][0][2] = crc32(text)
    line = json.dumps(head).encode() + b"\n"
    file.write_bytes(b"%08x %b%b" % (crc32(line), line, text))
    return project


def test_plan_and_drift_read_what_is_kept(tool: Tool, forged: Path) -> None:
    assert '"old" -> "evil"' in tool("plan").out
    assert 'live "old", wanted "evil"' in tool("drift").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("plan", "--no-cache"), '"old" -> "mine"'),
        (("--no-cache", "plan"), '"old" -> "mine"'),
        (("drift", "--no-cache"), 'live "old", wanted "mine"'),
    ],
)
def test_without_the_cache_nothing_is_read_or_kept(
    tool: Tool, forged: Path, arguments: tuple[str, ...], said: str
) -> None:
    before = {file: file.read_bytes() for file in forged.glob(f"{CACHE}/*")}
    assert said in tool(*arguments).out
    assert {file: file.read_bytes() for file in forged.glob(f"{CACHE}/*")} == before


def test_what_an_apply_will_trust_is_never_read_from_the_cache(tool: Tool, forged: Path, wire: Wire) -> None:
    assert '"old" -> "mine"' in tool("plan", "--out", "plan.json").out
    assert tool("apply", "--plan", "plan.json").code == 0
    assert wire.releases.rows[12101]["description"] == "mine"


def test_apply_does_not_read_the_cache(tool: Tool, forged: Path, wire: Wire) -> None:
    assert tool("apply", "--yes").code == 0
    assert wire.releases.rows[12101]["description"] == "mine"


def test_a_cache_that_git_tracks_is_not_read(tool: Tool, forged: Path) -> None:
    subprocess.run(["git", "-C", forged, "add", "-f", CACHE], check=True)
    assert '"old" -> "mine"' in tool("plan").out


@pytest.mark.parametrize("environments", ["", "environments: {staging: {}, production: {}}\n"])
def test_a_project_file_with_a_mistake_is_told_whatever_was_kept(
    tool: Tool, project: Path, environments: str
) -> None:
    file = project / "reconcile.yaml"
    text = file.read_text() + environments
    names = [("--env", name) for name in ("staging", "production") if environments] or [()]
    file.write_text(text)
    assert [tool("plan", *name).code for name in names * 2] == [0] * len(names) * 2
    file.write_text(text + "guards: {max_runs: many}\n")
    for name in names:
        assert "`max_runs` takes a whole number, not a string" in tool("plan", *name).err
    file.write_text(text + "guards: {max_runs: 1}\n")
    assert [tool("plan", *name).code for name in names * 2] == [0] * len(names) * 2


def test_a_mistake_in_an_environment_is_told_though_the_file_is_in_order_without_it(
    tool: Tool, project: Path
) -> None:
    file = project / "reconcile.yaml"
    wrong = "environments: {None: {systems: {flexdeploy: {options: {hidden: 5}}}}}\n"
    file.write_text(file.read_text() + wrong)
    assert tool("plan").code == 1
    assert "`hidden` takes a list, not a number" in tool("plan", "--env", "None").err


def test_many_environments_are_all_kept(tool: Tool, project: Path) -> None:
    file = project / "reconcile.yaml"
    file.write_text(
        file.read_text() + "environments: {" + ", ".join(f"e{n}: {{}}" for n in range(20)) + "}\n"
    )
    assert tool("validate").code == 0
    kept = {each: each.stat().st_ino for each in project.glob(f"{CACHE}/*.kept")}
    assert tool("validate").code == 0
    assert {each: each.stat().st_ino for each in project.glob(f"{CACHE}/*.kept")} == kept


def test_what_is_kept_is_no_file_for_git(tool: Tool, forged: Path) -> None:
    listed = subprocess.run(
        ["git", "-C", forged, "status", "--porcelain", "-uall"], check=True, capture_output=True, text=True
    )
    assert ".reconcile" not in listed.stdout


def test_a_folder_that_cannot_be_written_is_no_reason_to_fail(tool: Tool, project: Path) -> None:
    (project / ".reconcile").write_text("a file in the way")
    assert tool("plan").last == "No changes."
    assert tool("validate").out == "Valid: 1 resource in 1 file.\n"


def test_a_file_that_changed_is_read_again(tool: Tool, forged: Path) -> None:
    (forged / "manifests/train.yaml").write_text(release("train", "{description: newer}"))
    assert '"old" -> "newer"' in tool("plan").out
