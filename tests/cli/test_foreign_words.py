"""What users of other tools type, and what is misspelled: an answer, and never one that destroys."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest
from tests.cli.test_help import ALL, flags_of
from tests.support.commands import Tool

from reconcile.cli.foreign_words import (
    COMMANDS_ELSEWHERE,
    FLAGS_ELSEWHERE,
    answer_to_command,
    answer_to_flag,
)
from reconcile.cli.main import COMMANDS

DESTROYING = re.compile(r"--(prune|force)\b")
LETTERS = "abcdefghijklmnopqrstuvwxyz-"


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("plan --dry-run", "`reconcile plan` shows what apply would do, and changes nothing"),
        ("apply --dry-run", "`reconcile plan` shows what apply would do, and changes nothing"),
        ("apply -n", "`reconcile plan` shows what apply would do, and changes nothing"),
        ("apply --auto-approve", "`reconcile apply --yes`"),
        ("apply -auto-approve", "apply has no flag `-auto-approve`: `reconcile apply --yes`"),
        ("plan -f manifests/a.yaml", "manifests need no flag: `reconcile plan FILE`"),
        ("-f manifests/a.yaml plan", "manifests need no flag: `reconcile plan FILE`"),
        ("plan --json", "`-o json`"),
        ("plan --format=json", "`-o json`"),
        ("plan -out=plan.json", "write it with two dashes, `--out`"),
        ("plan -target=x", "write it with two dashes, `--target`"),
        ("plan -detailed-exitcode", "write it with two dashes, `--detailed-exitcode`"),
        ("apply -detailed-exitcode", "apply does not take `--detailed-exitcode`: plan does"),
        ("-detailed-exitcode plan", "write it with two dashes, `--detailed-exitcode`"),
        ("apply -yes", "apply has no flag `-yes`: write it with two dashes"),
        ("apply -force", "apply has no flag `-force`: write it with two dashes"),
        ("apply -prune", "apply has no flag `-prune`: write it with two dashes"),
        ("plan -yes", "plan does not take `--yes`: apply, undo and unlock do"),
        ("plan -fmanifests/a.yaml", "manifests need no flag: `reconcile plan FILE`"),
        ("plan -vf manifests/a.yaml", "plan has no flag `-vf`: manifests need no flag"),
        ("plan -Cfoo -f x", "plan has no flag `-f`: manifests need no flag"),
        ("plan -C foo -f x", "plan has no flag `-f`: manifests need no flag"),
        ("plan --target -foo -f x", "plan has no flag `-f`: manifests need no flag"),
        ("plan -evn x", "plan has no flag `-evn`; did you mean `--env`?"),
        ("plan -refresh=false", "there is no state file"),
        ("plan -destroy", "`absent: true`"),
        ("plan -var-file=x", "reconcile.yaml"),
        ("apply --doit", "`reconcile apply --yes`"),
        ("plan --context production", "`--env NAME`"),
        ("plan --yes", "plan does not take `--yes`: apply, undo and unlock do"),
        ("--yes plan", "plan does not take `--yes`: apply, undo and unlock do"),
        ("export --base main", "export does not take `--base`: plan, apply, drift and accept do"),
        ("plan --evn staging", "did you mean `--env`?"),
        ("lint", "`reconcile validate`"),
        ("diff", "`reconcile plan`"),
        ("import", "`reconcile export`"),
        ("get", "`reconcile export`"),
        ("refresh", "`reconcile plan`"),
        ("destroy", "`absent: true`"),
        ("delete", "`absent: true`"),
        ("state list", "there is no state file"),
        ("octodns-sync --doit", "`reconcile plan`"),
        ("octodns-dump", "`reconcile export`"),
        ("help plan", "`reconcile COMMAND --help`"),
        ("version", "`reconcile --version`"),
        ("plann", "did you mean `plan`?"),
    ],
)
def test_what_other_tools_call_it_is_answered_with_how_it_is_done_here(
    tool: Tool, typed: str, answer: str
) -> None:
    ran = tool(*typed.split())
    assert (ran.code, ran.out) == (64, "")
    assert answer in ran.err
    assert not DESTROYING.search(ran.err)


def test_what_is_answered_exists_here() -> None:
    every = {flag for command in ALL.values() for flag in flags_of(command)}
    for answer in (*COMMANDS_ELSEWHERE.values(), *FLAGS_ELSEWHERE.values()):
        commands = re.findall(r"`reconcile ([a-z]+)", answer)
        assert {*commands} <= {*COMMANDS}, answer
        assert {*re.findall(r"(?<![\w-])--?[a-zA-Z][a-z-]*", answer)} <= every, answer


def test_no_word_of_other_tools_is_one_of_ours() -> None:
    assert not {*COMMANDS_ELSEWHERE} & {*COMMANDS}


def misspelled(word: str, chance: random.Random) -> Iterator[str]:
    """Words that lack a letter, have one more or another, or two in the wrong order."""
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]
        yield word[:at] + chance.choice(LETTERS) + word[at:]
        yield word[:at] + chance.choice(LETTERS) + word[at + 1 :]
        yield word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]


def test_no_misspelling_is_answered_with_what_destroys() -> None:
    chance = random.Random(20)  # the same words each time
    asked = 0
    for name, command in ALL.items():
        known = dict.fromkeys(flags_of(command), False)
        words = {*known, *(f"--{word}" for word in FLAGS_ELSEWHERE), "--purge", "--clean", "--forced"}
        for word in sorted(words):
            for typed in misspelled(word.lstrip("-"), chance):
                answer = answer_to_flag(f"--{typed}", (), known, name)
                assert not DESTROYING.search(answer.replace(f"`--{typed}`", "")), (name, typed, answer)
                asked += 1
    assert asked > 1_000
    for word in (*COMMANDS, *COMMANDS_ELSEWHERE):
        for typed in misspelled(word, chance):
            assert not DESTROYING.search(answer_to_command(typed, COMMANDS))


@pytest.mark.parametrize("typed", ["", "--env staging", "--env staging --prune", "-v", "-o json", "--env"])
def test_a_command_that_is_missing_is_what_is_said_to_be_missing(tool: Tool, typed: str) -> None:
    ran = tool(*typed.split())
    assert ran.code == 64
    assert "Error: no command is given, as is `plan` in `reconcile plan -v`: " in ran.err
    assert bool(ran.out) == ("json" in typed)


@pytest.mark.parametrize("typed", ["--env staging --help", "-h --prune", "-vh"])
def test_help_needs_no_command(tool: Tool, typed: str) -> None:
    ran = tool(*typed.split())
    assert (ran.code, ran.out[:16]) == (0, "Usage: reconcile")
