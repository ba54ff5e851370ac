"""Reads the flags of a command over their environment variables, and finds the project that they mean."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconcile.cli.options import EVERYWHERE, FROM_ENVIRONMENT, OPTIONS
from reconcile.named_tuple import NamedTuple
from reconcile.reports.formats import MOST_CHARS
from reconcile.session.limits import LOCK_STALE, PARALLELISM, RETRIES, SETTLE, TIMEOUT, WAIT

if TYPE_CHECKING:
    from reconcile.model import Json, Label
    from reconcile.session.run_options import RunOptions


class Flags(NamedTuple):
    """Hold what the user asked for, over what the environment says, over the defaults."""

    chdir: Path = Path()
    """The project's folder, as seen from where the command is started."""

    env: str | None = None
    var: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    prune: bool = False
    base: str | None = None
    base_or_none: str | None = None
    only: Label | None = None
    changed: bool = False
    parallelism: int = PARALLELISM.default
    timeout: float = TIMEOUT.default
    retries: int = RETRIES.default
    settle: float = SETTLE.default
    wait: float = WAIT.default
    lock_stale: float = LOCK_STALE.default
    output: str = "text"
    report: tuple[tuple[str, Path], ...] = ()
    max_chars: int = MOST_CHARS
    no_names: bool = False
    no_cache: bool = False
    no_color: bool = False
    verbose: bool = False
    quiet: bool = False

    def run_options(self, paths: Sequence[str] = ()) -> RunOptions:
        """Return what is asked of the run itself, without how it is printed."""
        from reconcile.session.run_options import RunOptions

        return RunOptions(
            folder=self.chdir,
            started=Path.cwd() if paths else None,
            environment=self.env,
            variables=_variables(self.var),
            paths=tuple(paths),
            targets=self.target,
            base=self.base,
            base_or_none=self.base_or_none,
            only=self.only,
            changed=self.changed,
            prune=self.prune,
            names=not self.no_names,
            parallelism=self.parallelism,
            timeout=self.timeout,
            retries=self.retries,
            settle=self.settle,
            wait=self.wait,
            lock_stale=self.lock_stale,
            caches=not self.no_cache,
        )


def _variables(given: Sequence[str]) -> dict[str, Json]:
    from reconcile.yaml_source import value_of

    found: dict[str, Json] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise click.UsageError("--var takes NAME=VALUE")
        try:
            found[name] = value_of(value)
        except ValueError as error:
            words = f"--var {name}: {error} (a text in quotes: --var '{name}=\"…\"')"
            raise click.UsageError(words) from error
    return found


def flags(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return what gives a command the named flags and those of every command.

    The command is called with `given`, the whole of them; a flag that it does not take has its default.
    """
    taken = (*names, *EVERYWHERE)

    def decorated(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def called(*args: Any, **given: Any) -> Any:
            own = {name: given.pop(name) for name in Flags._fields if name in given}
            whole = _found(_whole(own), own)
            _check_outputs(whole, given)
            return command(*args, given=whole, **given)

        whole: Callable[..., Any] = called
        for name in reversed(taken):
            whole = OPTIONS[name](whole)
        return whole

    return decorated


def _whole(own: Mapping[str, Any]) -> Flags:
    """Return the flags as they are written over what the environment says of them."""
    outside = {name: value for name, value in _from_environment(os.environ).items() if name in own}
    written = {name: value for name, value in own.items() if value is not None}
    if "base" in written and "base_or_none" in written:
        raise click.UsageError("--base and --base-or-none name the same thing: give one of them")
    if "base" in outside and "base_or_none" in written:
        outside.pop("base")
    whole = Flags(**{**outside, **written})
    if not (whole.base or whole.base_or_none):
        _check_baseless(whole)
    return whole


def _check_baseless(flags: Flags) -> None:
    """Raise a usage error for a flag that means nothing without a base."""
    if flags.only:
        raise click.UsageError("--only goes with --base: without it, differences have no labels")
    if flags.changed:
        raise click.UsageError("--changed goes with --base: without it, nobody knows what was changed")


def _found(whole: Flags, own: Collection[str]) -> Flags:
    """Return the flags with the project's folder and a base's as seen from it, for a command that has one."""
    if "env" not in own:
        return whole
    from reconcile.cli.project_folder import from_project, nearest_project

    folder = nearest_project() if whole.chdir == Path() else whole.chdir
    base = from_project(whole.base, folder) if whole.base else whole.base
    return whole._replace(chdir=folder, base=base)


def _check_outputs(flags: Flags, own: Mapping[str, Any]) -> None:
    """Raise a usage error where an output of the command is one of its inputs, before it does anything."""
    events = own.get("events")
    more = (own.get("out"), Path(events) if events and events != "-" else None)
    outputs = [*(file for _, file in flags.report), *filter(None, more)]
    folder = own.get("to")
    if folder or outputs:
        from reconcile.cli.inputs import check_outputs, check_place

        if folder:
            check_place(folder, flags.chdir)
        read = [Path(file) for file in map(own.get, ("saved", "file", "record")) if file is not None]
        check_outputs(flags, outputs, read)


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, kind in FROM_ENVIRONMENT.items():
        variable = f"RECONCILE_{name.upper()}"
        text = environment.get(variable)
        if text:
            found[name] = _converted(kind, text, variable)
    if environment.get("NO_COLOR"):
        found["no_color"] = True
    return found


def _converted(kind: click.ParamType[Any], text: str, variable: str) -> Any:
    try:
        return kind.convert(text, None, None)
    except click.BadParameter as error:
        least, most = getattr(kind, "min", None), getattr(kind, "max", None)
        raise click.UsageError(f"{variable}: not a number in its range, {least} to {most}") from error
