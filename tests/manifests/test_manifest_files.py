"""Which files are manifests: those of the project, once each, and nothing that leads out of it."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from tests.support.projects import lines, loaded, release, written

from reconcile.manifests.files import Folder
from reconcile.model import Origin, Problem

HERE = Origin("reconcile.yaml", 2, 3)


def listed(root: Path, *paths: str) -> tuple[list[str], list[str]]:
    """The files that these paths stand for, and the problems."""
    files, problems = Folder(root).found(tuple((path, HERE) for path in paths))
    return files, lines(tuple(problems))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (
        "m/b.yaml",
        "m/a.yml",
        "m/deep/er/c.yaml",
        "m/.hidden/d.yaml",
        "m/e.txt",
        "m/f.YAML",
        "g.yaml",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def test_a_folder_is_read_recursively_in_order_of_names_without_what_is_hidden(folder: Path) -> None:
    assert listed(folder, "m")[0] == ["m/a.yml", "m/b.yaml", "m/deep/er/c.yaml"]


@pytest.mark.parametrize("name", ["a.YAML", "a.Yml", "deep/a.json", "a.yaml.txt", "a.ymal", "a.yml "])
def test_a_file_whose_ending_is_nearly_one_is_named_in_a_warning(tmp_path: Path, name: str) -> None:
    (tmp_path / "m" / "deep").mkdir(parents=True)
    (tmp_path / "m" / name).touch()
    files, (problem,) = listed(tmp_path, "m")
    assert files == []
    assert problem.startswith(f"m/{name}:1:1: this file is not read")


@pytest.mark.parametrize("name", ["README.md", "a.yaml.bak", "yaml", "a.toml", ".hidden/a.YAML"])
def test_a_file_with_another_ending_is_passed_over_in_silence(tmp_path: Path, name: str) -> None:
    (tmp_path / "m" / ".hidden").mkdir(parents=True)
    (tmp_path / "m" / name).touch()
    assert listed(tmp_path, "m") == ([], [])


def test_a_file_may_be_listed_by_itself_whatever_its_ending(folder: Path) -> None:
    assert listed(folder, "g.yaml", "m/e.txt") == (["g.yaml", "m/e.txt"], [])


def test_a_file_listed_twice_is_read_once(folder: Path) -> None:
    assert listed(folder, "m", "./m/b.yaml", "m/deep")[0] == ["m/a.yml", "m/b.yaml", "m/deep/er/c.yaml"]


@pytest.mark.parametrize("path", ["..", "../x", "m/../..", "/etc/passwd", "m/../../x"])
def test_a_path_out_of_the_project_is_refused(folder: Path, path: str) -> None:
    (problem,) = listed(folder, path)[1]
    assert problem.startswith(f"reconcile.yaml:2:3: `{path}` lies outside the project")
    assert problem.endswith(" [outside-project]")


def test_a_link_to_a_folder_outside_is_refused(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (folder / "out").symlink_to(tmp_path_factory.mktemp("elsewhere"))
    (problem,) = listed(folder, "out")[1]
    assert problem.startswith("reconcile.yaml:2:3: `out` lies outside the project")


def test_a_linked_folder_inside_a_folder_is_not_followed(folder: Path) -> None:
    (folder / "m" / "again").symlink_to(folder / "m")
    assert listed(folder, "m")[0] == ["m/a.yml", "m/b.yaml", "m/deep/er/c.yaml"]


def test_a_link_to_a_file_inside_is_read(folder: Path) -> None:
    (folder / "m" / "z.yaml").symlink_to(folder / "g.yaml")
    assert Folder(folder).read("m/z.yaml") == b""


def test_a_link_to_a_file_outside_is_refused_in_that_file(folder: Path) -> None:
    (folder / "m" / "z.yaml").symlink_to("/etc/hostname")
    problem = Folder(folder).read("m/z.yaml")
    assert str(problem) == (
        "m/z.yaml:1:1: the file lies outside the project: links must stay inside it [outside-project]"
    )


def test_a_link_that_leads_to_itself_is_refused(folder: Path) -> None:
    (folder / "m" / "z.yaml").symlink_to(folder / "m" / "z.yaml")
    problem = Folder(folder).read("m/z.yaml")
    assert isinstance(problem, Problem)
    assert problem.origin == Origin("m/z.yaml")


def test_a_link_to_nothing_is_refused(folder: Path) -> None:
    (folder / "m" / "z.yaml").symlink_to(folder / "nowhere")
    assert str(Folder(folder).read("m/z.yaml")).startswith("m/z.yaml:1:1: this is no regular file")


def test_a_pipe_is_refused_and_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "m" / "z.yaml")
    assert str(Folder(folder).read("m/z.yaml")).startswith("m/z.yaml:1:1: this is no regular file")


def test_a_file_past_eight_mebibytes_is_refused(tmp_path: Path) -> None:
    written(tmp_path, {"manifests/a.yaml": release("a")})
    (tmp_path / "manifests/big.yaml").write_bytes(b"#" + b" " * 2**23)
    (problem,) = loaded(tmp_path).problems
    assert (problem.code, problem.origin) == ("limit-size", Origin("manifests/big.yaml"))


def test_files_that_cannot_be_read_do_not_hide_the_problems_of_others(tmp_path: Path) -> None:
    written(tmp_path, {"manifests/b.yaml": release("a", "{zzz: 1}")})
    (tmp_path / "manifests/a.yaml").symlink_to("/etc/hostname")
    assert [problem.code for problem in loaded(tmp_path).problems] == ["outside-project", "unknown-field"]


def test_a_project_without_manifests_declares_nothing(tmp_path: Path) -> None:
    assert loaded(written(tmp_path, {})).resources == ()


def test_a_file_that_changes_while_it_is_read_is_told(tmp_path: Path) -> None:
    """Somebody writes it again and again; what was seen of it meanwhile is no manifest."""
    folder = Folder(tmp_path)
    texts = [f"# {letter * 200_000}\n".encode() for letter in "ab"]
    (tmp_path / "m.yaml").write_bytes(texts[0])
    done = Event()

    def write() -> None:
        while not done.is_set():
            for text in texts:
                with open(tmp_path / "m.yaml", "r+b", buffering=0) as stream:
                    for start in range(0, len(text), 4096):
                        stream.write(text[start : start + 4096])

    with ThreadPoolExecutor(1) as pool:
        pool.submit(write)
        try:
            found = (folder.read("m.yaml") for _ in range(20_000))
            torn = next(each for each in found if isinstance(each, Problem))
        finally:
            done.set()
    assert torn.code == "changed"
    assert "changed while it was read" in torn.message
