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

SCHEMAS = ("manifest", "project", "plan", "events")


@click.command("schema", cls=Page)
@click.argument("which", type=click.Choice(SCHEMAS), default="manifest")
@click.option("--to", metavar="DIR", type=click.Path(path_type=Path), help="Write all schemas into DIR.")
@flags("answer")
def command(given: Flags, which: str, to: Path | None) -> None:
    """Print the JSON Schema of manifests, of the project file, of the plan document, or of the event stream.

    Exit codes: 0; 1 a file cannot be written; 64 usage.
    """
    if to is None:
        say(schema_texts()[f"{which}.schema.json"], nl=False)
        sys.exit(exit_codes.OK)
    check_outputs(given, schema_files(to))
    try:
        answer(given, "", {"written": write_schemas(to)})
    except OSError as error:
        refuse(given, (unwritable(to, error),))


def write_schemas(folder: Path) -> list[str]:
    """Write the schemas into `folder`, and return their files. OSError where that fails."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {folder / name: text for name, text in schema_texts().items()}
    for file, text in files.items():
        replace(file, text)
    return [*map(str, files)]


def schema_files(folder: Path) -> list[Path]:
    """Return the paths of the schemas in `folder`."""
    return [folder / f"{name}.schema.json" for name in SCHEMAS]


def schema_texts() -> dict[str, str]:
    """Return the text of each schema, by the name of its file."""
    from reconcile.schema import events_schema, manifest_schema, plan_schema, project_schema, schema_part
    from reconcile.session.type_list import added_types, usable
    from reconcile.systems import Installed

    parts = {type_: schema_part(system) for type_, system in Installed().items()}
    parts |= {facts["type"]: facts["schema"] for facts in usable(added_types())}
    of_files = (manifest_schema([*parts.values()]), project_schema([*parts.values()]))
    made = (*of_files, plan_schema(), events_schema())
    texts = (json.dumps(schema, indent=2) + "\n" for schema in made)
    return dict(zip((f"{name}.schema.json" for name in SCHEMAS), texts, strict=True))
