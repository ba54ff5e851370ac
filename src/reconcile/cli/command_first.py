"""Puts the command before its flags, which may stand on either side of its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import click

from reconcile.cli.options import OPTIONS

Values = Mapping[str, bool]
"""Whether each flag has a value."""


def command_first(args: Sequence[str], every: Callable[[], Values]) -> list[str]:
    """Return the arguments with the command first, and after it what stood before it.

    `every` has the flags of all commands, and is asked only for one that is not shared. A usage error answers
    a flag that no command takes.
    """
    shared = _shared() if args and args[0].startswith("-") else {}
    at = 0
    while at < len(args) and args[at].startswith("-") and args[at] != "--":
        at += 2 if _takes_next(args[at], shared, every) else 1
    command, rest = args[at : at + 1], args[at + 1 :]
    if [*command] == ["--"]:
        command, rest = rest[:1], rest[1:]
    return [*command, *args[:at], *rest]


def of_all_commands(group: click.Group, ctx: click.Context) -> Values:
    """Return every flag of every command, each with whether it has a value."""
    commands = (group.get_command(ctx, name) for name in group.list_commands(ctx))
    return _values(param for command in filter(None, commands) for param in command.get_params(ctx))


def _shared() -> Values:
    """Return the flags that several commands take, which are known without importing any command."""

    def command() -> None: ...

    for option in OPTIONS.values():
        option(command)
    return {"-h": False, "--help": False, **_values(getattr(command, "__click_params__", ()))}


def _values(params: Iterable[click.Parameter]) -> Values:
    options = [param for param in params if isinstance(param, click.Option)]
    return {flag: not option.is_flag for option in options for flag in option.opts}


def _takes_next(arg: str, shared: Values, every: Callable[[], Values]) -> bool:
    """Tell whether the argument after this flag is its value."""

    def has_value(name: str) -> bool:
        known = shared if name in shared else every()
        if name not in known:
            from reconcile.cli.foreign_words import answer_to_flag

            raise click.UsageError(answer_to_flag(name, (arg,), known))
        return known[name]

    if arg.startswith("--"):
        name, equals, _ = arg.partition("=")
        return has_value(name) and not equals
    at = next((at for at, letter in enumerate(arg[1:], 2) if has_value(f"-{letter}")), 0)
    return at == len(arg)
