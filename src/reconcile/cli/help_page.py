"""Lays out the help of a command, and answers flags that it does not take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import click

from reconcile.cli.options import EVERYWHERE

HELP: dict[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Page(click.Command):
    """Run a command whose help has examples, its own flags, and after them those of every command."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"options_metavar": "[FLAGS]", "context_settings": HELP, **kwargs})

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, the flags of this command, and those of every command."""
        with formatter.section("Examples"):
            for typed, words in examples(self.name or "").items():
                formatter.write(f"{'':>{formatter.current_indent}}{typed}\n")
                with formatter.indentation(), formatter.indentation():
                    formatter.write_text(words)
        write_flags(self.get_params(ctx), ctx, formatter)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; a usage error answers a flag that the command does not take."""
        typed = [*args]
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            raise click.UsageError(_answer(error.option_name, typed, ctx), ctx) from None
        except click.BadParameter:
            for word in (arg.partition("=")[0] for arg in typed if arg[:2] != "--" and len(arg) > 2):
                if f"-{word}" in _flags_of(self, ctx):  # `-out` is read as `-o ut`
                    raise click.UsageError(_answer(word, typed, ctx), ctx) from None
            raise


def examples(command: str) -> dict[str, str]:
    """Return what may be typed to use a command, each with what it does."""
    import json  # the page of all commands needs neither
    from importlib.resources import files

    text = files("reconcile.templates").joinpath("examples.json").read_text(encoding="utf-8")
    found: dict[str, str] = json.loads(text)[command]
    return found


def _answer(flag: str, typed: Sequence[str], ctx: click.Context) -> str:
    """Return what to say to a flag that the command of `ctx` does not take."""
    from reconcile.cli.foreign_words import answer_to_flag, tells_more, word_typed

    own = _flags_of(ctx.command, ctx)
    word = word_typed(flag, typed, own)
    meant = f"-{word}" if len(word) > 2 and not word.startswith("--") else flag  # `-force` was read as `-f`
    takers = [name for name, command in _commands(ctx) if meant in _flags_of(command, ctx)]
    if takers and meant not in own and not tells_more(meant):
        verb = "does" if len(takers) == 1 else "do"
        return f"{ctx.info_name} does not take `{meant}`: {_listed(takers)} {verb}"
    return answer_to_flag(flag, typed, own, ctx.info_name or "")


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _commands(ctx: click.Context) -> Iterator[tuple[str, click.Command]]:
    group = ctx.parent and ctx.parent.command
    if ctx.parent and isinstance(group, click.Group):
        for name in group.list_commands(ctx.parent):
            command = group.get_command(ctx.parent, name)
            if command is not None:
                yield name, command


def flag_words(ctx: click.Context) -> dict[str, str]:
    """Return what each flag of each command means, and which commands take it, by its long name."""
    takers: dict[tuple[str, str], list[str]] = {}
    every = [*_commands(ctx)]
    for name, command in every:
        for param in command.get_params(ctx):
            if isinstance(param, click.Option) and "--help" not in param.opts:
                takers.setdefault((param.opts[-1], param.help or ""), []).append(name)
    found: dict[str, str] = {}
    for (flag, help_text), names in takers.items():
        by = "every command" if len(names) == len(every) else _listed(names)
        found[flag] = f"{found[flag]} " if flag in found else ""
        found[flag] += f"{help_text} ({by})"
    return found


def _flags_of(command: click.Command, ctx: click.Context) -> dict[str, bool]:
    """Return the flags of a command, each with whether it has a value."""
    options = (param for param in command.get_params(ctx) if isinstance(param, click.Option))
    return {flag: not option.is_flag for option in options for flag in option.opts}


def write_flags(params: Sequence[click.Parameter], ctx: click.Context, to: click.HelpFormatter) -> None:
    """Write flags under two headings: those of the command, and those of every command."""
    own: list[tuple[str, str]] = []
    everywhere: list[tuple[str, str]] = []
    for param in params:
        record = param.get_help_record(ctx) if isinstance(param, click.Option) else None
        if record is not None:
            shared = param.name in EVERYWHERE or "--help" in param.opts
            (everywhere if shared else own).append(record)
    if own:
        with to.section("Flags, before or after the command"):
            to.write_dl(own)
    with to.section("Flags of every command"):
        to.write_dl(everywhere)
