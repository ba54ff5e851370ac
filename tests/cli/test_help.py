"""Help: every command and every flag says what it is for, and each command how it ends."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest
from tests.support.commands import Tool

from reconcile.cli.main import COMMANDS, cli


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command of the tree, the root included."""
    context = click.Context(cli)
    yield "reconcile", cli
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        yield name, command


ALL = dict(commands())


@pytest.mark.parametrize("name", ALL)
def test_every_command_says_what_it_does_and_how_it_ends(name: str) -> None:
    text = ALL[name].help or ""
    assert len(text.split(".")[0]) > 20
    assert re.search(r"Exit codes?:\s.*\b0\b", text, re.DOTALL), text
    assert re.search(r"\b64\b", text), text


@pytest.mark.parametrize("name", ALL)
def test_every_flag_has_a_sentence(name: str) -> None:
    options = [one for one in ALL[name].params if isinstance(one, click.Option)]
    assert all(len(option.help or "") > 10 for option in options)


TAKEN = {
    "--env": {
        *[
            "accept",
            "apply",
            "calendar",
            "doctor",
            "drift",
            "export",
            "find",
            "plan",
            "undo",
            "unlock",
            "validate",
        ]
    },
    "--var": {"accept", "apply", "calendar", "drift", "export", "plan", "undo", "validate"},
    "--target": {"accept", "apply", "calendar", "drift", "export", "plan", "undo"},
    "--base": {"accept", "apply", "drift", "plan"},
    "--only": {"accept", "apply", "drift", "plan"},
    "--prune": {"apply", "drift", "plan", "undo"},
    "--parallelism": {"accept", "apply", "doctor", "drift", "export", "find", "plan", "undo"},
    "--timeout": {"accept", "apply", "doctor", "drift", "export", "find", "plan", "undo"},
    "--retries": {"accept", "apply", "doctor", "drift", "export", "find", "plan", "undo"},
    "--settle": {"apply", "undo"},
    "--wait": {"apply", "undo"},
    "--lock-stale": {"apply", "undo"},
    "--report": {"apply", "drift", "plan", "show", "undo", "validate"},
    "--max-chars": {"apply", "drift", "plan", "show", "undo", "validate"},
    "--out": {"apply", "drift", "plan", "undo"},
    "--detailed-exitcode": {"plan"},
    "--plan": {"apply"},
    "--yes": {"apply", "undo", "unlock"},
    "--force": {"apply", "undo"},
    "--events": {"apply", "undo"},
    "--at": {"accept"},
    "--known": {"accept"},
    "--until": {"accept"},
    "--reason": {"accept"},
    "--dry-run": {"accept", "undo"},
    "-q": {*COMMANDS},
    "--no-cache": {"validate", "plan", "drift", "calendar"},
    "--from": {"calendar"},
    "--days": {"calendar"},
    "--next": {"calendar"},
    "-o": {*COMMANDS} - {"demo", "completion", "accept"},
    "-C": {*COMMANDS},
    "--no-color": {*COMMANDS},
    "-v": {*COMMANDS},
    "-h": {*COMMANDS},
    "--version": {*COMMANDS},
}
"""Which commands each flag means something to."""


def flags_of(command: click.Command) -> set[str]:
    """Every flag that a command takes, those of its help included."""
    context = click.Context(command, **command.context_settings)
    return {flag for param in command.get_params(context) for flag in param.opts}


@pytest.mark.parametrize("flag", TAKEN)
def test_a_flag_is_taken_by_the_commands_that_it_means_something_to(tool: Tool, flag: str) -> None:
    assert {name for name in COMMANDS if flag in flags_of(ALL[name])} == TAKEN[flag]
    for name in sorted({*COMMANDS} - TAKEN[flag] - {"demo", "sandbox"}):
        ran = tool(name, flag)
        assert (ran.code, ran.out) == (64, "")
        if flag != "--dry-run":  # which other tools have, and is answered with what does it here
            assert all(taker in ran.err for taker in TAKEN[flag])


@pytest.mark.parametrize("name", list(COMMANDS))
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_is_printed_for_every_command(tool: Tool, name: str, flag: str) -> None:
    ran = tool(name, flag)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"Usage: reconcile {name}")


def test_the_root_lists_every_command_with_its_sentence(tool: Tool) -> None:
    page = tool("--help").out
    assert page.index("Commands:") < page.index("Flags of every command:")
    out = "".join(page.split())
    for name, sentence in COMMANDS.items():
        assert f"{name}{sentence}".replace(" ", "") in out


def test_the_version_is_one_line(tool: Tool) -> None:
    ran = tool("--version")
    assert ran.code == 0
    assert re.fullmatch(r"reconcile \d+\.\d+\.\d+\S*\n", ran.out)


def test_a_misspelled_command_names_the_nearest(tool: Tool) -> None:
    assert "no command `plna`; did you mean `plan`?" in tool("plna").err


def test_every_usage_error_says_where_help_is(tool: Tool) -> None:
    assert tool("plan", "--nope").err.endswith("See reconcile plan --help.\n")
    assert tool("nope").err.endswith("See reconcile --help.\n")


def test_a_usage_error_repeats_nothing_that_a_terminal_would_obey(tool: Tool) -> None:
    for hostile in ("\u202e", "\x9b31m", "a\u2028b"):
        assert hostile not in tool(hostile).err
        assert hostile not in tool("plan", f"--{hostile}").err
