"""Runs `reconcile init`: writes a project to start from."""

from __future__ import annotations

import sys
from codecs import BOM_UTF8
from pathlib import Path

import click

from reconcile.cli import exit_codes
from reconcile.cli.console import tell
from reconcile.cli.flags import Flags, flags
from reconcile.cli.help_page import Page
from reconcile.cli.output import answer, unwritable
from reconcile.cli.problems import refuse
from reconcile.session.atomic_files import create, replace

FILES = {
    "reconcile.yaml": "reconcile.yaml",
    "manifests/first-release.yaml": "first-release.yaml",
    ".github/workflows/reconcile.yml": "github.yml",
    ".gitlab-ci.yml": "gitlab-ci.yml",
    "ci/scripts/systems.txt": "systems.txt",
    ".vscode/settings.json": "vscode.json",
}
SCHEMAS = "schemas"
"""The folder of the editor's schemas, which is committed: a fresh clone has them without a network."""

IGNORED = ".reconcile/"
NEXT = (
    "",
    "Next: write your server's url into reconcile.yaml, set the two variables that it names,",
    "then: reconcile doctor, reconcile validate, reconcile plan. doctor also says what to set as",
    "RECONCILE_SECRETS, outside the repository: which secret may go where. In CI it must be set.",
)


@click.command("init", cls=Page)
@flags("answer")
def command(given: Flags) -> None:
    """Write a project file, a first manifest, CI files and .gitignore lines; never overwrite anything.

    The schemas for the editor go to schemas/: commit them, and an editor completes and checks each file in
    any clone. Exit codes: 0; 1 a file cannot be written; 64 usage.
    """
    from importlib.resources import files

    from reconcile.cli.inputs import check_outputs
    from reconcile.cli.schema import schema_texts

    check_outputs(given, [given.chdir / ".gitignore"])
    templates = files("reconcile.templates")
    texts = {name: templates.joinpath(file).read_text(encoding="utf-8") for name, file in FILES.items()}
    texts |= {f"{SCHEMAS}/{name}": text for name, text in schema_texts().items()}
    written: list[str] = []
    kept: list[str] = []
    try:
        for name, text in texts.items():
            (written if _made(given.chdir / name, text) else kept).append(name)
        ignored = _ignored(given.chdir / ".gitignore")
    except OSError as error:
        for name in written:
            tell(f"written  {name}")
        refuse(given, (unwritable(given.chdir, error),))
    lines = [f"written  {name}" for name in written] + [
        f"kept     {name}: it exists already" for name in kept
    ]
    lines += [f"written  .gitignore: {IGNORED}"] if ignored else []
    answer(given, "\n".join([*lines, *NEXT]), {"written": written, "kept": kept, "ignored": ignored})
    sys.exit(exit_codes.OK)


def _made(path: Path, text: str) -> bool:
    """Write a file that is not there yet; tell whether it was written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        create(path, text)
    except FileExistsError:
        return False
    return True


def _ignored(path: Path) -> bool:
    """Add to `path`, after the bytes that are there, what git must not track; tell whether it was new."""
    before = path.read_bytes() if path.exists() else b""
    if IGNORED.encode() in before.removeprefix(BOM_UTF8).splitlines():
        return False
    end = b"\r\n" if b"\r\n" in before else b"\n"
    separator = end if before and not before.endswith(b"\n") else b""
    replace(path, before + separator + IGNORED.encode() + end)
    return True
