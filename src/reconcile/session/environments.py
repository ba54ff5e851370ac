"""Which environments a check without --env covers: all that the project file names."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.cli.flags import Flags
from reconcile.manifests.files import Folder
from reconcile.model import Problem
from reconcile.project import FILE
from reconcile.yaml_source import read_documents


def each_environment(flags: Flags) -> Iterator[Flags]:
    """The flags as given, or once for each environment where none is given and the project has some."""
    names = _names(flags) if flags.env is None else ()
    if not names:
        yield flags
    yield from (flags._replace(env=name) for name in names)


def _names(flags: Flags) -> tuple[str, ...]:
    """The names under `environments`; none where the file cannot be read, which is reported elsewhere."""
    data = Folder(flags.chdir.absolute()).read(FILE)
    if isinstance(data, Problem):
        return ()
    documents, _ = read_documents(data, FILE)
    value = documents[0].value if documents else None
    environments = value.get("environments") if isinstance(value, dict) else None
    return tuple(environments) if isinstance(environments, dict) else ()
