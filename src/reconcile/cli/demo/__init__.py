"""Runs `reconcile demo`: plays a tour on a sandbox, in a folder of its own, and checks what comes of it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from reconcile.cli import exit_codes
from reconcile.cli.console import say, tell
from reconcile.cli.flags import Flags, flags
from reconcile.cli.gc_off import collector_on
from reconcile.cli.help_page import Page

if TYPE_CHECKING:
    from reconcile.cli.demo.stage import Stage

EXAMPLES = "examples"
TOURS = ("release-train", "first-release")
WRITTEN_URL = "http://127.0.0.1:8765"
"""The sandbox's default address, which the examples' project files name."""


@click.command("demo", cls=Page)
@click.argument("which", type=click.Choice(TOURS), default=TOURS[0], metavar="[TOUR]")
@flags()
def command(given: Flags, which: str) -> None:
    """Run the main job end to end against a sandbox: plan, apply, drift, and a removal that is refused.

    TOUR is release-train (four systems in one plan; the default) or first-release (one system, closer up,
    and the answers to a drift: accept, known, undo).
    Needs no configuration and leaves nothing behind; takes less than a minute. Exit codes:
    0 all was as told; 1 something was not, and it says what; 64 usage.
    """
    from reconcile.cli.demo import script
    from reconcile.cli.demo.stage import NotAsTold

    collector_on()
    say("A tour of less than a minute, on a sandbox of this machine; it leaves nothing behind.")
    try:
        for scene in script.TOURS[which]:
            with _stage(scene.example, scene.options) as stage:
                scene.play(stage)
    except NotAsTold as error:
        tell(f"Demo: {error}")
        sys.exit(exit_codes.ERROR)
    say("\n".join(_next(which)))
    sys.exit(exit_codes.OK)


def _next(played: str) -> Iterator[str]:
    """Yield what to try after a tour, as it can be typed here."""
    tool = "reconcile" if shutil.which("reconcile") else f"{sys.executable} -m reconcile"
    other = next(tour for tour in TOURS if tour != played)
    yield "\nWhat to try next:\n"
    yield f"    {tool} demo {other}"
    yield f"    {tool} sandbox         # and the steps of examples/{played}/README.md beside it"
    yield f"    {tool} init            # a project of your own, in this folder"
    yield f"    {tool} explain         # kinds, fields, flags, codes"


@contextmanager
def _stage(name: str, options: Sequence[str]) -> Iterator[Stage]:
    """Yield a sandbox on a free port with a copy of an example project that names it; both go afterwards."""
    from reconcile.cli.demo.stage import Stage

    try:
        from reconcile_sandbox import running
    except ImportError as error:
        raise click.UsageError("the demo needs more: in a clone, pip install '.[sandbox]'") from error
    with TemporaryDirectory(prefix="reconcile-demo-") as folder, running(options=options) as sandbox:
        project = Path(folder) / name
        shutil.copytree(example(name), project, ignore=shutil.ignore_patterns(".reconcile"))
        stage = Stage(project, sandbox)
        stage.point(WRITTEN_URL)
        yield stage


def example(name: str) -> Path:
    """Return the folder of an example: inside the package as installed, beside it in a source checkout."""
    import reconcile

    package = Path(reconcile.__file__).parent
    for place in (package, package.parents[1]):
        if (place / EXAMPLES / name / "reconcile.yaml").is_file():
            return place / EXAMPLES / name
    raise click.ClickException(
        f"{EXAMPLES}/{name} is missing from this installation: install the package again"
    )
