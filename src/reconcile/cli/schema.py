"""Runs `reconcile schema`: prints or writes the JSON Schemas, for editors and other validators."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from reconcile.cli import exit_codes
from reconcile.cli.console import say
from reconcile.cli.flags import Flags, flags
from reconcile.cli.help_page import Page
from reconcile.cli.inputs import check_outputs
from reconcile.cli.output import answer, unwritable
from reconcile.cli.problems import refuse
from reconcile.session.atomic_files import replace

SCHEMAS = ("manifest", "project", "plan")


@click.command("schema", cls=Page)
@click.argument("which", type=click.Choice(SCHEMAS), default="manifest")
@click.option("--to", metavar="DIR", type=click.Path(path_type=Path), help="Write all schemas into DIR.")
@flags("answer")
def command(given: Flags, which: str, to: Path | None) -> None:
    """Print the JSON Schema of manifests, of the project file, or of the plan document. Exit codes: 0; 1 a
    file cannot be written; 64 usage.
    """
    if to is None:
        say(_texts()[which], nl=False)
        sys.exit(exit_codes.OK)
    check_outputs(given, schema_files(to))
    try:
        answer(given, "", {"written": write_schemas(to)})
    except OSError as error:
        refuse(given, (unwritable(to, error),))


def write_schemas(folder: Path) -> list[str]:
    """Write the schemas into `folder`, and return their files. OSError where that fails."""
    folder.mkdir(parents=True, exist_ok=True)
    files, texts = schema_files(folder), _texts()
    for file, name in zip(files, SCHEMAS, strict=True):
        replace(file, texts[name])
    return [*map(str, files)]


def schema_files(folder: Path) -> list[Path]:
    """Return the paths of the schemas in `folder`."""
    return [folder / f"{name}.schema.json" for name in SCHEMAS]


def _texts() -> dict[str, str]:
    from reconcile.schema import manifest_schema, plan_schema, project_schema
    from reconcile.systems import Installed

    schemas = {
        "manifest": manifest_schema(Installed()),
        "project": project_schema(),
        "plan": plan_schema(),
    }
    return {name: json.dumps(schema, indent=2) + "\n" for name, schema in schemas.items()}
