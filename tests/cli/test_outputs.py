"""An output never replaces what the run reads, is whole or not there, and is said in any encoding."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from tests.support.commands import PASSWORD, Tool
from tests.support.full_disk import on_a_full_disk
from tests.support.history import History
from tests.support.http import Wire
from tests.support.projects import release

from reconcile.reports.formats import FORMATS
from reconcile.session.atomic_files import create, replace
from reconcile.yaml_source import read_documents

OTHER = "→ 日本 😀 ü"


def a_link(given: Path, place: Path) -> Path:
    place.symlink_to(given)
    return place


def a_hard_link(given: Path, place: Path) -> Path:
    os.link(given, place)
    return place


def a_link_to_a_link(given: Path, place: Path) -> Path:
    middle = place.with_name(f"{place.name}-middle")
    middle.symlink_to(given)
    return a_link(middle, place)


def another_spelling(given: Path, place: Path) -> Path:
    return Path(f"{given.parent}/../{given.parent.name}/./{given.name}")


def itself(given: Path, place: Path) -> Path:
    return given


WAYS = (itself, another_spelling, a_link, a_hard_link, a_link_to_a_link)
Way = Callable[[Path, Path], Path]


@pytest.fixture
def inputs(tool: Tool, project: Path, tmp_path: Path) -> dict[str, Path]:
    """Every kind of file that a run reads."""
    base = project / "base"
    (base / "manifests").mkdir(parents=True)
    for name in ("reconcile.yaml", "manifests/train.yaml"):
        (base / name).write_text((project / name).read_text("utf-8"), encoding="utf-8")
    secret = tmp_path / "password"
    secret.write_text(PASSWORD)
    text = (project / "reconcile.yaml").read_text("utf-8")
    assert "{env: FD_PASSWORD}" in text
    text = text.replace("{env: FD_PASSWORD}", f"{{file: {secret}}}")
    header = tmp_path / "header"
    header.write_text("key")
    (project / "reconcile.yaml").write_text(
        text.replace("    auth:", f"    headers: {{x-key: {{file: {header}}}}}\n    auth:")
    )
    tool("plan", "--out", str(project / "saved.json"))
    return {
        "project file": project / "reconcile.yaml",
        "manifest": project / "manifests/train.yaml",
        "base's project file": base / "reconcile.yaml",
        "base's manifest": base / "manifests/train.yaml",
        "credential": secret,
        "header": header,
        "saved plan": project / "saved.json",
    }


LINES = (
    "plan --base ./base --out {}",
    "drift --base ./base --report markdown={}",
    "apply --base ./base --yes --report json={}",
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("line", LINES)
def test_no_output_takes_the_place_of_a_file_that_the_run_reads(
    tool: Tool, project: Path, wire: Wire, inputs: dict[str, Path], tmp_path: Path, line: str, way: Way
) -> None:
    wire.log.clear()
    for number, (name, given) in enumerate(inputs.items()):
        if name != "saved plan":
            before = given.read_bytes()
            output = way(given, tmp_path / f"out-{number}")
            ran = tool(*line.format(output).split())
            assert (ran.code, given.read_bytes()) == (64, before), (name, ran.err)
            assert f"{output} is a file that this run reads" in ran.err
    assert wire.log == []


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_neither_does_a_record_take_the_place_of_the_plan_that_is_applied_or_shown(
    tool: Tool, project: Path, inputs: dict[str, Path], tmp_path: Path, way: Way
) -> None:
    plan, before = inputs["saved plan"], inputs["saved plan"].read_bytes()
    output = way(plan, tmp_path / "out")
    for line in (
        f"apply --plan {plan} --out {output}",
        f"apply --plan {plan} --report html={output}",
        f"show {plan} --report json={output}",
    ):
        ran = tool(*line.split(), "-o", "json")
        assert (ran.code, plan.read_bytes()) == (64, before)
        assert ran.document["problems"][0]["code"] == "usage"


def test_nor_a_report_of_a_run_that_could_not_read_its_files(tool: Tool, project: Path) -> None:
    for broken in ("manifests/train.yaml", "reconcile.yaml"):
        (project / broken).write_text("a: [", encoding="utf-8")
        for name in ("manifests/train.yaml", "reconcile.yaml"):
            before = (project / name).read_bytes()
            assert tool("plan", "--report", f"markdown={project / name}").code == 64
            assert (project / name).read_bytes() == before


def test_nor_a_report_of_a_run_whose_project_file_is_wrong_that_of_a_secret(
    tool: Tool, project: Path, inputs: dict[str, Path]
) -> None:
    (project / "reconcile.yaml").write_text((project / "reconcile.yaml").read_text() + "unknown: 1\n")
    for name in ("credential", "header"):
        before = inputs[name].read_bytes()
        assert tool("plan", "--report", f"json={inputs[name]}").code == 64
        assert inputs[name].read_bytes() == before


def linked(place: Path, folder: Path) -> Path:
    (folder / "link").symlink_to(place.parent)
    return folder / "link" / place.name


def linked_as_a_file(place: Path, folder: Path) -> Path:
    (folder / "link").symlink_to(place)
    return folder / "link"


def spelled_otherwise(place: Path, folder: Path) -> Path:
    return place.parent / ".." / place.parent.name / place.name


def named(place: Path, folder: Path) -> Path:
    return place


@pytest.mark.parametrize("way", [named, spelled_otherwise, linked, linked_as_a_file])
@pytest.mark.parametrize(
    ("place", "words"),
    [
        (".git/config", "which is git's own"),
        (".git/hooks/new", "which is git's own"),
        (".reconcile/journal.jsonl", "where runs keep what they remember"),
        (".reconcile/new.json", "where runs keep what they remember"),
        (".reconcile/cache/new.kept", "where runs keep what they remember"),
        ("manifests/new.yaml", "would be read as a manifest"),
        ("manifests/deep/new.yml", "would be read as a manifest"),
    ],
)
def test_no_output_lies_where_git_or_a_later_run_would_read_it(
    tool: Tool,
    project: Path,
    wire: Wire,
    tmp_path_factory: pytest.TempPathFactory,
    place: str,
    words: str,
    way: Way,
) -> None:
    History(project)
    for folder in (".git/hooks", ".reconcile/cache", "manifests/deep"):
        (project / folder).mkdir(parents=True, exist_ok=True)
    before = {file: file.read_bytes() for file in project.rglob("*") if file.is_file()}
    output = way(project / place, tmp_path_factory.mktemp("links"))
    others = ("apply --yes --out {}", "drift --report html={}")
    for line in ("plan --out {}", *(others if way is linked_as_a_file else ())):
        ran = tool(*line.format(output).split())
        assert (ran.code, words in ran.err) == (64, True), ran.err
    assert {file: file.read_bytes() for file in project.rglob("*") if file.is_file()} == before
    assert wire.log == []


@pytest.mark.parametrize("to", [".git", ".git/new", ".reconcile", ".reconcile/cache", ".GIT"])
def test_nor_is_anything_exported_to_there(tool: Tool, project: Path, wire: Wire, to: str) -> None:
    History(project)
    for command in ("export", "schema"):
        assert (tool(command, "--to", str(project / to)).code, wire.log) == (64, [])


def test_what_git_keeps_elsewhere_for_the_project_is_git_s_own_too(
    tool: Tool, project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    kept = tmp_path_factory.mktemp("kept") / "store"
    subprocess.run(["git", "init", "--quiet", f"--separate-git-dir={kept}", project], check=True)
    assert tool("plan", "--out", str(kept / "new.json")).code == 64
    assert tool("plan", "--out", str(kept.parent / "new.json")).code == 0


def test_a_plan_may_be_saved_beside_manifests_where_the_whole_folder_is_listed(
    tool: Tool, project: Path
) -> None:
    text = (project / "reconcile.yaml").read_text("utf-8")
    (project / "reconcile.yaml").write_text(f"{text}manifests: [.]\n", encoding="utf-8")
    (project / ".hidden").mkdir()
    assert tool("plan", "--out", str(project / "plan.json")).code == 0
    assert tool("plan", "--out", str(project / ".hidden/plan.yaml")).code == 0
    assert tool("plan", "--out", str(project / "plan.yaml")).code == 64


def test_nor_a_schema_nor_what_init_adds_to(tool: Tool, project: Path) -> None:
    file = project / "reconcile.yaml"
    before = file.read_bytes()
    (project / "schemas").mkdir()
    (project / "schemas/project.schema.json").symlink_to(file)
    assert (tool("schema", "--to", str(project / "schemas")).code, file.read_bytes()) == (64, before)
    (project / ".gitignore").symlink_to(file)
    assert (tool("init").code, file.read_bytes()) == (64, before)


def test_a_file_that_the_run_does_not_read_is_replaced_behind_its_link_with_its_mode(
    tool: Tool, project: Path
) -> None:
    kept = project / "kept.json"
    kept.write_text("old")
    kept.chmod(0o640)
    (project / "link.json").symlink_to(kept)
    assert tool("plan", "--out", str(project / "link.json")).code == 0
    assert (project / "link.json").is_symlink()
    assert "operations" in json.loads(kept.read_text())
    assert kept.stat().st_mode & 0o777 == 0o640


def test_two_outputs_that_are_one_file_by_different_names_are_refused(tool: Tool, project: Path) -> None:
    (project / "one").write_text("old")
    os.link(project / "one", project / "two")
    ran = tool("plan", "--out", str(project / "one"), "--report", f"json={project / 'two'}")
    assert (ran.code, (project / "one").read_text()) == (64, "old")


def test_what_is_no_regular_file_is_written_to(tool: Tool, project: Path) -> None:
    assert tool("plan", "--out", "/dev/null").code == 0
    assert not os.path.isfile("/dev/null")


def without_room(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A run that finds no room for a file."""
    return subprocess.run(
        on_a_full_disk(*arguments),
        cwd=project,
        env={**os.environ, "FD_USER": "me", "FD_PASSWORD": PASSWORD},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "line",
    ["plan --no-cache --out {}", "drift --no-cache --report html={}", "show saved.json --report json={}"],
)
@pytest.mark.parametrize("there", [True, False])
def test_on_a_full_disk_an_output_is_as_it_was(tool: Tool, project: Path, line: str, there: bool) -> None:
    assert tool("plan", "--out", str(project / "saved.json")).code == 0
    out = project / "out.txt"
    if there:
        out.write_text("as it was")
    before = sorted(project.iterdir())
    ran = without_room(project, *line.format(out).split())
    assert (ran.returncode, "cannot be written" in ran.stderr) == (1, True), ran.stderr
    assert sorted(project.iterdir()) == before
    assert not there or out.read_text() == "as it was"


def test_on_a_full_disk_init_and_schema_leave_no_half_of_a_file(project: Path, tmp_path: Path) -> None:
    for line in ("init -C {}", "schema --to {}"):
        folder = tmp_path / line.split()[0]
        folder.mkdir()
        assert without_room(project, *line.format(folder).split()).returncode == 1
        whole = [path for path in folder.rglob("*") if path.is_file()]
        assert all(path.stat().st_size < 1024 and not path.name.startswith(".reconcile-") for path in whole)


def test_an_export_that_does_not_fit_leaves_none_of_its_files(
    tool: Tool, project: Path, wire: Wire, tmp_path: Path
) -> None:
    wire.releases.rows[12102] = {
        **wire.releases.rows[12101],
        "releaseId": 12102,
        "releaseName": "z",
        "description": "x" * 4000,
    }
    ran = without_room(project, "export", "--to", str(tmp_path / "to"))
    assert ran.returncode == 1, ran.stderr
    assert not [path for path in (tmp_path / "to").rglob("*") if path.is_file()]


def test_a_new_file_never_takes_the_place_of_one_that_is_there(tmp_path: Path) -> None:
    place = tmp_path / "a"
    create(place, "first")
    with pytest.raises(FileExistsError):
        create(place, "second")
    assert place.read_text() == "first"
    replace(place, "third")
    assert (place.read_text(), os.listdir(tmp_path)) == ("third", ["a"])


def texts(format_: str, said: str) -> Iterator[str]:
    """What a reader of the format gets."""
    if format_ == "json":
        yield json.dumps(json.loads(said), ensure_ascii=False)
    elif format_ == "junit":
        yield "".join(Xml.fromstring(said).itertext())  # noqa: S314  # our own text
    elif format_ == "html":
        yield unescape(said)


def in_an_encoding(project: Path, encoding: str, *arguments: str) -> tuple[int, bytes, bytes]:
    ran = subprocess.run(
        [sys.executable, "-P", "-m", "reconcile", *arguments],
        cwd=project,
        env={**os.environ, "FD_USER": "me", "FD_PASSWORD": PASSWORD, "PYTHONIOENCODING": encoding},
        capture_output=True,
        timeout=60,
        check=False,
    )
    return ran.returncode, ran.stdout, ran.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "ascii:strict", "koi8-r", "utf-8"])
@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_is_said_in_every_encoding(
    project: Path, wire: Wire, format_: str, encoding: str
) -> None:
    wire.releases.rows[12101]["description"] = OTHER
    (project / "manifests/train.yaml").write_text(
        release("train", f'{{description: "{OTHER}!"}}'), encoding="utf-8"
    )
    code, out, err = in_an_encoding(project, encoding, "plan", "--no-cache", "-o", format_, "-v")
    assert (code, b"Traceback" in err) == (0, False), err
    said = out.decode("utf-8" if "ascii" in encoding else encoding)  # which click takes for a missing locale
    for text in texts(format_, out.decode("utf-8")) if format_ in ("json", "junit", "html") else ():
        assert "日本 😀 ü" in text
    assert "description" in said or format_ == "terraform-report"


def test_a_problem_a_usage_error_and_a_question_are_said_in_every_encoding(project: Path) -> None:
    (project / "manifests/train.yaml").write_text(release("train", f'{{"{OTHER}": 1}}'), encoding="utf-8")
    for arguments, code in ((["validate"], 1), (["plan", OTHER], 1), (["plan", f"--{OTHER}"], 64)):
        for encoding in ("ascii:strict", "latin-1:strict"):
            ran = in_an_encoding(project, encoding, *arguments, "-o", "json")
            assert (ran[0], b"Traceback" in ran[2]) == (code, False), ran[2]
            assert json.loads(ran[1])["problems"]


def test_what_export_prints_in_another_encoding_is_read_as_it_was_meant(project: Path, wire: Wire) -> None:
    wire.releases.rows[12101]["description"] = OTHER
    for encoding in ("ascii", "latin-1", "cp1252", "utf-8"):
        code, out, _ = in_an_encoding(project, encoding, "export")
        documents, problems = read_documents(out, "m.yaml")
        assert (code, problems) == (0, ())
        assert documents[0].value["spec"]["description"] == OTHER
