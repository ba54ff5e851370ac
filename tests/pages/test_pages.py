"""Every page with commands is played as its reader would, or names only commands and flags that there are."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import pytest
from tests.pages.player import played, steps

from reconcile.cli.main import COMMANDS, cli
from reconcile_sandbox import running

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
NOT_PLAYED = {
    "architecture.md": "commands of the repository itself, which CI runs",
    "ci.md": "commands of a forge's jobs, which tests/ci runs",
    "first-screen.md": "written by tests/examples/test_first_screen.py",
    "performance.md": "commands of the repository itself, which CI runs in small",
    "providers.md": "played by tests/packages/test_tutorial.py, in an interpreter with the page's package",
}
PLAYED = sorted(
    path.name
    for path in DOCS.glob("*.md")
    if path.name not in NOT_PLAYED and any(True for _ in steps(path.read_text("utf-8")))
)
EVERY = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *ROOT.glob("examples/*/README.md")])
_NAMED = re.compile(r"(?:`|^ {4}|^)reconcile ((?:[a-z]+)(?:[^`\n]*))", re.MULTILINE)
_HISTORY = "CHANGELOG.md"


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    """A machine on which the tool is installed, and nothing of ours is set."""
    tools = tmp_path / "tools"
    tools.mkdir()
    command = tools / "reconcile"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m reconcile "$@"\n')
    command.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RECONCILE_", "CI"))}
    return {**kept, "PATH": f"{tools}:{os.environ['PATH']}", "HOME": str(tmp_path)}


@pytest.mark.parametrize("name", PLAYED)
def test_a_page_does_what_it_says_from_nothing(
    name: str, environment: Mapping[str, str], tmp_path: Path
) -> None:
    page, folder = (DOCS / name).read_text("utf-8"), tmp_path / "reader"
    folder.mkdir()
    with running() as sandbox:
        ran = played(page, sandbox.url, folder, environment)
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]


def test_what_is_not_played_is_there() -> None:
    assert all((DOCS / name).is_file() for name in NOT_PLAYED)


def flags_of(name: str) -> Iterator[str]:
    context = click.Context(cli, info_name="reconcile", **cli.context_settings)
    command = cli.get_command(context, name)
    assert command is not None
    for param in command.get_params(click.Context(command, parent=context, info_name=name)):
        yield from param.opts


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_page_names_only_commands_and_flags_that_there_are(path: Path) -> None:
    for said in _NAMED.findall(path.read_text("utf-8")):
        name, *words = said.partition("#")[0].split()
        assert name in COMMANDS or path.name == _HISTORY, said
        flags = {word.partition("=")[0] for word in words if re.match(r"--?[a-zA-Z]", word)}
        assert flags <= {*flags_of(name)} if name in COMMANDS else True, said


@pytest.mark.parametrize("path", [ROOT / "README.md"], ids=["README.md"])
def test_no_paragraph_of_the_readme_is_longer_than_eighty_words(path: Path) -> None:
    for paragraph in re.split(r"\n\s*\n", path.read_text("utf-8")):
        if not paragraph.startswith(("|", "```", "    ")):
            assert all(len(item.split()) <= 80 for item in re.split(r"\n(?=- |\d+\. )", paragraph)), paragraph


ANSWERS = {
    "Which environment am I in?": "staging · ",
    "Where is this id?": "reconcile find",
    "Why is it blocked?": "blocked",
    "What does exit 3 mean?": "| `3` |",
    "How do I take something out?": "absent: true",
    "How do I answer a drift?": "reconcile accept",
    "How do I test without the systems?": "reconcile sandbox",
    "What may a pull request do?": "untrusted pull request",
    "What happens when it is killed?": "kill",
    "How do I add a system?": "reconcile new-system",
}


@pytest.mark.parametrize("question", ANSWERS)
def test_the_page_to_which_a_question_leads_answers_it(question: str) -> None:
    rows = [line for line in (DOCS / "README.md").read_text("utf-8").splitlines() if question in line]
    (link,) = re.findall(r"\]\(([^)]+)\)", rows[0])
    assert ANSWERS[question] in (DOCS / link).read_text("utf-8")
