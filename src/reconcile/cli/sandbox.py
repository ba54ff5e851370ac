"""Runs `reconcile sandbox`: serves the systems on loopback."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from reconcile.cli.flags import Flags, flags
from reconcile.cli.gc_off import collector_on
from reconcile.cli.help_page import Page
from reconcile.cli.output import answer
from reconcile.model import Json

STATE_AT_MOST = 256 * 2**20


@click.command("sandbox", cls=Page)
@click.option(
    "--port",
    metavar="N",
    type=click.IntRange(0, 65535),
    default=8765,
    help="Listen on this port; 0 takes any free one. Default 8765.",
)
@click.option(
    "--state",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Start with the state in FILE, as GET /_sandbox/state of a sandbox shows it.",
)
@click.option(
    "--option",
    "options",
    metavar="NAME=VALUE",
    multiple=True,
    help="Set a switch, as --switches lists them. Repeatable.",
)
@click.option("--switches", is_flag=True, help="List the switches and exit.")
@flags("answer")
def command(given: Flags, port: int, state: Path | None, options: tuple[str, ...], switches: bool) -> None:
    """Serve the vendors' systems on 127.0.0.1 over real HTTP, with state, until interrupted.

    User, password, key and token are all `demo`. What the vendors' pages leave open is a switch.
    Exit codes: 0 ended by an interrupt; 1 the state or the port cannot be had; 64 usage.
    """
    try:
        import reconcile_sandbox
    except ImportError as error:
        raise click.UsageError("the sandbox needs more: in a clone, pip install '.[sandbox]'") from error
    if switches:
        known = [*reconcile_sandbox.describe()]
        lines = (f"{each.name}={each.default}  ({each.values})\n    {each.about}" for each in known)
        answer(given, "\n".join(lines), {"switches": [asdict(each) for each in known]})
        return
    try:
        reconcile_sandbox.check(options)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    try:
        seed = _read(state) if state else None
        collector_on()
        reconcile_sandbox.serve_forever(port, seed, options, announce=lambda url: _announce(given, url))
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        words = f"port {port} of 127.0.0.1 cannot be had ({error.strerror}): name another with --port, or 0"
        raise click.ClickException(words) from error


def _announce(given: Flags, url: str) -> None:
    if sys.stdout is not None:  # who closed it knows the port
        answer(given, url, {"url": url})
        sys.stdout.flush()


def _read(state: Path) -> Json:
    """Return the document in a file; ValueError where it holds none."""
    try:
        with state.open("rb") as stream:
            return json.loads(stream.read(STATE_AT_MOST))
    except OSError as error:
        raise ValueError(
            f"the state in {state} cannot be read ({error.strerror}): name a JSON file"
        ) from error
    except (ValueError, RecursionError) as error:
        where = f" at line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        words = f"the state in {state} is no JSON{where}; GET /_sandbox/state of a sandbox shows one"
        raise ValueError(words) from error
