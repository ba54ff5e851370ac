"""`reconcile demo`: plays the tour on a sandbox, in a folder of its own, and checks that all is as told."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from reconcile.cli import codes
from reconcile.cli.flags import Flags, flags
from reconcile.cli.sink import tell

if TYPE_CHECKING:
    from reconcile.cli.stage import Stage

EXAMPLE = "examples/first-release"
WRITTEN_URL = "http://127.0.0.1:8765"
"""The sandbox's default address, which the example's project file names."""


@click.command("demo")
@flags
def command(given: Flags) -> None:
    """Run the main job end to end against a sandbox: plan, apply, drift, and a removal that is refused.

    Needs no configuration and leaves nothing behind; the shared flags mean nothing here. Exit codes:
    0 all was as told; 1 something was not, and it says what; 64 usage.
    """
    from reconcile.cli import tour
    from reconcile.cli.stage import NotAsTold

    try:
        for scene, options in tour.SCENES:
            with _stage(options) as stage:
                scene(stage)
    except NotAsTold as error:
        tell(f"Demo: {error}")
        sys.exit(codes.ERROR)
    sys.exit(codes.OK)


@contextmanager
def _stage(options: Sequence[str]) -> Iterator[Stage]:
    """A sandbox on a free port, and the example project in a folder that goes afterwards, pointed at it."""
    from reconcile.cli.stage import Stage

    try:
        from reconcile.sandbox import running
    except ImportError as error:
        raise click.UsageError("the demo needs: pip install 'release-reconcile[sandbox]'") from error
    with TemporaryDirectory(prefix="reconcile-demo-") as folder, running(options=options) as sandbox:
        project = Path(folder) / "first-release"
        shutil.copytree(example(), project, ignore=shutil.ignore_patterns(".reconcile"))
        stage = Stage(project, sandbox)
        stage.rewrite("reconcile.yaml", WRITTEN_URL, sandbox.url)
        yield stage


def example() -> Path:
    """The example project: inside the package where it was installed, beside it in a source checkout."""
    import reconcile

    package = Path(reconcile.__file__).parent
    for place in (package, package.parents[1]):
        if (place / EXAMPLE / "reconcile.yaml").is_file():
            return place / EXAMPLE
    raise click.ClickException(f"{EXAMPLE} is missing from this installation: install the package again")
