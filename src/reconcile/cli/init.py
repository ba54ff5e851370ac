"""`reconcile init`: a project to start from."""

from __future__ import annotations

import sys

import click

from reconcile.cli import codes
from reconcile.cli.flags import Flags, flags
from reconcile.cli.sink import say

FILES = {
    "reconcile.yaml": "reconcile.yaml",
    "manifests/first-release.yaml": "first-release.yaml",
    ".github/workflows/reconcile.yml": "github.yml",
    ".gitlab-ci.yml": "gitlab-ci.yml",
}
IGNORED = ".reconcile/"


@click.command("init")
@flags
def command(given: Flags) -> None:
    """Write a project file, a first manifest, CI files and .gitignore lines; never overwrite anything.

    The schemas for the editor go to .reconcile/schema. Exit codes: 0; 64 a file cannot be written.
    """
    from importlib.resources import files

    from reconcile.cli.schema import write_schemas

    templates = files("reconcile.templates")
    try:
        for name, template in FILES.items():
            _write(given, name, templates.joinpath(template).read_text(encoding="utf-8"))
        _ignore(given)
        write_schemas(given.chdir / ".reconcile" / "schema")
    except OSError as error:
        raise click.UsageError(f"{error.filename} cannot be written: {error.strerror}") from error
    say("\nNext: write your server's url into reconcile.yaml, set the two variables that it names,")
    say("then: reconcile doctor, reconcile validate, reconcile plan.")
    sys.exit(codes.OK)


def _write(given: Flags, name: str, text: str) -> None:
    path = given.chdir / name
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        say(f"kept     {name}: it exists already")
    else:
        say(f"written  {name}")


def _ignore(given: Flags) -> None:
    """Adds what git must not track, where it is not there yet."""
    path = given.chdir / ".gitignore"
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    if IGNORED in before.splitlines():
        return
    separator = "\n" if before and not before.endswith("\n") else ""
    with path.open("a", encoding="utf-8") as stream:
        stream.write(f"{separator}{IGNORED}\n")
    say(f"written  .gitignore: {IGNORED}")
