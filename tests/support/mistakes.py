"""Cases of mistaken projects in a text file: the files of each, and the problems that must be found.

`python -m tests.support.mistakes` writes what is found today into the files, to be read as a diff.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.projects import loaded, read, written

from reconcile.model import Problem

_CASE = re.compile(r"^=== (?P<title>[^\[\n]*?)(?: \[(?P<given>.*)\])?$", re.MULTILINE)
_FILE = re.compile(r"^-- (?P<name>\S+) --\n", re.MULTILINE)
PROBLEMS = "problems"


@dataclass(frozen=True)
class Mistake:
    """One case: what it shows, what is given beside its files, its files, the lines that a user sees."""

    title: str
    given: Mapping[str, str]
    files: Mapping[str, str]
    problems: tuple[str, ...]


def mistakes(path: Path) -> Iterator[Mistake]:
    """The cases of a file: `=== title [name=value …]`, then `-- file --` with its text, for each."""
    text = path.read_text("utf-8")
    heads = list(_CASE.finditer(text))
    for head, end in zip(heads, [*(following.start() for following in heads[1:]), len(text)], strict=True):
        given = dict(pair.split("=", 1) for pair in (head["given"] or "").split())
        parts = _FILE.split(text[head.end() : end])[1:]
        files = dict(zip(parts[::2], parts[1::2], strict=True))
        found = tuple(files.pop(PROBLEMS, "").rstrip("\n").splitlines())
        yield Mistake(head["title"], given, files, found)


def found(mistake: Mistake, root: Path) -> tuple[Problem, ...]:
    """What is found wrong with the project of a case, put into `root`."""
    written(root, mistake.files)
    environment = mistake.given.get("env")
    project, problems = read(root, environment)
    if project is None:
        return problems
    secrets = mistake.given.get("secrets")
    return loaded(
        root, environment, secrets=None if secrets is None else frozenset(secrets.split(","))
    ).problems


def rewritten(path: Path) -> str:
    """The file with the problems that are found today."""
    return "\n".join(_spelled(mistake) for mistake in mistakes(path))


def _spelled(mistake: Mistake) -> str:
    given = " ".join(f"{name}={value}" for name, value in mistake.given.items())
    with TemporaryDirectory() as folder:
        problems = "".join(f"{problem}\n" for problem in found(mistake, Path(folder)))
    texts = (f"-- {name} --\n{text}" for name, text in {**mistake.files, PROBLEMS: problems}.items())
    return f"=== {mistake.title}{f' [{given}]' if given else ''}\n{''.join(texts)}"


if __name__ == "__main__":
    for file in sorted((Path(__file__).parents[1] / "data" / "mistakes").glob("*.txt")):
        file.write_text(rewritten(file), "utf-8")
