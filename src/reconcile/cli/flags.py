"""Declares the flags that every command takes, before or after its name, and their environment variables."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from reconcile.reports.formats import FORMATS, LEAST_CHARS, MOST_CHARS

if TYPE_CHECKING:
    from reconcile.model import Json, Label
    from reconcile.session.run_options import RunOptions

LABELS = ("change", "drift", "conflict")
Command = TypeVar("Command", bound=Callable[..., Any])


class Flags(NamedTuple):
    """Hold what the user asked for, over what the environment says, over the defaults."""

    chdir: Path = Path()
    env: str | None = None
    var: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    prune: bool = False
    base: str | None = None
    base_or_none: str | None = None
    only: Label | None = None
    parallelism: int = 4
    timeout: float = 30.0
    retries: int = 4
    settle: float = 30.0
    wait: float = 600.0
    output: str = "text"
    report: tuple[tuple[str, Path], ...] = ()
    max_chars: int = MOST_CHARS
    no_cache: bool = False
    no_color: bool = False
    verbose: bool = False
    quiet: bool = False

    def run_options(self, paths: Sequence[str] = ()) -> RunOptions:
        """Return what is asked of the run itself, without how it is printed."""
        from reconcile.session.run_options import RunOptions

        return RunOptions(
            folder=self.chdir,
            environment=self.env,
            variables=_variables(self.var),
            paths=tuple(paths),
            targets=self.target,
            base=self.base,
            base_or_none=self.base_or_none,
            only=self.only,
            prune=self.prune,
            parallelism=self.parallelism,
            timeout=self.timeout,
            retries=self.retries,
            settle=self.settle,
            wait=self.wait,
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


class ReportFile(click.ParamType[Any]):
    """Read a format and the file to write it to."""

    name = "format=file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the format and the file; fail where there is no such format, or no folder for the file."""
        if isinstance(value, tuple):
            return value
        format, equals, file = value.partition("=")
        if not equals or not file or format not in FORMATS:
            self.fail(f"takes FORMAT=FILE, FORMAT one of {', '.join(FORMATS)}", param, ctx)
        if not Path(file).parent.is_dir():
            self.fail(f"there is no folder {Path(file).parent}", param, ctx)
        return format, Path(file)


class _Seconds(click.FloatRange):
    """Read a number of seconds in a range; `nan` is in none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number; fail with a usage error where it is none, or outside the range."""
        found: float = super().convert(value, param, ctx)
        if math.isnan(found):
            self.fail(f"{value!r} is not a number", param, ctx)
        return found


_OPTIONS: tuple[Callable[[Command], Command], ...] = (
    click.option(
        "-C",
        "--chdir",
        metavar="DIR",
        type=click.Path(path_type=Path),
        help="The project's folder: PATHs and --base DIR are relative to it. Files to read or write "
        "(--plan, --out, --report, --to) stay relative to where the command is started.",
    ),
    click.option("--env", metavar="NAME", help="The environment of reconcile.yaml. [RECONCILE_ENV]"),
    click.option(
        "--var",
        metavar="NAME=VALUE",
        multiple=True,
        help='Set a variable: a number, true, null, [list], {mapping} or "text"; all else is a text.',
    ),
    click.option("--target", metavar="ADDRESS-GLOB", multiple=True, help="Plan only what matches."),
    click.option("--prune", is_flag=True, default=None, help="Delete what a tombstone (absent: true) names."),
    click.option(
        "--base",
        metavar="REF|DIR",
        help="The third side: label each difference as change, drift or conflict. A folder begins with ./, "
        "../ or /; all else is asked of git. [RECONCILE_BASE]",
    ),
    click.option(
        "--base-or-none",
        metavar="REF",
        help="The same, where a ref that was never made is no base yet: for templates, before a first apply.",
    ),
    click.option("--only", type=click.Choice(LABELS), help="With --base: only what has this label."),
    click.option(
        "--parallelism",
        metavar="N",
        type=click.IntRange(1, 64),
        help="Requests in flight to one system. Default 4. [RECONCILE_PARALLELISM]",
    ),
    click.option(
        "--timeout",
        metavar="SECONDS",
        type=_Seconds(0.01, 3600),
        help="The deadline of one request. Default 30. [RECONCILE_TIMEOUT]",
    ),
    click.option(
        "--retries",
        metavar="N",
        type=click.IntRange(0, 20),
        help="How often a read is tried again. Default 4. [RECONCILE_RETRIES]",
    ),
    click.option(
        "--settle",
        metavar="SECONDS",
        type=_Seconds(0, 3600),
        help="How long a lost write is looked for before it is sent again. Default 30. [RECONCILE_SETTLE]",
    ),
    click.option(
        "--wait",
        metavar="SECONDS",
        type=_Seconds(0, 86400),
        help="How long a build that a manifest waits for may take. Default 600. [RECONCILE_WAIT]",
    ),
    click.option(
        "-o", "--output", metavar="FORMAT", type=click.Choice(tuple(FORMATS)), help=f"{', '.join(FORMATS)}."
    ),
    click.option(
        "--report",
        metavar="FORMAT=FILE",
        type=ReportFile(),
        multiple=True,
        help="Write the result to FILE as well, in that format; repeatable.",
    ),
    click.option(
        "--max-chars",
        metavar="N",
        type=click.IntRange(min=LEAST_CHARS),
        help=f"The most that a markdown report may be. Default {MOST_CHARS}, at least {LEAST_CHARS}.",
    ),
    click.option(
        "--no-cache", is_flag=True, default=None, help="Read all manifests anew; keep nothing of them."
    ),
    click.option("--no-color", is_flag=True, default=None, help="Print without colour. [NO_COLOR]"),
    click.option("-v", "--verbose", is_flag=True, default=None, help="Log each request, and group no rows."),
    click.option("-q", "--quiet", is_flag=True, default=None, help="Print the last line and problems alone."),
)

_FROM_ENVIRONMENT: Mapping[str, click.ParamType[Any]] = {
    "env": click.STRING,
    "base": click.STRING,
    "parallelism": click.IntRange(1, 64),
    "timeout": _Seconds(0.01, 3600),
    "retries": click.IntRange(0, 20),
    "settle": _Seconds(0, 3600),
    "wait": _Seconds(0, 86400),
}


def flags(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command all shared flags; it is called with `given`, the whole of them."""

    @wraps(command)
    def called(*args: Any, **given: Any) -> Any:
        ctx = click.get_current_context()
        own = {name: given.pop(name) for name in Flags._fields}
        base = ctx.obj if isinstance(ctx.obj, Flags) else _from_environment(os.environ)
        whole = _joined(base, own)
        if own["base"] is not None:
            whole = whole._replace(base_or_none=None)
        if own["base"] is not None and own["base_or_none"] is not None:
            raise click.UsageError("--base and --base-or-none name the same thing: give one of them")
        if whole.only and not (whole.base or whole.base_or_none) and ctx.parent is not None:
            raise click.UsageError("--only goes with --base: without it, differences have no labels")
        if ctx.parent is not None:
            _check_outputs(whole, given)
        return command(*args, given=whole, **given)

    for option in reversed(_OPTIONS):
        called = option(called)
    return called


def _check_outputs(flags: Flags, own: Mapping[str, Any]) -> None:
    """Raise a usage error where an output of the command is one of its inputs, before it does anything."""
    events = own.get("events")
    more = (own.get("out"), Path(events) if events and events != "-" else None)
    outputs = [*(file for _, file in flags.report), *filter(None, more)]
    if outputs:
        from reconcile.cli.inputs import check_outputs

        read = [file for file in map(own.get, ("saved", "file")) if file is not None]
        check_outputs(flags, outputs, read)


def _joined(base: Flags, own: Mapping[str, Any]) -> Flags:
    """Return `base` with what is written put over it; a flag that may be repeated adds to what it has."""
    written = {name: value for name, value in own.items() if value is not None}
    repeated = {
        name: getattr(base, name) + value for name, value in written.items() if isinstance(value, tuple)
    }
    return base._replace(**{**written, **repeated})


def _from_environment(environment: Mapping[str, str]) -> Flags:
    found: dict[str, Any] = {}
    for name, kind in _FROM_ENVIRONMENT.items():
        variable = f"RECONCILE_{name.upper()}"
        text = environment.get(variable)
        if text:
            found[name] = _converted(kind, text, variable)
    if environment.get("NO_COLOR"):
        found["no_color"] = True
    return Flags(**found)


def _converted(kind: click.ParamType[Any], text: str, variable: str) -> Any:
    try:
        return kind.convert(text, None, None)
    except click.BadParameter as error:
        least, most = getattr(kind, "min", None), getattr(kind, "max", None)
        raise click.UsageError(f"{variable}: not a number in its range, {least} to {most}") from error
