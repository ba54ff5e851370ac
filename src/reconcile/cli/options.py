"""Declares each flag that several commands take, once; a command names those that mean something to it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from reconcile.cli.console import say
from reconcile.reports.formats import FORMATS, LEAST_CHARS, MOST_CHARS
from reconcile.session.limits import LABELS, LOCK_STALE, PARALLELISM, RETRIES, SETTLE, TIMEOUT, WAIT, Limit
from reconcile.version import VERSION

FILE = click.Path(path_type=Path)
_DURATION = re.compile(r"([0-9]{1,7}(?:\.[0-9]{1,3})?)([smhd])")
_UNITS: Mapping[str, int] = {"s": 1, "m": 60, "h": 3600, "d": 86400}

EVERYWHERE = ("chdir", "no_color", "verbose", "quiet", "version")
"""What every command takes."""

LOADING = ("env", "var")
"""What a command takes that loads manifests."""

CONTACTING = ("parallelism", "timeout", "retries")
"""What a command takes that asks systems."""

COMPARING = ("target", "base", "base_or_none", "only", "prune")
"""What a command takes that compares manifests with live state."""

REPORTING = ("output", "report", "max_chars", "no_names")
"""What a command takes that makes a plan document."""


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


class Seconds(click.FloatRange):
    """Read a number of seconds in a range; `nan` is in none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number; fail with a usage error where it is none, or outside the range."""
        found: float = super().convert(value, param, ctx)
        if math.isnan(found):
            self.fail(f"{value!r} is not a number", param, ctx)
        return found


class Duration(click.ParamType[Any]):
    """Read a number with its unit, such as 90s or 2m, as seconds in a range."""

    name = "duration"

    def __init__(self, limit: Limit[float]) -> None:
        self._limit = limit

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the seconds; fail with a usage error where it is no duration, or outside the range."""
        if isinstance(value, float):
            return value
        found = _DURATION.fullmatch(value)
        if found is None:
            words = f"{value!r} is no duration: write a number and its unit, such as 90s, 2m or 1h"
            self.fail(words, param, ctx)
        seconds = float(found[1]) * _UNITS[found[2]]
        if not self._limit.least <= seconds <= self._limit.most:
            words = f"{value!r} is not from {self._limit.least:g}s to {self._limit.most:g}s"
            self.fail(words, param, ctx)
        return seconds


FROM_ENVIRONMENT: Mapping[str, click.ParamType[Any]] = {
    "env": click.STRING,
    "base": click.STRING,
    "parallelism": click.IntRange(PARALLELISM.least, PARALLELISM.most),
    "timeout": Seconds(TIMEOUT.least, TIMEOUT.most),
    "retries": click.IntRange(RETRIES.least, RETRIES.most),
    "settle": Seconds(SETTLE.least, SETTLE.most),
    "wait": Seconds(WAIT.least, WAIT.most),
}
"""The flags that `RECONCILE_<NAME>` sets, each with the values that it takes."""

_TEXT_OR_JSON = ("text", "json")


def _version(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if wanted:
        say(f"reconcile {VERSION}")
        ctx.exit()


OPTIONS: Mapping[str, Callable[[Callable[..., Any]], Callable[..., Any]]] = {
    "env": click.option(
        "--env",
        metavar="NAME",
        help="The environment of reconcile.yaml to work in, such as staging. [RECONCILE_ENV]",
    ),
    "var": click.option(
        "--var",
        metavar="NAME=VALUE",
        multiple=True,
        help='Set a variable: a number, true, null, [list], {mapping} or "text"; all else is a text. '
        "Repeatable.",
    ),
    "target": click.option(
        "--target",
        metavar="ADDRESS-GLOB",
        multiple=True,
        help="Take only the resources whose address matches, such as '*/Release/spring-*'. Repeatable.",
    ),
    "base": click.option(
        "--base",
        metavar="REF|DIR",
        help="Compare with the same manifests at another commit too, and label each difference as change "
        "(the manifests moved), drift (live moved) or conflict (both did). A folder begins with ./, ../ or "
        "/; all else is asked of git. [RECONCILE_BASE]",
    ),
    "base_or_none": click.option(
        "--base-or-none",
        metavar="REF",
        help="As --base, but a ref that was never made is no base yet: for CI, before the first apply.",
    ),
    "only": click.option(
        "--only", type=click.Choice(LABELS), help="With --base: take only the differences of this label."
    ),
    "changed": click.option(
        "--changed",
        is_flag=True,
        default=None,
        help="With --base: compare only what the manifests changed since, and what needs that, and say how "
        "many were not compared. A secret that was rotated since is not seen.",
    ),
    "prune": click.option(
        "--prune",
        is_flag=True,
        default=None,
        help="Delete the objects whose manifest says `absent: true`, or that the apply created which is "
        "taken back; without it they are only listed.",
    ),
    "parallelism": click.option(
        "--parallelism",
        metavar="N",
        type=FROM_ENVIRONMENT["parallelism"],
        help=f"Have at most N requests to one system under way. Default {PARALLELISM.default}. "
        "[RECONCILE_PARALLELISM]",
    ),
    "timeout": click.option(
        "--timeout",
        metavar="SECONDS",
        type=FROM_ENVIRONMENT["timeout"],
        help=f"Give up on a request after so long. Default {TIMEOUT.default:g}. [RECONCILE_TIMEOUT]",
    ),
    "retries": click.option(
        "--retries",
        metavar="N",
        type=FROM_ENVIRONMENT["retries"],
        help=f"Send a failed read again at most N times; a write never. Default {RETRIES.default}. "
        "[RECONCILE_RETRIES]",
    ),
    "settle": click.option(
        "--settle",
        metavar="SECONDS",
        type=FROM_ENVIRONMENT["settle"],
        help="Look so long for what a write did whose answer was lost, before it is sent again. "
        f"Default {SETTLE.default:g}. "
        "[RECONCILE_SETTLE]",
    ),
    "wait": click.option(
        "--wait",
        metavar="SECONDS",
        type=FROM_ENVIRONMENT["wait"],
        help="Wait so long for a build, where a manifest says `waitForBuild: true`. "
        f"Default {WAIT.default:g}. "
        "[RECONCILE_WAIT]",
    ),
    "lock_stale": click.option(
        "--lock-stale",
        metavar="DURATION",
        type=Duration(LOCK_STALE),
        help="Let another machine take our lock over once it was not renewed for so long, such as 90s or 5m. "
        f"Default {LOCK_STALE.default / 60:g}m.",
    ),
    "output": click.option(
        "-o",
        "--output",
        metavar="FORMAT",
        type=click.Choice(tuple(FORMATS)),
        help=f"Print the result as {', '.join(FORMATS)}. Default text.",
    ),
    "answer": click.option(
        "-o",
        "--output",
        metavar="FORMAT",
        type=click.Choice(_TEXT_OR_JSON),
        help="Print the result as text or json. Default text.",
    ),
    "report": click.option(
        "--report",
        metavar="FORMAT=FILE",
        type=ReportFile(),
        multiple=True,
        help="Write the result to FILE as well, in that format. Repeatable.",
    ),
    "max_chars": click.option(
        "--max-chars",
        metavar="N",
        type=click.IntRange(min=LEAST_CHARS),
        help=f"Keep a markdown report within N characters. Default {MOST_CHARS}, at least {LEAST_CHARS}.",
    ),
    "no_names": click.option(
        "--no-names", is_flag=True, default=None, help="Leave out who last wrote what is live."
    ),
    "no_cache": click.option(
        "--no-cache",
        is_flag=True,
        default=None,
        help="Read all manifests anew, and keep nothing of them in .reconcile/cache.",
    ),
    "chdir": click.option(
        "-C",
        "--chdir",
        metavar="DIR",
        type=click.Path(path_type=Path),
        help="Take the project in DIR. Without it: the one here, else in a git repository the nearest above. "
        "Every path that is typed is relative to where the command is started.",
    ),
    "no_color": click.option(
        "--no-color", is_flag=True, default=None, help="Print without colour. [NO_COLOR]"
    ),
    "verbose": click.option(
        "-v",
        "--verbose",
        is_flag=True,
        default=None,
        help="Log each request to standard error, and group no rows.",
    ),
    "quiet": click.option(
        "-q", "--quiet", is_flag=True, default=None, help="Print the last line and problems alone."
    ),
    "version": click.option(
        "--version",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_version,
        help="Print the version and exit.",
    ),
}
"""Each shared flag by the name of what it sets; `answer` sets `output` where a command makes no plan."""
